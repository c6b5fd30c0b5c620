import {randomBytes} from 'node:crypto';
import {call} from '../aws/client/call.js';
import type {Hear} from '../aws/client/outstanding.js';
import {type Aws, reach} from '../aws/client/send.js';
import {direct} from '../aws/network/network.js';
import {awsProblem} from '../aws/problems/aws-problem.js';
import {verdictOf} from '../aws/problems/verdict.js';
import {parseArn} from '../aws/rules/arn.js';
import {type Credentials, credentialsFor} from '../aws/sign-in/credentials.js';
import type {Try} from '../engine/checking.js';
import {wordingOf} from '../engine/command-line.js';
import {fold, type Happened, type State} from '../engine/record.js';
import type {Failure, Ports} from '../engine/run.js';
import {type Answers, type Call, type Look, type Problem, textAnswer} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import {Trouble, Usage} from '../engine/trouble.js';
import type {Clock, Tell} from '../engine/waiting.js';
import type {Store} from '../local/record-store.js';
import {filePlaces, lookInto} from '../local/secret-files.js';
import {accountFile, homeDir, hostName, sandboxDir, stateDir} from '../local/state-folder.js';
import {otherAccount} from '../steps/connect.js';
import type {Stand} from './built-in-sandbox.js';
import {calledAs} from './called-as.js';
import type {Leaving} from './leaving.js';
import {Codes} from './mfa-codes.js';
import type {Flags, Run} from './session.js';
import {usage} from './usage.js';
import {type WayOut, wayOut} from './way-out.js';

/** AWS as this run reaches it, and whether that is AWS at all. */
export type World = {
	readonly aws: Aws;
	readonly look: Look;
	readonly clock: Clock;
	readonly endpoint: string | undefined;
	readonly warnings: readonly string[];
	/** The same world by an access key of its own. */
	tryAs(accessKeyId: string, secret: string): Try;
	/** Tells of what is out and not answered yet, and with nothing that it is answered. */
	outstanding(hear: Hear): void;
	/** Takes who answers what signing in asks. */
	answeredBy(answer: Parameters<Codes['answeredBy']>[0]): void;
};

/**
 * What a run stands in: its environment, the wish to leave, AWS's stand-in where it is a rehearsal, and how long an
 * answer is waited for.
 */
export type Surroundings = {
	readonly env: NodeJS.ProcessEnv;
	readonly leaving: Leaving;
	readonly stand?: Stand | undefined;
	readonly timeoutMs?: number | undefined;
	/** An MFA code that was given. */
	readonly mfaCode?: string | undefined;
	/** Sign-ins that last from one connection to the next. */
	readonly signIns?: SignIns;
};
type SignIns = {readonly codes: Codes; readonly held: Map<string, Credentials>};
const signInsOf = ({signIns, mfaCode}: Surroundings): SignIns =>
	signIns ?? {codes: new Codes(mfaCode), held: new Map()};

const noSettings: WayOut['settings'] = {endpoints: {}, fips: false, dualstack: false};
/** Connects the run to the world; where the endpoints are AWS's in part only, it stops. */
export async function connectWorld(region: string, profile: string | undefined, around: Surroundings): Promise<World> {
	const {env, leaving, stand, timeoutMs} = around;
	const {codes, held} = signInsOf(around);
	const listeners = new Set<Hear>();
	const hear: Hear = it => {
		for (const listener of listeners) listener(it);
	};
	// A rehearsal knows one account and nobody's profiles, and never leaves this machine.
	const {network, settings, endpoint, notes}: WayOut = stand
		? {network: direct, settings: noSettings, endpoint: stand.url, notes: []}
		: await wayOut(profile, env);
	const signIn = (): Credentials =>
		held.get(profile ?? '') ?? credentialsFor({profile, region, env, network, settings, askCode: codes.ask});
	const credentials = stand ? async () => stand : signIn();
	if ('renew' in credentials) held.set(profile ?? '', credentials);
	const whose = {network, settings, endpoint: stand?.url, timeoutMs, left: leaving.signal, hear};
	const aws = reach({region, credentials, ...whose});
	const {patience, warnings: ofPatience} = patienceOf(env['NPS_KMS_PATIENCE'], endpoint === undefined);
	const now: Clock['now'] = () => {
		const ahead = aws.ahead();
		return {at: new Date(Date.now() + (ahead ?? 0)).toISOString(), clock: ahead === undefined ? 'local' : 'aws'};
	};
	const clock: Clock = {now, ticks: () => performance.now(), sleep: ms => leaving.sleep(ms), patience};
	const look: Look = {
		...aws.look,
		kept: async (place, columns, column) => lookInto(place, columns, column),
		progress: () => undefined,
	};
	const tryAs = (accessKeyId: string, secretAccessKey: string): Try => {
		const theirs = reach({region, ...whose, credentials: async () => ({accessKeyId, secretAccessKey})});
		return it => theirs.attempt(it);
	};
	return {
		aws,
		look,
		clock,
		endpoint,
		warnings: [...notes, ...ofPatience],
		tryAs,
		outstanding: it => void listeners.add(it),
		answeredBy: it => codes.answeredBy(it),
	};
}

