import {commandLine} from '../../engine/command-line.js';
import type {Facts, Known, Stop, Way} from '../../engine/step.js';
import {isPinned} from '../things/pinned-region.js';
import type {Denied, Preflight} from './preflight.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** What steps up to the narrowing need and IAM's simulator says is denied, by the last look ahead. */
		deniedAhead: string;
	}
}

/**
 * What stops a run that asks nobody before it makes anything, or the access key: a step is certain to stop later, or
 * IAM says that one is denied, and an access key that can decrypt with every key would be left.
 */
export const stopAhead = (ahead: Preflight | undefined, known: Known): Stop | undefined =>
	known.run.unasked && ahead ? (deniedAhead(ahead, known) ?? certainToStop(ahead, known)) : undefined;

/** Whether this run has yet to make the access key that is wide until the policy is narrowed; a printed one is none. */
const makesWide = ({facts, of}: Known): boolean =>
	facts.accessKeyId === undefined &&
	facts.narrow !== 'yes' &&
	!of('access-key').past.some(
		({change, outcome}) => change.call.api === 'iam:CreateAccessKey' && outcome !== 'refused',
	);

/** What a later step is certain to stop at. What is made already is the step's own to stop at, short of a wide key. */
function certainToStop({stop, steps}: Preflight, known: Known): Stop | undefined {
	if (!stop) return undefined;
	const at = (id: string): number => steps.findIndex(it => it.id === id);
	const later = steps.findIndex(it => it.name === stop.step) > at('access-key') && at('access-key') >= 0;
	if (isPinned(known) && !(makesWide(known) && later)) return undefined;
	const {what, why, ways, first, code} = stop.problem;
	return {
		is: 'problem',
		what: `${stop.step} would stop: ${what}`,
		why,
		ways,
		...(first && {first}),
		...(code && {code}),
	};
}

/** What the steps up to the narrowing are denied: what comes after leaves nothing wide. */
function untilNarrow({denied, steps}: Preflight, known: Known): readonly Denied[] {
	if (!makesWide(known) || !steps.some(it => it.id === 'access-key')) return [];
	const narrowing = steps.findIndex(it => it.id === 'least-privilege');
	const names = steps.slice(0, narrowing < 0 ? undefined : narrowing + 1).map(it => it.name);
	const without = goneWithout(known);
	return denied.filter(it => names.includes(it.step) && !without.has(it.action));
}

/** The tag that each takes that is made; what is adopted goes without it. */
const tagging = {adoptPolicy: 'iam:TagPolicy', adoptUser: 'iam:TagUser', adoptKey: 'kms:TagResource'} as const;
/**
 * What stops no run after its access key was made: a boundary that can't be read is gone without, and a policy of ours
 * that can't be is told before; so is the tag of what is adopted.
 */
const goneWithout = ({answers}: Known): ReadonlySet<string> =>
	new Set([
		'iam:GetPolicy',
		'iam:GetPolicyVersion',
		...Object.entries(tagging).flatMap(([name, action]) => (answers[name] ? [action] : [])),
	]);

/** All of it at once, so that it is asked for once; the simulator can err, so that there is a way on. */
function deniedAhead(ahead: Preflight, known: Known): Stop | undefined {
	const all = untilNarrow(ahead, known);
	if (all.length === 0 || known.run.despiteDenials) return undefined;
	const {run} = known;
	const names = ahead.steps.filter(step => all.some(it => it.step === step.name)).map(it => it.name);
	const reasons = [...new Set(all.map(it => it.because))];
	const of = (because: string): string => actions(all.filter(it => it.because === because));
	const made = all.some(it => ['iam:CreatePolicy', 'iam:CreateUser', 'kms:CreateKey'].includes(it.action));
	return {
		is: 'problem',
		what: `${inWords(names)} would stop: you may not ${actions(all)}`,
		why:
			`${reasons.map(it => `${it}: ${of(it)}`).join('; ')}; so far as IAM can simulate it. Until step ` +
			'Least privilege is done, the access key could decrypt with every key of the account',
		ways: [
			{is: 'run', says: 'print what to ask for', command: commandLine(run, 'permissions')},
			...(made
				? [{is: 'run', says: 'a script for who may', command: commandLine(run, 'setup', '--print-commands')} as const]
				: []),
			...asFarAsMay(ahead, names),
			{is: 'this-run', says: 'go on all the same, as the simulator can err,', flags: '--despite-denials'},
		],
		code: 'DeniedAhead',
		pages: [ahead.page],
	};
}

/** The last step before what is denied that leaves nothing wide. */
function asFarAsMay({steps}: Preflight, [first]: readonly string[]): readonly Way[] {
	const stops = steps.findIndex(it => it.name === first || it.id === 'access-key');
	const last = steps[stops - 1];
	return last ? [{is: 'this-run', says: 'make what leaves nothing wide', flags: `--stop-after ${last.id}`}] : [];
}

/** What a person reads again where the access key is made, and a look ahead that finds no such thing any more. */
export function deniedFact(ahead: Preflight | undefined, known: Known): Facts {
	const denied = ahead ? actions(untilNarrow(ahead, known)) : '';
	return denied || known.facts.deniedAhead ? {deniedAhead: denied} : {};
}
/** What a dry run tells of the run that would change something. */
export const wouldStop = (ahead: Preflight | undefined, known: Known): readonly string[] =>
	ahead && known.run.records !== true && deniedAhead(ahead, known)
		? ['With --yes this would stop here, before the access key is made; --despite-denials goes on all the same']
		: [];
/** What to know before the access key is made that a later step, as IAM says, is kept from limiting. */
export const wideAhead = ({facts: {deniedAhead: it, narrow}}: Known): readonly string[] =>
	it && narrow !== 'yes'
		? [
				`You may not ${it}, as far as IAM can simulate it: unless somebody gives you that, the set-up stops later, ` +
					'and until then this access key can decrypt with every key of this account that delegates to IAM.',
			]
		: [];

const actions = (all: readonly Denied[]): string => [...new Set(all.map(it => it.action))].join(', ');
const inWords = (names: readonly string[]): string =>
	names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}` : (names[0] ?? '');
