import {verdictOf} from '../../src/aws/problems/verdict.js';
import {Refused, type SentCall} from '../../src/engine/apply.js';
import type {Course} from '../../src/engine/course.js';
import {defaultAnswers} from '../../src/engine/default-answers.js';
import {keyOfNumber} from '../../src/engine/keys.js';
import type {Ending} from '../../src/engine/ports.js';
import {type Entry, fold, type Happened} from '../../src/engine/record.js';
import {type Front, type Ports, runCourse} from '../../src/engine/run.js';
import type {Answers, Kept, Look, Problem} from '../../src/engine/step.js';
import type {ThisRun} from '../../src/engine/this-run.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {Event} from '../../src/engine/wizard.js';
import {otherAccount} from '../../src/steps/connect.js';
import {type Account, emptyAccount} from './account.js';
import {canary, FakeAws, type Lag} from './aws.js';

/** What stands in each secret place. */
export type Files = Record<
	string,
	{is: 'empty' | 'half' | 'other'} | {is: 'row'; row: Readonly<Record<string, string>>}
>;
/** All that outlives a process: the disk, the account and the time. Plain data, so that it can be copied. */
export type World = {account: Account; record: Entry[]; files: Files; made: number};
export const emptyWorld = (): World => ({account: emptyAccount(), record: [], files: {}, made: 0});
/** Another world, the same so far; entries and rows never change once they are written. */
export const copyOf = ({account, record, files, made}: World): World => ({
	account: structuredClone(account),
	record: [...record],
	files: {...files},
	made,
});

/** The process died: nothing that it does counts any more. */
export class Crash extends Error {}
/** The line dropped: whether the call arrived is not known. */
class Dropped extends Error {}
class NoPlace extends Error {}

/** What goes wrong without a death, at the n-th occasion: a line that drops before or after a call's effect, AWS's no for good or for now, a disk that takes no secret, a look that drops or is denied. */
export type Trouble = {
	readonly is: 'dropped' | 'denied' | 'throttled' | 'full disk' | 'look dropped' | 'look denied';
	readonly at: number;
};
/** How one run goes: where it dies, or what goes wrong, counted in moments. */
export type Boot = {
	readonly lag?: Lag;
	/** Dies at the n-th durable moment: just before or just after something becomes durable on disk or in AWS. */
	readonly dieAt?: number;
	readonly trouble?: Trouble;
	/** Called at each durable moment: the world that a death there would leave. */
	readonly atMoment?: (now: World) => void;
	readonly answers?: Answers;
	readonly course: Course;
	/** What the person says, once, to what a run pauses for, by its code. */
	readonly says?: Readonly<Record<string, Answers>>;
	/** The removal that the person confirms. */
	readonly confirms?: string;
	readonly stopAfter?: string;
	/** Who answers instead of --yes. */
	readonly front?: (ports: Ports) => Front;
	/** Hears each change as it goes out, and once more when it has taken effect. */
	readonly hears?: {asked(call: SentCall): void; done(call: SentCall): void};
	/** What comes of a call with an access key; without it nothing is tried. */
	readonly tries?: (accessKeyId: string) => void;
	readonly run?: ThisRun;
	/** The id that a record gets which has none. */
	readonly setupId?: string;
	/** The person carries on a setup that AWS's tags tell of. */
	readonly takesUp?: true;
	/** What happens elsewhere right before the n-th look, which is by that call. */
	readonly beforeLook?: (nth: number, api: string) => Promise<void>;
};
/** How a run ended, and how many durable moments it had. */
export type Ended = {
	readonly ending?: Ending;
	readonly died: boolean;
	readonly moments: number;
	readonly occasions: number;
	readonly calls: readonly string[];
};

