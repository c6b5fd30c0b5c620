import {randomUUID} from 'node:crypto';
import type {Account} from './account/account.js';
import {noLags} from './account/lags.js';
import {newAccount, operatorOf} from './account/operator.js';
import {services} from './http/services.js';
import type {Asked, Data, Datum} from './operation.js';

/** An account without a server: calls are made in this process, by the administrator. */
export type Direct = {readonly account: Account; call(api: string, input: Data): Data};

/** A new account of that id, where every call takes effect at once. A refusal is thrown. */
export function directly({
	accountId,
	partition,
	region,
}: {
	readonly accountId: string;
	readonly partition: string;
	readonly region: string;
}): Direct {
	const account = newAccount(accountId, partition);
	const {arn, accessKeyId} = operatorOf(account, Date.now());
	const caller = {arn, of: arn, userId: account.users['admin']?.id ?? '', accessKeyId, root: false, mfa: false};
	return {
		account,
		call(api, input) {
			const [service = '', name = ''] = api.split(':');
			const of = services[service as keyof typeof services];
			const operation = Object.hasOwn(of.operations, name) ? of.operations[name] : undefined;
			if (!operation) throw of.unknown(name);
			// Over the query protocol every number and flag comes as a text.
			const told = of.form === 'query' ? (texts(input) as Data) : input;
			const asked: Asked = {
				account,
				caller,
				region,
				now: Date.now(),
				lags: noLags,
				pageSize: 1000,
				input: told,
				origin: {requestId: randomUUID(), eventId: randomUUID(), address: '127.0.0.1', agent: ''},
				events: [],
			};
			operation.about(asked);
			return operation.run(asked);
		},
	};
}

function texts(it: Datum): Datum {
	if (typeof it === 'number' || typeof it === 'boolean') return String(it);
	if (Array.isArray(it)) return it.map(texts);
	if (typeof it !== 'object' || it === null || it instanceof Date || it instanceof Uint8Array) return it;
	return Object.fromEntries(Object.entries(it as Data).map(([name, inner]) => [name, texts(inner)]));
}
