import {pathsOf} from './facts.js';
import {keyOfNumber} from './keys.js';
import type {Happened} from './record.js';
import {Halted, Refused, type Reply, type SentCall, Unclear} from './reply.js';
import {inTime, type Sender, sendPatiently} from './sending.js';
import type {Change, Facts, Keeping, Value} from './step.js';
import {withWay} from './to-do.js';

export {Halted, Refused, type Reply, type SentCall, Unclear} from './reply.js';
/** The places where secrets go. */
export type Places = {
	/** Makes the empty file, or takes it up again if this record claimed it before. */
	claim(place: string, again: boolean): Promise<void>;
	/** Writes one row and makes it durable. */
	keep(place: string, row: Readonly<Record<string, string>>): Promise<void>;
	/** Takes a secret out of its place again, which stays. */
	empty(place: string): Promise<void>;
	/** One column of a whole row that stands there already. */
	recall(place: string, columns: readonly string[], column: string): Promise<string | undefined>;
	/** A new secret that we choose ourselves. */
	make(name: string): string;
};
/** The ports that applying one change needs. */
export type Hands = Sender & {
	/**
	 * Looks whether the credentials are the ones that were looked at, whether what a call names is what the record means
	 * by it, and whether a document that it replaces is still `as` it was reviewed; throws `Halted` if not.
	 */
	meant(call: SentCall, facts: Facts, as?: Value): Promise<void>;
	append(entry: Happened): Promise<void>;
	readonly places: Places;
	/**
	 * Shows a row once and returns when the person has stored it; `revealed` is recorded before the secret is seen.
	 * Throws `Interrupted` if the person leaves.
	 */
	deliver?(subject: string, row: Row, revealed: () => Promise<void>): Promise<void>;
};
/** A row of a secret's place, by column. */
export type Row = Readonly<Record<string, string>>;
/** How one change ended. */
export type Applied =
	| {readonly is: 'done'; readonly learned: Facts}
	| {readonly is: 'refused'; readonly error: Refused}
	| {readonly is: 'doubt'; readonly error: unknown}
	/** AWS did it, but the secret in its answer could not be put into its place. */
	| {readonly is: 'unkept'; readonly error: unknown; readonly learned: Facts};

/** A reply's part by its path, such as `Thing.Id`. */
export function dig(reply: unknown, path: string): string {
	const got = path
		.split('.')
		.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], reply);
	if (typeof got !== 'string') throw new Unclear(`the answer lacks ${path}`);
	return got;
}

type Sources = {
	readonly facts: Readonly<Record<string, unknown>>;
	readonly secret?: (name: string) => unknown;
	readonly reply?: unknown;
};
/**
 * The value with every reference resolved; documents become JSON text. What isn't known stays a reference, unless
 * `strict`.
 */
export function resolve(value: Value, from: Sources, strict = true): unknown {
	if (Array.isArray(value)) return value.map(it => resolve(it as Value, from, strict));
	if (typeof value !== 'object' || value === null) return value;
	const it = value as Readonly<Record<string, Value>>;
	if ('$fact' in it) {
		const known = from.facts[String(it['$fact'])];
		if (known === undefined && strict) throw new TypeError(`${String(it['$fact'])} is used before it is known`);
		return known ?? it;
	}
	if ('$json' in it) return JSON.stringify(resolve(it['$json'], from, strict));
	if ('$secret' in it) return from.secret ? from.secret(String(it['$secret'])) : it;
	if ('$reply' in it) return from.reply === undefined ? it : dig(from.reply, String(it['$reply']));
	return Object.fromEntries(Object.entries(it).map(([key, inner]) => [key, resolve(inner, from, strict)]));
}

/** The facts named anywhere inside that aren't known yet. */
export function unknowns(value: unknown, facts: Readonly<Record<string, unknown>>): readonly string[] {
	if (typeof value !== 'object' || value === null) return [];
	if ('$fact' in value) return facts[String(value.$fact)] === undefined ? [String(value.$fact)] : [];
	return Object.values(value).flatMap(it => unknowns(it, facts));
}

