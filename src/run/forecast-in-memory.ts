import {type Places, Refused, type SentCall} from '../engine/apply.js';
import type {Course} from '../engine/course.js';
import {defaultAnswers} from '../engine/default-answers.js';
import type {Entry} from '../engine/record.js';
import {type Front, type Ports, runCourse} from '../engine/run.js';
import type {Answers, Call, Facts, Look} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import type {directly} from '../sandbox/index.js';

type Policy = ReturnType<typeof directly>['account']['policies'][string];
/** Whose account is assumed, with which answers, and which calls are refused. */
export type Assumed = {
	readonly answers: Answers;
	readonly thisRun: ThisRun;
	/** Account, partition and region. */
	readonly inAccount: Facts;
	readonly refused?: ((call: Call) => boolean) | undefined;
	/** What is done once it came to its end: what that looks at is told apart. */
	readonly afterwards?: ((look: Look, entries: readonly Entry[]) => Promise<unknown>) | undefined;
};
/** All calls that the course made as the operator, by the step's name; and where it stopped, if it did. */
export type InMemory = {
	readonly looks: readonly {readonly step: string; readonly call: Call}[];
	readonly changes: readonly {readonly step: string; readonly call: Call}[];
	readonly stoppedAt: string | undefined;
	readonly facts: Facts;
	/** What was looked at once it had come to its end. */
	readonly after: readonly Call[];
};

/**
 * Runs the whole course against an account in memory: no socket, no file, nothing is asked. So it is known what it
 * calls.
 */
export async function forecastInMemory(
	course: Course,
	{answers, thisRun: {adopts: _adopts, ...thisRun}, inAccount, refused = () => false, afterwards}: Assumed,
): Promise<InMemory> {
	const stage = await emptyAccount(inAccount, answers);
	const [looks, changes]: [InMemory['looks'][number][], InMemory['changes'][number][]] = [[], []];
	let now = course.steps[0]?.name ?? '';
	const perform = (call: Call | SentCall, into: InMemory['looks'][number][]): unknown => {
		into.push({step: now, call: call as Call});
		if (refused(call as Call)) throw new Refused('AccessDenied', 'refused', 'rehearsal');
		try {
			return stage.call(call.api, call.input as Parameters<typeof stage.call>[1]);
		} catch (error) {
			throw error instanceof Error && 'code' in error
				? new Refused(String(error.code), error.message, 'rehearsal')
				: error;
		}
	};
	const {kept, places} = drawers();
	const look = lookBy(it => perform(it, looks), kept);
	const entries = begun(course, answers, thisRun);
	const ports = portsOn({
		look,
		places,
		entries,
		thisRun,
		send: async call => ({output: perform(call, changes), requestId: 'rehearsal'}),
	});
	const ending = await runCourse(
		course,
		ports,
		yes(look, it => (now = it)),
	).catch(() => undefined);
	const facts = factsOf(entries);
	const before = looks.length;
	await afterwards?.(look, entries);
	const after = looks.slice(before).map(it => it.call);
	return {
		looks: looks.slice(0, before),
		changes,
		facts,
		after,
		stoppedAt: ending?.status === 'stopped' ? ending.step.name : undefined,
	};
}

/** Eyes that see what a call tells. */
function lookBy(perform: (call: Call) => unknown, kept: Look['kept']): Look {
	const at = async <R>(call: Call<R>): Promise<R | undefined> => {
		try {
			return perform(call as Call) as R;
		} catch (error) {
			if (error instanceof Refused && /^(NoSuchEntity|NotFoundException)/.test(error.code)) return undefined;
			throw error;
		}
	};
	return {
		at,
		async *all(call) {
			const page = await at(call);
			if (page !== undefined) yield page;
		},
		kept,
		progress: () => undefined,
	};
}

const factsOf = (entries: readonly Entry[]): Facts =>
	Object.assign(
		{},
		...entries.map(it => (it.type === 'outcome' && it.ok ? it.learned : it.type === 'completed' ? it.facts : {})),
	) as Facts;

