import {Refused} from '../../engine/apply.js';
import {commandLine} from '../../engine/command-line.js';
import type {Mishap} from '../../engine/problem.js';
import {CantCall, thenAgain} from '../problems/cant-call.js';
import {type Profile, quoted, type Sources, typedSso} from './profiles.js';

/** There are no credentials to call with, so no call went out (or AWS refused it for them): nothing changed. */
export class CantSignIn extends CantCall {}
/** Nothing names any credentials; told by the SDK's code for that. */
export class NoCredentials extends Error {
	override readonly name = 'CredentialsProviderError';
}

type Whose = {readonly name: string | undefined; readonly sources: Sources};
type Words = Pick<Mishap, 'why' | 'todo' | 'code'>;

/** Who can't sign in, at the beginning of a sentence. */
export const whoSigns = (name: string): string => (name === typedSso ? 'The SSO that was typed' : `Profile ${name}`);

/**
 * Why credentials can't be had, and the very command that mends it. What a helper printed is never told: it may hold a
 * secret.
 */
export function cantSignIn(error: unknown, {name, sources}: Whose): CantCall {
	if (error instanceof CantCall) return error;
	const profile = sources.profiles.find(it => it.name === name);
	const base = profile && baseOf(profile, sources);
	const inEnv = sources.environment || sources.elsewhere;
	const what = name
		? `${whoSigns(name)} can't sign in`
		: inEnv
			? "The environment's credentials can't be used"
			: 'There are no AWS credentials';
	return new CantSignIn({is: 'problem', what, ...(base ? words(error, profile, base) : noneOf(name, sources, error))});
}

/** AWS says that the session is over, and the same credentials would be used again. */
export function expired({name, sources}: Whose): CantSignIn {
	const profile = sources.profiles.find(it => it.name === name);
	const base = profile && baseOf(profile, sources);
	const told = base && mended[base.kind]?.(base.name);
	return new CantSignIn({
		is: 'problem',
		what: 'Your sign-in has expired',
		why:
			name === undefined
				? "The session in the environment's AWS_SESSION_TOKEN is over"
				: `The session of ${name === typedSso ? 'the SSO that was typed' : `profile ${name}`} is over`,
		todo: told
			? `${told}, ${thenAgain}`
			: name === undefined
				? 'Set new credentials in the environment and run the same again; it carries on here'
				: `Put new credentials into profile ${name}, ${thenAgain}`,
		code: 'ExpiredToken',
	});
}

/** Whose sign-in a role rests on. */
function baseOf(profile: Profile, {profiles}: Sources, seen: readonly string[] = []): Profile {
	const source = profiles.find(it => it.name === profile.source);
	return !source || seen.includes(source.name) || source.name === profile.name
		? profile
		: baseOf(source, {profiles} as Sources, [...seen, source.name]);
}

/** What renews a sign-in. */
const mended: Partial<Readonly<Record<Profile['kind'], (name: string) => string>>> = {
	sso: name =>
		name === typedSso
			? 'Confirm the code in a browser, or go back and correct what was typed'
			: `Run aws sso login --profile ${quoted(name)} (where there is no browser, with --use-device-code)`,
	login: name => `Run aws login --profile ${quoted(name)} (where there is no browser, with --remote)`,
};