/**
 * Applies one change so that a death at any moment leaves either nothing, an intent that looking settles, or an
 * outcome.
 */
export async function applyChange(
	stepId: string,
	change: Change,
	facts: Facts,
	id: number,
	claimed: readonly string[],
	hands: Hands,
): Promise<Applied> {
	const {keeps} = change;
	const meant = (): Promise<void> =>
		hands.meant(
			{api: change.call.api, input: resolve(change.call.input, {facts}) as SentCall['input']},
			facts,
			change.diff?.from,
		);
	try {
		await meant();
	} catch (error) {
		if (error instanceof Halted) return {is: 'refused', error};
		throw error;
	}
	if (keeps && keeps.place !== null) {
		const again = claimed.includes(keeps.place);
		if (!again) await hands.append({type: 'claimed', place: keeps.place});
		await hands.places.claim(keeps.place, again);
	}
	// From before it is written: writing may take its time, too.
	const mayStill = inTime(hands.clock, change);
	await hands.append({type: 'intent', id, step: stepId, change: intended(change, facts)});
	const secrets = keeps && !needsReply(keeps) ? await keepBefore(keeps, facts, hands) : new Map<string, string>();
	const secret = (name: string): string => {
		const it = secrets.get(name);
		if (it === undefined) throw new TypeError(`the secret ${name} was not made`);
		return it;
	};
	hands.tell({type: 'change', step: stepId, change: change.id, status: 'sent'});
	let reply: Reply;
	try {
		const input = resolve(change.call.input, {facts, secret}) as SentCall['input'];
		reply = await sendPatiently(stepId, change, {api: change.call.api, input}, mayStill, meant, hands);
	} catch (error) {
		return await afterTrouble(stepId, change, id, withoutSecrets(error, [...secrets.values()]), hands);
	}
	return await afterReply(stepId, change, id, facts, reply, meant, hands);
}

/** The error without the secrets that its words may repeat: a refusal's words are recorded and shown. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
	if (!(error instanceof Error)) return error;
	for (const it of secrets) {
		error.message = error.message.replaceAll(it, '(secret)');
		if (error.stack) error.stack = error.stack.replaceAll(it, '(secret)');
	}
	return error;
}

async function afterTrouble(
	step: string,
	change: Change,
	id: number,
	error: unknown,
	{append, tell}: Hands,
): Promise<Applied> {
	if (!(error instanceof Refused)) {
		tell({type: 'change', step, change: change.id, status: 'unsettled'});
		return {is: 'doubt', error};
	}
	const requestId = error.requestId && {requestId: error.requestId};
	await append({type: 'outcome', of: id, ok: false, code: error.code, message: error.message, ...requestId});
	tell({type: 'change', step, change: change.id, status: 'refused', ...requestId});
	return {is: 'refused', error};
}

async function afterReply(
	step: string,
	change: Change,
	id: number,
	facts: Facts,
	reply: Reply,
	meant: () => Promise<void>,
	hands: Hands,
): Promise<Applied> {
	const {append, tell} = hands;
	const {keeps} = change;
	let learned: Facts = {};
	let row: Row | undefined;
	try {
		learned = Object.fromEntries(pathsOf(change.learns).map(([name, path]) => [name, dig(reply.output, path)]));
		if (keeps && needsReply(keeps)) row = rowOf(keeps, it => String(resolve(it, {facts, reply: reply.output})));
	} catch (error) {
		tell({type: 'change', step, change: change.id, status: 'unsettled'});
		return {is: 'doubt', error};
	}
	try {
		// Who is only shown it is shown no other's: what stands in a file can be taken out again.
		if (keeps && row && keeps.place === null) await stillMeant(meant, learned, change);
		if (keeps && row) await handOver(change, id, {keeps, row}, learned, hands);
	} catch (error) {
		tell({type: 'change', step, change: change.id, status: 'unsettled'});
		return {is: 'unkept', error, learned};
	}
	try {
		if (keeps?.place && row) await stillMeant(meant, learned, change);
	} catch (error) {
		tell({type: 'change', step, change: change.id, status: 'unsettled'});
		if (!(error instanceof Halted) || !keeps?.place) return {is: 'doubt', error};
		await hands.places.empty(keeps.place);
		return {is: 'unkept', error, learned};
	}
	const delivered = keeps?.names ? learned[keeps.names] : undefined;
	if (keeps && delivered) await append({type: 'delivered', id: delivered, place: keeps.place});
	const requestId = reply.requestId && {requestId: reply.requestId};
	await append({type: 'outcome', of: id, ok: true, learned, ...requestId});
	tell({type: 'change', step, change: change.id, status: 'done', ...requestId});
	return {is: 'done', learned};
}

/**
 * Looks again once the answer is there: a call names what it changes, and by then the name could have been another's.
 */