/** An account with nothing in it but what the answers say is there. */
async function emptyAccount({account = '', partition = 'aws', region = ''}: Facts, answers: Answers) {
	const {directly} = await import('../sandbox/index.js');
	const stage = directly({accountId: account, partition, region});
	const bound = answers['permissionsBoundary'];
	if (typeof bound === 'string' && bound !== '') stage.account.policies[bound] ??= boundaryAt(bound);
	return stage;
}
/** A boundary that is there and allows all. */
const boundaryAt = (arn: string): Policy => ({
	arn,
	name: arn.split('/').at(-1) ?? '',
	path: '/',
	id: 'ANPAREHEARSAL',
	created: 0,
	updated: 0,
	defaultVersion: 'v1',
	versions: [{id: 'v1', document: allowsAll, created: 0}],
	next: 2,
	tags: [],
});
const allowsAll = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}]});

/** What only this set-up's own things can answer, or what an empty account would refuse. */
const personal = [
	'keyAdministrators',
	'adoptPolicy',
	'adoptUser',
	'adoptKey',
	'keyWanted',
	'managedBy',
	'removeAccessKey',
	'secretTo',
	'profile',
];
function begun({name}: Course, answers: Answers, thisRun: ThisRun): Entry[] {
	const stamp = {at: new Date().toISOString(), clock: 'local'} as const;
	return [
		{
			type: 'started',
			course: name,
			setup: thisRun.setup ?? 'nps',
			setupId: 'rehearsal',
			host: '',
			pid: 0,
			version: '',
			...stamp,
		},
		{
			type: 'answered',
			answers: Object.fromEntries(Object.entries(answers).filter(([name]) => !personal.includes(name))),
			...stamp,
		},
	];
}

/** Places for secrets, in memory. What lies in them is never read again. */
function drawers(): {kept: Look['kept']; places: Places} {
	const rows = new Map<string, Readonly<Record<string, string>> | undefined>();
	return {
		async kept(place, _columns, column) {
			if (!rows.has(place)) return {is: 'absent'};
			const value = rows.get(place)?.[column];
			return value === undefined ? {is: 'empty'} : {is: 'row', value};
		},
		places: {
			claim: async place => void rows.set(place, undefined),
			keep: async (place, row) => void rows.set(place, row),
			empty: async place => void rows.set(place, undefined),
			recall: async () => undefined,
			make: () => 'Aa1!Aa1!Aa1!Aa1!',
		},
	};
}

type Stage = Pick<Ports, 'look' | 'places' | 'send'> & {readonly entries: Entry[]; readonly thisRun: ThisRun};
const portsOn = ({entries, thisRun, ...on}: Stage): Ports => {
	const now: Ports['clock']['now'] = () => ({at: new Date().toISOString(), clock: 'local'});
	return {
		...on,
		run: thisRun,
		clock: {now, ticks: () => performance.now(), sleep: async () => undefined, patience: 0},
		tell: () => undefined,
		record: {entries: () => entries, append: async it => void entries.push({...it, ...now()})},
		guard: async () => undefined,
		meant: async () => undefined,
		explain: () => ({is: 'problem', what: 'refused', why: 'in the rehearsal', todo: ''}),
		leaving: () => false,
		tryAs: () => async () => {
			throw new Refused('AccessDenied', 'nobody tries in a rehearsal', 'rehearsal');
		},
		verdictOf: () => undefined,
		bytes: () => new Uint8Array(32),
	};
};

/** Takes every default and says yes, so long as that leads on. */
function yes(look: Look, at: (step: string) => void): Front {
	let turns = 0;
	return {
		async decide({phase}, step, known) {
			at(step.name);
			if (++turns > 200) return {type: 'quit'};
			switch (phase.at) {
				case 'form':
					return {type: 'submitted', answers: await defaultAnswers(step, look, known)};
				case 'review':
					return {type: 'approved'};
				case 'done':
					return {type: 'next'};
				default:
					return {type: 'quit'};
			}
		},
	};
}
