import type {Call, Facts, Value} from '../../engine/step.js';

/**
 * One permission: an action, the resource that it is about, and the boundary without which it isn't needed; `optional`
 * where nothing stops without it.
 */
export type Permission = {
	readonly action: string;
	readonly resource: string;
	readonly boundary?: string;
	readonly optional?: true;
};
/**
 * What is known of the resources that a call doesn't name in full: account, partition, region, keyArn, userArn,
 * policyName, the path that the user is to stand under,
 * and the permissions boundary that it is to have.
 */
export type Naming = Facts & {
	readonly policyName?: string;
	readonly path?: string | undefined;
	readonly boundary?: string | undefined;
};

const text = (it: Value | undefined): string | undefined => (typeof it === 'string' ? it : undefined);

/**
 * The permissions that a call demands, for its parameters as well.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function permissionsOf({api, input}: Call, naming: Naming): readonly Permission[] {
	const [service = '', name = ''] = api.split(':');
	// Everyone may ask STS who they are.
	if (service === 'sts') return [];
	// What shows NPS at work: where it is denied, the person's word or another source has to do.
	if (service === 'cloudtrail') return [{action: api, resource: '*', optional: true}];
	if (api === 'kms:GetKeyLastUsage') return [{action: api, resource: keys(naming), optional: true}];
	const resources = service === 'kms' ? kmsResources(name, input, naming) : iamResources(name, input, naming);
	const tags = input['Tags'];
	const tagging = Array.isArray(tags) && tags.length > 0 && name.startsWith('Create');
	const tagged: readonly Permission[] = !tagging
		? []
		: service === 'kms'
			? [{action: 'kms:TagResource', resource: keys(naming)}]
			: [{action: `iam:Tag${name.slice('Create'.length)}`, resource: iamResource(input, naming)}];
	const bounded = naming.boundary !== undefined && withBoundary.includes(api) && {boundary: naming.boundary};
	return [
		...resources.map(resource => ({action: api, resource, ...bounded})),
		...tagged,
		...linked(api, input, naming),
	];
}
/**
 * KMS makes a role of its own for the first multi-Region key of an account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
 */
const linked = (api: string, input: Call['input'], naming: Naming): readonly Permission[] =>
	api === 'kms:CreateKey' && input['MultiRegion'] === true
		? [
				{
					action: 'iam:CreateServiceLinkedRole',
					resource: arn(naming, 'iam', `role/aws-service-role/${multiRegionRole}`),
				},
			]
		: [];
const multiRegionRole = 'mrk.kms.amazonaws.com/AWSServiceRoleForKeyManagementServiceMultiRegionKeys';

const arn = ({partition = 'aws', account = '*'}: Naming, service: string, rest: string, region = ''): string =>
	`arn:${partition}:${service}:${region}:${account}:${rest}`;
const keys = (naming: Naming): string => naming['keyArn'] ?? arn(naming, 'kms', 'key/*', naming['region'] || '*');

/** The actions that IAM asks about together with the boundary that the user has, or is to get. */
const withBoundary = ['iam:AttachUserPolicy', 'iam:CreateUser', 'iam:PutUserPermissionsBoundary'];
/** What the calls tell of the user that is to be, for those that name it alone. */
export function userToBe(calls: readonly {readonly call: Call}[]): Pick<Naming, 'path' | 'boundary'> {
	const inputs = (name: string): readonly (string | undefined)[] => calls.map(it => text(it.call.input[name]));
	const made = calls.find(it => it.call.api === 'iam:CreateUser');
	return {
		path: text(made?.call.input['Path']),
		boundary: inputs('PermissionsBoundary').find(it => it !== undefined),
	};
}

