import {Refused, type Reply, resolve, type SentCall, Unclear, unknowns} from './apply.js';
import {pathsOf} from './facts.js';
import type {Check, Checked, Facts, Got, Probe, Value} from './step.js';
import {type Clock, Interrupted, type Tell, waiting} from './waiting.js';

/** Makes one call with the new user's credentials; throws `Refused` for AWS's no. */
export type Try = (call: SentCall) => Promise<Reply>;
/**
 * What AWS's no means for a try: it was allowed all the same, it was denied, or nothing was judged, for the credentials
 * aren't taken so far, and why, or never will be.
 */
export type Verdict = 'allowed' | 'denied' | 'never' | {readonly notYet: string};
/** What running checks needs. */
export type CheckHands = {
	/** The new user's hands, or why there are none. */
	readonly tries: Try | {readonly because: string};
	/** What AWS's no means for a try; undefined if it can't be told. */
	verdictOf(error: Refused): Verdict | undefined;
	/** Random bytes, other ones for each round. */
	bytes(): Uint8Array;
	readonly clock: Clock;
	readonly tell: Tell;
	/** Whether the person wants to leave. */
	leaving(): boolean;
};

const inARow = 3;
const atMost = 120;
/**
 * Runs all checks in order, each in a row and patiently, and tells what each came to. Nothing that isn't certain
 * passes.
 */
export async function runChecks(
	step: string,
	checks: readonly Check[],
	facts: Facts,
	hands: CheckHands,
): Promise<readonly Checked[]> {
	const results: Checked[] = [];
	const waits = new Map<Check['expect'], Wait>();
	const learned: Record<string, unknown> = {...facts};
	for (const check of checks) {
		const wait = waits.get(check.expect) ?? waiting(hands.clock);
		if (!check.found) waits.set(check.expect, wait);
		const {got, because} = check.found ?? (await runCheck(step, check, learned, hands, wait));
		const {id, by, expect, says} = check;
		const it: Checked = {
			check: id,
			by,
			expect,
			got,
			ok: got === 'cant-tell' ? null : got === expect,
			says,
			...(because && {because}),
			...(check.found && {untried: true}),
		};
		hands.tell({type: 'check', step, ...it});
		results.push(it);
	}
	return results;
}

type Wait = ReturnType<typeof waiting>;
type Finding = {readonly got: Got; readonly because?: string};
async function runCheck(
	step: string,
	check: Check,
	learned: Record<string, unknown>,
	hands: CheckHands,
	wait: Wait,
): Promise<Finding> {
	const {tries, tell} = hands;
	if (typeof tries !== 'function') return {got: 'cant-tell', because: tries.because};
	for (let streak = 0; ; ) {
		if (hands.leaving()) throw new Interrupted();
		const {got, because, unaccepted} = await attempt(check, learned, tries, hands);
		streak = got === check.expect ? streak + 1 : 0;
		if (streak > 0) tell({type: 'trying', step, check: check.id, says: check.says, passed: streak, of: inARow});
		if (streak === inARow) return {got};
		if (streak > 0) continue;
		const said = because && {because};
		if (got === 'cant-tell' && !unaccepted) return {got, ...said};
		if (unaccepted === 'never' || wait.over(atMost))
			return {got: unaccepted && check.expect === 'allowed' ? 'denied' : got, ...said};
		const why = unaccepted?.notYet ?? 'AWS may still judge by what was in force before';
		tell({type: 'wait', step, for: check.says, why, ...wait.told(atMost)});
		await wait.pause();
	}
}

type Tried = Finding & {readonly unaccepted?: Exclude<Verdict, 'allowed' | 'denied'>};
/** One round of a check: its calls in order, until one of them tells. */
async function attempt(
	{probes}: Check,
	learned: Record<string, unknown>,
	tries: Try,
	{bytes, verdictOf}: CheckHands,
): Promise<Tried> {
	const random = bytes();
	const secret = (name: string): Uint8Array => {
		if (name !== 'random') throw new TypeError(`there is no secret ${name}`);
		return random;
	};
	for (const probe of probes) {
		if (unknowns(probe.call.input, learned).length > 0)
			return {got: 'cant-tell', because: `${probe.call.api} needs what an earlier check did not get`};
		try {
			const input = resolve(probe.call.input, {facts: learned, secret}) as SentCall['input'];
			const {output} = await tries({api: probe.call.api, input});
			const wrong = wrongIn(output, probe, value => resolve(value, {facts: learned, secret}));
			if (wrong) return {got: 'denied', because: wrong};
			for (const [name, path] of pathsOf(probe.learns)) learned[name] = part(output, path);
		} catch (error) {
			const told = judged(error, probe, verdictOf);
			if (told) return told;
		}
	}
	return {got: 'allowed'};
}

/** What AWS's no tells; undefined if it means that the call is allowed. */
function judged(
	error: unknown,
	{allowedBy = [], names, call}: Probe,
	verdictOf: CheckHands['verdictOf'],
): Tried | undefined {
	if (!(error instanceof Error) || error instanceof Interrupted) throw error;
	const because = `${call.api}: ${error.message}${error instanceof Refused ? ` [${error.code}]` : ''}`;
	if (!(error instanceof Refused)) return {got: 'cant-tell', because};
	const verdict = allowedBy.includes(error.code) ? 'allowed' : verdictOf(error);
	if (verdict === 'allowed') return undefined;
	if (verdict === undefined) return {got: 'cant-tell', because};
	if (verdict !== 'denied') return {got: 'cant-tell', unaccepted: verdict, because};
	return names && !error.message.includes(names)
		? {got: 'cant-tell', because: `${because}, which does not name ${names}`}
		: {got: 'denied', because};
}

function wrongIn(output: unknown, {gives = {}, call}: Probe, value: (it: Value) => unknown): string | undefined {
	for (const [path, expected] of Object.entries(gives)) {
		const [got, should] = [part(output, path), value(expected)];
		const same =
			got instanceof Uint8Array && should instanceof Uint8Array ? Buffer.from(got).equals(should) : got === should;
		if (!same) return `${call.api} answered another ${path} than it should`;
	}
	return undefined;
}

const part = (output: unknown, path: string): unknown => {
	const it = (output as Readonly<Record<string, unknown>> | undefined)?.[path];
	if (it === undefined) throw new Unclear(`the answer lacks ${path}`);
	return it;
};
