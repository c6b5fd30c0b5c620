import type {Account} from './account/account.js';
import type {CallEvent, Whence} from './account/event-history.js';
import type {Lags} from './account/lags.js';

/**
 * What a request says, or an answer: nested plain data. A Date is written as its service writes dates, bytes as base64.
 */
export type Data = {readonly [name: string]: Datum};
/** One value of it. */
export type Datum = string | number | boolean | Date | Uint8Array | undefined | readonly Datum[] | Data;
/** A policy that limits a session, and what AWS calls it. */
type Document = {readonly id: string; readonly type: string; readonly text: string};
/** Who makes a request: its ARN as AWS tells it, and the identity whose policies apply (root has none). */
export type Caller = {
	readonly arn: string;
	/** The ARN of the user or role behind it; for root the same as `arn`. */
	readonly of: string;
	/** `AIDA…`, `AROA…:session`, or the account id for root. */
	readonly userId: string;
	/** The unique id of the user or role behind it, where `userId` doesn't begin with it. */
	readonly ofId?: string;
	/** The session policies, where it is a session that has some. */
	readonly limits?: readonly Document[];
	readonly accessKeyId: string;
	readonly root: boolean;
	readonly mfa: boolean;
};
/** By which ids a request is told of later, and where it came from. */
export type Origin = Whence & {readonly requestId: string; readonly eventId: string};
/** One request on its way through. */
export type Asked = {
	readonly account: Account;
	readonly caller: Caller;
	readonly region: string;
	/** The time it is, in milliseconds. */
	readonly now: number;
	readonly lags: Lags;
	/** The ids by which the request is told of later, and where it came from. */
	readonly origin: Origin;
	/** What was called before, the oldest first. */
	readonly events: readonly CallEvent[];
	/** The most that a list call tells at once, where the request asks for more or doesn't say. */
	readonly pageSize: number;
	readonly input: Data;
};
/** An action that a request demands besides its own, and the condition keys that only its operation can tell. */
export type Demand = {readonly action: string; readonly resource: string; readonly keys?: Data};
/** One API of a service: what it is about, for authorization, and what it does. */
export type Operation = {
	/**
	 * The ARNs that authorization is asked about; one `*` where the action knows no resource. May refuse what can't be
	 * named.
	 */
	about(asked: Asked): readonly string[];
	/** More actions that its parameters demand, such as iam:TagUser. */
	also?(asked: Asked): readonly Demand[];
	/** Does it, or throws a Refusal before anything has changed. */
	run(asked: Asked): Data;
	/** Everyone may call it, whatever the policies say. */
	free?: true;
};
/** The operations of a service, by name. */
export type Operations = Readonly<Record<string, Operation>>;

/** AWS's no: its code, its words and the HTTP status. */
export class Refusal extends Error {
	constructor(
		readonly code: string,
		message: string,
		readonly status = 400,
	) {
		super(message);
		this.name = 'Refusal';
	}
}
