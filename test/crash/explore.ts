import type {Course} from '../../src/engine/course.js';
import {fold} from '../../src/engine/record.js';
import type {Answers} from '../../src/engine/step.js';
import {canary, type Lag} from '../fake/aws.js';
import {inventory} from '../fake/inventory.js';
import {type Boot, boot, copyOf, type World} from '../fake/ports.js';

/** What is done to one world: which course, from where, how often it is disturbed and how. */
export type Survey = {
	readonly course: Course;
	/** The course that is disturbed first, instead; the ones after it, and the end, are the course's. */
	readonly before?: Pick<Survey, 'course' | 'answers'>;
	readonly from: World;
	readonly answers?: Answers;
	readonly says?: Boot['says'];
	readonly lag?: Lag;
	/** How many runs are disturbed, one after another, before one may run to its end. */
	readonly times: number;
	/** The removal that the person confirms. */
	readonly confirms?: string;
	/** Deaths alone, or also lost answers, refusals and full disks. */
	readonly by: 'deaths' | 'all';
	/** Milliseconds that pass before each further run. */
	readonly pause?: number;
	/** What somebody else does after a disturbed run. */
	readonly meanwhile?: (world: World) => void;
	/** Whether stopping with a question is as good an end as the undisturbed one. */
	readonly mayStop?: true;
	/** The code with which a course that is over says so when it is run once more. */
	readonly over?: string;
	/** What an end may lack, where AWS refused it and that stops nothing. */
	readonly mayLack?: RegExp;
	/** What has to hold at the end besides an equal inventory; text tells what is wrong. */
	readonly holds?: (world: World) => string | undefined;
	/** Of the worlds that the last disturbance but one leaves, takes every n-th. */
	readonly stride?: number;
};
/** How many runs were disturbed in all ways, how many of the worlds they left differ, and how many of those came to another end. */
export type Surveyed = {
	readonly runs: number;
	readonly worlds: number;
	readonly others: readonly string[];
	readonly moments: number;
};
type Left = {readonly world: World; readonly how: string; runs: number};

const boots = 4;

/** Disturbs a course at every moment, again and again, and runs it to its end after each; worlds that no run can tell apart are followed once. */
export async function explore(survey: Survey): Promise<Surveyed> {
	const {times, stride = 1, before} = survey;
	const start = copyOf(survey.from);
	if (before) await boot(start, bootOf({...survey, ...before}));
	const wanted = await finish(copyOf(start), survey, 'undisturbed');
	const {ending: first} = await boot(start, bootOf(survey));
	if (first?.status !== 'complete')
		throw new Error(
			`undisturbed, the course ended at ${first?.step.id}: ${first?.problem?.what} (${first?.problem?.code}) ${first?.problem?.why}`,
		);
	if (/"is": "(empty|half)"|"reset": true,\s*"kept": false/.test(wanted))
		throw new Error(`undisturbed, a secret is not in its place: ${wanted}`);
	let level: Left[] = [{world: survey.from, how: '', runs: 1}];
	const seen = new Map<string, string | undefined>();
	const others: string[] = [];
	let runs = 0;
	let moments = 0;
	for (let time = 1; time <= times; time++) {
		const next = new Map<string, Left>();
		const starts = time === times ? level.filter((_, at) => at % stride === 0) : level;
		const now = time === 1 ? {...survey, ...before} : survey;
		for (const left of starts) moments = Math.max(moments, await disturb(left, now, next));
		level = [...next.values()];
		for (const [print, {world, how, runs: count}] of next) {
			runs += count;
			const known = seen.has(print);
			const end = known ? seen.get(print) : await judge(copyOf(world), survey, wanted, how);
			seen.set(print, end);
			if (end !== undefined && !known) others.push(end);
		}
	}
	return {runs, worlds: seen.size, others, moments};
}

/** All of a world that a run can be guided by: times as ages, and without the entries that only tell people who ran and what was approved. */
function printOf({account: {now, ...account}, record, files, made}: World): string {
	const entries = record.flatMap(({at, ...it}) =>
		it.type === 'started' || it.type === 'approved'
			? []
			: [{...it, age: timed.has(it.type) ? now - Date.parse(at) : 0}],
	);
	const ages = (key: string, value: unknown): unknown =>
		typeof value !== 'number'
			? value
			: key === 'madeAt'
				? now - value
				: key === 'from'
					? Math.max(0, value - now)
					: value;
	return JSON.stringify([account, entries, files, made], ages);
}
const timed = new Set(['intent', 'outcome', 'delivered']);

