import {fromNodeProviderChain} from '@aws-sdk/credential-providers';
import type {AwsCredentialIdentity, AwsCredentialIdentityProvider} from '@smithy/types';
import {Refused} from '../../engine/apply.js';
import {reach} from '../client/send.js';
import type {Handler, Network} from '../network/network.js';
import {CantCall} from '../problems/cant-call.js';
import {CantSignIn, cantSignIn, expired} from './cant-sign-in.js';
import {defaultProfile, findSources, readSections, type Section} from './profiles.js';

/**
 * Asks a person for the code that an MFA device shows; `again` is why the last one was of no use. Undefined: there is
 * none.
 */
export type AskCode = (serial: string, again?: string) => Promise<string | undefined>;
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
	readonly askCode: AskCode;
};
type Sections = Readonly<Record<string, Section>>;

const quiet = {debug() {}, info() {}, warn() {}, error() {}};
const patience = {connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true};
const anHour = 3600;

/**
 * The SDK's own chain, with the MFA that it doesn't do, and without a search for an instance's role where nothing asks
 * for one: on a desktop it only waits.
 */
export function credentialsFor(whose: Whose): Credentials {
	whose.env['AWS_EC2_METADATA_DISABLED'] ??= 'true';
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
			if (was?.accessKeyId === is.accessKeyId) throw expired(await nameAndSources(whose));
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

async function nameAndSources({
	profile,
	env,
}: Whose): Promise<{name: string | undefined; sources: Awaited<ReturnType<typeof findSources>>}> {
	const sources = await findSources(env);
	return {name: profile ?? defaultProfile(sources), sources};
}

async function resolve(whose: Whose): Promise<AwsCredentialIdentity> {
	const {name, sources} = await nameAndSources(whose);
	try {
		return name === undefined
			? await bySdk(undefined, whose.network)
			: await byProfile(name, await readSections(), whose, true);
	} catch (error) {
		throw cantSignIn(error, {name, sources});
	}
}

/** The SDK's own way, over the network of this machine; it words what the network told, so that is kept apart. */
async function bySdk(profile: string | undefined, network: Network): Promise<AwsCredentialIdentity> {
	let trouble: CantCall | undefined;
	const inner = network.handler(patience);
	const requestHandler: Handler = {
		...inner,
		handle: (request, options) =>
			inner.handle(request, options).catch((error: unknown) => {
				if (error instanceof CantCall) trouble = error;
				throw error;
			}),
	};
	const clientConfig = {requestHandler, logger: quiet, userAgentAppId: 'nps-kms'};
	try {
		return await fromNodeProviderChain({...(profile && {profile}), clientConfig, ignoreCache: true, logger: quiet})();
	} catch (error) {
		throw trouble ?? error;
	}
}

/**
 * The SDK resolves a profile, unless a code is asked on the way: a key's own is unknown to it, and a role's it asks
 * while a failure of the source is nobody's.
 */
async function byProfile(
	name: string,
	sections: Sections,
	whose: Whose,
	asks: boolean,
	seen: readonly string[] = [],
): Promise<AwsCredentialIdentity> {
	const section = sections[name] ?? {};
	const {role_arn: role, source_profile: source, mfa_serial: serial} = section;
	const [id, secret, token] = [
		section['aws_access_key_id'],
		section['aws_secret_access_key'],
		section['aws_session_token'],
	];
	const isKey = Boolean(id && secret);
	if (role && source && !seen.includes(name) && asksCode(name, sections)) {
		const from =
			source === name ? keyOf(section) : await byProfile(source, sections, whose, asks && !serial, [...seen, name]);
		const input = assuming(section);
		const assume = (code?: {SerialNumber: string; TokenCode: string}): Promise<AwsCredentialIdentity> =>
			session('sts:AssumeRole', {...input, ...code}, from, name, whose);
		return serial ? withCode(serial, whose.askCode, assume) : assume();
	}
	// Credentials of a session can't get another: they have their MFA behind them.
	if (isKey && serial && asks && !role && !token)
		return withCode(serial, whose.askCode, code => session('sts:GetSessionToken', code, keyOf(section), name, whose));
	return isKey && !role ? keyOf(section) : bySdk(name, whose.network);
}

function asksCode(name: string, sections: Sections, seen: readonly string[] = []): boolean {
	const {mfa_serial: serial, role_arn: role, source_profile: source} = sections[name] ?? {};
	if (serial) return true;
	return Boolean(role && source && !seen.includes(source)) && asksCode(source ?? '', sections, [...seen, name]);
}

const keyOf = (it: Section): AwsCredentialIdentity => ({
	accessKeyId: it['aws_access_key_id'] ?? '',
	secretAccessKey: it['aws_secret_access_key'] ?? '',
	...(it['aws_session_token'] && {sessionToken: it['aws_session_token']}),
});
/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html */
const assuming = (it: Section): Readonly<Record<string, unknown>> => ({
	RoleArn: it['role_arn'],
	RoleSessionName: it['role_session_name'] || `nps-kms-${Date.now()}`,
	...(it['external_id'] && {ExternalId: it['external_id']}),
	DurationSeconds: Number.parseInt(it['duration_seconds'] ?? '', 10) || anHour,
});

type Code = {readonly SerialNumber: string; readonly TokenCode: string};
/** Asks until AWS takes the code. */
async function withCode<T>(serial: string, ask: AskCode, use: (code: Code) => Promise<T>): Promise<T> {
	let why: string | undefined;
	for (;;) {
		const code = (await ask(serial, why))?.replaceAll(/\s/g, '');
		if (code === undefined || code === '') throw new CantSignIn(noCode(serial));
		if (!/^\d{6}$/.test(code)) {
			why = 'A code has 6 digits.';
			continue;
		}
		try {
			return await use({SerialNumber: serial, TokenCode: code});
		} catch (error) {
			if (!(error instanceof Refused) || !/MultiFactorAuthentication/.test(error.message)) throw error;
			why = `AWS did not take that code; each works once, so wait for the next. ${error.message.trim()}`;
		}
	}
}
const noCode = (serial: string) => ({
	what: 'An MFA code is needed to sign in',
	why: `The profile names the device ${serial}`,
	todo: 'Try again with the code that it shows, or give it with --mfa-code',
	code: 'MfaCode',
});

type Answer = {
	readonly Credentials?: {
		readonly AccessKeyId?: string;
		readonly SecretAccessKey?: string;
		readonly SessionToken?: string;
		readonly Expiration?: Date;
	};
};
async function session(
	api: string,
	input: Readonly<Record<string, unknown>>,
	from: AwsCredentialIdentity,
	profile: string,
	{region, network}: Whose,
): Promise<AwsCredentialIdentity> {
	const {output} = await reach({region, network, profile, credentials: async () => from}).attempt({api, input});
	const {AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration} = (output as Answer).Credentials ?? {};
	return {
		accessKeyId: AccessKeyId,
		secretAccessKey: SecretAccessKey,
		sessionToken: SessionToken,
		...(Expiration && {expiration: Expiration}),
	};
}
