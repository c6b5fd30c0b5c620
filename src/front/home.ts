import type {AtHome, Course, Offer, Option} from '../engine/course.js';
import type {State} from '../engine/record.js';
import type {OtherCommand} from '../run/run.js';
import {wrongSetupName} from '../run/setup-name.js';

/** What the first screen tells of a setup that exists, and what it offers. */
export type Home = {
	readonly lines: readonly string[];
	readonly options: readonly {readonly value: string; readonly label: string; readonly note?: string}[];
	nameRule(name: string): string | undefined;
	/** Where the other setups of this machine stand, told as one of them is asked for by its name. */
	readonly beside?: readonly string[];
	/** Its lines by what is seen while it stands; undefined where nothing is seen that they don't tell. */
	readonly coming?: Promise<Home['lines'] | undefined> | undefined;
};
/** Whose first screen it is, and which other courses may offer themselves there. */
export type Comer = {
	readonly course: Course;
	readonly others: readonly Course[];
	readonly setup: string;
	readonly state: State;
	readonly now: Date;
	readonly sandbox?: boolean | undefined;
	/** What interrupted runs left, a line each. */
	readonly leftovers?: readonly string[];
	/** What to know first, as long as it isn't finished. */
	readonly risks?: readonly string[];
	/** The other setups of this machine; without a state where the record can't be read. */
	readonly beside?: readonly {readonly setup: string; readonly state?: State}[];
	/** Commands that look, and may offer themselves there. */
	readonly commands?: readonly OtherCommand[];
};
type Options = Home['options'];

const another = {value: 'another', label: 'Start another setup', note: 'for another NPS, account or region'};
const rehearse = {value: 'rehearse', label: 'Rehearse', note: 'the same screens against a built-in stand-in'};
const nameRuleBeside = (setup: string): Home['nameRule'] => {
	return name => (name === setup ? 'That is this setup' : wrongSetupName(name));
};

/** The first screen of a setup that was begun, or undefined where there is nothing to come home to. */
export function homeOf(comer: Comer): Home | undefined {
	const {course, others, setup, state, now, sandbox} = comer;
	const done = state.done[course.name] ?? [];
	if (!state.setupId || done.length === 0) return undefined;
	const finished = course.steps.every(it => done.includes(it.id));
	const about = {setup, state, now, finished, ago: ago(state.last?.at, now)};
	const offers = others.flatMap((it): readonly Offered[] => {
		const offer = it.offers?.({...about, underWay: state.changing === it.name});
		return offer ? [{...offer, value: it.name}] : [];
	});
	const looks = (comer.commands ?? []).map(({name: value, label, note}) => ({value, label, note}));
	const last = [{...another, ...besides(comer)}, ...looks, ...(sandbox ? [] : [rehearse])];
	const common = {nameRule: nameRuleBeside(setup), ...standings(comer)};
	const underWay = offers.find(it => it.underWay);
	if (underWay?.underWay) {
		const {line, carryOn} = underWay.underWay;
		return {
			...common,
			lines: [line, placeOf(comer)],
			options: [...around([underWay], {...carryOn, value: 'go'}, []), ...last],
		};
	}
	const {lines, go} = finished ? whenFinished(comer, about, offers) : whereItStopped(comer, about);
	const [first = another, ...rest] = last;
	return {...common, lines, options: [...around(offers, go, [first]), ...rest]};
}

type Offered = Offer & {readonly value: string};
/** What is offered, before and after what carries the setup on. */
const around = (offers: readonly Offered[], go: Options[number], after: Options): Options => {
	const bare = ({value, label, note}: Offered): Options[number] => ({value, label, note});
	return [...offers.filter(it => it.first).map(bare), go, ...after, ...offers.filter(it => !it.first).map(bare)];
};

type About = Omit<AtHome, 'underWay'>;
type Stands = {readonly lines: readonly string[]; readonly go: Option & {readonly value: 'go'}};
const whenFinished = (comer: Comer, {setup, state, ago: since}: About, offers: readonly Offer[]): Stands => ({
	lines: [
		`Setup ${setup} is finished. It last ran ${since}.`,
		placeOf(comer),
		'',
		...offers.flatMap(it => it.lines ?? []),
		...(comer.course.finished?.(state) ?? []),
	],
	go: {value: 'go', label: 'Look again', note: 'sees that all is as it should be, shows the sheet'},
});