/** One process from its start to its end or its death, over a world that it leaves behind. */
export async function boot(world: World, how: Boot): Promise<Ended> {
	const {
		lag,
		dieAt,
		trouble,
		atMoment,
		answers = {},
		says = {},
		course,
		confirms,
		stopAfter,
		front,
		hears,
		tries,
	} = how;
	let moments = 0;
	let occasions = 0;
	let dead = false;
	const alive = (): void => {
		if (dead) throw new Crash();
	};
	const moment = (): void => {
		alive();
		moments++;
		atMoment?.(copyOf(world));
		if (moments === dieAt) dead = true;
		alive();
	};
	const wrong = (is: Trouble['is']): boolean => trouble?.is === is && ++occasions === trouble.at;
	const line = (): void => {
		moment();
		if (wrong('dropped')) throw new Dropped('socket hang up');
	};
	const before = (): void => {
		line();
		if (wrong('denied')) throw new Refused('AccessDenied', 'User is not authorized', 'request-denied');
		if (wrong('throttled'))
			throw new Refused('Throttling', 'Rate exceeded', 'request-throttled', {why: 'AWS throttles', atMost: 60});
	};
	const aws = new FakeAws(world.account, lag, {
		before(call) {
			hears?.asked(call);
			before();
		},
		after(call) {
			hears?.done(call);
			line();
		},
	});
	let looks = 0;
	const elsewhere = async ({api}: SentCall): Promise<void> => how.beforeLook?.(++looks, api);
	const looking = (): void => {
		alive();
		if (wrong('look dropped')) throw new Dropped('socket hang up');
		if (wrong('look denied')) throw new Refused('AccessDenied', 'User is not authorized', 'request-denied');
	};
	const now = (): {at: string; clock: 'aws' | 'local'} => ({
		at: new Date(world.account.now).toISOString(),
		clock: 'aws',
	});
	const append = async (entry: Happened): Promise<void> => {
		moment();
		world.record.push({...entry, ...now()});
		moment();
	};
	const run: ThisRun = {
		setup: 'nps',
		homeFolder: '/home/op',
		today: '20261124',
		now: now().at,
		prove: 'no',
		...how.run,
	};
	const ports: Ports = {
		tryAs: id => async () => {
			moment();
			if (!tries) throw new Refused('AccessDenied', 'nothing is tried here');
			tries(id);
			moment();
			return {output: {}};
		},
		verdictOf,
		bytes: () => new Uint8Array(32),
		look: {
			at: async call => {
				await elsewhere(call);
				looking();
				return aws.look.at(call);
			},
			async *all(call) {
				await elsewhere(call);
				looking();
				yield* aws.look.all(call);
			},
			kept: async (place, columns, column) => {
				alive();
				return kept(world.files, place, columns, column);
			},
			progress: alive,
		},
		meant: async () => undefined,
		send: async call => {
			alive();
			return aws.send(call);
		},
		places: {
			async claim(place, again) {
				moment();
				if (!world.files[place]) world.files[place] = {is: 'empty'};
				else if (!again) throw new NoPlace(place);
				moment();
			},
			async keep(place, row) {
				moment();
				if (wrong('full disk')) throw new NoPlace(place);
				world.files[place] = {is: 'half'};
				moment();
				world.files[place] = {is: 'row', row};
				moment();
			},
			async empty(place) {
				moment();
				world.files[place] = {is: 'empty'};
			},
			async recall(place, columns, column) {
				const it = world.files[place];
				return it?.is === 'row' && columns.every(name => name in it.row) ? it.row[column] : undefined;
			},
			make: () => `${canary}-password-${++world.made}`,
		},
		// Time passes in the world, not for the one who tests.
		clock: {
			now,
			ticks: () => world.account.now,
			patience: 1,
			async sleep(ms) {
				alive();
				world.account.now += ms;
			},
		},
		tell: alive,
		record: {entries: () => world.record, append},
		run,
		leaving: () => false,
		explain(error): Problem {
			alive();
			if (error instanceof Refused)
				return {is: 'problem', what: error.code, why: error.message, todo: '', code: error.code};
			if (error instanceof Dropped)
				return {is: 'problem', what: 'lost', why: error.message, todo: '', code: 'ECONNRESET'};
			if (error instanceof NoPlace) return {is: 'problem', what: 'taken', why: error.message, todo: '', code: 'EEXIST'};
			throw error;
		},
		async guard() {
			const caller = `arn:aws:iam::${world.account.id}:user/operator`;
			const state = fold(world.record);
			const problem = otherAccount(world.account.id, 'aws', {facts: state.facts, run});
			if (problem) return problem;
			if (world.record.findLast(it => it.type === 'connected')?.caller !== caller)
				await append({
					type: 'connected',
					caller,
					facts: {account: world.account.id, partition: 'aws', region: world.account.region, caller},
				});
			return undefined;
		},
	};
	try {
		await append({
			type: 'started',
			course: course.name,
			setup: 'nps',
			setupId: fold(world.record).setupId ?? how.setupId ?? 'setup-id',
			host: 'h',
			pid: 1,
			version: '0',
		});
		const had = fold(world.record).answers;
		const fresh = Object.entries({region: world.account.region, ...answers}).filter(
			([name, it]) => course.recurs !== undefined || JSON.stringify(had[name]) !== JSON.stringify(it),
		);
		if (fresh.length > 0) await append({type: 'answered', answers: Object.fromEntries(fresh)});
		const ending = await runCourse(
			course,
			ports,
			front?.(ports) ?? headless(ports, confirms, vaultOf(world, moment), {...says}, how.takesUp),
			stopAfter,
		);
		if (dead) throw new Error('a run went on after its death');
		return {ending, died: false, moments, occasions, calls: aws.calls};
	} catch (error) {
		if (!(error instanceof Crash)) throw error;
		return {died: true, moments, occasions, calls: aws.calls};
	}
}

