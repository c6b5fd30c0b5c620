import {type Account, emptyAccount} from '../../src/sandbox/account/account.js';
import {withAwsPolicies} from '../../src/sandbox/account/aws-managed-policies.js';
import {type Lags, noLags} from '../../src/sandbox/account/lags.js';
import {iam} from '../../src/sandbox/iam/index.js';
import {type Asked, type Caller, type Data, Refusal} from '../../src/sandbox/operation.js';
import {sts} from '../../src/sandbox/sts.js';

export const id = '111122223333';
export const arn = (resource: string): string => `arn:aws:iam::${id}:${resource}`;
export const root: Caller = {
	arn: arn('root'),
	of: arn('root'),
	userId: id,
	accessKeyId: 'AKIAROOT',
	root: true,
	mfa: false,
};

const origin = {requestId: 'request', eventId: 'event', address: '127.0.0.1', agent: 'test'};

/** Whatever a test expects there: texts, lists and records. */
export type Answer = string & readonly Answer[] & {readonly [K in Name]: Answer};
type Name =
	| `${'' | 'Virtual'}${'User' | 'Group' | 'Role' | 'Policy' | 'AccessKey' | 'MFADevice'}${'' | 's' | 'Name' | 'Id'}`
	| `Policy${'Groups' | 'Users' | 'Roles' | 'Names' | 'Version' | 'Document'}`
	| `AccessKey${'Metadata' | 'LastUsed'}`
	| 'AccountAliases'
	| 'Arn'
	| 'AssumedRoleUser'
	| 'AssumeRolePolicyDocument'
	| 'AttachedPolicies'
	| 'Credentials'
	| 'DefaultVersionId'
	| 'Document'
	| 'Expiration'
	| 'Groups'
	| 'Key'
	| 'LoginProfile'
	| 'Marker'
	| 'Policies'
	| 'PolicyArn'
	| 'SecretAccessKey'
	| 'SerialNumber'
	| 'SessionToken'
	| 'Status'
	| 'SummaryMap'
	| 'Tags'
	| 'VersionId'
	| 'Versions';

/** An account and its IAM and STS, without a server and without authorization. */
export class Desk {
	now = Date.parse('2026-11-24T10:00:00Z');
	caller: Caller = root;
	lags: Lags = noLags;
	pageSize = 100;
	constructor(readonly account: Account = withAwsPolicies(emptyAccount(id, 'aws'))) {}

	asked(input: Data = {}): Asked {
		const {account, caller, now, lags, pageSize} = this;
		return {account, caller, now, lags, pageSize, input, region: 'eu-west-1', origin, events: []};
	}
	ask(name: string, input: Data = {}): Answer {
		const asked = this.asked(input);
		operation(name).about(asked);
		return operation(name).run(asked) as unknown as Answer;
	}
	about(name: string, input: Data = {}): readonly string[] {
		return operation(name).about(this.asked(input));
	}
	also(name: string, input: Data = {}): unknown {
		return operation(name).also?.(this.asked(input)) ?? [];
	}
	/** What it says no with; nothing may have changed by then. */
	refusal(name: string, input: Data = {}): string {
		const before = JSON.stringify(this.account);
		try {
			this.ask(name, input);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (JSON.stringify(this.account) !== before)
				throw new Error(`${name} changed the account before it refused`, {cause: error});
			return `${error.status} ${error.code}: ${error.message}`;
		}
		throw new Error(`${name} refused nothing`);
	}
	/** Acts as a user by its first access key. */
	as(name: string): void {
		const user = this.account.users[name.toLowerCase()]!;
		this.caller = {
			arn: user.arn,
			of: user.arn,
			userId: user.id,
			accessKeyId: user.accessKeys[0]?.id ?? 'AKIA',
			root: false,
			mfa: false,
		};
	}
	/** Acts as a session. */
	asSession(accessKeyId: string): void {
		const {arn: who, of, userId, mfa} = this.account.sessions[accessKeyId]!;
		this.caller = {arn: who, of, userId, accessKeyId, root: false, mfa};
	}
}
const operation = (name: string) => iam[name] ?? sts[name] ?? raise(name);
const raise = (name: string): never => {
	throw new Error(`no operation ${name}`);
};

export const allowing = (action: string | readonly string[], resource = '*'): string =>
	JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: action, Resource: resource}]});
export const trusting = (principal: string, condition?: object): string =>
	JSON.stringify({
		Version: '2012-10-17',
		Statement: [
			{
				Effect: 'Allow',
				Principal: {AWS: principal},
				Action: 'sts:AssumeRole',
				...(condition && {Condition: condition}),
			},
		],
	});
export const policyArn = (name: string): string => arn(`policy/${name}`);
export const awsPolicy = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
