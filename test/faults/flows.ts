import {readFileSync} from 'node:fs';
import {wideDocument} from '../../src/aws/policy/policy-documents.js';
import type {Course} from '../../src/engine/course.js';
import {fold} from '../../src/engine/record.js';
import type {Fault} from '../../src/sandbox/http/faults.js';
import {proveAgain, replaceAccessKey} from '../../src/steps/index.js';
import type {Lane} from './lane.js';

/** The steps of the set-up, in order. */
export const stages = [
	'connect',
	'policy',
	'user',
	'access-key',
	'managed-key',
	'least-privilege',
	'prove',
	'hand-off',
] as const;
/** The steps of a replacement of the access key, in order. */
const ofReplacement = [
	'connect',
	'replaced-key',
	'new-access-key',
	'prove-new-key',
	'switch-key',
	'retire-key',
	'remove-key',
] as const;
export type Stage = (typeof stages)[number] | (typeof ofReplacement)[number];
/** One way through a set-up, and what has happened before some of its stages. */
export type Flow = {
	readonly name: string;
	readonly stages: readonly Stage[];
	/** Its course, and all stages of that, if it is another than the set-up. */
	readonly course?: Course;
	/** Milliseconds between its troubles and the next run: what a run does in the first minute after a lost answer, it does not do later. */
	readonly later?: number;
	readonly all?: readonly Stage[];
	options(lane: Lane): object;
	/** What else a set-up does without here, or asks about: an API, or one of a stage. */
	readonly spares?: readonly string[];
	/** Looks that a set-up does without where AWS refuses them, each of a stage. */
	readonly looksIfAllowed?: readonly string[];
	/** Calls whose refusal is told and stops nothing. */
	readonly goesWithout?: readonly string[];
	/** An access key that was lost on the way is asked about, not removed: its user isn't this set-up's. */
	readonly asks?: true;
	/** What only looks meets every fault, or two of the ten in turn: it looks as other flows do. */
	readonly looks?: 'some in turn';
	/** Before the first stage. */
	given?(lane: Lane): Promise<void>;
	/** What goes wrong in a run just before a stage, which then stops. */
	readonly troubles?: Partial<Readonly<Record<Stage, readonly Fault[]>>>;
};

const account = '111122223333';
const secretFile = (lane: Lane): string => `${lane.home}/secret.csv`;
const everything = (lane: Lane): object => ({
	secretFile: secretFile(lane),
	policyDescription: 'made by a test',
	tag: ['team=it'],
	consoleAccess: true,
	consolePasswordFile: `${lane.home}/password.csv`,
	accessKeyDescription: 'for NPS',
	keyDescription: 'protects NPS',
	keyAdministrator: [`arn:aws:iam::${account}:role/Keys`],
	prove: true,
});
const every = (api: string, kind: Fault['kind']): Fault => ({api, nth: 'every', kind});

const setUp: Omit<Flow, 'stages'> = {
	name: 'a set-up with all that can be asked for',
	options: everything,
	async given(lane) {
		withRole(lane);
	},
};
/** In two halves: each core has one. */
export const toTheKey: Flow = {
	...setUp,
	name: `${setUp.name}, up to its KMS key`,
	stages: stages.slice(0, 5),
	// Whether a copy of the record made a key.
	looksIfAllowed: ['managed-key kms:ListKeys'],
};
export const fromTheKey: Flow = {...setUp, name: `${setUp.name}, after its KMS key`, stages: stages.slice(5)};
export const adopting: Flow = {
	name: 'adopting what is there',
	asks: true,
	// What somebody else's user is, is told as far as it can be.
	spares: [
		'user iam:ListGroupsForUser',
		'user iam:ListUserPolicies',
		'user iam:ListAccessKeys',
		'user iam:GetLoginProfile',
	],
	// A tag on what was theirs may be refused: the record knows whose it is.
	goesWithout: ['iam:TagPolicy', 'iam:TagUser', 'kms:TagResource'],
	stages: ['policy', 'user', 'access-key', 'managed-key'],
	options: lane => ({secretFile: secretFile(lane), adopt: 'policy,user,key'}),
	async given(lane) {
		withTheirs(lane);
	},
};
const byArn = {
	policy: `arn:aws:iam::${account}:policy/pam/Theirs`,
	user: `arn:aws:iam::${account}:user/apps/their-user`,
	key: `arn:aws:kms:eu-west-1:${account}:key/11111111-2222-3333-4444-555555555555`,
};
/** Their own names and paths, and no alias: by ARN alone. */
export const adoptingByArn: Flow = {
	...adopting,
	name: 'adopting what is there by its ARN',
	stages: ['policy', 'user', 'managed-key'],
	looks: 'some in turn',
	options: lane => ({secretFile: secretFile(lane), adopt: Object.values(byArn).join(',')}),
	async given(lane) {
		withTheirs(lane, byArn);
	},
};
/** A description and key administrators that are answered anew, once all is made. */
export const anew: Flow = {
	name: 'a KMS key described and administered anew',
	stages: ['managed-key', 'least-privilege'],
	options: lane => ({
		...everything(lane),
		keyDescription: 'anew',
		keyAdministrator: [`arn:aws:iam::${account}:role/Others`],
	}),
	looks: 'some in turn',
	async given(lane) {
		withRole(lane);
		withRole(lane, 'Others', 'AROA2222222222222222');
		const {code, said} = await lane.run({...everything(lane), prove: false});
		if (code !== 0) throw new Error(said);
	},
};
/** Addresses and VPC endpoints that the access key is bound to, once all is made. */
export const bound: Flow = {
	name: 'an access key bound to where NPS is',
	stages: ['policy', 'managed-key', 'least-privilege'],
	options: lane => ({
		secretFile: secretFile(lane),
		sourceIp: ['127.0.0.0/8', '203.0.113.0/24'],
		sourceVpce: ['vpce-0a1b2c3d4e5f67890'],
	}),
	looks: 'some in turn',
	async given(lane) {
		const {code, said} = await lane.run({secretFile: secretFile(lane), prove: false});
		if (code !== 0) throw new Error(said);
	},
};
/** A stray access key and a KMS key whose answer was lost. */
export const lost: Flow = {
	name: 'after lost answers',
	spares: ['iam:GetAccessKeyLastUsed'],
	later: 120_000,
	stages: ['access-key', 'managed-key'],
	options: lane => ({secretFile: secretFile(lane)}),
	troubles: {
		'access-key': [every('iam:CreateAccessKey', 'drop-after')],
		'managed-key': [every('kms:CreateKey', 'drop-after'), every('kms:ListKeys', 'access-denied')],
	},
};
/** On the person's word; somebody made an access key that has to go first. */
export const replacing: Flow = {
	name: 'replacing the access key',
	course: replaceAccessKey,
	all: ofReplacement,
	looks: 'some in turn',
	stages: ['replaced-key', 'new-access-key', 'switch-key', 'retire-key', 'remove-key'],
	options: lane => ({
		...{secretFile: `${lane.home}/second.csv`, accessKeyDescription: 'second', removeAccessKey: theirs},
		// What is said of the new access key counts in a run that began with it delivered.
		...(fold(lane.entries()).facts.newAccessKeyId !== undefined && {
			...{npsRotated: true, overrideReason: 'its log shows it'},
			...{npsHealthy: true, deleteAccessKey: idIn(secretFile(lane))},
		}),
	}),
	async given(lane) {
		await lane.run({secretFile: secretFile(lane), accessKeyDescription: 'first', prove: false});
		const user = Object.values(lane.sandbox.account.users).find(it => it.name === 'nps-kms-user');
		user?.accessKeys.push({id: theirs, secret: 'their-secret'.padEnd(40, 'x'), status: 'Active', created: 0});
	},
};
const theirs = 'AKIATHEIRSTHEIRSTHE1';
const idIn = (file: string): string => /^(AKIA\w+),/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';