/** Of a user that isn't there IAM knows no path. */
function iamResources(name: string, input: Call['input'], naming: Naming): readonly string[] {
	const resource = iamResource(input, naming);
	const bare = name === 'GetUser' && !naming['userArn'] ? [iamResource(input, {...naming, path: '/'})] : [];
	return [...new Set([...bare, resource])];
}
/** The user that is simulated, under the path that it was seen under. */
const asSeen = (source: string | undefined, {userArn}: Naming): string | undefined =>
	source?.includes(':user/') && userArn?.endsWith(`/${source.split('/').at(-1) ?? ''}`) ? userArn : source;
/** The user, policy or role that IAM asks about; a path stands in its ARN only. */
function iamResource(input: Call['input'], naming: Naming): string {
	const user = text(input['UserName']);
	const path = text(input['Path']);
	if (user !== undefined)
		return naming['userArn']?.endsWith(`/${user}`)
			? naming['userArn']
			: arn(naming, 'iam', `user${path ?? naming.path ?? '/'}${user}`);
	const source = asSeen(text(input['PolicySourceArn']), naming) ?? text(input['PolicyArn']);
	if (source !== undefined) return source;
	const policy = text(input['PolicyName']) ?? (input['PolicyArn'] === undefined ? undefined : naming['policyName']);
	if (policy !== undefined) return arn(naming, 'iam', `policy${path ?? naming.path ?? '/'}${policy}`);
	const role = text(input['RoleName']);
	return role === undefined ? '*' : arn(naming, 'iam', `role/*${role}`);
}

/** KMS asks about keys by their ARN, whatever names them; an alias is asked about besides its key. */
function kmsResources(name: string, input: Call['input'], naming: Naming): readonly string[] {
	const alias = text(input['AliasName']);
	const named = alias === undefined ? [] : [arn(naming, 'kms', alias, naming['region'] || '*')];
	const key = input['KeyId'] ?? input['TargetKeyId'];
	if (key === undefined && alias === undefined) return ['*'];
	const known = text(key);
	return name === 'CreateKey'
		? ['*']
		: [...named, known?.startsWith('arn:') && known.includes(':key/') ? known : keys(naming)];
}

/** The permissions once each, in order. */
export function distinct(permissions: readonly Permission[]): readonly Permission[] {
	const all = new Map(permissions.map(it => [`${it.action} ${it.resource} ${it.boundary ?? ''}`, it]));
	return [...all.values()].sort(
		(one, other) => compare(one.action, other.action) || compare(one.resource, other.resource),
	);
}
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

type Granted = {
	readonly action: string;
	readonly resources: string[];
	readonly boundary: string | undefined;
	readonly optional: true | undefined;
};
/** The smallest IAM policy that grants them; what nothing stops without has a statement of its own. */
export function policyFor(permissions: readonly Permission[]): Value {
	const all = distinct(permissions);
	const byAction = new Map<string, Granted>();
	for (const {action, resource, boundary, optional} of all) {
		const id = [action, boundary ?? '', optional ?? ''].join(' ');
		const it = byAction.get(id) ?? {action, resources: [], boundary, optional};
		it.resources.push(resource);
		byAction.set(id, it);
	}
	const groups = new Map<string, Omit<Granted, 'action'> & {actions: string[]}>();
	for (const {action, ...it} of byAction.values()) {
		const key = [it.optional ? 'optional' : '', it.boundary ?? '', ...it.resources].join(' ');
		const group = groups.get(key) ?? {actions: [], ...it};
		group.actions.push(action);
		groups.set(key, group);
	}
	return {
		Version: '2012-10-17',
		Statement: [...groups.values()].map(({actions, resources, boundary, optional}) => ({
			// A Sid stands once in a policy.
			...(optional && {Sid: `Optional${actions[0]?.split(':')[1] ?? ''}`}),
			Effect: 'Allow',
			Action: actions,
			Resource: resources.length === 1 ? (resources[0] ?? '*') : resources,
			...(boundary !== undefined && {Condition: {StringEquals: {'iam:PermissionsBoundary': boundary}}}),
		})),
	};
}
