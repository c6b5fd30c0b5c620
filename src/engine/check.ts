import type {Call, Value} from './call.js';
import type {Learns} from './facts.js';
import type {Ways} from './problem.js';

/** Whether something was done, refused for lack of permission, or neither could be told. */
export type Got = 'allowed' | 'denied' | 'cant-tell';
/**
 * One call of a check: what later calls learn from it, what its reply must hold, and codes that tell that it was
 * allowed.
 */
export type Probe = {
	readonly call: Call;
	readonly learns?: Learns;
	readonly gives?: Readonly<Record<string, Value>>;
	readonly allowedBy?: readonly string[];
	/** Words that a denial must hold to be the one that was looked for. */
	readonly names?: string;
};
/**
 * Something that must be so at the end: tried with the new user's credentials, or found by looking. `id` stands on
 * disk: never rename it.
 */
export type Check = {
	readonly id: string;
	/** What must be so; of what the new user must not be able to do, the deed alone. */
	readonly says: string;
	readonly by: 'new-user' | 'operator';
	readonly expect: 'allowed' | 'denied';
	/** Made in order, each time; found without any where looking has told already. */
	readonly probes: readonly Probe[];
	/**
	 * A denial may only mean that it is tried from another place than it is meant for: once it came three times in a row,
	 * and the tries go on for so many seconds, only this is told.
	 */
	readonly elsewhere?: {readonly because: string; readonly after: number};
	/** What looking has told, and in words what is wrong or can't be told. */
	readonly found?: {readonly got: Got; readonly because?: string};
	/** What to do if it comes out wrong. */
	readonly ways: Ways;
};
/** Whether a check is of a deed that must be denied to the new user. */
export const isDeed = ({by, expect}: Pick<Check, 'by' | 'expect'>): boolean => by === 'new-user' && expect === 'denied';
/** What a check demands, where it stands by itself. */
export const demandOf = (check: Pick<Check, 'by' | 'expect' | 'says'>): string =>
	isDeed(check) ? `must not be able to ${check.says}` : check.says;
/** What several demand, the deeds under one word. */
export function demandsOf(checks: readonly Check[]): string {
	const deeds = checks.filter(isDeed).map(it => it.says);
	const others = checks.filter(it => !isDeed(it)).map(demandOf);
	return [...others, ...(deeds.length > 0 ? [`must not be able to ${deeds.join('; ')}`] : [])].join('; ');
}
/** Checks to come, under what they have in common: tried or not, a deed that must be denied or not. */
export function inGroups(checks: readonly Check[]): readonly {readonly heading: string; readonly says: string[]}[] {
	const group = (heading: string, tried: boolean, deeds: boolean) => ({
		heading,
		says: checks.filter(it => it.probes.length > 0 === tried && isDeed(it) === deeds).map(it => it.says),
	});
	return [
		group('Must work', true, false),
		group('Must not be able to', true, true),
		group('Nor, as simulated', false, true),
		group('Looked at', false, false),
	].filter(it => it.says.length > 0);
}
/** What a check came to; `says` is what it demands. */
export type Checked = {
	readonly check: string;
	readonly by: Check['by'];
	readonly expect: Check['expect'];
	readonly got: Got;
	readonly ok: boolean | null;
	readonly says: string;
	readonly because?: string;
	/** The ids of the requests that tried it: a use that bears one of them was ours. */
	readonly requestIds?: readonly string[];
	/** It was not tried but found: by looking, or by asking AWS to simulate it. */
	readonly untried?: true;
};
/** Marks what was only simulated, behind what it demands. */
export const asSimulated = ({by, untried}: Pick<Checked, 'by' | 'untried'>): string =>
	by === 'new-user' && untried ? ' (as simulated)' : '';
/** The last proof that was made: with what, of what, when, and what each check came to. */
export type Proof = {
	/** The delivered thing that it was made with, and what it was all about, by their ids. */
	readonly id: string;
	readonly about: string;
	readonly at: string;
	/** The run that made it, counted as attempts count theirs. */
	readonly run?: number;
	readonly checks: readonly Checked[];
	readonly proven: boolean;
};
