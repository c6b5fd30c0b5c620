import {Refused, type SentCall} from '../../src/engine/apply.js';
import type {Ending} from '../../src/engine/ports.js';
import {type Entry, fold, type Happened, knownFor} from '../../src/engine/record.js';
import {type Ports, runCourse} from '../../src/engine/run.js';
import {type StepStatus, statusOf} from '../../src/engine/status.js';
import {type Answers, type Call, isProblem, type Look} from '../../src/engine/step.js';
import type {ThisRun} from '../../src/engine/this-run.js';
import {headless} from '../../src/front/headless.js';
import {Report} from '../../src/front/report.js';
import type {Account, Key, Policy, User} from '../../src/sandbox/account/account.js';
import {directly} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import {findSetup} from '../../src/steps/looks/setup-by-tags.js';

const region = 'eu-west-1';
const accountId = '111122223333';
const silent = {json: false, out: () => undefined, err: () => undefined};

/** All that outlives a run. */
type Standing = {
	readonly account: Account;
	readonly entries: readonly Entry[];
	readonly files: ReadonlyMap<string, Readonly<Record<string, string>>>;
};

/** An account, a record and a secret's file in memory: runs of the program's own courses, without a socket. */
export class House {
	#entries: Entry[] = [];
	#files = new Map<string, Readonly<Record<string, string>>>();
	#ticks = 0;
	readonly #stage = directly({accountId, partition: 'aws', region});

	get account(): Account {
		return this.#stage.account;
	}
	get entries(): readonly Entry[] {
		return this.#entries;
	}
	get user(): User {
		return this.account.users['nps-kms-user'] as User;
	}
	get policy(): Policy {
		return Object.values(this.account.policies).find(it => it.name === 'NPS_KMS_Policy') as Policy;
	}
	get key(): Key {
		return Object.values(this.account.keys)[0] as Key;
	}

	/** How everything stands, and how it stands again. */
	keep(): Standing {
		return {
			account: structuredClone(this.account),
			entries: [...this.#entries],
			files: new Map(this.#files),
		};
	}
	back({account, entries, files}: Standing): void {
		Object.assign(this.account, structuredClone(account));
		this.#entries = [...entries];
		this.#files = new Map(files);
	}

	/** The record is lost. */
	lose(): void {
		this.#entries = [];
	}
	/** Nothing in AWS says any more whose it is, and the record is lost. */
	orphan(): void {
		this.lose();
		for (const it of [this.policy, this.user, this.key] as {tags: unknown[]}[]) it.tags = [];
	}

	/** One run of the set-up with --yes. */
	async run({
		answers = {},
		restore,
		recover,
		stopAfter,
	}: {
		readonly answers?: Answers;
		readonly restore?: readonly string[];
		readonly recover?: true;
		readonly stopAfter?: string;
	} = {}): Promise<Ending> {
		const run = this.#thisRun(restore);
		const given: Answers = {region, profile: '', secretFile: '/secret.csv', ...answers};
		const id = recover && (await this.#idByTags(run));
		const setupId = fold(this.#entries).setupId ?? id ?? 'setup-id';
		const ports = this.#ports(run);
		await ports.record.append({
			type: 'started',
			course: setup.name,
			setup: 'nps',
			setupId,
			...(id && {recovered: true}),
			host: 'h',
			pid: 1,
			version: '0',
		});
		await ports.record.append({type: 'answered', answers: given});
		const report = new Report(setup, silent, () => ({}));
		return runCourse(setup, ports, headless(report, {setup: 'nps', yes: true}, ports.look), stopAfter);
	}
	/** What status tells. */
	status(): Promise<readonly StepStatus[]> {
		const run: ThisRun = {...this.#thisRun(), prove: 'untried'};
		return statusOf({
			course: setup,
			state: fold(this.#entries, setup.name),
			look: this.#look(),
			run: () => run,
			explain: problemOf,
		});
	}
	/** As if a proof passed now. */
	prove(): void {
		const {accessKeyId: id = '', keyArn: about = ''} = fold(this.#entries).facts;
		const checks = [{check: 'x', by: 'operator', expect: 'allowed', got: 'allowed', ok: true, says: ''}] as const;
		this.#append({type: 'checked', step: 'prove', id, about, checks});
	}

	#append(entry: Happened): void {
		this.#entries.push({...entry, ...now()});
	}
	#thisRun = (restore?: readonly string[]): ThisRun => ({
		setup: 'nps',
		homeFolder: '/home',
		today: '20261127',
		now: now().at,
		prove: 'no',
		unasked: true,
		...(restore && {restore}),
	});
	async #idByTags(run: ThisRun): Promise<string | undefined> {
		const found = await findSetup(this.#look(), knownFor('', fold([]), run));
		return isProblem(found) ? undefined : found.id;
	}
	#call({api, input}: Call | SentCall): unknown {
		try {
			return this.#stage.call(api, input as Parameters<ReturnType<typeof directly>['call']>[1]);
		} catch (error) {
			throw error instanceof Error && 'code' in error
				? Object.assign(new Refused(String(error.code), error.message, 'r'), {name: String(error.code)})
				: error;
		}
	}
	#look(): Look {
		const at = async <R>(call: Call<R>): Promise<R | undefined> => {
			try {
				return this.#call(call) as R;
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
			kept: async (place, _columns, column) => {
				const value = this.#files.get(place)?.[column];
				return value === undefined ? {is: 'absent'} : {is: 'row', value};
			},
			progress: () => undefined,
		};
	}
	#ports(run: ThisRun): Ports {
		return {
			look: this.#look(),
			send: async call => ({output: this.#call(call), requestId: 'r'}),
			places: {
				claim: async () => undefined,
				empty: async place => void this.#files.delete(place),
				keep: async (place, row) => void this.#files.set(place, row),
				recall: async () => undefined,
				make: () => 'Aa1!Aa1!Aa1!Aa1!',
			},
			meant: async () => undefined,
			run,
			// Time passes here alone.
			clock: {now, ticks: () => this.#ticks, sleep: async ms => void (this.#ticks += ms), patience: 1},
			tell: () => undefined,
			record: {entries: () => this.#entries, append: async it => this.#append(it)},
			guard: async () => undefined,
			explain: problemOf,
			leaving: () => false,
			tryAs: () => async () => {
				throw new Refused('AccessDenied', 'nothing is tried here', 'r');
			},
			verdictOf: () => undefined,
			bytes: () => new Uint8Array(32),
		};
	}
}

const now = (): {at: string; clock: 'aws'} => ({at: new Date().toISOString(), clock: 'aws'});
function problemOf(error: unknown): {is: 'problem'; what: string; why: string; todo: string; code: string} {
	if (!(error instanceof Refused)) throw error;
	return {is: 'problem', what: error.code, why: error.message, todo: '', code: error.code};
}

/** A house in which the set-up is finished. */
export async function finished(answers: Answers = {}): Promise<House> {
	const house = new House();
	const ending = await house.run({answers});
	if (ending.status !== 'complete') throw new Error(JSON.stringify(ending.problem));
	return house;
}
