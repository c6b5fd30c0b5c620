import {rmSync} from 'node:fs';
import {basename} from 'node:path';
import {difference, leaks, pictureOf, printOf} from './end-state.js';
import {type Flow, places} from './flows.js';
import type {Arena, Kill, Ran, Trace, World} from './killed-process.js';

/** A moment of a flow that its process can be killed at: a call or a write, and which side of it. */
export type Point = {readonly what: string; readonly kill: Kill};
/** A flow, the world that it begins in, the end it comes to undisturbed, and where it can be killed on the way. */
export type Known = {
	readonly flow: Flow;
	readonly from: World;
	readonly wanted: string;
	readonly trace: readonly Trace[];
	readonly points: readonly Point[];
};

/** Calls that change something. */
export const changing = /:(?!Get|List|Lookup|Describe|Simulate)/;
/** Calls that change nothing; a grant is made as a dry run only. */
export const reads = /:(Get|List|Lookup|Describe|Simulate|Encrypt|Decrypt|Generate|CreateGrant)/;

/**
 * Every moment that a run's log tells of, each once: right before a write is the same as right after what went before
 * it. Of what a call only reads, one side of one call tells all.
 */
export function pointsOf(
	trace: readonly Trace[],
	{calls, writes, also}: Pick<Flow, 'calls' | 'writes' | 'also'>,
): readonly Point[] {
	const points: Point[] = [];
	const counts = new Map<string, number>();
	const count = (of: string): number => {
		counts.set(of, (counts.get(of) ?? 0) + 1);
		return counts.get(of) ?? 0;
	};
	/** Whether how things stand here is how a point before it leaves them. */
	let told = false;
	for (const [at, {is, says}] of trace.entries()) {
		if (is === 'sync') continue;
		const nth = count(is === 'call' ? says : 'moment');
		if (is === 'moment') {
			const near = writes !== 'all' && !also?.test(says);
			const whens =
				near && !isNextTo(calls, trace, at)
					? []
					: whensOf(says, trace.slice(at + 1).find(it => it.is === 'moment')?.says);
			const chosen = whens.filter(when => !(when === 'before' && told) && !(near && isTwice(says, when)));
			for (const when of chosen) points.push({what: says, kill: {moment: nth, when}});
			told = chosen.at(-1) === 'after';
		} else if (calls.test(says) && !(reads.test(says) && nth > 1)) {
			const what = nth === 1 ? says : `${says} (${nth})`;
			for (const when of reads.test(says) ? (['after'] as const) : (['before', 'after'] as const))
				points.push({what, kill: {api: says, nth, when}});
			told = true;
		} else if (!reads.test(says)) told = false;
	}
	return points;
}
/** A write beside a file is cut in the middle, where that is before a call; its ends are those of the rename. */
function whensOf(says: string, next = ''): readonly ('before' | 'half' | 'after')[] {
	if (says.startsWith('write beside')) return next.includes(': intent') ? ['half'] : [];
	return says.startsWith('write') ? ['before', 'half', 'after'] : ['before', 'after'];
}
/** Whether a side of a rename is a call's side too: what is between an intent and its call, or a call and its outcome, is nothing. */
const isTwice = (says: string, when: string): boolean =>
	(/: intent /.test(says) && when === 'after') || (/: outcome /.test(says) && when === 'before');
/** Whether the next call or the last one, with no writes between but of a secret, is one of these. */
function isNextTo(calls: RegExp, trace: readonly Trace[], at: number): boolean {
	const near = (from: number, step: number): boolean => {
		for (let i = from; trace[i]; i += step) {
			const {is, says} = trace[i]!;
			if (is === 'call') return calls.test(says);
			if (is === 'moment' && !says.startsWith('write beside') && !says.includes('.csv')) return false;
		}
		return false;
	};
	return near(at + 1, 1) || near(at - 1, -1);
}

