import {commandLine} from '../../engine/command-line.js';
import {asciiJson} from '../../engine/control-characters.js';
import type {Course} from '../../engine/course.js';
import type {Outcome} from '../../engine/outcome.js';
import {fold} from '../../engine/record.js';
import {Trouble} from '../../engine/trouble.js';
import {homeOf} from '../../front/home.js';
import {readRecords, setupNames} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import type {Flags} from '../../run/run.js';
import {setup as course} from '../../steps/index.js';
import type {Host} from '../command.js';
import {documentOf, mustPrint} from '../out-file.js';

/** One setup of this machine, as its record tells it. */
type Listed = {
	readonly setup: string;
	readonly rehearsal: boolean;
	readonly status: 'begun' | 'unfinished' | 'finished' | 'taken-back-in-part' | 'unreadable';
	readonly account?: string;
	readonly region?: string;
	/** The step where it goes on. */
	readonly step?: string;
	/** When its record was last written. */
	readonly at?: string;
	/** The same for people: the first line names it. */
	readonly says: readonly string[];
};

/** Tells of each record of this machine what it holds; one that can't be read is a line, and hides no other. */
export function list(flags: Flags, {env, lines, courses}: Pick<Host, 'env' | 'lines' | 'courses'>): Outcome {
	mustPrint(flags, true, '');
	const now = new Date();
	const others = courses.filter(it => it !== course);
	const all = (flags.sandbox ? [true] : [false, true]).flatMap(rehearsal => {
		const dir = setupsDir(env, rehearsal);
		return setupNames(dir).map(name => listed(name, {dir, rehearsal, others, now}));
	});
	const text = flags.json
		? asciiJson({v: 1, setups: all.map(({says, ...it}) => ({...it, text: says.join(' ')}))})
		: inWords(all, setupsDir(env, flags.sandbox), flags.sandbox === true);
	documentOf({text}, flags, lines).put();
	return 'done';
}

type Where = {
	readonly dir: string;
	readonly rehearsal: boolean;
	readonly others: readonly Course[];
	readonly now: Date;
};
function listed(setup: string, {dir, rehearsal, others, now}: Where): Listed {
	try {
		const entries = readRecords(dir, setup).find(it => !it.kept)?.entries ?? [];
		const state = fold(entries, course.name);
		const home = homeOf({course, others, setup, state, now, sandbox: rehearsal});
		const done = state.done[course.name] ?? [];
		const next = course.steps.find(it => !done.includes(it.id))?.id;
		const {account, region} = state.facts;
		const inPart = others.some(it => it.name === state.changing && it.halfDone !== undefined);
		return {
			setup,
			rehearsal,
			status: !home ? 'begun' : inPart ? 'taken-back-in-part' : next ? 'unfinished' : 'finished',
			...(account && {account}),
			...(region && {region}),
			...(next && {step: next}),
			...(state.last && {at: state.last.at}),
			says: home?.lines.filter(it => it !== '') ?? [
				`Setup ${setup} was begun, and nothing is made yet.`,
				...(rehearsal ? ['Sandbox: nothing here is AWS'] : []),
			],
		};
	} catch (error) {
		if (!(error instanceof Trouble)) throw error;
		const {what, why} = error.problem;
		return {setup, rehearsal, status: 'unreadable', says: [`Setup ${setup}: ${what}.`, why]};
	}
}

function inWords(all: readonly Listed[], dir: string, sandbox: boolean): string {
	if (all.length === 0) {
		const none = sandbox ? 'There is no rehearsal' : 'There is no setup';
		return `${none} on this machine. Its record would be in ${dir}.`;
	}
	const one = commandLine({setup: 'NAME', ...(sandbox && {sandbox})});
	return [
		...all.flatMap(({says: [first = '', ...more]}) => [first, ...more.map(it => `  ${it}`), '']),
		`To carry one on: ${sandbox ? one : `${one} (a rehearsal: with --sandbox)`}`,
	].join('\n');
}
