/** One call as CloudTrail tells of it later; plain data, so that it can be kept in a file. */
export type CallEvent = {
	readonly id: string;
	readonly at: number;
	readonly requestId: string;
	readonly service: string;
	readonly api: string;
	readonly region: string;
	readonly from: Whence;
	/** AWS's code and words where it was refused. */
	readonly refused?: {readonly code: string; readonly message: string};
	/** Who called, as `userIdentity` tells it. */
	readonly identity: Readonly<Record<string, unknown>>;
	/** The name it is found by: a user's, or a session's. */
	readonly userName: string;
	readonly resources: readonly {readonly type: string; readonly name: string}[];
	/** What was asked, without what is secret. */
	readonly parameters: Readonly<Record<string, unknown>>;
};
/** Where a call came from: an address, maybe through a VPC endpoint; and with what program. */
export type Whence = {readonly address: string; readonly vpce?: string; readonly agent: string};

/** The newest that are kept; AWS keeps 90 days. */
const most = 3000;

/** The calls of an account, the oldest first. */
export class EventHistory {
	constructor(private kept: CallEvent[] = []) {}

	get all(): readonly CallEvent[] {
		return this.kept;
	}
	add(event: CallEvent): void {
		this.kept.push(event);
		if (this.kept.length > most) this.kept = this.kept.slice(-most);
	}
	/** Takes back the last one: what it tells of has not happened. */
	takeBack(): void {
		this.kept.pop();
	}
}
