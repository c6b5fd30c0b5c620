import type {AwsCredentialIdentity, AwsCredentialIdentityProvider} from '@smithy/types';
import type {Mishap} from '../../engine/problem.js';
import type {Network} from '../network/network.js';
import {thenAgain} from '../problems/cant-call.js';
import {CantSignIn, cantSignIn, expired, NoCredentials} from './cant-sign-in.js';
import {type Config, readConfig} from './config-files.js';
import type {ShowVisit} from './device-code.js';
import {type AskCode, byProfile, byToken} from './profile-credentials.js';
import {noProfile} from './profile-faults.js';
import {defaultProfile, kindOf, type Sources, sourcesOf, typedKey, typedSso} from './profiles.js';
import {byContainer, byInstance} from './sdk-providers.js';
import {namedProfile, type Settings} from './settings.js';
import {exportedKey, usable} from './usable-access-key.js';

export type {ShowVisit} from './device-code.js';
export type {AskCode} from './profile-credentials.js';
/** Asks a person for something that nobody else may see. Undefined: there is none. */
export type AskSecret = (label: string, why: string) => Promise<string | undefined>;
/** Credentials for every client of a run, got once and again when they end. */
export type Credentials = AwsCredentialIdentityProvider & {
	/** How often they were got. */
	times(): number;
	/** AWS says that those got at that time are over: gets others, or throws why there are none. */
	renew(times: number): Promise<void>;
	/** Whether a person is being asked. */
	asks(): boolean;
	/** What has no end of its own is read anew the next time. */
	reread(): void;
	/** AWS denied a call: from now on, who is named otherwise in the config files than before signs in anew. */
	denied(): void;
};
type Whose = {
	readonly profile: string | undefined;
	readonly region: string;
	readonly env: NodeJS.ProcessEnv;
	/** How the hosts are reached where it signs in. */
	readonly network: Network;
	readonly settings: Settings;
	readonly askCode: AskCode;
	/** A part of an access key that is typed. */
	readonly askSecret?: AskSecret | undefined;
	/** The IAM Identity Center that a person names instead of a profile, by the names of a profile's settings. */
	readonly sso?: Readonly<Record<string, string>> | undefined;
	/** Shows where to sign in; undefined where nobody is there. */
	readonly visit?: (() => ShowVisit) | undefined;
	/** Aborts once the run is left: what is waited for then is waited for no longer. */
	readonly left?: AbortSignal | undefined;
};
type Used = {readonly config: Config; readonly sources: Sources; readonly name: string | undefined};

/** The credentials that the AWS CLI would use, got once and held. */
export function credentialsFor(whose: Whose): Credentials {
	let held: Promise<AwsCredentialIdentity> | undefined;
	let [files, wasDenied] = ['', false];
	let count = 0;
	let asking = 0;
	const by = counting(whose, more => {
		asking += more;
	});
	const start = (): Promise<AwsCredentialIdentity> => {
		count += 1;
		const mine = used(by)
			.then(it => {
				files = inOneText(it);
				return resolve(by, it);
			})
			.catch((error: unknown) => {
				if (held === mine) held = undefined;
				throw error;
			});
		held = mine;
		return mine;
	};
	/** A person may name another key, or a device that is asked, while what was denied stands on the screen. */
	const isOtherwise = async (): Promise<boolean> =>
		wasDenied && !whose.profile?.startsWith(':') && inOneText(await used(whose)) !== files;
	const provide = async (): Promise<AwsCredentialIdentity> => {
		const mine = held ?? start();
		const it = await mine;
		if (!isOver(it) && !(await isOtherwise())) return it;
		return held === mine || !held ? start() : held;
	};
	return Object.assign(provide, {
		times: () => count,
		asks: () => asking > 0,
		async renew(times: number) {
			if (times !== count) return;
			const was = await held?.catch(() => undefined);
			const is = await start();
			if (was?.accessKeyId === is.accessKeyId) throw expired(await used(whose));
		},
		denied() {
			wasDenied = true;
		},
		reread() {
			const mine = held;
			void mine?.then(
				it => {
					if (!it.expiration && held === mine) held = undefined;
				},
				() => undefined,
			);
		},
	});
}

