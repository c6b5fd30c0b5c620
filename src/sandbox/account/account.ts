/** What one account holds: plain data, so that it can be kept in a file. Times are milliseconds since 1970. */
export type Account = {
	readonly id: string;
	readonly partition: string;
	alias?: string;
	passwordPolicy?: PasswordPolicy;
	/** By lower-case name: IAM's names differ by more than case. */
	readonly users: Record<string, User>;
	readonly groups: Record<string, Group>;
	readonly roles: Record<string, Role>;
	/** By ARN, AWS's own included. */
	readonly policies: Record<string, Policy>;
	/** Temporary credentials by access key id. */
	readonly sessions: Record<string, Session>;
	/** KMS keys of all regions by ARN. */
	readonly keys: Record<string, Key>;
	/** By region and name: `eu-west-1 alias/nps`. */
	readonly aliases: Record<string, Alias>;
	/** The access keys of the account's root user. */
	readonly rootKeys: AccessKey[];
};
/** What an account asks of its users' passwords; days where it is about time. */
export type PasswordPolicy = {
	readonly minimumLength: number;
	readonly symbols: boolean;
	readonly numbers: boolean;
	readonly uppercase: boolean;
	readonly lowercase: boolean;
	readonly usersMayChange: boolean;
	readonly maxAge?: number;
	/** How many of its last passwords a user may not take again. */
	readonly reusePrevention?: number;
	readonly hardExpiry?: boolean;
};
/** A tag as AWS writes it in IAM; KMS says TagKey and TagValue. */
export type Tag = {readonly Key: string; readonly Value: string};
/** Whoever has policies: identity-based ones by ARN and inline ones by name. */
export type Identity = {
	readonly name: string;
	readonly path: string;
	readonly id: string;
	readonly arn: string;
	readonly created: number;
	attached: Attachment[];
	readonly inline: Record<string, string>;
};
/** A managed policy at an identity, since when. */
export type Attachment = {readonly arn: string; readonly since: number};
/** A user; its unique id (`AIDA…`) is what a key policy keeps once the user is deleted. */
export type User = Identity & {
	tags: Tag[];
	readonly accessKeys: AccessKey[];
	loginProfile?: {
		created: number;
		password: string;
		/** The passwords before, the newest first. */
		earlier?: readonly string[];
		resetRequired: boolean;
	};
	boundary?: string;
	/** Serial numbers of its MFA devices. */
	readonly mfaDevices: string[];
};
/** A group and the lower-case names of its users. */
export type Group = Identity & {users: string[]};
/** A role and the document that says who may take it. */
export type Role = Identity & {
	trust: string;
	tags: Tag[];
	readonly description?: string;
	/** The longest that a session of it may last, in seconds; an hour where it isn't said. */
	readonly longestSession?: number;
};
/** A long-term access key. */
export type AccessKey = {
	readonly id: string;
	readonly secret: string;
	status: 'Active' | 'Inactive';
	readonly created: number;
	lastUsed?: {at: number; service: string; region: string};
};
/**
 * Temporary credentials. `arn` is who acts by them; `of` the ARN of the user or role whose policies apply, and `ofId`
 * its unique id where `userId` doesn't begin with it.
 */
export type Session = {
	readonly id: string;
	readonly secret: string;
	readonly token: string;
	readonly arn: string;
	readonly of: string;
	readonly userId: string;
	readonly ofId?: string;
	/** The session policies: it may do nothing that they don't allow. */
	readonly limits?: {readonly document?: string; readonly arns: readonly string[]};
	readonly mfa: boolean;
	readonly expires: number;
	readonly created?: number;
};
/** A managed policy with its versions. */
export type Policy = {
	readonly name: string;
	readonly path: string;
	readonly id: string;
	readonly arn: string;
	readonly description?: string;
	readonly created: number;
	updated: number;
	defaultVersion: string;
	/** When the default version became so, and the document that was in force before. */
	changed?: {readonly at: number; readonly before: string};
	versions: PolicyVersion[];
	/** The number of the next version: numbers are never used twice. */
	next: number;
	tags: Tag[];
};
/** One version of a managed policy; the document is the text as it was sent. */
export type PolicyVersion = {readonly id: string; readonly document: string; readonly created: number};
/**
 * The states that a KMS key can be in. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export const keyStates = [
	'Creating',
	'Enabled',
	'Disabled',
	'PendingDeletion',
	'PendingImport',
	'PendingReplicaDeletion',
	'Unavailable',
	'Updating',
] as const;
/** One of them. */
export type KeyState = (typeof keyStates)[number];
/** A KMS key. In the policy text, principals stand as ARNs; of a deleted user as its unique id. */
export type Key = {
	readonly id: string;
	readonly arn: string;
	readonly region: string;
	readonly created: number;
	description: string;
	state: KeyState;
	readonly manager: 'CUSTOMER' | 'AWS';
	readonly spec: string;
	readonly usage: string;
	readonly origin: string;
	readonly multiRegion: boolean;
	policy: string;
	tags: Tag[];
	rotation?: {readonly days: number; readonly since: number};
	/** When it goes, while its deletion is pending; while replicas hold it up, only after how many days. */
	deletion?: {readonly at?: number; readonly days: number};
	/** Base64 of 32 random bytes. */
	material: string;
	/** What encrypted before, the oldest first; it decrypts still. Not there in older files. */
	earlierMaterial?: readonly Rotated[];
	/** Its last uses, the oldest first: each that may still have to be told. Not there in older files. */
	lastUsed?: readonly KeyUse[];
	readonly grants: Grant[];
};
/** Key material that was in use until then, and how it ended. */
export type Rotated = {readonly material: string; readonly until: number; readonly type: 'AUTOMATIC' | 'ON_DEMAND'};
/** One successful cryptographic operation with a key. */
export type KeyUse = {
	readonly operation: string;
	readonly at: number;
	readonly requestId: string;
	readonly eventId: string;
};
/** A grant on a key. */
export type Grant = {
	readonly id: string;
	readonly token: string;
	readonly name?: string;
	readonly grantee: string;
	readonly retiring?: string;
	readonly operations: readonly string[];
	readonly constraints?: {
		readonly EncryptionContextSubset?: Record<string, string>;
		readonly EncryptionContextEquals?: Record<string, string>;
	};
	readonly created: number;
	readonly issuer: string;
};
/** Another name of a key, in one region. */
export type Alias = {
	readonly name: string;
	readonly region: string;
	key: string;
	readonly created: number;
	updated: number;
};

/** A new account: empty but for what every account has, which `managed.ts` adds. */
export const emptyAccount = (id: string, partition: string): Account => ({
	id,
	partition,
	users: {},
	groups: {},
	roles: {},
	policies: {},
	sessions: {},
	keys: {},
	aliases: {},
	rootKeys: [],
});
