import {Refused, type Reply, resolve, type SentCall, Unclear, unknowns} from './apply.js';
import {demandOf} from './check.js';
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
	/** Told the id of each request that was tried, as it comes. */
	tried?(requestId: string): void;
};

const inARow = 3;
const atMost = 120;
/**
 * Runs all checks, each three times in a row and patiently, and tells in their order what each came to. The first
 * goes alone until it passed once, for credentials that aren't taken yet are taken nowhere; then all go side by side.
 * Nothing that isn't certain passes.
 */
export async function runChecks(
	step: string,
	checks: readonly Check[],
	facts: Facts,
	hands: CheckHands,
): Promise<readonly Checked[]> {
	const learned = new Learned(checks, facts);
	// What must work and what must be denied have two minutes each, however many checks there are.
	const begun = new Map<Check['expect'], number>();
	const turns = new Turns(checks);
	const run = async (check: Check, passed = (): void => undefined): Promise<Came> => {
		const start = begun.get(check.expect) ?? hands.clock.ticks();
		if (!check.found) begun.set(check.expect, start);
		const requestIds: string[] = [];
		const noting = {
			...notedBy(hands, it => {
				requestIds.push(it);
				hands.tried?.(it);
			}),
			cameTo: () => turns.cameTo(check),
			passed,
		};
		try {
			const found = check.found ?? (await runCheck(step, check, learned, noting, waiting(hands.clock, start)));
			return {checked: {...checkedOf(check, found), ...(requestIds.length > 0 && {requestIds})}};
		} catch (failed) {
			return {failed};
		} finally {
			turns.over(check);
			learned.noMoreFrom(check);
		}
	};
	const first = checks.find(it => !it.found);
	let taken = (): void => undefined;
	const passedOnce = new Promise<undefined>(done => (taken = () => done(undefined)));
	const alone = first && run(first, taken);
	const others = async (check: Check): Promise<Came> => {
		const came = await Promise.race([passedOnce, alone]);
		return came && 'failed' in came ? came : run(check);
	};
	const results: Checked[] = [];
	const failures: unknown[] = [];
	// Where one can't go on, the calls of others that are out are waited for.
	for (const coming of checks.map(it => (it === first && alone ? alone : others(it)))) {
		const came = await coming;
		if ('failed' in came) failures.push(came.failed);
		else if (failures.length === 0) {
			const {requestIds: _ids, ...news} = came.checked;
			hands.tell({type: 'check', step, ...news});
			results.push(came.checked);
		}
	}
	if (failures.length > 0) throw failures[0];
	return results;
}

/** Whose turn it is to wait: that of the first check that isn't over. One wait is told at a time. */
class Turns {
	readonly #left: Set<Check>;
	readonly #waiting = new Map<Check, () => void>();

