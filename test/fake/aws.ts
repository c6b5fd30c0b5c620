import {Refused, type Reply, type SentCall} from '../../src/engine/apply.js';
import type {Call, Look} from '../../src/engine/step.js';
import type {AccessKey, Account, KeyUse, KmsKey, Late, Policy, User} from './account.js';

/** What every secret of the fake account holds: wherever else it turns up, a secret has leaked. */
export const canary = 'CANARY';
/** How many looks miss a new thing, by its kind; for `principals`: how many key policies that name a new user are refused. */
export type Lag = {
	readonly accessKeys?: number;
	/** Seconds for which looks show what status an access key had. */
	readonly statuses?: number;
	readonly policies?: number;
	readonly users?: number;
	readonly kmsKeys?: number;
	readonly principals?: number;
	/** How many changes that name a new thing are refused because it isn't there yet. */
	readonly changes?: number;
	/** Seconds for which reads miss whatever is new. */
	readonly seconds?: number;
};
type Hook = (call: SentCall) => void;
type Input = Readonly<Record<string, unknown>>;

/** AWS over an account in memory, from call to reply: reads by `look`, changes by `send`. */
export class FakeAws {
	/** Every call made, in order. */
	readonly calls: string[] = [];

	constructor(
		readonly account: Account,
		readonly lag: Lag = {},
		/** Called just before a change takes effect and just after: what they throw is what the caller gets. */
		readonly hooks: {readonly before?: Hook; readonly after?: Hook} = {},
	) {}

	readonly look: Pick<Look, 'at' | 'all'> = {
		at: async <R>(call: Call<R>) => this.#read(call) as R | undefined,
		all: <R>(call: Call<R>) => this.#pages(call),
	};

	async send(call: SentCall): Promise<Reply> {
		this.calls.push(call.api);
		this.hooks.before?.(call);
		const change = this.#changes[call.api];
		if (!change) throw new TypeError(`the fake account knows no change ${call.api}`);
		const output = change(call.input) ?? {};
		this.hooks.after?.(call);
		return {output, requestId: 'request-done'};
	}