async function stillMeant(meant: () => Promise<void>, learned: Facts, {keeps}: Change): Promise<void> {
	const id = keeps?.names && learned[keeps.names];
	try {
		await meant();
	} catch (error) {
		if (!(error instanceof Halted) || !id || !keeps.removedBy) throw error;
		const {thing, flag, answer} = keeps.removedBy;
		const why = `${error.problem.why}. In between, ${thing} ${id} was made for that one; its secret is kept nowhere`;
		const flags = `--${flag} ${id}`;
		throw new Halted(
			withWay(
				{...error.problem, why},
				{is: 'choose', key: keyOfNumber(1), label: `remove ${id}`, answers: {[answer]: id}, flags},
			),
		);
	}
}

/** Puts a reply's secret where the person chose: into the file, or before their eyes. */
async function handOver(
	{subject}: Change,
	of: number,
	{keeps, row}: {readonly keeps: Keeping; readonly row: Row},
	learned: Facts,
	hands: Hands,
): Promise<void> {
	const {places, append, deliver} = hands;
	if (keeps.place !== null) return places.keep(keeps.place, row);
	const id = keeps.names && learned[keeps.names];
	if (!deliver || id === undefined) throw new TypeError(`${subject} has nobody to be shown to`);
	await deliver(subject, row, () => append({type: 'shown', id, of}));
}

const rowOf = (keeps: Keeping, text: (it: Value) => string): Row =>
	Object.fromEntries(Object.entries(keeps.row).map(([column, it]) => [column, text(it)]));
const needsReply = (keeps: Keeping): boolean =>
	Object.values(keeps.row).some(it => typeof it === 'object' && '$reply' in it);

/** Puts a secret that we choose into its place before AWS hears of it; one that stands there already is used again. */
async function keepBefore(keeps: Keeping, facts: Facts, {places}: Hands): Promise<Map<string, string>> {
	const secrets = new Map<string, string>();
	const {place} = keeps;
	if (place === null) throw new TypeError('a secret that we choose needs a place of its own');
	let fresh = false;
	for (const [column, it] of Object.entries(keeps.row)) {
		if (typeof it !== 'object' || !('$secret' in it)) continue;
		const stands = await places.recall(place, Object.keys(keeps.row), column);
		fresh ||= stands === undefined;
		secrets.set(it.$secret, stands ?? places.make(it.$secret));
	}
	if (fresh)
		await places.keep(
			place,
			rowOf(keeps, it => String(resolve(it, {facts, secret: name => secrets.get(name) ?? ''}))),
		);
	return secrets;
}

/** What the record keeps of a change: the call as AWS gets it, without the secret, and what settles a lost answer. */
function intended(change: Change, facts: Facts): Change {
	const {
		diff: _diff,
		waits: _waits,
		notBefore: _notBefore,
		why: _why,
		learns: _learns,
		confirm: _confirm,
		...rest
	} = change;
	const keeps = change.keeps && {keeps: {place: change.keeps.place, row: {}}};
	return {
		...rest,
		call: {api: change.call.api, input: resolve(change.call.input, {facts}) as Change['call']['input']},
		...keeps,
	};
}