/** Where the person puts a secret that is shown once. */
type Vault = {store(row: Readonly<Record<string, string>>): void; holds(id: string): boolean};
const vaultOf = (world: World, moment: () => void): Vault => ({
	store(row) {
		moment();
		world.files['vault'] = {is: 'row', row};
		moment();
	},
	holds(id) {
		const it = world.files['vault'];
		return it?.is === 'row' && Object.values(it.row).includes(id);
	},
});

/** Eyes over a world, without a process. */
export const lookOf = (world: World): Look => ({
	...new FakeAws(world.account).look,
	kept: async (place, columns, column) => kept(world.files, place, columns, column),
	progress: () => undefined,
});

function kept(files: Files, place: string, columns: readonly string[], column: string): Kept {
	const it = files[place];
	if (!it) return {is: 'absent'};
	if (it.is !== 'row') return {is: it.is};
	const value = columns.every(name => name in it.row) ? it.row[column] : undefined;
	return value === undefined ? {is: 'other'} : {is: 'row', value};
}

/** One who answers as --yes does: defaults, creates and updates, and removals only if confirmed. */
function headless(
	{look}: Ports,
	confirms: string | undefined,
	vault: Vault,
	says: Record<string, Answers | undefined>,
	takesUp?: true,
): Front {
	let reviews = 0;
	return {
		deliver: async (row, revealed) => {
			await revealed();
			vault.store(row);
		},
		async decide({phase}, step, known): Promise<Event> {
			switch (phase.at) {
				case 'form':
					reviews = 0;
					return {type: 'submitted', answers: await defaultAnswers(step, look, known)};
				case 'review': {
					const unasked = phase.plan.changes.find(
						it =>
							it.confirm !== undefined &&
							it.confirm !== confirms &&
							(vault.holds(it.confirm) || it.confirm !== known.answers['removeAccessKey']),
					);
					if (unasked)
						return {
							type: 'failed',
							problem: {is: 'problem', what: unasked.id, why: 'needs a word', todo: '', code: 'Unconfirmed'},
						};
					if (++reviews > 5)
						return {
							type: 'failed',
							problem: {is: 'problem', what: 'What is missing keeps changing', why: '', todo: '', code: 'Unsteady'},
						};
					return {type: 'approved'};
				}
				case 'stopped': {
					const {code = ''} = phase.problem;
					const answers = says[code];
					delete says[code];
					if (answers) return {type: 'way', way: {is: 'choose', key: keyOfNumber(1), label: '', answers}};
					// Asked whether a secret was stored, the person looks into the vault.
					const ways = choicesOf(phase.problem);
					const taken = takesUp && ways.find(it => it.takesUp !== undefined);
					if (taken) return {type: 'way', way: taken};
					const shown = ways.find(it => it.answers['secretStored'] !== undefined);
					const lost = ways.find(it => it.answers['removeAccessKey'] === shown?.answers['secretStored']);
					if (!shown || !lost) return {type: 'quit'};
					return {type: 'way', way: vault.holds(String(shown.answers['secretStored'])) ? shown : lost};
				}
				case 'done':
					return {type: 'next'};
				default:
					return {type: 'quit'};
			}
		},
	};
}
