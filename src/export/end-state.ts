import type {Call, Value} from '../engine/call.js';

/** Names and values, as a call's input gives them. */
type Input = Call['input'];
/** Tags as the person gave them: none of this program's own. */
export type Tags = Readonly<Record<string, string>>;
/** What stands in AWS once all calls of a set-up were made, the access key apart. */
export type EndState = {
	readonly policy: {
		readonly name: string;
		readonly path: string;
		readonly description: string;
		readonly document: Value;
		readonly tags: Tags;
	};
	readonly user: {
		readonly name: string;
		readonly path: string;
		/** The ARN of its permissions boundary; empty for none. */
		readonly boundary: string;
		readonly tags: Tags;
	};
	readonly key: {
		readonly description: string;
		readonly usage: string;
		readonly spec: string;
		readonly multiRegion: boolean;
		readonly rotates: boolean;
		readonly policy: Value;
		readonly tags: Tags;
	};
	/** With `alias/`. */
	readonly alias: string;
};

const start: EndState = {
	policy: {name: '', path: '/', description: '', document: {}, tags: {}},
	user: {name: '', path: '/', boundary: '', tags: {}},
	key: {description: '', usage: '', spec: '', multiRegion: false, rotates: false, policy: {}, tags: {}},
	alias: '',
};

/** What each call makes of what the calls before it made. */
const makes: Readonly<Record<string, (so: EndState, input: Input) => EndState>> = {
	'iam:CreatePolicy': (so, it) => ({
		...so,
		policy: {
			name: textOf(it['PolicyName']),
			path: textOf(it['Path']) || '/',
			description: textOf(it['Description']),
			document: documentOf(it['PolicyDocument']),
			tags: tagsOf(it['Tags']),
		},
	}),
	'iam:CreatePolicyVersion': (so, it) =>
		it['SetAsDefault'] === true ? {...so, policy: {...so.policy, document: documentOf(it['PolicyDocument'])}} : so,
	'iam:CreateUser': (so, it) => ({
		...so,
		user: {
			name: textOf(it['UserName']),
			path: textOf(it['Path']) || '/',
			boundary: textOf(it['PermissionsBoundary']),
			tags: tagsOf(it['Tags']),
		},
	}),
	// The one policy, which every rendering attaches to the one user.
	'iam:AttachUserPolicy': so => so,
	// Its secret would stand in a state or in a stack's outputs: the set-up makes it.
	'iam:CreateAccessKey': so => so,
	'kms:CreateKey': (so, it) => ({
		...so,
		key: {
			description: textOf(it['Description']),
			usage: textOf(it['KeyUsage']),
			spec: textOf(it['KeySpec']),
			multiRegion: it['MultiRegion'] === true,
			rotates: false,
			policy: documentOf(it['Policy']),
			tags: tagsOf(it['Tags']),
		},
	}),
	'kms:PutKeyPolicy': (so, it) => ({...so, key: {...so.key, policy: documentOf(it['Policy'])}}),
	'kms:UpdateKeyDescription': (so, it) => ({...so, key: {...so.key, description: textOf(it['Description'])}}),
	'kms:EnableKeyRotation': so => ({...so, key: {...so.key, rotates: true}}),
	'kms:CreateAlias': (so, it) => ({...so, alias: textOf(it['AliasName'])}),
};

/** Folds the calls of a set-up into what they come to; a later one overrides. Throws for a call that it can't fold. */
export const endStateOf = (calls: readonly Call[]): EndState =>
	calls.reduce((so, {api, input}) => {
		const make = makes[api];
		if (!make) throw new Error(`${api} has no place in what is exported`);
		return make(so, input);
	}, start);

const textOf = (it: Value | undefined): string => (typeof it === 'string' ? it : '');
const documentOf = (it: Value | undefined): Value =>
	typeof it === 'object' && it !== null && '$json' in it ? (it.$json as Value) : {};
/** IAM's and KMS's tags alike. Those of this program tell of a record, and of none that the engine has. */
function tagsOf(it: Value | undefined): Tags {
	const all = (it ?? []) as readonly Readonly<Record<string, unknown>>[];
	const pairs = all.map(one => [String(one['Key'] ?? one['TagKey']), String(one['Value'] ?? one['TagValue'])] as const);
	return Object.fromEntries(pairs.filter(([key]) => !key.startsWith('nps-kms:')));
}

/** The statement's principal that is the account itself. */
export const rootArn = (partition: string, account: string): string => `arn:${partition}:iam::${account}:root`;
