import type {Account, Role, Session} from './account/account.js';
import {accessKeyId, secretAccessKey, sessionToken} from './account/ids.js';
import {attachable} from './iam/find-in-account.js';
import {mfaCode} from './iam/mfa.js';
import {deviceCode, document, type Rule, serialNumber} from './iam/name-rules.js';
import {fields, members, operation, refuse, textOf, wholeNumber} from './iam/parameters.js';
import {checkPolicy} from './iam/policy-text.js';
import {type Asked, type Data, type Operations, Refusal} from './operation.js';

const hour = 3600;
const roleArn: Rule = {min: 20, max: 2048};
const sessionName: Rule = {min: 2, max: 64, pattern: /^[\w+=,.@-]*$/, written: String.raw`[\w+=,.@-]*`};
const externalId: Rule = {min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/, written: String.raw`[\w+=,.@:\/-]*`};

const federatedName: Rule = {min: 2, max: 32, pattern: /^[\w+=,.@-]*$/, written: String.raw`[\w+=,.@-]*`};
const sessionPolicy: Rule = {...document, max: 2048};

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
				const {caller, input, now} = asked;
				const longest = caller.root ? hour : 36 * hour;
				const seconds = wholeNumber(input, 'DurationSeconds', 900, 36 * hour) ?? 12 * hour;
				refuseSession(asked, 'GetSessionToken');
				const {arn, of, userId} = caller;
				const session = newSession(asked, {
					arn,
					of,
					userId,
					mfa: checkMfa(told, asked),
					expires: now + Math.min(seconds, longest) * 1000,
				});
				return {Credentials: credentials(session)};
			},
		}),
	},
	/**
	 * A session that may do what its user may and its session policies allow: without any, nothing but what names it.
	 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
	 */
	GetFederationToken: operation({
		needs: {Name: federatedName},
		may: {Policy: sessionPolicy},
		about: ({Name: name}, {account}) => federatedArn(account, name),
		run: ({Name: name}, asked) => {
			const {account, caller, input, now} = asked;
			const longest = caller.root ? hour : 36 * hour;
			const seconds = wholeNumber(input, 'DurationSeconds', 900, 36 * hour) ?? 12 * hour;
			refuseSession(asked, 'GetFederationToken');
			const limits = limitsIn(asked);
			const session = newSession(asked, {
				arn: federatedArn(account, name),
				of: caller.of,
				userId: `${account.id}:${name}`,
				ofId: caller.userId,
				limits: limits ?? {arns: []},
				mfa: false,
				expires: now + Math.min(seconds, longest) * 1000,
			});
			return {
				Credentials: credentials(session),
				FederatedUser: {FederatedUserId: session.userId, Arn: session.arn},
				...packed(limits),
			};
		},
	}),
	/** Who may is for the role's trust policy and the caller's own policies to say, before this runs. */
	AssumeRole: operation({
		needs: {RoleArn: roleArn, RoleSessionName: sessionName},
		may: {ExternalId: externalId, Policy: sessionPolicy, ...mfaRules},
		about: ({RoleArn: arn}) => {
			if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)) throw new Refusal('ValidationError', `${arn} is invalid`);
			return arn;
		},
		run: (told, asked) => {
			const {RoleArn: arn, RoleSessionName: name} = told;
			const {account, caller, input, now} = asked;
			const seconds = wholeNumber(input, 'DurationSeconds', 900, 12 * hour) ?? hour;
			const limits = limitsIn(asked);
			if (caller.root) throw new Refusal('AccessDenied', 'Roles may not be assumed by root accounts.', 403);
			const role = Object.values(account.roles).find(it => it.arn === arn);
			if (!role || caller.arn.includes(':federated-user/'))
				throw new Refusal(
					'AccessDenied',
					`User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
					403,
				);
			const mfa = checkMfa(told, asked);
			checkDuration(asked, role, seconds);
			const session = newSession(asked, {
				arn: `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${name}`,
				of: role.arn,
				userId: `${role.id}:${name}`,
				...(limits && {limits}),
				mfa,
				expires: now + seconds * 1000,
			});
			const user = {AssumedRoleId: session.userId, Arn: session.arn};
			return {Credentials: credentials(session), AssumedRoleUser: user, ...packed(limits)};
		},
	}),
};

const federatedArn = ({partition, id}: Account, name: string): string =>
	`arn:${partition}:sts::${id}:federated-user/${name}`;
type New = Omit<Session, 'id' | 'secret' | 'token' | 'created'>;
function newSession({account, now}: Asked, of: New): Session {
	const id = accessKeyId('ASIA');
	const session = {id, secret: secretAccessKey(), token: sessionToken(), created: now, ...of};
	account.sessions[id] = session;
	return session;
}
function refuseSession({account, caller}: Asked, api: string): void {
	if (under(account.sessions, caller.accessKeyId))
		throw new Refusal('AccessDenied', `Cannot call ${api} with session credentials`, 403);
}
/** The session policies of a request; undefined where it brings none. */
function limitsIn({account, input}: Asked): Session['limits'] {
	const text = textOf(input['Policy']);
	if (input['Tags'] !== undefined) throw new Refusal('ValidationError', 'The sandbox knows no session tags.');
	if (text !== undefined) checkPolicy(text, 'inline');
	const arns = members(input['PolicyArns']).map(one => textOf(fields(one)['arn']) ?? '');
	if (arns.length > 10)
		refuse(["Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10"]);
	for (const arn of arns) attachable(account, arn);
	return text === undefined && arns.length === 0 ? undefined : {arns, ...(text !== undefined && {document: text})};
}
/** How full AWS's own form of them is, in percent. */
const packed = (limits: Session['limits']): Data =>
	limits
		? {PackedPolicySize: Math.min(100, Math.ceil(((limits.document ?? '').length + 40 * limits.arns.length) / 20))}
		: {};
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
