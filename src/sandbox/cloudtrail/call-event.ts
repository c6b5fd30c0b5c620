import type {Account} from '../account/account.js';
import type {CallEvent} from '../account/event-history.js';
import type {Asked, Caller, Data, Datum, Refusal} from '../operation.js';

/** A call that was made: by what name, on which ARNs, and what came of it. */
export type Call = {
	readonly service: string;
	readonly api: string;
	readonly about: readonly string[];
	readonly outcome: Data | Refusal;
};

/**
 * The call as CloudTrail tells of it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function eventOf({service, api, about, outcome}: Call, asked: Asked): CallEvent {
	const {account, caller, input, now, region, origin} = asked;
	const {requestId, eventId, ...from} = origin;
	const refused = outcome instanceof Error ? outcome : undefined;
	const answer = outcome instanceof Error ? {} : outcome;
	return {
		id: eventId,
		at: now,
		requestId,
		service,
		api,
		region,
		from,
		...(refused && {
			refused: {code: refused.code.replace(/^AccessDenied.*/, 'AccessDenied'), message: refused.message},
		}),
		identity: identityOf(account, caller),
		userName: userNameOf(account, caller),
		resources:
			service === 'kms' ? keysIn([...about, textIn(answer, 'KeyMetadata', 'Arn')]) : iamResources(input, answer),
		parameters: parametersOf(input),
	};
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function identityOf(account: Account, caller: Caller): CallEvent['identity'] {
	const {arn, of, userId, accessKeyId, root} = caller;
	const who = {principalId: userId, arn, accountId: account.id, accessKeyId};
	const session = account.sessions[accessKeyId];
	const attributes = {
		creationDate: isoOf(session?.created ?? 0),
		mfaAuthenticated: String(caller.mfa),
	};
	const behind = (type: string, principalId: string, userName?: string) => ({
		sessionContext: {
			sessionIssuer: {type, principalId, arn: of, accountId: account.id, ...(userName !== undefined && {userName})},
			attributes,
		},
	});
	const role = Object.values(account.roles).find(it => it.arn === of);
	const user = Object.values(account.users).find(it => it.arn === of);
	if (role) return {type: 'AssumedRole', ...who, ...behind('Role', role.id, role.name)};
	if (arn.includes(':federated-user/'))
		return {
			type: 'FederatedUser',
			...who,
			...(user ? behind('IAMUser', user.id, user.name) : behind('Root', account.id)),
		};
	if (root) return {type: 'Root', ...who};
	return {type: 'IAMUser', ...who, userName: user?.name, ...(session && {sessionContext: {attributes}})};
}
function userNameOf({users}: Account, {arn, root}: Caller): string {
	const user = Object.values(users).find(it => it.arn === arn);
	return user?.name ?? (root ? 'root' : (arn.split('/').at(-1) ?? ''));
}

const keysIn = (arns: readonly (string | undefined)[]): CallEvent['resources'] =>
	[...new Set(arns)].flatMap(arn =>
		arn !== undefined && /:key\/[^*]+$/.test(arn) ? [{type: 'AWS::KMS::Key', name: arn}] : [],
	);
/** What a call to IAM or STS names, or has made. */
function iamResources(input: Data, answer: Data): CallEvent['resources'] {
	const named: readonly (readonly [type: string, name: string | undefined])[] = [
		['AWS::IAM::User', textIn(input, 'UserName')],
		['AWS::IAM::Group', textIn(input, 'GroupName')],
		['AWS::IAM::Role', textIn(input, 'RoleName') ?? textIn(input, 'RoleArn')],
		['AWS::IAM::Policy', textIn(input, 'PolicyArn') ?? textIn(answer, 'Policy', 'Arn')],
		['AWS::IAM::AccessKey', textIn(input, 'AccessKeyId') ?? textIn(answer, 'AccessKey', 'AccessKeyId')],
	];
	return named.flatMap(([type, name]) => (name === undefined ? [] : [{type, name}]));
}
function textIn(data: Data, ...path: readonly string[]): string | undefined {
	const found = path.reduce<Datum>((at, name) => (at as Data | undefined)?.[name], data);
	return typeof found === 'string' ? found : undefined;
}

/** What CloudTrail never shows. */
const secret = /password|plaintext|ciphertext|tokencode|authenticationcode/i;
const longest = 2048;
const parametersOf = (input: Data): CallEvent['parameters'] =>
	Object.fromEntries(
		Object.entries(input)
			.filter(([name, value]) => !secret.test(name) && !(typeof value === 'string' && value.length > longest))
			.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
	);
/** A time as CloudTrail writes it. */
export const isoOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