/** The world of the answers as they are at each moment: another profile or region is another connection. */
export async function movingWorld(answers: () => Answers, around: Surroundings): Promise<World> {
	const {leaving} = around;
	const signIns = signInsOf(around);
	let of = '';
	let reached: Promise<World> | undefined;
	let last: World | undefined;
	const listeners: Hear[] = [];
	const now = (): Promise<World> => {
		const [region, profile] = [textAnswer(answers(), 'region'), textAnswer(answers(), 'profile') || undefined];
		if (reached === undefined || of !== `${region} ${profile ?? ''}`) {
			of = `${region} ${profile ?? ''}`;
			const mine = connectWorld(region, profile, {...around, signIns}).then(
				it => {
					for (const listener of listeners) it.outstanding(listener);
					last = it;
					return it;
				},
				(error: unknown) => {
					// What stood in the way may be mended by the next time.
					if (reached === mine) reached = undefined;
					throw error;
				},
			);
			reached = mine;
		}
		return reached;
	};
	if (textAnswer(answers(), 'region')) await now();
	const all = async function* <R>(call: Call<R>): AsyncGenerator<R> {
		yield* (await now()).look.all(call);
	};
	const at = async <R>(call: Call<R>): Promise<R | undefined> => (await now()).look.at(call);
	const local = (): ReturnType<Clock['now']> => ({at: new Date().toISOString(), clock: 'local'});
	return {
		aws: {
			send: async call => (await now()).aws.send(call),
			attempt: async call => (await now()).aws.attempt(call),
			look: {at, all},
			ahead: () => last?.aws.ahead(),
			endpoints: async () => (await now()).aws.endpoints(),
		},
		look: {
			at,
			all,
			kept: async (place, columns, column) => lookInto(place, columns, column),
			progress: () => undefined,
		},
		clock: {
			now: () => last?.clock.now() ?? local(),
			ticks: () => performance.now(),
			sleep: ms => leaving.sleep(ms),
			get patience() {
				return last?.clock.patience ?? 1;
			},
		},
		tryAs(id, secret) {
			const theirs = now().then(it => it.tryAs(id, secret));
			return async it => (await theirs)(it);
		},
		outstanding(hear) {
			listeners.push(hear);
			last?.outstanding(hear);
		},
		get endpoint() {
			return last?.endpoint;
		},
		get warnings() {
			return last?.warnings ?? [];
		},
		answeredBy: it => signIns.codes.answeredBy(it),
	};
}

function patienceOf(value: string | undefined, isAws: boolean): {patience: number; warnings: readonly string[]} {
	if (value === undefined || value === '') return {patience: 1, warnings: []};
	if (isAws) return {patience: 1, warnings: ['NPS_KMS_PATIENCE is ignored: the endpoint is AWS’s own.']};
	const patience = Number(value);
	if (!(patience >= 0 && patience <= 1))
		throw usage(`NPS_KMS_PATIENCE is ${value}`, 'It is a factor from 0 to 1', 'Correct or unset it');
	return {patience, warnings: []};
}

/** What this run and this machine are. */
export const thisRunOf = ({course, options, env, now}: Run): ThisRun => ({
	...calledAs({course, options}),
	...aroundOf(options, env, now),
	...course.thisRun,
});
const aroundOf = (
	{expectAccount, prove = true, sandbox, dryRun}: Flags,
	env: NodeJS.ProcessEnv,
	now: Date,
): ThisRun => ({
	// A dry run makes no folder, and a folder that isn't there would look like one that can't be written.
	home: sandbox && (!dryRun || accountFile(env, false).isThere) ? sandboxDir(env) : (homeDir() ?? stateDir(env)),
	now: now.toISOString(),
	today: now.toISOString().slice(0, 10).replaceAll('-', ''),
	...(!dryRun && {records: true}),
	...(expectAccount && {expectAccount}),
	...(!prove && {prove: 'no'}),
});

/** The ports of a run over the world, a record and one who listens. */
export function portsOf(world: World, store: Store, run: ThisRun, leaving: Leaving, tell: Tell): Ports {
	const {aws, look, clock} = world;
	const append = async (entry: Happened): Promise<void> => store.append({...entry, ...clock.now()});
	const state = (): State => fold(store.entries());
	return {
		look,
		clock,
		tell,
		run,
		send: call => aws.send(call),
		places: filePlaces,
		record: {entries: () => store.entries(), append},
		leaving: () => leaving.heard() !== undefined,
		tryAs: (id, secret) => world.tryAs(id, secret),
		verdictOf,
		bytes: () => randomBytes(32),
		outstanding: hear => world.outstanding(hear),
		answeredBy: it => world.answeredBy(it),
		explain,
		async guard() {
			const caller = await look.at(call('sts:GetCallerIdentity', {}));
			const partition = parseArn(caller?.Arn ?? '')?.partition ?? '';
			const before = state();
			const problem = otherAccount(caller?.Account ?? '', partition, {facts: before.facts, run});
			if (problem) return problem;
			const last = store.entries().findLast(it => it.type === 'connected');
			if (caller?.Account && caller.Arn && last?.caller !== caller.Arn) {
				const region = before.facts.region ?? '';
				await append({
					type: 'connected',
					caller: caller.Arn,
					facts: {account: caller.Account, partition, region, caller: caller.Arn},
					...(world.endpoint && {endpoint: world.endpoint}),
				});
			}
			return undefined;
		},
	};
}

/** Tells trouble in words; what no person can mend is thrown on. */
export function explain(error: unknown, {change, facts, run, doubt}: Omit<Failure, 'step'>): Problem {
	if (error instanceof Usage) return error.problem;
	if (error instanceof Trouble) {
		const problem = error.worded(wordingOf(run));
		const made = doubt && change && facts.accessKeyId;
		return made
			? {
					...problem,
					why: `${problem.why}. Access key ${made} was made and its secret is lost; the next run removes it`,
				}
			: problem;
	}
	const problem = awsProblem(error, {change, facts, run, doubt});
	if (!problem) throw error;
	return problem;
}

/** This machine, as the record names it. */
export const thisHost = (): string => hostName();