function words(error: unknown, profile: Profile, base: Profile): Words {
	const {name, message} = saidBy(error);
	const code = error instanceof Refused ? error.code : name;
	if (isLine(error))
		return {
			why: `The connection failed: ${ofLine(message)}`,
			todo:
				'See that the hosts where it signs in can be reached ' +
				`(${commandLine({}, 'doctor')} tells how), ${thenAgain}`,
			code,
		};
	const whose = base === profile ? 'Its' : `The source profile ${base.name}: its`;
	const mend = mended[base.kind]?.(base.name);
	if (mend && isSessionOver(error))
		return {
			why: `${whose} ${base.kind === 'sso' ? 'SSO session' : 'sign-in'} is missing or has expired`,
			todo: `${mend}, ${thenAgain}`,
			code,
		};
	if (base.kind === 'sso' && /^(Forbidden|ResourceNotFound|InvalidRequest)Exception$/.test(name))
		return {
			why: `IAM Identity Center answered: ${message}`,
			todo:
				`See that ${base.name === typedSso ? 'account and permission set' : 'sso_account_id and sso_role_name'} are ` +
				`right, and that you are assigned that permission set there, ${thenAgain}`,
			code,
		};
	if (base.kind === 'nothing')
		return {
			why: `${whose} section holds no credentials`,
			todo: `Run aws configure --profile ${quoted(base.name)}, ${thenAgain}`,
			code,
		};
	const role = profile.role;
	return {
		why: message.split('\n')[0] ?? '',
		todo: role
			? `See that ${role} may be assumed by profile ${profile.source ?? base.name}, ${thenAgain}`
			: `See what profile ${base.name} lacks, ${thenAgain}`,
		code,
	};
}
/** What AWS said, where the SDK has put that into words of its own. */
function saidBy(error: unknown): {readonly name: string; readonly message: string} {
	const {name = '', message = ''} = error instanceof Error ? error : {};
	const [, code, words] = /^(\w+Exception): (.*)$/s.exec(message) ?? [];
	return code === undefined ? {name, message} : {name: code, message: words ?? ''};
}
const isAwsSaying = (error: unknown): boolean =>
	error instanceof Refused ||
	saidBy(error).name.endsWith('Exception') ||
	(error as {$metadata?: {requestId?: string}} | undefined)?.$metadata?.requestId !== undefined;
const isSignIn = (message: string): boolean =>
	/expired|invalid|not found|refresh|login|re-?authenticate|token/i.test(message) &&
	!/configured with|Required parameters|Conflicting/.test(message);
/** Whether a sign-in isn't there or is over, so that a new one mends it. */
export const isSessionOver = (error: unknown): boolean =>
	error instanceof Error &&
	!(error instanceof CantCall) &&
	(saidBy(error).name === 'UnauthorizedException' ||
		(!isAwsSaying(error) && !isLine(error) && isSignIn(error.message)));
const line = 'ECONN\\w+|ENOTFOUND|EAI_AGAIN|E\\w+UNREACH|ETIMEDOUT';
/** Whether the connection failed; the SDK puts that of a container's endpoint into an error of its own. */
const isLine = (error: unknown): boolean =>
	new RegExp(`^(${line}|TimeoutError|AbortError)$`).test(
		(error as {code?: string})?.code ?? (error as Error)?.name ?? '',
	) ||
	(error instanceof Error &&
		error.name === 'CredentialsProviderError' &&
		new RegExp(`\\b(${line})\\b`).test(error.message));
const ofLine = (message: string): string => message.replace(/^Error: /, '');

function noneOf(name: string | undefined, {profiles, lost, environment, elsewhere}: Sources, error: unknown): Words {
	const {name: code = '', message = ''} = error instanceof Error ? error : {};
	if (name !== undefined)
		return {
			why: lost.find(it => it.name === name)?.why ?? 'There is no such profile',
			todo: 'Name another with --profile; aws configure list-profiles lists them',
			code,
		};
	if (isLine(error))
		return {
			why: `What gives them can't be reached: ${ofLine(message)}`,
			todo:
				'See what AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names, or name a ' +
				`profile with --profile, ${thenAgain}`,
			code,
		};
	const known = profiles.map(it => it.name);
	return {
		why:
			environment || elsewhere
				? (message.split('\n')[0] ?? '')
				: 'Neither the environment nor a default profile has any',
		todo:
			known.length > 0
				? `Name a profile with --profile (there are ${known.join(', ')}), or set AWS_ACCESS_KEY_ID and ` +
					'AWS_SECRET_ACCESS_KEY'
				: 'Run aws configure or aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then try again',
		code,
	};
}