/** Gets to know a flow by running it undisturbed. */
export async function know(flow: Flow, arena: Arena, empty: World): Promise<Known> {
	arena.enter(empty);
	await flow.given?.(arena);
	const from = arena.world();
	const ran = await arena.run(flow.flags, {env: flow.env});
	if (ran.code !== 0) throw new Error(`undisturbed, ${flow.name} ended with ${ran.code}: ${ran.said}`);
	const last = await goOn(flow, ran, arena);
	if (last.code !== 0) throw new Error(`undisturbed, ${flow.name} ended later with ${last.code}: ${last.said}`);
	const end = arena.world();
	const found = leaks(end, last, places);
	if (found.length > 0) throw new Error(`undisturbed, ${flow.name}: ${found.join(', ')}`);
	const untidy = flow.tidy && (await statusOf(arena));
	if (untidy) throw new Error(`undisturbed, ${flow.name}: ${untidy}`);
	return {flow, from, wanted: pictureOf(end), trace: ran.trace, points: pointsOf(ran.trace, flow)};
}

/** Kills a flow at a point and returns the world that this leaves. Throws if it wasn't killed, or left a secret about. */
export async function killed(
	{flow}: Known,
	from: World,
	{kill, what}: Point,
	arena: Arena,
	pace: Arena['pace'] = {},
): Promise<World> {
	arena.enter(from);
	arena.pace = pace;
	const ran = await arena.run(flow.flags, {kill, env: flow.env});
	if (ran.signal !== 'SIGKILL') throw new Error(`it was not killed at ${what} but ended with ${ran.code}: ${ran.said}`);
	const left = arena.world();
	const found = leaks(left, ran, places);
	if (found.length > 0) throw new Error(`killed at ${what}: ${found.join(', ')}`);
	return left;
}

/** The runs of the days after it, for as long as each one ends well. */
async function goOn({later = [], env}: Flow, ran: Ran, arena: Arena): Promise<Ran> {
	let last = ran;
	for (const {flags, meanwhile} of later) {
		if (last.code !== 0) break;
		await meanwhile?.(arena);
		last = await arena.run(flags, {env});
	}
	return last;
}

/** How a flow that is run again ends: the same as undisturbed, if need be after a question that the rules ask, or in which way not. */
export async function endOf(known: Known, from: World, arena: Arena): Promise<string> {
	const print = `${known.flow.name}\n${printOf(from)}`;
	const end = ends.get(print) ?? (await endFrom(known, from, arena));
	ends.set(print, end);
	return end;
}
/** Worlds that no run can tell apart are run on once. */
const ends = new Map<string, string>();
async function endFrom({flow, wanted}: Known, from: World, arena: Arena): Promise<string> {
	arena.enter(from);
	const ran = await arena.run(flow.flags, {env: flow.env});
	const left = flow.asks && ran.said.includes('[Stray]') ? strayIn(ran.said, arena.world()) : undefined;
	const over = flow.over !== undefined && ran.said.includes(flow.over);
	if (left === undefined) {
		const last = over ? {...ran, code: 0} : await goOn(flow, ran, arena);
		return otherwise(last, arena.world(), wanted) ?? ((flow.tidy && (await statusOf(arena))) || 'same');
	}
	const again = await arena.run([...flow.flags, '--remove-access-key', left], {env: flow.env});
	return otherwise(again, arena.world(), wanted) ?? 'asks';
}
/** What `status` says of an end whose secret files are away; nothing, if that is all as it should be. One end is looked at once. */
async function statusOf(arena: Arena): Promise<string | undefined> {
	const end = printOf(arena.world());
	if (clean.has(end)) return undefined;
	for (const place of places) rmSync(arena.file(basename(place)), {force: true});
	const {code, out, said} = await arena.run(['status', '--json']);
	if (code === 0) clean.add(end);
	return code === 0 ? undefined : `status ends with ${code}: ${said.slice(-800) || out.slice(-800)}`;
}
const clean = new Set<string>();
/** The access key whose secret stands nowhere, if it is named. */
function strayIn(said: string, {account, files}: World): string | undefined {
	const keys = Object.values(account.users).flatMap(it => it.accessKeys);
	return keys.find(it => said.includes(it.id) && !Object.values(files).some(file => file.text.includes(it.secret)))?.id;
}

/** What is wrong with an end, if anything is. */
export function otherwise(ran: Ran, world: World, wanted: string): string | undefined {
	const found = leaks(world, ran, places);
	if (found.length > 0) return found.join(', ');
	if (ran.code !== 0) return `ended with ${ran.code}: ${ran.said.slice(-800)}`;
	const got = pictureOf(world);
	return got === wanted ? undefined : `another end:\n${difference(got, wanted)}`;
}
