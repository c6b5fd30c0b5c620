import type {Course} from '../engine/course.js';
import type {State} from '../engine/record.js';
import {wrongSetupName} from '../run/setup-name.js';
import {ageInDays, dueDay, dueSoon, stageOf} from '../steps/index.js';

/** What home tells of a setup that exists, and what it offers. */
export type Home = {
	readonly lines: readonly string[];
	readonly options: readonly {readonly value: string; readonly label: string; readonly note?: string}[];
	nameRule(name: string): string | undefined;
};

/** Home for a setup that was begun, or undefined where there is nothing to come home to. */
export function homeOf(
	course: Course,
	setup: string,
	state: State,
	now: Date,
	sandbox = false,
	leftovers: readonly string[] = [],
): Home | undefined {
	const done = state.done[course.name] ?? [];
	if (!state.setupId || done.length === 0) return undefined;
	const {account = '', accountAlias, region = '', caller = ''} = state.facts;
	const where = [
		sandbox && 'Sandbox: nothing here is AWS',
		`account ${account}${accountAlias ? ` (${accountAlias})` : ''}`,
		region,
		caller && `by ${caller.split(':').at(-1) ?? ''}`,
	]
		.filter(Boolean)
		.join(' · ');
	const taken = halfTakenBack(setup, state, now);
	const at = course.steps.findIndex(it => !done.includes(it.id));
	const step = course.steps[at];
	const another = {value: 'another', label: 'Start another setup', note: 'for another NPS, account or region'};
	const rehearse = sandbox
		? []
		: [{value: 'rehearse', label: 'Rehearse', note: 'the same screens against a built-in stand-in'}];
	const base = {nameRule: (name: string) => (name === setup ? 'That is this setup' : wrongSetupName(name))};
	if (taken) return {...base, lines: [taken.line, where], options: [...taken.options, another, ...rehearse]};
	const back = mayBeTakenBack(state)
		? [{value: 'discard', label: 'Take it back', note: 'removes what was made so far, after review'}]
		: [];
	if (!step) {
		const replacement = replacementOf(state, now);
		return {
			...base,
			lines: [
				`Setup ${setup} is finished, ${ago(state.last?.at, now)}.`,
				where,
				'',
				...replacement.lines,
				state.answers['npsRotated'] === true
					? 'SbPAM.RotateAwsKey has been run.'
					: "Next: run SbPAM.RotateAwsKey on the NPS server. Whether it has been run isn't known yet.",
			],
			options: [
				...replacement.options,
				{value: 'go', label: 'Look again', note: 'sees that all is as it should be, shows the sheet'},
				another,
				...back,
				...rehearse,
			],
		};
	}
	const left = state.last?.ended === false ? ' The last run did not end in order.' : '';
	return {
		...base,
		lines: [
			`Setup ${setup} stopped at ` +
				`${at === 0 ? step.name : `step ${at} of ${course.steps.length - 1}, ${step.name}`}, ` +
				`${ago(state.last?.at, now)}.${left}`,
			where,
			...(leftovers.length > 0 ? ['', ...leftovers] : []),
		],
		options: [
			{value: 'go', label: 'Carry on', note: 'looks at AWS first, then continues'},
			another,
			...back,
			...rehearse,
		],
	};
}

/** Whether anything was made, and nothing says that NPS protects its data with it. */
const mayBeTakenBack = ({past, accessKeys, answers, facts}: State): boolean =>
	Object.keys(past).length > 0 &&
	answers['npsRotated'] !== true &&
	facts['recovered'] !== 'yes' &&
	!accessKeys.some(it => it.npsRotated);

/** Whether the access key is being replaced, or old enough for it. */
function replacementOf({facts, accessKeys}: State, now: Date): Pick<Home, 'lines' | 'options'> {
	const {replacing, accessKeyId} = facts;
	const option = (label: string, note: string): Home['options'] => [{value: 'replace', label, note}];
	if (replacing !== undefined)
		return {
			lines: [`Access key ${replacing} is being replaced: ${stageOf(facts)}.`],
			options: option('Go on replacing the access key', 'looks at AWS first, then continues'),
		};
	const from = accessKeys.find(it => it.id === accessKeyId)?.deliveredAt;
	const days = from === undefined ? 0 : ageInDays(new Date(from), now);
	if (days < dueSoon) return {lines: [], options: []};
	return {
		lines: [
			`Access key ${accessKeyId ?? ''} is ${days} days old; it is to be replaced by ${dueDay(new Date(from ?? ''))}.`,
		],
		options: option('Replace the access key', 'a new one, NPS rotated to it, then the old one retired; may take days'),
	};
}

/** A setup that was being taken back, and not set up again since: it goes on either way. */
function halfTakenBack(
	setup: string,
	{changing, facts, last}: State,
	now: Date,
): {line: string; options: Home['options']} | undefined {
	if (changing !== 'discard') return undefined;
	const ended = facts['left'] !== undefined;
	const carryOn = {
		value: 'go',
		label: ended ? 'Set it going again' : 'Carry on the setup',
		note: 'looks at AWS first, makes what is missing',
	};
	const goOn = {
		value: 'discard',
		label: ended ? 'Take back more' : 'Go on taking it back',
		note: 'looks at AWS first, removes after review',
	};
	return ended
		? {
				line: `Setup ${setup} was taken back as far as it can be undone, ${ago(last?.at, now)}.`,
				options: [carryOn, goOn],
			}
		: {
				line: `Taking back setup ${setup} was begun and is not finished, ${ago(last?.at, now)}.`,
				options: [goOn, carryOn],
			};
}

/** The first screen of somebody who has no credentials on this machine. */
export const strangersHome = (setup: string): Home => ({
	nameRule: name => (name === setup ? 'That is this setup' : wrongSetupName(name)),
	lines: [
		'No AWS credentials are found on this machine.',
		'To sign in, run aws configure or aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then ' +
			'start again. Or see first what it does:',
	],
	options: [
		{value: 'rehearse', label: 'Rehearse', note: 'the same screens against a built-in stand-in'},
		{value: 'go', label: 'Go on', note: 'looks for credentials in the next step'},
	],
});

/** How long ago, in words. */
export function ago(at: string | undefined, now: Date): string {
	const minutes = at ? Math.floor((now.getTime() - Date.parse(at)) / 60_000) : 0;
	const many = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'} ago`;
	if (minutes < 1) return 'just now';
	if (minutes < 60) return many(minutes, 'minute');
	return minutes < 48 * 60 ? many(Math.floor(minutes / 60), 'hour') : many(Math.floor(minutes / (24 * 60)), 'day');
}
