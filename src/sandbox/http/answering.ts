import {randomUUID} from 'node:crypto';
import type {Account} from '../account/account.js';
import {BadAccountFile, type Store} from '../account/account-file.js';
import type {EventHistory, Whence} from '../account/event-history.js';
import type {Lags} from '../account/lags.js';
import {eventOf} from '../cloudtrail/call-event.js';
import {authorize} from '../judge/authorize.js';
import {type Asked, type Caller, type Data, type Operation, Refusal} from '../operation.js';
import {Who} from './callers.js';
import type {Fault, FaultPlan} from './faults.js';
import {refusal} from './refusals.js';
import {type Service, serviceOf} from './services.js';
import {checkClock, checkSignature, expired, readSignature, type Wire} from './signature.js';

/** What goes back: an answer, after `late` milliseconds; nothing, for ever; or the connection's end. */
export type Reply =
	| {
			readonly status: number;
			readonly headers: Readonly<Record<string, string>>;
			readonly body: string;
			readonly late?: number;
	  }
	| 'hang'
	| 'drop';
/** One request, told once its answer stands and before it goes out. */
export type Told = {
	readonly requestId: string;
	/** Of the event that tells of it. */
	readonly eventId: string;
	readonly service: Service['name'];
	/** Empty where the request was refused before it was read; so are the input and the region. */
	readonly api: string;
	readonly input: Data;
	readonly region: string;
	readonly caller?: Caller;
	readonly fault?: Fault;
	/** Of the answer; none where none goes out. */
	readonly status?: number;
	readonly code?: string;
};
/** What the answers depend on. */
export type Terms = {
	readonly account: Account;
	readonly events: EventHistory;
	readonly store?: Store;
	readonly pageSize: number;
	readonly faults: FaultPlan;
	lags: Lags;
	/** Ends what keeps answers late. */
	atOnce: AbortController;
	now(): number;
	/** By which signatures are judged. */
	wallClock(): number;
	/**
	 * By which answers are dated: the same, as far ahead as the account's clock was moved. Who signs by it is right, too.
	 */
	datedBy(): number;
	onRequest?(told: Told): void;
	onBug(error: unknown): void;
};
type Request = {readonly told: Mutable<Told>; readonly from: Whence};
type Mutable<T> = {-readonly [K in keyof T]: T[K]};

const proxyPage =
	'<html><head><title>503 Service Unavailable</title></head><body><h1>Service ' +
	'Unavailable</h1><p>squid</p></body></html>\n';
/** IAM's home, which its events and last uses name. */
const homes: Readonly<Record<string, string>> = {
	'aws-cn': 'cn-north-1',
	'aws-us-gov': 'us-gov-west-1',
	'aws-eusc': 'eusc-de-east-1',
};

/** Answers requests in AWS's order: the signature, the request's form, authorization, the effect. */
export class Answering {
	readonly #who: Who;

	constructor(readonly terms: Terms) {
		this.#who = new Who(terms.account);
	}