/** A role that is to administer the key. */
function withRole({sandbox: {account: it}}: Lane, name = 'Keys', id = 'AROA1111111111111111'): void {
	const arn = `arn:aws:iam::${account}:role/${name}`;
	const trust = JSON.stringify({
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Principal: {Service: 'ec2.amazonaws.com'}, Action: 'sts:AssumeRole'}],
	});
	it.roles[name.toLowerCase()] = {
		name,
		path: '/',
		id,
		arn,
		created: 0,
		attached: [],
		inline: {},
		tags: [],
		trust,
	};
}

/** Somebody's policy, user and key under the names of the set-up, or as their ARNs say. */
function withTheirs({sandbox: {account: it}}: Lane, named?: typeof byArn): void {
	const arn = named?.policy ?? `arn:aws:iam::${account}:policy/NPS_KMS_Policy`;
	const userArn = named?.user ?? `arn:aws:iam::${account}:user/nps-kms-user`;
	const [policy, user] = [arn, userArn].map(one => {
		const [, path = '/', name = ''] = /:\w+(\/.*?)([^/]*)$/.exec(one) ?? [];
		return {path, name};
	}) as [{path: string; name: string}, {path: string; name: string}];
	const document = JSON.stringify(wideDocument('aws', account));
	it.policies[arn] = {
		...{
			...policy,
			id: 'ANPA1111111111111111',
			arn,
			created: 0,
			updated: 0,
			defaultVersion: 'v1',
			next: 2,
			tags: [],
		},
		versions: [{id: 'v1', document, created: 0}],
	};
	it.users[user.name] = {
		...{...user, id: 'AIDA1111111111111111', arn: userArn, created: 0},
		...{attached: [], inline: {}, tags: [{Key: 'team', Value: 'theirs'}], accessKeys: [], mfaDevices: []},
	};
	const id = '11111111-2222-3333-4444-555555555555';
	const keyArn = `arn:aws:kms:eu-west-1:${account}:key/${id}`;
	const root = {Effect: 'Allow', Principal: {AWS: `arn:aws:iam::${account}:root`}, Action: 'kms:*', Resource: '*'};
	it.keys[keyArn] = {
		...{
			id,
			arn: keyArn,
			region: 'eu-west-1',
			created: 0,
			description: 'theirs',
			state: 'Enabled',
			manager: 'CUSTOMER',
			spec: 'SYMMETRIC_DEFAULT',
		},
		...{
			usage: 'ENCRYPT_DECRYPT',
			origin: 'AWS_KMS',
			multiRegion: false,
			policy: JSON.stringify({Version: '2012-10-17', Statement: [root]}),
		},
		...{tags: [], material: Buffer.alloc(32, 7).toString('base64'), grants: []},
	};
	if (named) return;
	it.aliases['eu-west-1 alias/nps-kms-key'] = {
		name: 'alias/nps-kms-key',
		region: 'eu-west-1',
		key: keyArn,
		created: 0,
		updated: 0,
	};
}

/** The proof, made once more. */
export const proof = proveAgain;
