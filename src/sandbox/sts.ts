import type {Account, Role, Session} from './account/account.js';
import {accessKeyId, secretAccessKey, sessionToken} from './account/ids.js';
import {operation, wholeNumber} from './iam/ask.js';
import {mfaCode} from './iam/mfa.js';
import {deviceCode, type Rule, serialNumber} from './iam/names.js';
import {type Asked, type Data, type Operations, Refusal} from './operation.js';

const hour = 3600;
const roleArn: Rule = {min: 20, max: 2048};
const sessionName: Rule = {min: 2, max: 64, pattern: /^[\w+=,.@-]*$/, written: String.raw`[\w+=,.@-]*`};
const externalId: Rule = {min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/, written: String.raw`[\w+=,.@:\/-]*`};

const mfaRules = {SerialNumber: serialNumber, TokenCode: deviceCode};

/**
 * STS, as far as the product and its tests need it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
 */
export const sts: Operations = {
	GetCallerIdentity: {
		free: true,
		about: () => ['*'],
		run: ({account, caller}) => ({UserId: caller.userId, Account: account.id, Arn: caller.arn}),
	},
	/** Whoever has long-term credentials may call it; without an MFA code its session can't call IAM. */
	GetSessionToken: {
		free: true,
		...operation({
			may: mfaRules,
			about: () => '*',
			run: (told, asked) => {
				const {account, caller, input, now} = asked;
				const longest = caller.root ? hour : 36 * hour;
				const seconds = wholeNumber(input, 'DurationSeconds', 900, 36 * hour) ?? 12 * hour;
				if (under(account.sessions, caller.accessKeyId))
					throw new Refusal('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
				const {arn, of, userId} = caller;
				const session = newSession({
					arn,
					of,
					userId,
					mfa: checkMfa(told, asked),
					expires: now + Math.min(seconds, longest) * 1000,
				});
				account.sessions[session.id] = session;
				return {Credentials: credentials(session)};
			},
		}),
	},
	/** Who may is for the role's trust policy and the caller's own policies to say, before this runs. */
	AssumeRole: operation({
		needs: {RoleArn: roleArn, RoleSessionName: sessionName},
		may: {ExternalId: externalId, ...mfaRules},
		about: ({RoleArn: arn}) => {
			if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)) throw new Refusal('ValidationError', `${arn} is invalid`);
			return arn;
		},
		run: (told, asked) => {
			const {RoleArn: arn, RoleSessionName: name} = told;
			const {account, caller, input, now} = asked;
			const seconds = wholeNumber(input, 'DurationSeconds', 900, 12 * hour) ?? hour;
			if (input['Policy'] !== undefined || input['PolicyArns'] !== undefined)
				throw new Refusal('ValidationError', 'The sandbox knows no session policies.');
			if (caller.root) throw new Refusal('AccessDenied', 'Roles may not be assumed by root accounts.', 403);
			const role = Object.values(account.roles).find(it => it.arn === arn);
			if (!role)
				throw new Refusal(
					'AccessDenied',
					`User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
					403,
				);
			const mfa = checkMfa(told, asked);
			checkDuration(asked, role, seconds);
			const session = newSession({
				arn: `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${name}`,
				of: role.arn,
				userId: `${role.id}:${name}`,
				mfa,
				expires: now + seconds * 1000,
			});
			account.sessions[session.id] = session;
			return {Credentials: credentials(session), AssumedRoleUser: {AssumedRoleId: session.userId, Arn: session.arn}};
		},
	}),
};

const newSession = (of: Omit<Session, 'id' | 'secret' | 'token'>): Session => ({
	id: accessKeyId('ASIA'),
	secret: secretAccessKey(),
	token: sessionToken(),
	...of,
});
const credentials = ({id, secret, token, expires}: Session): Data => ({
	AccessKeyId: id,
	SecretAccessKey: secret,
	SessionToken: token,
	Expiration: new Date(expires),
});

function checkDuration({account, caller}: Asked, role: Role, seconds: number): void {
	if (seconds > hour && isRoleSession(account, caller.accessKeyId))
		throw new Refusal(
			'ValidationError',
			'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
		);
	if (seconds > (role.longestSession ?? hour))
		throw new Refusal(
			'ValidationError',
			'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
		);
}
const isRoleSession = ({sessions}: Account, id: string): boolean =>
	/:assumed-role\//.test(under(sessions, id)?.arn ?? '');
const under = (sessions: Readonly<Record<string, Session>>, id: string): Session | undefined =>
	Object.hasOwn(sessions, id) ? sessions[id] : undefined;

/** Whether the request proves MFA; refuses a code that is wrong, or of a device that isn't the caller's. */
function checkMfa(
	{SerialNumber: serial, TokenCode: code}: {readonly [K in keyof typeof mfaRules]?: string},
	{account, caller}: Asked,
): boolean {
	if (serial === undefined && code === undefined) return false;
	if (serial === undefined || code === undefined)
		throw denied('MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.');
	const user = Object.values(account.users).find(({arn}) => arn === caller.arn);
	if (!user?.mfaDevices.includes(serial))
		throw denied(
			'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is ' +
				'valid and associated with this user.',
		);
	if (code !== mfaCode) throw denied('MultiFactorAuthentication failed with invalid MFA one time pass code. ');
	return true;
}
const denied = (message: string): Refusal => new Refusal('AccessDenied', message, 403);
