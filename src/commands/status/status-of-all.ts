import {asciiJson, visible} from '../../engine/control-characters.js';
import type {Left, Outcome} from '../../engine/outcome.js';
import {forPrograms} from '../../front/problem-lines.js';
import {setupNames} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import {listenForLeaving} from '../../run/leaving.js';
import type {Run} from '../../run/run.js';
import {usage} from '../../run/usage-error.js';
import {documentOf} from '../out-file.js';
import {outcomeOfAll, type Stands, standAll} from './stands.js';
import {statusForPrograms} from './told-status.js';

/**
 * Looks at every setup of this machine, each with the profile that its record names; one that can't be told leaves the
 * others told. Differs if any does, else stopped if any can't be told.
 */
export async function statusOfAll(run: Run, endNow: (how: Left) => void): Promise<Outcome> {
	const {options, env} = run;
	const leaving = listenForLeaving(endNow);
	leaving.onHeard(() => endNow(leaving.heard() ?? 'interrupted'));
	try {
		const all = await standAll(run, setupNames(setupsDir(env, options.sandbox)), leaving);
		tellAll(all, run);
		return outcomeOfAll(all);
	} finally {
		leaving.stop();
	}
}

/** Tells how each setup stands: a line each, or one object. */
export function tellAll(all: readonly Stands[], {options, outlet}: Run): void {
	if (outlet.json) documentOf({text: asciiJson({v: 1, setups: all.map(toPrograms)})}, options, outlet).put();
	else for (const line of inWords(all)) outlet.out(visible(line));
}

/** Refuses what is about one setup. */
export function mustBeOfAll({options}: Run, given: readonly string[]): void {
	const about = given.filter(it => !ofAny.includes(it));
	if (options.setup !== 'nps') about.unshift('setup');
	const [first] = about;
	if (first === undefined) return;
	const flag = `--${first.replaceAll(/[A-Z]/g, it => `-${it.toLowerCase()}`)}`;
	throw usage(`${flag} doesn't go with --all`, 'It is about one setup', `Leave ${flag} or --all out`);
}
const ofAny = [
	'all',
	'json',
	'out',
	'force',
	'sandbox',
	'plain',
	'setup',
	'monitor',
	'prometheus',
	'calendar',
	'warnDays',
	'criticalDays',
];

const toPrograms = (it: Stands): object =>
	'whole' in it ? statusForPrograms(it.whole) : {setup: it.setup, problem: forPrograms(it.problem)};

function inWords(all: readonly Stands[]): readonly string[] {
	if (all.length === 0) return ['There is no setup on this machine.'];
	const wide = Math.max(...all.map(it => it.setup.length));
	return all.map(it => `${glyphOf(it)} ${it.setup.padEnd(wide)}   ${saysOf(it)}`);
}
const glyphOf = (it: Stands): string =>
	'problem' in it ? '?' : (({done: '✔', differs: '≠'} as Partial<Record<Outcome, string>>)[it.comesTo] ?? '?');

function saysOf(it: Stands): string {
	if ('problem' in it) return `can't be told: ${it.problem.what}: ${it.problem.why}`;
	const {told, account, region} = it.whole;
	const where = [account === undefined ? '' : `account ${account}`, region].filter(Boolean).join(' · ');
	const different = told.flatMap(step => (step.status === 'changed' ? step.differences : []));
	const next = told.find(step => step.status === 'to-do');
	const unknown = told.filter(step => step.status === 'unknown').map(({step}) => step.name);
	const said = [
		...(different.length > 0 ? [`${different.length} ${different.length === 1 ? 'difference' : 'differences'}`] : []),
		...(next ? [`not finished, ${next.step.name} is to do`] : []),
		...(unknown.length > 0 ? [`${unknown.join(', ')} can't be told`] : []),
	];
	const [first] = different;
	const comes = said.length > 0 ? said.join('; ') : 'as the set-up left it';
	return `${where} · ${comes}${first ? `: ${first.text} [${first.code}]` : ''}`;
}
