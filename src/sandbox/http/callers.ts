import type {AccessKey, Account, Session} from '../account/account.js';
import type {Lags} from '../account/lags.js';
import type {Caller} from '../operation.js';
import {type Form, refusal} from './refusals.js';

/** Who owns an access key: the caller it makes, its secret, and where its last use is noted (a session's isn't). */
export type Owner = {readonly caller: Caller; readonly secret: string; readonly key?: AccessKey};
type Asking = {readonly id: string; readonly token: string | undefined; readonly service: string; readonly form: Form};
type Time = {readonly now: number; readonly lags: Lags};

/** Finds who uses an access key, or refuses: unknown, deleted, inactive, expired, or not known everywhere yet. */
export class Who {
	readonly #asked = new Map<string, number>();

	constructor(readonly account: Account) {}

	find(asking: Asking, time: Time): Owner {
		const owner = asking.token === undefined ? this.#longTerm(asking, time) : this.#session(asking, asking.token, time);
		if (!owner) throw refusal(asking.form, 'unknownKey');
		return owner;
	}

	#longTerm({id}: Asking, time: Time): Owner | undefined {
		const root = `arn:${this.account.partition}:iam::${this.account.id}:root`;
		const owners = [
			...Object.values(this.account.users).map(({arn, id: userId, accessKeys}) => ({arn, userId, keys: accessKeys})),
			{arn: root, userId: this.account.id, keys: this.account.rootKeys},
		];
		for (const {arn, userId, keys} of owners) {
			const key = keys.find(it => it.id === id);
			if (!key) continue;
			if (key.status === 'Inactive' || !this.#known(key, time)) return undefined;
			return {caller: {arn, of: arn, userId, accessKeyId: id, root: arn === root, mfa: false}, secret: key.secret, key};
		}
		return undefined;
	}

	/** A new key is unknown at first, then known and unknown in turns for as long again. */
	#known({id, created}: AccessKey, {now, lags: {accessKeys: lag}}: Time): boolean {
		const age = now - created;
		if (age >= 2 * lag) return true;
		if (age < lag) return false;
		const turn = this.#asked.get(id) ?? 0;
		this.#asked.set(id, turn + 1);
		return turn % 2 === 0;
	}

	#session({id, service, form}: Asking, token: string, {now}: Time): Owner | undefined {
		const session = Object.hasOwn(this.account.sessions, id) ? this.account.sessions[id] : undefined;
		if (!session || session.token !== token || !this.#lives(session)) return undefined;
		if (session.expires <= now) throw refusal(form, 'expired');
		// “You cannot call any IAM API operations unless MFA authentication information is included in the request”:
		// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
		if (service === 'iam' && !session.mfa && !session.arn.includes(':assumed-role/')) return undefined;
		const {arn, of, userId, ofId, secret, mfa} = session;
		const limits = limitsOf(session, this.account);
		const who = {arn, of, userId, accessKeyId: id, root: of.endsWith(':root'), mfa};
		return {caller: {...who, ...(ofId !== undefined && {ofId}), ...(limits && {limits})}, secret};
	}
	/** A user or role of the same name that came later is another. */
	#lives({of, userId, ofId = userId.split(':')[0]}: Session): boolean {
		const {users, roles} = this.account;
		return of.endsWith(':root') || [...Object.values(users), ...Object.values(roles)].some(({id}) => id === ofId);
	}
}

/** The session policies as they are now. */
function limitsOf({limits}: Session, {policies}: Account): Caller['limits'] {
	if (!limits) return undefined;
	const managed = limits.arns.map(arn => {
		const {versions = [], defaultVersion} = policies[arn] ?? {};
		return {id: arn, type: 'user-managed', text: versions.find(({id}) => id === defaultVersion)?.document ?? ''};
	});
	const own = limits.document === undefined ? [] : [{id: 'session', type: 'none', text: limits.document}];
	return [...own, ...managed];
}