/** The same, where it is counted how many questions a person is being asked. */
function counting(whose: Whose, count: (more: number) => void): Whose {
	const asked =
		<P extends readonly unknown[], T>(ask: (...about: P) => Promise<T>) =>
		async (...about: P): Promise<T> => {
			count(1);
			try {
				return await ask(...about);
			} finally {
				count(-1);
			}
		};
	const visit = (): ShowVisit => {
		const show = whose.visit?.();
		return show && asked(show);
	};
	return {
		...whose,
		askCode: asked(whose.askCode),
		visit,
		...(whose.askSecret && {askSecret: asked(whose.askSecret)}),
	};
}

/** So near its end that a call might meet it. */
const isOver = ({expiration}: AwsCredentialIdentity): boolean =>
	expiration !== undefined && expiration.getTime() - Date.now() < 60_000;

async function used({profile, env, sso}: Whose): Promise<Used> {
	const config = withTyped(await readConfig(env), sso);
	const sources = sourcesOf(config, env);
	return {config, sources, name: profile ?? defaultProfile(sources)};
}

/** What a person typed stands among the profiles, for this run. */
function withTyped(config: Config, sso: Whose['sso']): Config {
	if (!sso) return config;
	const lines = Object.entries(sso).map(([name, value]) => [name, {value, file: 'what was typed', line: 1}] as const);
	const section = {name: typedSso, file: 'what was typed', line: 1, lines: Object.fromEntries(lines)};
	return {...config, profiles: {...config.profiles, [typedSso]: section}};
}

const inOneText = ({config: {profiles, sessions}}: Used): string => JSON.stringify([profiles, sessions]);

async function resolve(whose: Whose, {config, sources, name}: Used): Promise<AwsCredentialIdentity> {
	const {env, profile} = whose;
	if (profile === typedKey) return byTyping(whose.askSecret);
	const section = name === undefined ? undefined : config.profiles[name];
	// The AWS CLI reads the profile that is named, whoever signs in.
	const named = profile ?? namedProfile(env)?.value;
	if (named !== undefined && !config.profiles[named])
		throw noProfile(named, profile === undefined ? (namedProfile(env)?.from ?? '') : 'this run', config);
	try {
		const ground = {...whose, config};
		if (sources.environment && profile === undefined) return usable(exportedKey(env));
		const file = env['AWS_WEB_IDENTITY_TOKEN_FILE'];
		const isRole = section && kindOf(section.lines) === 'role';
		if (file && env['AWS_ROLE_ARN'] && profile === undefined && !isRole)
			return await byToken({file, role: env['AWS_ROLE_ARN'], session: env['AWS_ROLE_SESSION_NAME']}, ground, {
				what: "The environment's credentials can't be used",
				from: 'AWS_WEB_IDENTITY_TOKEN_FILE',
			});
		if (file && profile === undefined && !isRole) throw new CantSignIn(noRole);
		// A default profile that only says the region leaves the credentials to the machine.
		const isEmpty = profile === undefined && (!section || kindOf(section.lines) === 'nothing');
		if (isEmpty && container.some(it => env[it])) return await byContainer();
		if (isEmpty && /^false$/i.test(env['AWS_EC2_METADATA_DISABLED'] ?? '')) return await byInstance();
		if (!section) throw new NoCredentials('There are no credentials');
		return await byProfile(section, ground);
	} catch (error) {
		throw cantSignIn(error, {name, sources});
	}
}

/** The access key that a person types, held by this run alone. */
async function byTyping(ask: AskSecret | undefined): Promise<AwsCredentialIdentity> {
	const part = async (label: string): Promise<{value: string; from: string}> => ({
		value: (await ask?.(label, 'It is used by this run alone and kept nowhere.'))?.trim() ?? '',
		from: `what was typed as ${label}`,
	});
	const id = await part('Access key ID');
	const secret = id.value ? await part('Secret access key') : {value: '', from: ''};
	if (!id.value || !secret.value) throw new CantSignIn(noneTyped);
	const isSession = id.value.startsWith('ASIA');
	return usable({id, secret, token: isSession ? await part('Session token') : {value: '', from: ''}});
}
const noneTyped: Mishap = {
	is: 'problem',
	what: 'No access key was typed',
	why: 'Without one there is nothing to sign in with',
	todo: 'Try again to type it, or go back and choose other credentials',
	code: 'NoKeyTyped',
};

const noRole: Mishap = {
	is: 'problem',
	what: "The environment's credentials can't be used",
	why: 'AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN, the role that it is a token for, is not',
	todo: `Set AWS_ROLE_ARN, or take AWS_WEB_IDENTITY_TOKEN_FILE away, ${thenAgain}`,
	code: 'NoRole',
};

const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
