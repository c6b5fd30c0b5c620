import {randomBytes} from 'node:crypto';
import {type Account, emptyAccount, type Identity, type Key, type User} from '../../src/sandbox/account/account.js';
import {type Lags, noLags} from '../../src/sandbox/account/lags.js';
import {authorize} from '../../src/sandbox/judge/authorize.js';
import {kms} from '../../src/sandbox/kms/index.js';
import type {Asked, Caller, Data} from '../../src/sandbox/operation.js';

/** Noon, on the day these tests play. */
export const noon = Date.parse('2026-11-24T12:00:00Z');
export const day = 86_400_000;
export const region = 'eu-west-1';
export const accountId = '111122223333';
export const iam = (resource: string): string => `arn:aws:iam::${accountId}:${resource}`;
export const keyArn = (id: string, where = region): string => `arn:aws:kms:${where}:${accountId}:key/${id}`;
export const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
export const otherKeyId = '5678abcd-12ab-34cd-56ef-1234567890ab';

const identity = (kind: string, name: string, id: string): Identity => ({
	name,
	path: '/',
	id,
	arn: iam(`${kind}/${name}`),
	created: noon - 30 * day,
	attached: [],
	inline: {},
});
export const user = (name: string, id: string): User => ({
	...identity('user', name, id),
	tags: [],
	accessKeys: [],
	mfaDevices: [],
});
/** One policy statement; what it doesn't say is Allow, on everything. */
export type Written = Readonly<Record<string, unknown>>;
export const policy = (...statements: readonly Written[]): string =>
	JSON.stringify({
		Version: '2012-10-17',
		Statement: statements.map(written => ({
			Effect: 'Allow',
			...('NotResource' in written ? {} : {Resource: '*'}),
			...written,
		})),
	});
/** The statement that leaves a key to IAM. */
export const delegation: Written = {Sid: 'Enable IAM User Permissions', Principal: {AWS: iam('root')}, Action: 'kms:*'};

export const key = (id: string, text = policy(delegation), where = region): Key => ({
	id,
	arn: keyArn(id, where),
	region: where,
	created: noon - 10 * day,
	description: '',
	state: 'Enabled',
	manager: 'CUSTOMER',
	spec: 'SYMMETRIC_DEFAULT',
	usage: 'ENCRYPT_DECRYPT',
	origin: 'AWS_KMS',
	multiRegion: false,
	policy: text,
	tags: [],
	material: randomBytes(32).toString('base64'),
	grants: [],
});

/** An account with the users nps and eve, the administrator ann, a group and a role; and two keys that are left to IAM. */
export function account(): Account {
	const made = emptyAccount(accountId, 'aws');
	made.users['nps'] = user('nps', 'AIDANPS');
	made.users['eve'] = user('eve', 'AIDAEVE');
	made.users['ann'] = user('ann', 'AIDAANN');
	made.users['ann'].inline['all'] = policy({Action: '*'});
	made.groups['ops'] = {...identity('group', 'ops', 'AGPAOPS'), users: []};
	made.roles['admin'] = {...identity('role', 'Admin', 'AROAADMIN'), trust: '{}', tags: []};
	for (const one of [key(keyId), key(otherKeyId)]) made.keys[one.arn] = one;
	return made;
}

/** A user as caller. */
export const as = (name: string, more: Partial<Caller> = {}): Caller => ({
	arn: iam(`user/${name}`),
	of: iam(`user/${name}`),
	userId: `AIDA${name.toUpperCase()}`,
	accessKeyId: 'AKIA',
	root: false,
	mfa: false,
	...more,
});
export const root: Caller = {
	arn: iam('root'),
	of: iam('root'),
	userId: accountId,
	accessKeyId: 'AKIA',
	root: true,
	mfa: false,
};
/** A session of the role Admin. */
export const session: Caller = {
	arn: `arn:aws:sts::${accountId}:assumed-role/Admin/ann`,
	of: iam('role/Admin'),
	userId: 'AROAADMIN:ann',
	accessKeyId: 'ASIA',
	root: false,
	mfa: false,
};

export type Over = Partial<Omit<Asked, 'lags' | 'input'>> & {readonly lags?: Partial<Lags>};
/** A request, by the administrator unless it says otherwise. */
export const asked = (input: Data, {lags, ...over}: Over = {}): Asked => ({
	account: over.account ?? account(),
	caller: as('ann'),
	region,
	now: noon,
	pageSize: 100,
	input,
	origin: {requestId: 'request', eventId: 'event', address: '127.0.0.1', agent: 'test'},
	events: [],
	lags: {...noLags, ...lags},
	...over,
});
/** Asks KMS as the server does: what it is about, authorization, then the deed. */
export function ask(name: string, input: Data, over: Over = {}): Data {
	const operation = kms[name]!;
	const request = asked(input, over);
	for (const resource of operation.about(request)) authorize(request, `kms:${name}`, resource);
	for (const {action, resource, keys} of operation.also?.(request) ?? []) authorize(request, action, resource, keys);
	return operation.run(request);
}
/** What AWS refuses with, as `code: words`. */
export function refusal(attempt: () => unknown): string {
	try {
		attempt();
	} catch (error) {
		return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error);
	}
	return 'not refused';
}
