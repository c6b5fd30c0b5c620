import type {AwsCredentialIdentity} from '@smithy/types';
import {Refused} from '../../engine/apply.js';
import type {Mishap} from '../../engine/problem.js';
import {reach} from '../client/send.js';
import {thenAgain} from '../problems/cant-call.js';
import {bytesOf} from '../tool-files.js';
import {CantSignIn, isSessionOver, NoCredentials} from './cant-sign-in.js';
import {type Line, type Lines, placeOf, type Section} from './config-files.js';
import {type ShowVisit, signInByDevice} from './device-code.js';
import {byProcess} from './process-credentials.js';
import {checkProfile} from './profile-faults.js';
import {kindOf} from './profiles.js';
import {byContainer, byInstance, byLogin, bySso, byTokenFile, type Ground} from './sdk-providers.js';
import {exportedKey, usable} from './usable-access-key.js';

/**
 * Asks a person for the code that an MFA device shows; `again` is why the last one was of no use. Undefined: there is
 * none.
 */
export type AskCode = (serial: string, again?: string) => Promise<string | undefined>;
type Whose = Ground & {
	readonly askCode: AskCode;
	readonly visit?: (() => ShowVisit) | undefined;
	/** Aborts once the run is left. */
	readonly left?: AbortSignal | undefined;
};

const anHour = 3600;
const textOf = (lines: Lines, name: string): string => lines[name]?.value ?? '';

/**
 * The credentials of a profile, as the AWS CLI finds them. Roles and codes are done here, for the SDK asks no code for
 * a key; `asks` is whether a key's own device is asked for.
 */
export async function byProfile(
	section: Section,
	whose: Whose,
	asks = true,
	isSource = false,
): Promise<AwsCredentialIdentity> {
	const {name, lines} = section;
	checkProfile(section, whose.config, isSource);
	switch (kindOf(lines, isSource)) {
		case 'role':
			return byRole(section, whose, asks);
		case 'web-identity':
			return byWebIdentity(section, whose);
		case 'sso':
			return bySsoOrVisit(section, whose);
		case 'login':
			return byLogin(name, whose);
		case 'process':
			return byProcess(name, lines['credential_process'] as Line, whose);
		case 'key':
			return byKey(section, whose, asks);
		default:
			throw new NoCredentials('The profile holds no credentials');
	}
}

/** By the token that is there; where it is missing or over and somebody is there to ask, by a new one. */
async function bySsoOrVisit(section: Section, whose: Whose): Promise<AwsCredentialIdentity> {
	try {
		return await bySso(section.name, whose);
	} catch (error) {
		const show = isSessionOver(error) ? whose.visit?.() : undefined;
		if (!show || !(await signInByDevice(section, whose, show))) throw error;
		return bySso(section.name, whose);
	}
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html */
async function byRole({name, lines}: Section, whose: Whose, asks: boolean): Promise<AwsCredentialIdentity> {
	const serial = textOf(lines, 'mfa_serial');
	const from = await sourceOf({name, lines}, whose, asks && !serial);
	const input = {
		RoleArn: textOf(lines, 'role_arn'),
		RoleSessionName: textOf(lines, 'role_session_name') || `nps-kms-${Date.now()}`,
		...(textOf(lines, 'external_id') && {ExternalId: textOf(lines, 'external_id')}),
		DurationSeconds: Number.parseInt(textOf(lines, 'duration_seconds'), 10) || anHour,
	};
	const assume = (code?: Code): Promise<AwsCredentialIdentity> =>
		session('sts:AssumeRole', {...input, ...code}, from, whose);
	return serial ? withCode(serial, whose.askCode, assume) : assume();
}

function sourceOf(
	{name, lines}: Pick<Section, 'name' | 'lines'>,
	whose: Whose,
	asks: boolean,
): Promise<AwsCredentialIdentity> | AwsCredentialIdentity {
	const source = textOf(lines, 'source_profile');
	if (source === name) return keyOf(name, lines);
	if (source) return byProfile(whose.config.profiles[source] as Section, whose, asks, true);
	switch (textOf(lines, 'credential_source')) {
		case 'Environment':
			return usable(exportedKey(whose.env));
		case 'EcsContainer':
			return byContainer();
		default:
			return byInstance();
	}
}

async function byWebIdentity({name, lines}: Section, whose: Whose): Promise<AwsCredentialIdentity> {
	const file = lines['web_identity_token_file'] as Line;
	const session = textOf(lines, 'role_session_name') || undefined;
	return byToken({file: file.value, role: textOf(lines, 'role_arn'), session}, whose, {
		what: `Profile ${name} can't sign in`,
		from: `its web_identity_token_file (${placeOf(file)})`,
	});
}

/** By a token file and a role, where the file is there. */
export async function byToken(
	token: Parameters<typeof byTokenFile>[0],
	ground: Ground,
	{what, from}: {readonly what: string; readonly from: string},
): Promise<AwsCredentialIdentity> {
	if ((await bytesOf(token.file)) === undefined)
		throw new CantSignIn({
			is: 'problem',
			what,
			why: `${token.file} can't be read; ${from} names it`,
			todo: `See that the file is there, or name another, ${thenAgain}`,
			code: 'NoTokenFile',
		});
	return byTokenFile(token, ground);
}

/** Credentials of a session can't get another: they have their MFA behind them. */
function byKey(
	{name, lines}: Section,
	whose: Whose,
	asks: boolean,
): Promise<AwsCredentialIdentity> | AwsCredentialIdentity {
	const key = keyOf(name, lines);
	const serial = textOf(lines, 'mfa_serial');
	return serial && asks && !key.sessionToken
		? withCode(serial, whose.askCode, code => session('sts:GetSessionToken', code, key, whose))
		: key;
}

function keyOf(profile: string, lines: Lines): AwsCredentialIdentity {
	const part = (name: string): {value: string; from: string} => {
		const line = lines[name];
		return {
			value: line?.value ?? '',
			from: `profile ${profile}${line ? ` (${name}, ${placeOf(line)})` : ` (${name})`}`,
		};
	};
	return usable({
		id: part('aws_access_key_id'),
		secret: part('aws_secret_access_key'),
		token: part('aws_session_token'),
	});
}

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
const noCode = (serial: string): Mishap => ({
	is: 'problem',
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
	{region, network, settings}: Whose,
): Promise<AwsCredentialIdentity> {
	const {output} = await reach({region, network, settings, credentials: async () => from}).attempt({api, input});
	const {AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration} = (output as Answer).Credentials ?? {};
	return {
		accessKeyId: AccessKeyId,
		secretAccessKey: SecretAccessKey,
		sessionToken: SessionToken,
		...(Expiration && {expiration: Expiration}),
	};
}
