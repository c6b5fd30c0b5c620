/** What can go wrong with a call. */
export const faultKinds = [
	'throttle',
	'500',
	'503',
	'hang',
	'drop-before',
	'drop-after',
	'slow',
	'html',
	'access-denied',
	'expired-token',
	'clock-skew',
] as const;
/** `hang`, `drop-before`, `html` and the refusals come before the effect; `drop-after` and `slow` after it. */
export type FaultKind = (typeof faultKinds)[number];
/** One fault: the nth call of this API from when the fault was set, or every one. */
export type Fault = {
	/** Such as `iam:CreateUser`. */
	readonly api: string;
	readonly nth: number | 'every';
	readonly kind: FaultKind;
	/** How late a slow answer is; a second where it isn't said. */
	readonly ms?: number;
};

/**
 * Reads `iam:CreateUser#2=drop-after`, `kms:Decrypt#every=slow:3000`; without a number it is the first call. Undefined:
 * it is none.
 */
export function readFault(text: string): Fault | undefined {
	const [, api, at = '1', kind, ms] =
		/^((?:iam|sts|kms|cloudtrail):[A-Za-z]+)(?:#([1-9]\d{0,5}|every))?=([a-z0-9-]+)(?::(\d{1,7}))?$/.exec(text) ?? [];
	const known = faultKinds.find(it => it === kind);
	if (api === undefined || !known || (ms !== undefined && known !== 'slow')) return undefined;
	return {api, nth: at === 'every' ? at : Number(at), kind: known, ...(ms !== undefined && {ms: Number(ms)})};
}

/** Counts calls, and says what goes wrong with each. */
export class FaultPlan {
	#plan: readonly Fault[] = [];
	readonly #calls = new Map<string, number>();

	constructor(plan: readonly Fault[]) {
		this.set(plan);
	}
	/** Another plan; calls are counted from one again. */
	set(plan: readonly Fault[]): void {
		this.#plan = plan;
		this.#calls.clear();
	}
	/** The fault of this call, which it counts. */
	next(api: string): Fault | undefined {
		const nth = (this.#calls.get(api) ?? 0) + 1;
		this.#calls.set(api, nth);
		return this.#plan.find(it => it.api === api && (it.nth === nth || it.nth === 'every'));
	}
}
