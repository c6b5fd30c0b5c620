import type {AwsCredentialIdentity, AwsCredentialIdentityProvider} from '@smithy/types';
import type {Network} from '../network/network.js';
import {cantSignIn, expired, NoCredentials} from './cant-sign-in.js';
import {type Config, readConfig} from './config-files.js';
import {type AskCode, byProfile, byToken} from './profile-credentials.js';
import {noProfile} from './profile-faults.js';
import {defaultProfile, kindOf, type Sources, sourcesOf} from './profiles.js';
import {byContainer, byInstance} from './sdk-providers.js';
import {namedProfile, type Settings} from './settings.js';
import {exportedKey, usable} from './usable-access-key.js';

export type {AskCode} from './profile-credentials.js';
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
};
type Whose = {
	readonly profile: string | undefined;
	readonly region: string;
	readonly env: NodeJS.ProcessEnv;
	/** How the hosts are reached where it signs in. */
	readonly network: Network;
	readonly settings: Settings;
	readonly askCode: AskCode;
};
type Used = {readonly config: Config; readonly sources: Sources; readonly name: string | undefined};

/** The credentials that the AWS CLI would use, got once and held. */
export function credentialsFor(whose: Whose): Credentials {
	let held: Promise<AwsCredentialIdentity> | undefined;
	let count = 0;
	let asking = 0;
	const askCode: AskCode = async (serial, again) => {
		asking += 1;
		try {
			return await whose.askCode(serial, again);
		} finally {
			asking -= 1;
		}
	};
	const start = (): Promise<AwsCredentialIdentity> => {
		count += 1;
		const mine = resolve({...whose, askCode}).catch((error: unknown) => {
			if (held === mine) held = undefined;
			throw error;
		});
		held = mine;
		return mine;
	};
	const provide = async (): Promise<AwsCredentialIdentity> => {
		const mine = held ?? start();
		const it = await mine;
		if (!isOver(it)) return it;
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

/** So near its end that a call might meet it. */
const isOver = ({expiration}: AwsCredentialIdentity): boolean =>
	expiration !== undefined && expiration.getTime() - Date.now() < 60_000;

async function used({profile, env}: Whose): Promise<Used> {
	const config = await readConfig(env);
	const sources = sourcesOf(config, env);
	return {config, sources, name: profile ?? defaultProfile(sources)};
}

async function resolve(whose: Whose): Promise<AwsCredentialIdentity> {
	const {config, sources, name} = await used(whose);
	const {env, profile} = whose;
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
const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
