import type {Account, Group, Identity, Policy, Role, User} from '../account/account.js';
import {type Asked, Refusal} from '../operation.js';

/** What has policies, by AWS's word for it. */
export type Kind = 'user' | 'group' | 'role';

/** AWS's "there is no such thing". */
export const missing = (message: string): Refusal => new Refusal('NoSuchEntity', message, 404);
/** AWS's "there is one already". */
export const taken = (message: string): Refusal => new Refusal('EntityAlreadyExists', message, 409);
/** AWS's "no more of these". */
export const exceeded = (quota: string, most: number): Refusal =>
	new Refusal('LimitExceeded', `Cannot exceed quota for ${quota}: ${most}`, 409);
/** AWS's "something still hangs on it". */
export const conflict = (message: string): Refusal => new Refusal('DeleteConflict', message, 409);

/** The value under a name; never what a plain object inherits. */
export const under = <T>(things: Readonly<Record<string, T>>, name: string): T | undefined =>
	Object.hasOwn(things, name) ? things[name] : undefined;
/** Files a thing under any name, `__proto__` too: that is a name to IAM. */
export function file<T>(things: Record<string, T>, name: string, thing: T): void {
	Object.defineProperty(things, name, {value: thing, enumerable: true, configurable: true, writable: true});
}

/** A user by name, whatever its case. */
export const findUser = (account: Account, name: string): User => found(account.users, 'user', name);
/** A group by name, whatever its case. */
export const findGroup = (account: Account, name: string): Group => found(account.groups, 'group', name);
/** A role by name, whatever its case. */
export const findRole = (account: Account, name: string): Role => found(account.roles, 'role', name);
/** A user, group or role by name. */
export const findIdentity = (account: Account, kind: Kind, name: string): Identity =>
	found(all(account, kind), kind, name);
/** The users, groups or roles. */
export const all = (account: Account, kind: Kind): Readonly<Record<string, Identity>> => account[`${kind}s`];

function found<T>(things: Readonly<Record<string, T>>, kind: Kind, name: string): T {
	const thing = under(things, name.toLowerCase());
	if (thing === undefined) throw missing(`The ${kind} with name ${name} cannot be found.`);
	return thing;
}

/** An ARN of this account. */
export const arnIn = ({partition, id}: Account, resource: string): string => `arn:${partition}:iam::${id}:${resource}`;
/** The ARN under which authorization is asked: its own, or that of one to be. */
export const arnOf = (account: Account, kind: Kind, name: string, path = '/'): string =>
	under(all(account, kind), name.toLowerCase())?.arn ?? arnIn(account, `${kind}${path}${name}`);

/** A managed policy by ARN. */
export function findPolicy(account: Account, arn: string): Policy {
	checkArn(arn);
	const policy = under(account.policies, arn);
	if (!policy) throw missing(`Policy ${arn} was not found.`);
	return policy;
}
/** A managed policy to attach. */
export function attachable(account: Account, arn: string): Policy {
	checkArn(arn);
	const policy = under(account.policies, arn);
	if (!policy) throw missing(`Policy ${arn} does not exist or is not attachable.`);
	return policy;
}
/** A policy of this account, to change: AWS's own are nobody's to change. */
export function ownPolicy(account: Account, arn: string, action: string, {caller}: Asked): Policy {
	const policy = findPolicy(account, arn);
	if (isAws(policy))
		throw new Refusal(
			'AccessDenied',
			`User: ${caller.arn} is not authorized to perform: iam:${action} on resource: policy ${arn}`,
			403,
		);
	return policy;
}
/** Whether AWS keeps it. */
export const isAws = ({arn}: Policy): boolean => arn.split(':')[4] === 'aws';
const checkArn = (arn: string): void => {
	if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(arn)) throw new Refusal('ValidationError', `ARN ${arn} is not valid.`);
};

/** The user named, or the caller; undefined for the root user, who is none. */
export function userOrSelf({account, caller}: Asked, name: string | undefined): User | undefined {
	if (name !== undefined) return findUser(account, name);
	if (caller.root) return undefined;
	const self = Object.values(account.users).find(({arn}) => arn === caller.of);
	if (!self) throw new Refusal('ValidationError', 'Must specify userName when calling with non-User credentials');
	return self;
}
/** The ARN of the user named or of the caller, for authorization. */
export const arnOrSelf = ({account, caller}: Asked, name: string | undefined): string =>
	name === undefined ? caller.of : arnOf(account, 'user', name);

/** How many identities a policy is attached to. */
export const attachedTo = (account: Account, arn: string): number =>
	identities(account).filter(it => it.attached.some(at => at.arn === arn)).length;
/** How many users a policy bounds. */
export const bounds = (account: Account, arn: string): number =>
	Object.values(account.users).filter(user => user.boundary === arn).length;
const identities = ({users, groups, roles}: Account): readonly Identity[] =>
	[users, groups, roles].flatMap(things => Object.values<Identity>(things));