	constructor(checks: readonly Check[]) {
		this.#left = new Set(checks);
	}
	/** Comes back with a check's turn; tells whether it had to come first. */
	async cameTo(check: Check): Promise<boolean> {
		if (this.#first() === check) return false;
		await new Promise<void>(done => this.#waiting.set(check, done));
		return true;
	}
	over(check: Check): void {
		this.#left.delete(check);
		const first = this.#first();
		if (first) this.#waiting.get(first)?.();
	}
	#first(): Check | undefined {
		return [...this.#left][0];
	}
}

type Came = {readonly checked: Checked} | {readonly failed: unknown};
const checkedOf = ({id, by, expect, says, found}: Check, {got, because}: Finding): Checked => ({
	check: id,
	by,
	expect,
	got,
	ok: got === 'cant-tell' ? null : got === expect,
	says: demandOf({by, expect, says}),
	...(because && {because}),
	...(found && {untried: true}),
});

/** What checks learn from each other: who needs it waits until it is there, or nobody brings it any more. */
class Learned {
	readonly values: Record<string, unknown>;
	readonly #coming = new Map<string, Coming>();

	constructor(
		readonly checks: readonly Check[],
		facts: Facts,
	) {
		this.values = {...facts};
		for (const from of checks) for (const name of learnedBy(from)) this.#coming.set(name, comingFrom(from));
	}

	/** Comes back once all is there that an earlier check brings to this one. */
	async readyFor(check: Check): Promise<void> {
		const needed = check.probes.flatMap(it => unknowns(it.call.input, this.values));
		for (const name of needed) {
			const it = this.#coming.get(name);
			if (it && this.checks.indexOf(it.from) < this.checks.indexOf(check)) await it.there;
		}
	}
	set(name: string, value: unknown): void {
		this.values[name] = value;
		this.#coming.get(name)?.arrive();
	}
	noMoreFrom(check: Check): void {
		for (const name of learnedBy(check)) this.#coming.get(name)?.arrive();
	}
}
type Coming = {readonly from: Check; readonly there: Promise<void>; arrive(): void};
/** Node 20 has no Promise.withResolvers. */
function comingFrom(from: Check): Coming {
	let arrive = (): void => undefined;
	const there = new Promise<void>(done => (arrive = done));
	return {from, there, arrive};
}
const learnedBy = ({probes}: Check): readonly string[] =>
	probes.flatMap(it => pathsOf(it.learns).map(([name]) => name));

/** Hands that note the id of each request that they make, whatever came of it. */
function notedBy(hands: CheckHands, note: (requestId: string) => void): CheckHands {
	const {tries} = hands;
	if (typeof tries !== 'function') return hands;
	const noted = (id: string | undefined): void => void (id !== undefined && note(id));
	return {
		...hands,
		async tries(call) {
			try {
				const reply = await tries(call);
				noted(reply.requestId);
				return reply;
			} catch (error) {
				if (error instanceof Refused) noted(error.requestId);
				throw error;
			}
		},
	};
}

type Wait = ReturnType<typeof waiting>;
type Finding = {readonly got: Got; readonly because?: string};
async function runCheck(
	step: string,
	check: Check,
	learned: Learned,
	hands: CheckHands & {cameTo(): Promise<boolean>; passed(): void},
	wait: Wait,
): Promise<Finding> {
	const {tries, tell} = hands;
	if (typeof tries !== 'function') return {got: 'cant-tell', because: tries.because};
	await learned.readyFor(check);
	for (let [streak, denials] = [0, 0]; ; ) {
		if (hands.leaving()) throw new Interrupted();
		const {got, because, unaccepted} = await attempt(check, learned, tries, hands);
		streak = got === check.expect ? streak + 1 : 0;
		denials = got === 'denied' ? denials + 1 : 0;
		if (streak > 0) hands.passed();
		if (streak > 0) tell({type: 'trying', step, check: check.id, says: demandOf(check), passed: streak, of: inARow});
		if (streak === inARow) return {got};
		if (streak > 0) continue;
		const said = because && {because};
		if (got === 'cant-tell' && !unaccepted) return {got, ...said};
		// What one waits for, the others wait for too: they look again when it is their turn.
		if (unaccepted !== 'never' && (await hands.cameTo())) continue;
		// A denial that was to be expected need not be waited out: it is one once it stays.
		const stays = denials >= inARow && wait.over(check.elsewhere?.after ?? atMost);
		if (check.elsewhere && got === 'denied' && (stays || wait.over(atMost)))
			return {got: 'cant-tell', because: check.elsewhere.because};
		if (unaccepted === 'never' || wait.over(atMost))
			return {got: unaccepted && check.expect === 'allowed' ? 'denied' : got, ...said};
		const why = unaccepted?.notYet ?? 'AWS may still judge by what was in force before';
		tell({type: 'wait', step, for: demandOf(check), why, ...wait.told(atMost)});
		await wait.pause();
	}
}

type Tried = Finding & {readonly unaccepted?: Exclude<Verdict, 'allowed' | 'denied'>};
/** One round of a check: its calls in order, until one of them tells. */
async function attempt({probes}: Check, learned: Learned, tries: Try, {bytes, verdictOf}: CheckHands): Promise<Tried> {
	const facts = learned.values;
	const random = bytes();
	const secret = (name: string): Uint8Array => {
		if (name !== 'random') throw new TypeError(`there is no secret ${name}`);
		return random;
	};
	for (const probe of probes) {
		if (unknowns(probe.call.input, facts).length > 0)
			return {got: 'cant-tell', because: `${probe.call.api} needs what an earlier check did not get`};
		try {
			const input = resolve(probe.call.input, {facts, secret}) as SentCall['input'];
			const {output} = await tries({api: probe.call.api, input});
			const wrong = wrongIn(output, probe, value => resolve(value, {facts, secret}));
			if (wrong) return {got: 'denied', because: wrong};
			for (const [name, path] of pathsOf(probe.learns)) learned.set(name, part(output, path));
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