function whereItStopped(comer: Comer, {setup, state, ago: since}: About): Stands {
	const {
		course,
		state: {last},
		leftovers = [],
		risks = [],
	} = comer;
	const done = state.done[course.name] ?? [];
	const at = course.steps.findIndex(it => !done.includes(it.id));
	const name = course.steps[at]?.name ?? '';
	const left = state.last?.ended === false ? ' The last run did not end in order.' : '';
	return {
		lines: [
			`Setup ${setup} stopped at ` +
				`${at === 0 ? name : `step ${at} of ${course.steps.length - 1}, ${name}`}, ${since}.${left}`,
			placeOf(comer),
			...risks.map(it => `! ${firstSentence(it)}`),
			...(last?.why ? [last.why] : []),
			...(leftovers.length > 0 ? ['', ...leftovers] : []),
		],
		go: {value: 'go', label: 'Carry on', note: 'looks at AWS first, then continues'},
	};
}

/** How to be safe until then stands where it stopped; here it is told that there is a risk. */
const firstSentence = (text: string): string => /^.*?[^.]\.(?= |$)/.exec(text)?.[0] ?? text;

/** Another setup may be there already: its name opens it. */
const besides = ({beside = []}: Comer): Partial<Options[number]> =>
	beside.length === 0
		? {}
		: {label: 'Another setup', note: `a new one, or by its name: ${beside.map(it => it.setup).join(', ')}`};

/** Where each of the others stands, by its record, in the words of its own home. */
const standings = ({beside = [], ...comer}: Comer): Pick<Home, 'beside'> =>
	beside.length === 0
		? {}
		: {beside: beside.map(it => (it.state ? standing({...comer, ...it, state: it.state}) : unreadable(it.setup)))};
const standing = ({course, others, setup, state, now}: Comer): string =>
	homeOf({course, others, setup, state, now})?.lines[0] ?? `Setup ${setup} was begun, and nothing is made yet.`;
const unreadable = (setup: string): string => `Setup ${setup}: its record can't be read.`;

/** Where the setup lives, and who ran it last. */
function placeOf({state: {facts}, sandbox}: Comer): string {
	const {account = '', accountAlias, region = '', caller = ''} = facts;
	return [
		sandbox && 'Sandbox: nothing here is AWS',
		`account ${account}${accountAlias ? ` (${accountAlias})` : ''}`,
		region,
		caller && `by ${caller.split(':').at(-1) ?? ''}`,
	]
		.filter(Boolean)
		.join(' · ');
}

/** How an access key is put into the environment, by the shells that a system has. */
const settingOf = (platform: NodeJS.Platform): readonly string[] => [
	...(platform === 'win32' ? ["  $env:AWS_ACCESS_KEY_ID = '…'; $env:AWS_SECRET_ACCESS_KEY = '…'   (PowerShell)"] : []),
	`  export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…${platform === 'win32' ? '   (bash)' : ''}`,
];

/** The first screen of somebody who has no credentials on this machine. */
export const strangersHome = (setup: string, platform: NodeJS.Platform = process.platform): Home => ({
	nameRule: nameRuleBeside(setup),
	lines: [
		'No AWS credentials are found on this machine.',
		'Type an access key for this run or sign in by SSO, or run aws configure, or set',
		...settingOf(platform),
		'then start again. Or see first what it does:',
	],
	options: [rehearse, {value: 'go', label: 'Go on', note: 'type an access key for this run, or sign in by SSO'}],
});

/** How long ago, in words. */
export function ago(at: string | undefined, now: Date): string {
	const minutes = at ? Math.floor((now.getTime() - Date.parse(at)) / 60_000) : 0;
	const many = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'} ago`;
	if (minutes < 1) return 'just now';
	if (minutes < 60) return many(minutes, 'minute');
	return minutes < 48 * 60 ? many(Math.floor(minutes / 60), 'hour') : many(Math.floor(minutes / (24 * 60)), 'day');
}