	#read({api, input}: Call): unknown {
		this.calls.push(api);
		if (JSON.stringify(input).includes('"$'))
			throw new TypeError(`${api} is looked for by what isn't known yet: ${JSON.stringify(input)}`);
		const read = this.#reads[api];
		if (!read) throw new TypeError(`the fake account knows no read ${api}`);
		return read(input);
	}

	/** One item on each page. */
	async *#pages<R>(call: Call<R>): AsyncGenerator<R> {
		const whole = this.#read(call) as Record<string, unknown> | undefined;
		if (!whole) return;
		const [name, items] = Object.entries(whole).find(([, it]) => Array.isArray(it)) ?? [];
		if (name === undefined || !Array.isArray(items) || items.length < 2) yield whole as R;
		else for (const item of items) yield {...whole, [name]: [item]} as R;
	}

	#late(kind: Exclude<keyof Lag, 'seconds' | 'changes' | 'statuses'>): Late {
		return {
			hidden: this.lag[kind] ?? 0,
			from: this.account.now + 1000 * (this.lag.seconds ?? 0),
			...(this.lag.changes && {missed: this.lag.changes}),
		};
	}
	#there<T extends Late>(it: T | undefined, shown: (it: T) => unknown): unknown {
		return it && this.account.now < it.from ? undefined : there(it, shown);
	}
	/** Whether a change sees a thing: a new one may be missed. */
	#seen = (it: Late): boolean => !it.missed || it.missed-- <= 0;
	#id(prefix: string): string {
		return `${prefix}${String(++this.account.made).padStart(16, '0')}`;
	}
	#policy(input: Input): Policy {
		return (
			this.account.policies.find(it => it.arn === input['PolicyArn'] && this.#seen(it)) ??
			no('NoSuchEntity', `Policy ${text(input, 'PolicyArn')} does not exist or is not attachable.`)
		);
	}
	#user(input: Input): User {
		return (
			this.account.users.find(it => same(it.name, text(input, 'UserName')) && this.#seen(it)) ??
			no('NoSuchEntity', `The user with name ${text(input, 'UserName')} cannot be found.`)
		);
	}
	#accessKey(input: Input): AccessKey {
		return (
			this.#user(input).accessKeys.find(it => it.id === input['AccessKeyId']) ??
			no('NoSuchEntity', `The Access Key with id ${text(input, 'AccessKeyId')} cannot be found`)
		);
	}
	#kmsKeyOf(name: string): KmsKey | undefined {
		const target = this.account.aliases.find(it => it.name === name)?.target ?? name;
		return this.account.kmsKeys.find(it => it.id === target || it.arn === target);
	}
	#kmsKey(input: Input, field = 'KeyId'): KmsKey {
		const key = this.#kmsKeyOf(text(input, field));
		return key && this.#seen(key) ? key : no('NotFoundException', `Key ${text(input, field)} does not exist`);
	}
	/** A key that isn't waiting for its deletion. */
	#alive(input: Input): KmsKey {
		const key = this.#kmsKey(input);
		return key.state === 'PendingDeletion' ? no('KMSInvalidStateException', `${key.arn} is pending deletion.`) : key;
	}
	#usableKey(input: Input): KmsKey {
		const key = this.#kmsKey(input);
		return key.state === 'Enabled' ? key : no('KMSInvalidStateException', `${key.arn} is ${key.state}.`);
	}

	/** A key policy's users and roles have to be there. */
	#checkPrincipals(document: string): void {
		const named = new Set(document.match(/arn:[a-z-]+:iam::\d{12}:(?:user|role)\/[^"]+|AIDA\d+/g));
		for (const arn of named) {
			const user = this.account.users.find(it => it.arn === arn);
			if (user && user.strange > 0) user.strange--;
			else if (user || this.account.roles.some(it => it.arn === arn)) continue;
			no('MalformedPolicyDocumentException', 'Policy contains a statement with one or more invalid principals.');
		}
	}

	readonly #changes: Readonly<Record<string, (input: Input) => unknown>> = {
		'iam:CreatePolicy': input => {
			const {account} = this;
			const name = text(input, 'PolicyName');
			if (account.policies.some(it => same(it.name, name)))
				no('EntityAlreadyExists', `A policy called ${name} already exists. Duplicate names are not allowed.`);
			const policy: Policy = {
				arn: `arn:${account.partition}:iam::${account.id}:policy/${name}`,
				id: this.#id('ANPA'),
				name,
				description: String(input['Description'] ?? ''),
				madeAt: account.now,
				tags: tagsOf(input),
				versions: [{id: 'v1', document: documentOf(input, 'PolicyDocument'), isDefault: true, madeAt: account.now}],
				next: 2,
				...this.#late('policies'),
			};
			account.policies.push(policy);
			return {Policy: this.#shownPolicy(policy)};
		},
		'iam:TagPolicy': input => void Object.assign(this.#policy(input).tags, tagsOf(input)),
		'iam:CreatePolicyVersion': input => {
			const policy = this.#policy(input);
			if (policy.versions.length >= 5) no('LimitExceeded', 'A managed policy can have up to 5 versions.');
			const isDefault = input['SetAsDefault'] === true;
			if (isDefault) for (const it of policy.versions) it.isDefault = false;
			const version = {
				id: `v${policy.next++}`,
				document: documentOf(input, 'PolicyDocument'),
				isDefault,
				madeAt: this.account.now,
			};
			policy.versions.push(version);
			return {PolicyVersion: {VersionId: version.id, IsDefaultVersion: isDefault}};
		},
		'iam:DeletePolicyVersion': input => {
			const policy = this.#policy(input);
			const version = policy.versions.find(it => it.id === input['VersionId']) ?? no('NoSuchEntity', 'No such version');
			if (version.isDefault) no('DeleteConflict', 'Cannot delete the default version of a policy.');
			policy.versions = policy.versions.filter(it => it !== version);
		},
		'iam:CreateUser': input => {
			const {account} = this;
			const name = text(input, 'UserName');
			if (account.users.some(it => same(it.name, name)))
				no('EntityAlreadyExists', `User with name ${name} already exists.`);
			const user: User = {
				name,
				arn: `arn:${account.partition}:iam::${account.id}:user/${name}`,
				id: this.#id('AIDA'),
				madeAt: account.now,
				tags: tagsOf(input),
				attached: [],
				accessKeys: [],
				...this.#late('users'),
				strange: this.lag.principals ?? 0,
			};
			account.users.push(user);
			return {User: shownUser(user)};
		},
		'iam:TagUser': input => void Object.assign(this.#user(input).tags, tagsOf(input)),
		'iam:AttachUserPolicy': input => {
			const user = this.#user(input);
			const arn = text(input, 'PolicyArn');
			if (!arn.includes(':iam::aws:')) this.#policy(input);
			if (!user.attached.includes(arn)) user.attached.push(arn);
		},
		'iam:CreateLoginProfile': input => {
			const user = this.#user(input);
			if (user.login) no('EntityAlreadyExists', `Login Profile for user ${user.name} already exists.`);
			user.login = {password: text(input, 'Password'), reset: input['PasswordResetRequired'] === true};
			return {LoginProfile: {UserName: user.name}};
		},
		'iam:UpdateLoginProfile': input => {
			const user = this.#user(input);
			if (!user.login) no('NoSuchEntity', `Login Profile for user ${user.name} cannot be found.`);
			user.login = {password: text(input, 'Password'), reset: input['PasswordResetRequired'] === true};
		},
		'iam:CreateAccessKey': input => {
			const key = this.makeAccessKey(text(input, 'UserName'));
			return {
				AccessKey: {
					UserName: text(input, 'UserName'),
					AccessKeyId: key.id,
					SecretAccessKey: key.secret,
					Status: key.status,
				},
			};
		},
		'iam:UpdateAccessKey': input => {
			const key = this.#accessKey(input);
			if (this.lag.statuses && key.status !== input['Status'])
				key.staleUntil = this.account.now + 1000 * this.lag.statuses;
			key.status = text(input, 'Status');
		},
		'iam:DeleteAccessKey': input => {
			const key = this.#accessKey(input);
			const user = this.#user(input);
			user.accessKeys = user.accessKeys.filter(it => it !== key);
		},
		'iam:DetachUserPolicy': input => {
			const user = this.#user(input);
			const at = user.attached.indexOf(text(input, 'PolicyArn'));
			if (at < 0) no('NoSuchEntity', `Policy ${text(input, 'PolicyArn')} was not found.`);
			user.attached.splice(at, 1);
		},
		'iam:DeleteLoginProfile': input => {
			const user = this.#user(input);
			if (!user.login) no('NoSuchEntity', `Login Profile for User ${user.name} cannot be found.`);
			delete user.login;
		},
		'iam:DeleteUser': input => {
			const user = this.#user(input);
			if (user.attached.length > 0) no('DeleteConflict', 'Cannot delete entity, must detach all policies first.');
			if (user.accessKeys.length > 0) no('DeleteConflict', 'Cannot delete entity, must delete access keys first.');
			if (user.login) no('DeleteConflict', 'Cannot delete entity, must delete login profile first.');
			for (const [kind, names] of Object.entries(user.given ?? {}))
				if (names.length > 0) no('DeleteConflict', `Cannot delete entity, must remove ${kind} first.`);
			this.account.users.splice(this.account.users.indexOf(user), 1);
			// Whom a key policy names by ARN, it names by the unique id once that is gone.
			for (const key of this.account.kmsKeys) key.policy = key.policy.replaceAll(`"${user.arn}"`, `"${user.id}"`);
		},
		'iam:DeletePolicy': input => {
			const policy = this.#policy(input);
			if (this.account.users.some(it => it.attached.includes(policy.arn)))
				no('DeleteConflict', 'Cannot delete a policy attached to entities.');
			if (policy.versions.length > 1)
				no(
					'DeleteConflict',
					'This policy has more than one version. Before you delete a policy, you must delete the policy’s versions.',
				);
			this.account.policies.splice(this.account.policies.indexOf(policy), 1);
		},
		'iam:UntagUser': input => untag(this.#user(input).tags, input),
		'iam:UntagPolicy': input => untag(this.#policy(input).tags, input),
		'kms:UntagResource': input => untag(this.#kmsKey(input).tags, input),
		'kms:DisableKey': input => {
			this.#alive(input).state = 'Disabled';
		},
		'kms:EnableKey': input => {
			this.#alive(input).state = 'Enabled';
		},
		'kms:ScheduleKeyDeletion': input => {
			const key = this.#alive(input);
			key.state = 'PendingDeletion';
			key.deletedAt = this.account.now + Number(input['PendingWindowInDays'] ?? 30) * 86_400_000;
			return {KeyId: key.arn, DeletionDate: new Date(key.deletedAt)};
		},
		'kms:CancelKeyDeletion': input => {
			const key = this.#kmsKey(input);
			if (key.state !== 'PendingDeletion') no('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
			key.state = 'Disabled';
			delete key.deletedAt;
		},
		'kms:DeleteAlias': input => {
			const at = this.account.aliases.findIndex(it => it.name === input['AliasName']);
			if (at < 0) no('NotFoundException', `Alias ${text(input, 'AliasName')} is not found.`);
			this.account.aliases.splice(at, 1);
		},
		'kms:CreateKey': input => {
			const {account} = this;
			const policy = documentOf(input, 'Policy');
			this.#checkPrincipals(policy);
			const id = `${this.#id('key-')}`;
			const key: KmsKey = {
				id,
				arn: `arn:${account.partition}:kms:${account.region}:${account.id}:key/${id}`,
				state: 'Enabled',
				spec: String(input['KeySpec'] ?? 'SYMMETRIC_DEFAULT'),
				usage: String(input['KeyUsage'] ?? 'ENCRYPT_DECRYPT'),
				manager: 'CUSTOMER',
				origin: 'AWS_KMS',
				description: String(input['Description'] ?? ''),
				madeAt: account.now,
				policy,
				rotates: false,
				tags: tagsOf(input),
				...this.#late('kmsKeys'),
			};
			account.kmsKeys.push(key);
			return {KeyMetadata: shownKey(key)};
		},
		'kms:CreateAlias': input => {
			const name = text(input, 'AliasName');
			const target = this.#kmsKey(input, 'TargetKeyId').id;
			if (this.account.aliases.some(it => it.name === name))
				no('AlreadyExistsException', `An alias with the name ${name} already exists`);
			this.account.aliases.push({name, target});
		},
		'kms:EnableKeyRotation': input => {
			this.#usableKey(input).rotates = true;
		},
		'kms:UpdateKeyDescription': input => {
			this.#kmsKey(input).description = text(input, 'Description');
		},
		'kms:PutKeyPolicy': input => {
			const policy = documentOf(input, 'Policy');
			this.#checkPrincipals(policy);
			this.#kmsKey(input).policy = policy;
		},
		'kms:TagResource': input => void Object.assign(this.#kmsKey(input).tags, tagsOf(input)),
	};

	/** Makes an access key, as anybody could in the console. */
	makeAccessKey(UserName: string): AccessKey {
		const user = this.#user({UserName});
		if (user.accessKeys.length >= 2) no('LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2');
		const id = this.#id('AKIA');
		const key: AccessKey = {
			id,
			secret: `${canary}-${id}`,
			status: 'Active',
			madeAt: this.account.now,
			...this.#late('accessKeys'),
		};
		user.accessKeys.push(key);
		return key;
	}

	readonly #reads: Readonly<Record<string, (input: Input) => unknown>> = {
		'sts:GetCallerIdentity': () => ({
			Account: this.account.id,
			Arn: `arn:${this.account.partition}:iam::${this.account.id}:user/operator`,
			UserId: 'AIDAOPERATOR',
		}),
		'iam:ListAccountAliases': () => ({AccountAliases: ['example']}),
		'iam:GetPolicy': input =>
			this.#there(
				this.account.policies.find(it => it.arn === input['PolicyArn']),
				it => ({Policy: this.#shownPolicy(it)}),
			),
		'iam:GetPolicyVersion': input => {
			const version = this.account.policies
				.find(it => it.arn === input['PolicyArn'])
				?.versions.find(it => it.id === input['VersionId']);
			return (
				version && {
					PolicyVersion: {
						VersionId: version.id,
						IsDefaultVersion: version.isDefault,
						Document: encodeURIComponent(version.document),
					},
				}
			);
		},
		'iam:ListPolicyVersions': input => {
			const policy = this.account.policies.find(it => it.arn === input['PolicyArn']);
			return (
				policy && {
					Versions: policy.versions
						.map(it => ({VersionId: it.id, IsDefaultVersion: it.isDefault, CreateDate: new Date(it.madeAt)}))
						.reverse(),
				}
			);
		},
		'iam:ListPolicies': () => ({
			Policies: this.account.policies.map(it => ({...this.#shownPolicy(it), Tags: undefined})),
		}),
		'iam:ListEntitiesForPolicy': input => ({
			PolicyUsers: this.account.users
				.filter(it => it.attached.includes(text(input, 'PolicyArn')))
				.map(it => ({UserName: it.name})),
		}),
		'iam:GetUser': input =>
			this.#there(
				this.account.users.find(it => same(it.name, text(input, 'UserName'))),
				it => ({User: shownUser(it)}),
			),
		'iam:ListUsers': () => ({Users: this.account.users.map(it => ({...shownUser(it), Tags: undefined}))}),
		'iam:ListRoles': () => ({Roles: this.account.roles.map(it => ({RoleName: it.name, Arn: it.arn, Path: it.path}))}),
		'iam:GetRole': input => {
			const role = this.account.roles.find(it => it.name === input['RoleName']);
			return role && {Role: {RoleName: role.name, Arn: role.arn}};
		},
		'iam:ListAttachedUserPolicies': input => {
			const user = this.#userIf(input);
			return user && {AttachedPolicies: user.attached.map(PolicyArn => ({PolicyArn}))};
		},
		'iam:ListUserPolicies': input => ifThere(this.#userIf(input), it => ({PolicyNames: it.given?.inline ?? []})),
		'iam:ListGroupsForUser': input =>
			ifThere(this.#userIf(input), it => ({Groups: (it.given?.groups ?? []).map(GroupName => ({GroupName}))})),
		'iam:ListMFADevices': input =>
			ifThere(this.#userIf(input), it => ({MFADevices: (it.given?.mfa ?? []).map(SerialNumber => ({SerialNumber}))})),
		'iam:ListSigningCertificates': input => this.#userIf(input) && {Certificates: []},
		'iam:ListSSHPublicKeys': input =>
			ifThere(this.#userIf(input), it => ({
				SSHPublicKeys: (it.given?.ssh ?? []).map(SSHPublicKeyId => ({SSHPublicKeyId})),
			})),
		'iam:ListServiceSpecificCredentials': input => this.#userIf(input) && {ServiceSpecificCredentials: []},
		'iam:GetLoginProfile': input => {
			const user = this.#userIf(input);
			return user?.login && {LoginProfile: {UserName: user.name}};
		},
		'iam:ListAccessKeys': input => {
			const user = this.#userIf(input);
			return (
				user && {
					AccessKeyMetadata: user.accessKeys.flatMap(
						key =>
							this.#there(key, it => ({
								AccessKeyId: it.id,
								Status: shownStatus(it, this.account.now),
								CreateDate: new Date(it.madeAt),
							})) ?? [],
					),
				}
			);
		},
		'iam:GetAccessKeyLastUsed': input => {
			const key = this.account.users.flatMap(it => it.accessKeys).find(it => it.id === input['AccessKeyId']);
			return (
				key && {
					AccessKeyLastUsed:
						key.usedAt === undefined
							? {Region: 'N/A', ServiceName: 'N/A'}
							: {LastUsedDate: new Date(key.usedAt), Region: 'eu-west-1', ServiceName: key.usedWith ?? 'kms'},
				}
			);
		},
		'cloudtrail:LookupEvents': input => {
			const [{AttributeKey: by, AttributeValue: id} = {}] = (input['LookupAttributes'] ?? []) as readonly {
				AttributeKey?: string;
				AttributeValue?: string;
			}[];
			const start = Number(input['NextToken'] ?? 0);
			const all = this.#told().filter(it => by === 'ResourceName' || it.accessKeyId === id);
			const page = all.slice(start, start + 50);
			return {
				Events: page.map(it => ({EventTime: new Date(it.at), CloudTrailEvent: this.#event(it)})),
				...(all.length > start + 50 && {NextToken: String(start + 50)}),
			};
		},
		'kms:GetKeyLastUsage': () => {
			const [last] = this.#told();
			const made = new Date(this.account.kmsKeys[0]?.madeAt ?? 0);
			return {
				...{KeyCreationDate: made, TrackingStartDate: made},
				KeyLastUsage: last ? {Timestamp: new Date(last.at), KmsRequestId: last.requestId, CloudTrailEventId: 'e'} : {},
			};
		},
		'kms:DescribeKey': input => this.#there(this.#kmsKeyOf(text(input, 'KeyId')), it => ({KeyMetadata: shownKey(it)})),
		'kms:GetKeyPolicy': input => ifThere(this.#kmsKeyOf(text(input, 'KeyId')), it => ({Policy: it.policy})),
		'kms:GetKeyRotationStatus': input =>
			ifThere(this.#kmsKeyOf(text(input, 'KeyId')), it => ({KeyRotationEnabled: it.rotates})),
		'kms:ListKeys': () => ({
			Keys: this.account.kmsKeys.flatMap(key => this.#there(key, it => ({KeyId: it.id, KeyArn: it.arn})) ?? []),
		}),
		'kms:ListResourceTags': input =>
			ifThere(this.#kmsKeyOf(text(input, 'KeyId')), it => ({
				Tags: Object.entries(it.tags).map(([TagKey, TagValue]) => ({TagKey, TagValue})),
			})),
	};

	/** The uses of KMS keys that are told of by now, the newest first. */
	#told(): readonly KeyUse[] {
		const {events, eventsLate, now} = this.account;
		if (eventsLate === undefined) return no('AccessDeniedException', 'User is not authorized');
		return events.filter(it => it.at + eventsLate <= now).reverse();
	}
	#userIf(input: Input): User | undefined {
		return this.account.users.find(it => same(it.name, text(input, 'UserName')));
	}
	#event({accessKeyId, at, requestId, agent, by, address}: KeyUse): string {
		return JSON.stringify({
			eventName: 'Decrypt',
			eventSource: 'kms.amazonaws.com',
			eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
			requestID: requestId,
			sourceIPAddress: address,
			userAgent: agent,
			userIdentity: {arn: by, accessKeyId},
			resources: this.account.kmsKeys.map(it => ({ARN: it.arn})),
		});
	}
	#shownPolicy(it: Policy): object {
		return {
			Arn: it.arn,
			PolicyId: it.id,
			PolicyName: it.name,
			Description: it.description,
			CreateDate: new Date(it.madeAt),
			DefaultVersionId: it.versions.find(version => version.isDefault)?.id,
			AttachmentCount: this.account.users.filter(user => user.attached.includes(it.arn)).length,
			Tags: pairs(it.tags),
		};
	}
}

/** The thing as AWS shows it; a new one is missed for as many looks as it lags. */
function there<T extends {hidden: number}>(it: T | undefined, shown: (it: T) => unknown): unknown {
	if (!it) return undefined;
	if (it.hidden > 0) {
		it.hidden--;
		return undefined;
	}
	return shown(it);
}
const ifThere = <T>(it: T | undefined, shown: (it: T) => unknown): unknown => it && shown(it);
/** The status, or the other one while a change of it isn't shown yet. */
const shownStatus = ({status, staleUntil = 0}: AccessKey, now: number): string =>
	now >= staleUntil ? status : status === 'Active' ? 'Inactive' : 'Active';
const shownUser = (it: User): object => ({
	UserName: it.name,
	Arn: it.arn,
	UserId: it.id,
	CreateDate: new Date(it.madeAt),
	Tags: pairs(it.tags),
});
const shownKey = (it: KmsKey): unknown => ({
	KeyId: it.id,
	Arn: it.arn,
	KeyState: it.state,
	KeySpec: it.spec,
	KeyUsage: it.usage,
	KeyManager: it.manager,
	Origin: it.origin,
	CreationDate: new Date(it.madeAt),
	Description: it.description,
	...(it.deletedAt !== undefined && {DeletionDate: new Date(it.deletedAt)}),
});
const pairs = (tags: Readonly<Record<string, string>>): {Key: string; Value: string}[] =>
	Object.entries(tags).map(([Key, Value]) => ({Key, Value}));

const untag = (tags: Record<string, string>, {TagKeys}: Input): void => {
	for (const key of TagKeys as readonly string[]) delete tags[key];
};

/** AWS says no. */
const no = (code: string, message: string): never => {
	throw new Refused(code, message, 'request-refused');
};
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
const text = (input: Input, name: string): string => {
	const it = input[name];
	return typeof it === 'string' && it !== ''
		? it
		: no('ValidationError', `${name} must be a text: ${JSON.stringify(it)}`);
};
const documentOf = (input: Input, name: string): string => {
	const it = text(input, name);
	try {
		JSON.parse(it);
	} catch {
		no('MalformedPolicyDocument', 'Syntax errors in policy.');
	}
	return it;
};
const tagsOf = (input: Input): Record<string, string> => {
	const tags = (input['Tags'] ?? []) as readonly {Key?: string; Value?: string; TagKey?: string; TagValue?: string}[];
	const all = tags.map(it => [it.Key ?? it.TagKey, it.Value ?? it.TagValue]);
	if (all.some(([key, value]) => typeof key !== 'string' || typeof value !== 'string'))
		no('ValidationError', `tags must be texts: ${JSON.stringify(tags)}`);
	return Object.fromEntries(all) as Record<string, string>;
};
