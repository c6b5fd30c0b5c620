import {call} from '../aws/client/call.js';
import {keyPolicy} from '../aws/policy/policy-documents.js';
import {administratorArn, parseArn} from '../aws/rules/arn.js';
import * as names from '../aws/rules/name-rules.js';
import {commandLine} from '../engine/command-line.js';
import {
	type Change,
	type Facts,
	json,
	type Known,
	listAnswer,
	type Plan,
	type Problem,
	step,
	type Text,
	textAnswer,
	type Value,
} from '../engine/step.js';
import {setKmsKeyGoing, undoManagedKey} from './discard/managed-key.js';
import {defaultName} from './things/default-name.js';
import {aliasNow, findKmsKey, kmsKeyOwner, leftKmsKey, type SeenKmsKey} from './things/kms-key.js';
import {
	administratorWarnings,
	missingPrincipals,
	principals,
	wrongAdministrators,
} from './things/kms-key-administrators.js';
import {auditKmsKey} from './things/kms-key-differences.js';
import {unfit, whatKeyIs} from './things/kms-key-fitness.js';
import {keyPolicyDifferences} from './things/kms-key-policy.js';
import {addToKeyPolicy} from './things/kms-key-policy-additions.js';
import {isOurs, kmsTags, missingTags, ourTags, taken, unlessDenied, untagged} from './things/ownership.js';
import {backWarning} from './things/put-back.js';
import {keyElsewhere, lookedIn, type RegionTold, regionTold, tellRegion} from './things/region-tag.js';
import {narrowingNotes, narrowingWarnings} from './things/stricter.js';
import {textRule} from './things/text-rule.js';
import {vendorPage} from './things/vendor.js';
import {wideUntilNarrowed} from './things/wide-until-narrowed.js';

type Seen = {
	readonly key: SeenKmsKey | undefined;
	/** The key that the alias names, which may be another one. */
	readonly byAlias: string | undefined;
	readonly noSuchAdministrators: readonly string[];
	/** What else tells where the key is, if it isn't seen. */
	readonly told: RegionTold;
};

