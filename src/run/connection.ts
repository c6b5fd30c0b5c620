import type {Hear} from '../aws/client/late-answers.js';
import {type Aws, reach} from '../aws/client/send.js';
import {direct} from '../aws/network/network.js';
import {type Credentials, credentialsFor} from '../aws/sign-in/credentials.js';
import type {Try} from '../engine/checking.js';
import type {Look} from '../engine/step.js';
import type {Clock} from '../engine/waiting.js';
import {lookInto} from '../local/secret-files.js';
import {besideIn, othersIn} from './beside.js';
import type {BuiltInSandbox} from './built-in-sandbox.js';
import type {Leaving} from './leaving.js';
import {Codes} from './mfa-codes.js';
import {type Route, routeToAws} from './route-to-aws.js';
import type {Run} from './run.js';
import {usage} from './usage-error.js';

/** AWS as this run reaches it, and whether that is AWS at all. */
export type Connection = {
	readonly aws: Aws;
	readonly look: Look;
	readonly clock: Clock;
	readonly endpoint: string | undefined;
	readonly warnings: readonly string[];
	/** The same connection by an access key of its own. */
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
	readonly sandbox?: BuiltInSandbox | undefined;
	readonly timeoutMs?: number | undefined;
	/** An MFA code that was given. */
	readonly mfaCode?: string | undefined;
	/** The IAM Identity Center that a person names on the form. */
	readonly sso?: Readonly<Record<string, string>> | undefined;
	/** The endpoint of a profile where a person said that exported keys may be used. */
	readonly exportedKeyTo?: string | undefined;
	/** Sign-ins that last from one connection to the next. */
	readonly signIns?: SignIns;
};
/** What a run stands in, once it listens for the wish to leave and its rehearsal is open. */
export const surroundingsOf = (
	{env, timeoutMs, options: {mfaCode}}: Run,
	{leaving, sandbox}: Pick<Surroundings, 'leaving' | 'sandbox'>,
): Surroundings => ({env, leaving, sandbox, timeoutMs, mfaCode});
type SignIns = {readonly codes: Codes; readonly held: Map<string, Credentials>};
/** The sign-ins that last, or new ones. */
export const signInsOf = ({signIns, mfaCode}: Surroundings): SignIns =>
	signIns ?? {codes: new Codes(mfaCode), held: new Map()};

const noSettings: Route['settings'] = {endpoints: {}, fips: false, dualstack: false};
/** Connects the run; where the endpoints are AWS's in part only, it stops. */
export async function openConnection(
	region: string,
	profile: string | undefined,
	around: Surroundings,
): Promise<Connection> {
	const {env, leaving, sandbox, timeoutMs, sso} = around;
	const signedInBy = sso ? JSON.stringify(sso) : (profile ?? '');
	const {codes, held} = signInsOf(around);
	const listeners = new Set<Hear>();
	const hear: Hear = it => {
		for (const listener of listeners) listener(it);
	};
	// A rehearsal knows one account and nobody's profiles, and never leaves this machine.
	const {network, settings, endpoint, notes}: Route = sandbox
		? {network: direct, settings: noSettings, endpoint: sandbox.url, notes: []}
		: await routeToAws(profile, env, around.exportedKeyTo);
	const signIn = (): Credentials =>
		held.get(signedInBy) ??
		credentialsFor({
			profile,
			region,
			env,
			network,
			settings,
			sso,
			askCode: codes.ask,
			askSecret: codes.secret,
			visit: codes.visit,
			left: leaving.signal,
		});
	const credentials = sandbox ? async () => sandbox : signIn();
	if ('renew' in credentials) held.set(signedInBy, credentials);
	const whose = {network, settings, endpoint: sandbox?.url, timeoutMs, left: leaving.signal, hear};
	const aws = reach({region, credentials, ...whose});
	const {patience, warnings: ofPatience} = patienceOf(env['NPS_KMS_PATIENCE'], endpoint === undefined);
	const now: Clock['now'] = () => {
		const ahead = aws.ahead();
		return {at: new Date(Date.now() + (ahead ?? 0)).toISOString(), clock: ahead === undefined ? 'local' : 'aws'};
	};
	const clock: Clock = {now, ticks: () => performance.now(), sleep: ms => leaving.sleep(ms), patience};
	const look = eyesOf(aws, around);
	const tryAs = (accessKeyId: string, secretAccessKey: string): Try => {
		// Each request bears its own signature, so connections that are open need not be opened anew.
		const over = aws.over;
		const theirs = reach({region, ...whose, over, credentials: async () => ({accessKeyId, secretAccessKey})});
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

/** The eyes of a connection, for AWS and for this machine. */
const eyesOf = (aws: Aws, around: Surroundings): Look => ({
	...aws.look,
	kept: async (place, columns, column) => lookInto(place, columns, column),
	progress: () => undefined,
	beside: besideIn(around, async (where, by) => (await openConnection(where, by, around)).look),
	others: othersIn(around),
});

function patienceOf(value: string | undefined, isAws: boolean): {patience: number; warnings: readonly string[]} {
	if (value === undefined || value === '') return {patience: 1, warnings: []};
	if (isAws) return {patience: 1, warnings: ['NPS_KMS_PATIENCE is ignored: the endpoint is AWS’s own.']};
	const patience = Number(value);
	if (!(patience >= 0 && patience <= 1))
		throw usage(`NPS_KMS_PATIENCE is ${value}`, 'It is a factor from 0 to 1', 'Correct or unset it');
	return {patience, warnings: []};
}