/** Runs once more from a world, disturbed at each moment in turn. Returns how many moments there were. */
async function disturb({world, how, runs}: Left, survey: Survey, next: Map<string, Left>): Promise<number> {
	const add = (left: World, told: string): void => {
		if (survey.meanwhile) survey.meanwhile(left);
		left.account.now += survey.pause ?? 0;
		const print = printOf(left);
		const same = next.get(print);
		if (same) same.runs += runs;
		else next.set(print, {world: left, how: `${how} ${told}`, runs});
	};
	// What a death leaves is what stood at that moment: one run tells all of them. That this is so, real deaths show at the first level.
	const moments: World[] = [];
	await boot(copyOf(world), {...bootOf(survey), atMoment: now => moments.push(now)});
	if (world === survey.from) await compare(moments, survey);
	for (const [at, left] of moments.entries()) add(left, `†${at + 1}`);
	for (const is of survey.by === 'deaths' ? [] : (['dropped', 'denied', 'full disk'] as const)) {
		for (let at = 1; ; at++) {
			const copy = copyOf(world);
			const {occasions} = await boot(copy, {...bootOf(survey), trouble: {is, at}});
			if (occasions < at) break;
			add(copy, `${is} ${at}`);
		}
	}
	return moments.length;
}

async function compare(moments: readonly World[], survey: Survey): Promise<void> {
	for (const [at, foreseen] of moments.entries()) {
		const left = copyOf(survey.from);
		const {died} = await boot(left, {...bootOf(survey), dieAt: at + 1});
		if (!died || JSON.stringify(left) !== JSON.stringify(foreseen))
			throw new Error(`a death at moment ${at + 1} leaves another world than stood then`);
	}
}

const bootOf = ({course, answers, says, lag, confirms}: Survey): Boot => ({
	course,
	...(says && {says}),
	...(answers && {answers}),
	...(lag && {lag}),
	...(confirms && {confirms}),
});

/** Runs to the end. Returns what then stands where. */
async function finish(world: World, survey: Survey, how: string): Promise<string> {
	let stopped = '';
	for (let at = 0; at < boots; at++) {
		const {ending} = await boot(world, bootOf(survey));
		if (ending?.status === 'complete' || (survey.over && ending?.problem?.code === survey.over)) return pictured(world);
		stopped = `${ending?.status}: ${ending?.problem?.what} (${ending?.problem?.code}) ${ending?.problem?.why}`;
		world.account.now += 60_000;
	}
	return `${how}: never came to an end, ${stopped}`;
}

/** The inventory, and what the record says is where. */
function pictured({account, files, record}: World): string {
	const {facts, delivered} = fold(record);
	const place = delivered.find(it => it.id === facts['accessKeyId'])?.place;
	const there =
		account.users.some(user => user.accessKeys.some(it => it.id === facts['accessKeyId'])) &&
		account.kmsKeys.some(it => it.arn === facts['keyArn']);
	const {policyArn, userArn, userName, narrow, keyAlias, secretKnown} = facts;
	return `${inventory(account, files)}\n${JSON.stringify({place, there, policyArn, userArn, userName, narrow, keyAlias, secretKnown})}`;
}

/** What is wrong with the end that a world comes to. */
async function judge(world: World, survey: Survey, wanted: string, how: string): Promise<string | undefined> {
	const got = await finish(world, survey, how);
	if (JSON.stringify(world.record).includes(canary)) return `${how}: the record holds a secret`;
	const more = survey.holds?.(world);
	if (more) return `${how}: ${more}`;
	const without = (end: string): string => (survey.mayLack ? end.replaceAll(survey.mayLack, '') : end);
	if (without(got) === without(wanted) || survey.mayStop) return undefined;
	return `${how}: another end\n${differing(got, wanted)}\n${world.record.map(told).join('\n')}`;
}
const told = (it: World['record'][number]): string =>
	`  ${it.at.slice(11, 19)} ${it.type} ${it.type === 'intent' ? `${it.id} ${it.change.id} ${JSON.stringify(it.change.before ?? '')}` : it.type === 'outcome' ? `${it.of} ${it.ok ? 'ok' : it.code}` : 'step' in it ? it.step : ''}`;
const differing = (got: string, wanted: string): string => {
	const had = new Set(wanted.split('\n'));
	const has = new Set(got.split('\n'));
	return [
		...[...had].filter(it => !has.has(it)).map(it => `- ${it}`),
		...[...has].filter(it => !had.has(it)).map(it => `+ ${it}`),
	]
		.slice(0, 20)
		.join('\n');
};