/** Create a Managed Key. */
export const managedKey = step<Seen>({
	id: 'managed-key',
	name: 'Managed key',
	title: 'Create the managed key',
	guide: {
		covers: 'Create a Managed Key, steps 1-9',
		text: [
			"In the console you'd open Key Management Service, Customer managed keys, Create key, choose Symmetric and " +
				'Encrypt and decrypt, enter an alias, tick key administrators if there are to be any, tick the NPS user as ' +
				'key user, and copy the ARN at the end.',
			"The key policy is the one the console writes. It matters: the user's own policy allows only Decrypt, and " +
				'it is the key policy that lets NPS encrypt.',
			'A KMS key costs about $1 a month and lives in one region for good. It can only be deleted after a waiting ' +
				'period of 7-30 days. KMS rotating its key material every year needs no action in NPS.',
		],
		links: [
			vendorPage,
			'https://docs.aws.amazon.com/kms/latest/developerguide/create-symmetric-cmk.html',
			'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html',
		],
	},
	fields: known => [
		{
			name: 'keyAlias',
			settles: 'for-good',
			label: 'Alias',
			kind: 'text',
			initial: defaultName(known, 'nps-kms-key'),
			wrong: textRule(names.keyAlias),
			tidy: it => (typeof it === 'string' ? it.replace(/^alias\//, '') : it),
		},
		{
			name: 'keyDescription',
			settles: 'for-good',
			label: 'Description',
			kind: 'text',
			optional: true,
			initial: '',
			wrong: textRule(names.keyDescription),
		},
		{
			name: 'keyAdministrators',
			label: 'Key administrators',
			kind: 'many',
			flag: 'key-administrator',
			optional: true,
			initial: [],
			choices: async (look, known) => (await principals(look, known)).filter(it => it.value !== known.facts.userArn),
			wrong: it =>
				listAnswer({it}, 'it')
					.map(arn => administratorArn(arn) && `${arn}: ${administratorArn(arn)}`)
					.find(Boolean),
		},
		{name: 'keyRotation', label: 'KMS rotates the key material yearly', kind: 'yes-no', initial: true},
	],
	async observe(look, known) {
		const alias = aliasNow(known);
		const byAlias = (await look.at(call('kms:DescribeKey', {KeyId: alias})))?.KeyMetadata;
		const key = await findKmsKey(look, known, byAlias);
		const administrators = listAnswer(known.answers, 'keyAdministrators');
		return {
			key,
			byAlias: byAlias?.KeyId,
			noSuchAdministrators: key ? [] : await missingPrincipals(look, administrators),
			told: key ? {bearers: []} : await regionTold(look, known),
		};
	},
	leftovers: leftKmsKey,
	paused: wideUntilNarrowed,
	audit: (look, {key, byAlias}, known) => auditKmsKey(look, key, byAlias, known),
	undo: undoManagedKey,
	plan(seen, known) {
		return seen.key ? carryOn(seen.key, seen, known) : make(seen, known);
	},
});

const wanted = (known: Known): Value =>
	keyPolicy(
		known.facts.partition ?? 'aws',
		known.facts.account ?? '',
		listAnswer(known.answers, 'keyAdministrators'),
		known.fact('userArn'),
	);

function make(seen: Seen, known: Known): Plan | Problem {
	const problem = wrongAdministrators(seen.noSuchAdministrators, known);
	if (problem) return problem;
	const {keyArn} = known.facts;
	if (keyArn && (known.facts.keyMadeAs || known.completed)) {
		return {
			is: 'problem',
			what: `KMS key ${keyArn} isn't there`,
			why: `This setup ${known.facts.keyMadeAs ? 'made it' : 'took it over'}, and KMS does not show it in this region`,
			mayBeLate: true,
			code: 'NotFound',
			todo: 'Check the region and the account. If the key was deleted, set up NPS anew with --setup NAME',
		};
	}
	const elsewhere = keyElsewhere(seen.told, known);
	if (elsewhere) return elsewhere;
	const tags = tellRegion(seen.told, known);
	const alias = aliasNow(known);
	const document = wanted(known);
	const description = textAnswer(known.answers, 'keyDescription');
	const create: Change = {
		id: 'create-key',
		verb: 'create',
		subject: `KMS key ${alias}`,
		why: 'it costs about $1 a month',
		diff: {to: document},
		call: call('kms:CreateKey', {
			KeyUsage: 'ENCRYPT_DECRYPT',
			KeySpec: 'SYMMETRIC_DEFAULT',
			...(description && {Description: description}),
			Policy: json(document),
			Tags: kmsTags(ourTags(known)),
		}),
		learns: {keyId: 'KeyMetadata.KeyId', keyArn: 'KeyMetadata.Arn', keyMadeAs: 'KeyMetadata.KeyId'},
		record: {uses: ['region', 'keyDescription', 'keyAdministrators', 'tags']},
		patience: 120,
		waits: [
			{
				code: 'MalformedPolicyDocumentException',
				says: 'invalid principals',
				why: `KMS does not see the user ${textAnswer(known.answers, 'userName')} yet (invalid principal so far)`,
				atMost: 120,
			},
		],
	};
	return {
		changes: [...tags.changes, create, createAlias(alias, {$fact: 'keyId'}), ...rotate({$fact: 'keyId'}, known)],
		facts: {keyAlias: alias, ...movedTo(textAnswer(known.answers, 'region'), known)},
		warns: [...lookedIn(known), ...tags.warns, ...administratorWarnings(known)],
	};
}

const createAlias = (alias: string, TargetKeyId: Text): Change => ({
	id: 'create-alias',
	verb: 'create',
	subject: alias,
	call: call('kms:CreateAlias', {AliasName: alias, TargetKeyId}),
	record: {uses: ['keyAlias']},
	lookAgainOn: ['AlreadyExistsException'],
	waits: [{code: 'NotFoundException', why: 'the key is new', atMost: 120}],
});
const rotate = (KeyId: Text, known: Known): readonly Change[] =>
	known.answers['keyRotation'] === false
		? []
		: [
				{
					id: 'enable-rotation',
					verb: 'update',
					subject: 'KMS rotates the key material every year',
					call: call('kms:EnableKeyRotation', {KeyId}),
					record: {uses: ['keyRotation']},
					waits: [{code: 'NotFoundException', why: 'the key is new', atMost: 120}],
				},
			];

function carryOn(key: SeenKmsKey, {byAlias}: Seen, known: Known): Plan | Problem {
	const alias = aliasNow(known);
	const owner = kmsKeyOwner(key, known);
	const problem =
		taken(
			{
				thing: `Key ${key.arn}`,
				madeAt: key.madeAt,
				owner,
				field: 'keyAlias',
				adopt: {answer: 'adoptKey', word: 'key'},
				never: unfit(key, known),
				is: whatKeyIs(key),
			},
			known,
		) ?? elsewhere(alias, byAlias, key);
	if (problem) return problem;
	const enabled = setKmsKeyGoing(key, known);
	if (enabled.length > 0) return {changes: enabled, facts: {keyId: key.id, keyArn: key.arn, keyAlias: alias}};
	const disabled = unusable(key, known);
	if (disabled) return disabled;
	const changes: Change[] = [];
	const tags = missingTags(key.tags, known, owner);
	if (tags.length > 0)
		changes.push({
			id: 'tag-key',
			verb: 'update',
			subject: 'tags of the key',
			call: call('kms:TagResource', {KeyId: key.id, Tags: kmsTags(tags)}),
			...unlessDenied(owner),
		});
	changes.push(...addToKeyPolicy(key, wanted(known), isOurs(owner), known));
	if (!byAlias) changes.push({...createAlias(alias, key.id), why: `KMS key ${key.arn} is there without it`});
	if (!key.rotates) changes.push(...rotate(key.id, known));
	const seen = {...known, facts: {...known.facts, keyId: key.id, keyArn: key.arn}};
	const less = keyPolicyDifferences(key.policy, seen, owner.is !== 'ours');
	const warns = [
		...backWarning(changes),
		...narrowingWarnings(less),
		...untagged(`KMS key ${key.id}`, key.tags, known, owner),
	];
	return {
		changes,
		facts: {keyId: key.id, keyArn: key.arn, keyAlias: alias, ...movedTo(parseArn(key.arn)?.region, known)},
		...(owner.is === 'nobody' && {adopts: {keyAdopted: key.id}}),
		notes: narrowingNotes(less),
		...(warns.length > 0 && {warns}),
		says: `${alias} · ${key.arn}${owner.is === 'adopted' ? ' (adopted)' : ''}`,
	};
}

/** The region, where it is another than the one that was connected to. */
const movedTo = (region: string | undefined, {facts}: Known): Facts =>
	region && region !== facts.region ? {region} : {};

/** A key of ours that somebody disabled or is deleting: theirs to undo, by the command named. */
function unusable(key: SeenKmsKey, {run}: Known): Problem | undefined {
	if (key.state === 'Enabled' || key.state === 'Creating') return undefined;
	const cancel = key.state === 'PendingDeletion' ? `aws kms cancel-key-deletion --key-id ${key.id} and ` : '';
	return {
		is: 'problem',
		what: `KMS key ${key.arn} is ${key.state}`,
		why: 'NPS can use it only while it is Enabled',
		todo: `Run ${cancel}aws kms enable-key --key-id ${key.id}, then run ${commandLine(run)} again`,
		code: 'KMSInvalidStateException',
		facts: {keyId: key.id, keyArn: key.arn},
	};
}

function elsewhere(alias: string, byAlias: string | undefined, key: SeenKmsKey): Problem | undefined {
	if (byAlias === undefined || byAlias === key.id) return undefined;
	return {
		is: 'problem',
		what: `${alias} names another key, ${byAlias}`,
		why: 'An alias is unique in an account and region, and this one is not moved',
		todo: 'Choose another alias with --key-alias',
		code: 'AlreadyExistsException',
		field: 'keyAlias',
		facts: {keyId: key.id, keyArn: key.arn},
	};
}