	async answer(wire: Wire, from: Whence): Promise<Reply> {
		const service = serviceOf(wire);
		const ids = {requestId: randomUUID(), eventId: randomUUID()};
		const told: Mutable<Told> = {...ids, service: service.name, api: '', input: {}, region: ''};
		const reply = await this.#reply(service, wire, {told, from}).catch((error: unknown) =>
			this.#refuse(service, error, told),
		);
		const sent = afterFault(told.fault, reply);
		if (typeof sent !== 'string') told.status = sent.status;
		this.terms.onRequest?.(told);
		return sent;
	}

	async #reply(service: Service, wire: Wire, {told, from}: Request): Promise<Reply> {
		const caller = await this.#callerOf(service, wire, told);
		told.caller = caller;
		const {api, input} = service.read(wire);
		Object.assign(told, {api, input});
		const fault = this.terms.faults.next(`${service.name}:${api}`);
		if (fault) told.fault = fault;
		const instead = fault && insteadOf(service, fault, caller, told, this.terms.wallClock());
		if (instead) return instead;
		const done = this.#perform(service, {told, from}, caller);
		const {requestId} = told;
		return {status: 200, headers: headersOf(service, requestId), body: service.answer(api, done, requestId)};
	}

	async #callerOf({name, form}: Service, wire: Wire, told: Mutable<Told>): Promise<Caller> {
		const {account, lags} = this.terms;
		if (wire.path !== '/') throw refusal(form, 'badPath');
		if (wire.method !== 'POST') throw refusal(form, 'badMethod');
		const signed = readSignature(wire, form);
		if (signed.service !== name)
			throw refusal(form, 'badSignature', `Credential should be scoped to correct service: '${name}'. `);
		// Signatures are judged by the machine's clock; the account's may have been moved ahead, more than once, and the
		// SDK signs by the date of the last answer it had.
		const latest = Math.min(signed.at, this.terms.datedBy());
		checkClock(signed, Math.max(latest, this.terms.wallClock()), form);
		const now = this.terms.now();
		const asking = {id: signed.accessKeyId, token: wire.headers['x-amz-security-token'], service: name, form};
		const {caller, secret, key} = this.#who.find(asking, {now, lags});
		await checkSignature(wire, signed, secret, form);
		told.region = name === 'iam' ? (homes[account.partition] ?? 'us-east-1') : signed.region;
		if (key) key.lastUsed = {at: now, service: name, region: told.region};
		return caller;
	}

	/** Nothing here waits, so requests take effect one after another. */
	#perform(service: Service, {told, from}: Request, caller: Caller): Data {
		const {account, events, lags, pageSize, store} = this.terms;
		const {api, input, region, requestId, eventId} = told;
		const operation = Object.hasOwn(service.operations, api) ? service.operations[api] : undefined;
		if (!operation) throw service.unknown(api);
		const origin = {...from, requestId, eventId};
		const asked: Asked = {
			account,
			caller,
			region,
			now: this.terms.now(),
			lags,
			pageSize,
			input,
			origin,
			events: events.all,
		};
		const before = store && JSON.stringify(account);
		const done = this.#noted(service, api, operation, asked);
		try {
			if (store && JSON.stringify(account) !== before) store.write(account, events.all);
		} catch (error) {
			// What isn't on disk has not happened.
			putBack(account, JSON.parse(before ?? '') as Account);
			events.takeBack();
			throw error;
		}
		return done;
	}

	/** Authorizes and does it; an event tells what came of it. */
	#noted({name}: Service, api: string, operation: Operation, asked: Asked): Data {
		const about: string[] = [];
		const note = (outcome: Data | Refusal): void => {
			if (name !== 'cloudtrail') this.terms.events.add(eventOf({service: name, api, about, outcome}, asked));
		};
		try {
			const own = operation.about(asked);
			const also = operation.also?.(asked) ?? [];
			about.push(...own, ...also.map(({resource}) => resource));
			if (!operation.free) {
				for (const resource of own) authorize(asked, `${name}:${api}`, resource);
				for (const {action, resource, keys} of also) authorize(asked, action, resource, keys);
			}
			const done = operation.run(asked);
			note(done);
			return done;
		} catch (error) {
			if (error instanceof Refusal) note(error);
			throw error;
		}
	}

	#refuse(service: Service, error: unknown, told: Mutable<Told>): Reply {
		if (!(error instanceof Refusal) && !(error instanceof BadAccountFile)) this.terms.onBug(error);
		const unkept =
			error instanceof BadAccountFile
				? refusal(service.form, 'failed', `The account can't be kept. ${error.message}`)
				: undefined;
		const refused = error instanceof Refusal ? error : (unkept ?? refusal(service.form, 'failed'));
		told.code = refused.code;
		return refusalReply(service, refused, told.requestId);
	}
}

function putBack(account: Account, before: Account): void {
	for (const part of Object.keys(account)) if (!(part in before)) Reflect.deleteProperty(account, part);
	Object.assign(account, before);
}

/** What a fault makes of the answer. */
function afterFault(fault: Fault | undefined, reply: Reply): Reply {
	if (typeof reply === 'string' || fault?.kind === 'drop-after') return reply === 'hang' ? reply : 'drop';
	return fault?.kind === 'slow' ? {...reply, late: fault.ms ?? 1000} : reply;
}
/** What a fault answers in the call's stead. */
function insteadOf(service: Service, {kind}: Fault, {arn}: Caller, {api}: Told, now: number): Reply | undefined {
	const action = `${service.name}:${api}`;
	switch (kind) {
		case 'hang':
			return 'hang';
		case 'drop-before':
			return 'drop';
		case 'html':
			return {status: 503, headers: {'content-type': 'text/html'}, body: proxyPage};
		case 'throttle':
			throw refusal(service.form, 'throttled');
		case '500':
			throw refusal(service.form, 'failed');
		case '503':
			throw refusal(service.form, 'unavailable');
		case 'expired-token':
			throw refusal(service.form, 'expired');
		case 'clock-skew':
			throw expired(now - 3_600_000, now, service.form);
		case 'access-denied': {
			const says =
				`User: ${arn} is not authorized to perform: ${action} on resource: * because no identity-based policy ` +
				`allows the ${action} action`;
			throw service.form === 'query'
				? new Refusal('AccessDenied', says, 403)
				: new Refusal('AccessDeniedException', says);
		}
		default:
			return undefined;
	}
}

/** A refusal as its service says it. */
export const refusalReply = (service: Service, refused: Refusal, requestId: string): Exclude<Reply, string> => ({
	status: refused.status,
	headers: headersOf(service, requestId),
	body: service.refusal(refused, requestId),
});
const headersOf = ({contentType}: Service, requestId: string): Readonly<Record<string, string>> => ({
	'content-type': contentType,
	'x-amzn-requestid': requestId,
});
