import {call} from '../aws/client/call.js';
import {keyPolicy} from '../aws/policy/policy-documents.js';
import type {Sources} from '../aws/policy/sources.js';
import {administratorArn, parseArn} from '../aws/rules/arn.js';
import * as names from '../aws/rules/name-rules.js';
import {
	type Change,
	json,
	type Known,
	listAnswer,
	type Plan,
	type Stop,
	step,
	textAnswer,
	type Value,
} from '../engine/step.js';
import {setKmsKeyGoing, undoManagedKey} from './discard/managed-key.js';
import {notThatOne} from './things/adopted-by-arn.js';
import {aliasOfAnother} from './things/alias-of-another.js';
import {createAlias} from './things/create-alias.js';
import {defaultName} from './things/default-name.js';
import {deletionGuardField, guarded, guardKey, guardWarnings, whatGuards} from './things/deletion-guard.js';
import {earlierAliases} from './things/earlier-aliases.js';
import {aliasNow, eyesOnKey, findKmsKey, kmsKeyOwner, leftKmsKey, type SeenKmsKey} from './things/kms-key.js';
import {
	administratorWarnings,
	missingPrincipals,
	principals,
	wrongAdministrators,
} from './things/kms-key-administrators.js';
import {answeredAnew, seenNow, toLetIn} from './things/kms-key-administrators-anew.js';
import {describeAnew} from './things/kms-key-description.js';
import {auditKmsKey} from './things/kms-key-differences.js';
import {unfit, whatKeyIs} from './things/kms-key-fitness.js';
import {keyPolicyDifferences} from './things/kms-key-policy.js';
import {addToKeyPolicy} from './things/kms-key-policy-additions.js';
import {rotate, switchedOffAgain} from './things/kms-key-rotation.js';
import {unusableKmsKey} from './things/kms-key-states.js';
import {tagKey} from './things/kms-key-tags.js';
import {madeFromCopy} from './things/made-from-copy.js';
import {handedOver} from './things/managed-elsewhere.js';
import {isMultiRegion, multiRegionField, multiRegionInWords, staysInOneRegion} from './things/multi-region.js';
import {isOurs, kmsTags, ourTags, taken, untagged} from './things/ownership.js';
import {movedTo} from './things/pinned-region.js';
import {backWarning} from './things/put-back.js';
import {keyElsewhere, lookedIn, type RegionTold, regionTold, tellRegion} from './things/region-tag.js';
import {lookAtWays, type SeenWays, sourceWarnings, unlessNpsIsOut} from './things/seen-ways.js';
import {askedSources, bindKey, keySources, onceBound, usesSources} from './things/sources.js';
import {narrowingNotes, narrowingWarnings} from './things/stricter.js';
import {textRule} from './things/text-rule.js';
import {vendorPage} from './things/vendor.js';
import {safeUntilNarrowed} from './things/wide-until-narrowed.js';

type Seen = {
	readonly key: SeenKmsKey | undefined;
	/** The key that the alias names, which may be another one. */
	readonly byAlias: string | undefined;
	/** The aliases that this setup gave it before it was answered otherwise. */
	readonly earlier: readonly string[];
	readonly noSuchAdministrators: readonly string[];
	/** What else tells where the key is, if it isn't seen. */
	readonly told: RegionTold;
	readonly ways: SeenWays;
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
			whatGuards,
			'--multi-region makes a multi-Region key, for those who plan a second region. That is decided here for good, ' +
				'and NPS with a replica of the key is not known to work.',
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
			settles: 'never',
			label: 'Alias',
			kind: 'text',
			initial: defaultName(known, 'nps-kms-key'),
			wrong: textRule(names.keyAlias),
			tidy: it => (typeof it === 'string' ? it.replace(/^alias\//, '') : it),
		},
		{
			name: 'keyDescription',
			settles: 'never',
			label: 'Description',
			kind: 'text',
			optional: true,
			initial: '',
			wrong: textRule(names.keyDescription),
		},
		{
			name: 'keyAdministrators',
			settles: 'never',
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
		{
			name: 'keyRotation',
			settles: 'never',
			label: 'KMS rotates the key material yearly',
			flagSays: "KMS doesn't rotate the key material yearly",
			kind: 'yes-no',
			initial: true,
		},
		multiRegionField,
		deletionGuardField,
	],
	async observe(eyes, known) {
		const look = eyesOnKey(eyes, known);
		const alias = aliasNow(known);
		const byAlias = (await look.at(call('kms:DescribeKey', {KeyId: alias})))?.KeyMetadata;
		const key = (await findKmsKey(look, known, byAlias)) ?? (await madeFromCopy(look, known));
		const earlier = key ? await earlierAliases(look, known, key.id) : [];
		const administrators = listAnswer(known.answers, 'keyAdministrators');
		return {
			key,
			byAlias: byAlias?.KeyId,
			earlier,
			noSuchAdministrators: await missingPrincipals(look, key ? toLetIn(key.policy, known) : administrators),
			told: key ? {bearers: []} : await regionTold(look, known),
			ways: await lookAtWays(look, known, worksFrom(key, known), key?.arn),
		};
	},
	leftovers: leftKmsKey,
	paused: safeUntilNarrowed,
	audit: (look, {key, byAlias}, known) => auditKmsKey(look, key, byAlias, known),
	undo: undoManagedKey,
	plan(seen, known) {
		const {key} = seen;
		const has = worksFrom(key, known);
		const plan =
			notThatOne('key', key?.arn, known) ??
			unlessNpsIsOut(seen.ways, has, key ? carryOn(key, seen, known) : make(seen, known), known);
		return handedOver(`KMS key ${key?.id ?? aliasNow(known)}`, key?.tags, plan, known);
	},
});

/** From where the key policy lets the user use the key now. */
const worksFrom = (key: SeenKmsKey | undefined, known: Known): Sources =>
	keySources(key?.policy, known.facts.userArn ?? '', {...known, answers: {}})('Allow use of the key');
const wanted = (known: Known, sources: Parameters<typeof keyPolicy>[4] = askedSources(known)): Value =>
	keyPolicy(
		known.facts.partition ?? 'aws',
		known.facts.account ?? '',
		listAnswer(known.answers, 'keyAdministrators'),
		known.fact('userArn'),
		sources,
	);

function make(seen: Seen, known: Known): Plan | Stop {
	const problem = wrongAdministrators(seen.noSuchAdministrators, known);
	if (problem) return problem;
	const {facts} = known;
	if (facts.keyArn && (facts.keyMadeAs || known.completed))
		return {
			is: 'problem',
			what: `KMS key ${facts.keyArn} isn't there`,
			why: `This setup ${facts.keyMadeAs ? 'made it' : 'took it over'}, and KMS does not show it in this region`,
			mayBeLate: true,
			code: 'NotFound',
			first: 'Check the region and the account',
			ways: [{is: 'begin-anew', says: 'if the key was deleted, set up NPS anew', flags: '--setup NAME'}],
		};
	const elsewhere = keyElsewhere(seen.told, known);
	if (elsewhere) return elsewhere;
	const tags = tellRegion(seen.told, known);
	const alias = aliasNow(known);
	const document = guarded(wanted(known), known);
	const Description = textAnswer(known.answers, 'keyDescription');
	const create: Change = {
		id: 'create-key',
		verb: 'create',
		subject: `KMS key ${alias}`,
		why: `${multiRegionInWords(known)}it costs about $1 a month`,
		diff: {to: document},
		call: call('kms:CreateKey', {
			KeyUsage: 'ENCRYPT_DECRYPT',
			KeySpec: 'SYMMETRIC_DEFAULT',
			...(Description && {Description}),
			...(isMultiRegion(known) && {MultiRegion: true}),
			Policy: json(document),
			Tags: kmsTags(ourTags(known)),
		}),
		learns: {keyId: 'KeyMetadata.KeyId', keyArn: 'KeyMetadata.Arn', keyMadeAs: 'KeyMetadata.KeyId'},
		record: {
			uses: ['region', 'keyDescription', 'keyAdministrators', 'tags', 'multiRegion', 'deletionGuard', ...usesSources],
		},
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
		warns: [
			...lookedIn(known),
			...tags.warns,
			...administratorWarnings(listAnswer(known.answers, 'keyAdministrators')),
			...guardWarnings([create], undefined, known),
			...sourceWarnings([create], known),
		],
	};
}

function carryOn(key: SeenKmsKey, {byAlias, earlier, noSuchAdministrators}: Seen, known: Known): Plan | Stop {
	const alias = aliasNow(known);
	const owner = kmsKeyOwner(key, known);
	const problem =
		taken(
			{
				thing: `Key ${key.arn}`,
				madeAt: key.madeAt,
				owner,
				adopt: {answer: 'adoptKey', word: 'key'},
				never: unfit(key, known),
				is: whatKeyIs(key, known),
			},
			known,
		) ?? aliasOfAnother(alias, byAlias, key, known);
	if (problem) return problem;
	const enabled = setKmsKeyGoing(key, known);
	if (enabled.length > 0) return {changes: enabled, facts: {keyId: key.id, keyArn: key.arn, keyAlias: alias}};
	const unusable = unusableKmsKey(key, known);
	if (unusable) return unusable;
	const letIn = toLetIn(key.policy, known);
	const wrong = letIn.length > 0 ? wrongAdministrators(noSuchAdministrators, known) : undefined;
	if (wrong) return wrong;
	const has = keySources(key.policy, known.facts.userArn ?? '', known);
	const inPolicy = addToKeyPolicy(key, wanted(known, has), isOurs(owner), known);
	const changes: Change[] = [...tagKey(key, owner, known), ...describeAnew(key, known), ...inPolicy];
	if (!byAlias) changes.push({...createAlias(alias, key.id), why: `KMS key ${key.arn} is there without it`});
	const turnedBack = key.rotates ? [] : switchedOffAgain(known);
	if (!key.rotates && turnedBack.length === 0) changes.push(...rotate(key.id, known));
	changes.push(...guardKey(key, changes, known));
	changes.push(...bindKey(key, changes, known));
	const seen = {...known, facts: {...known.facts, keyId: key.id, keyArn: key.arn}};
	const less = keyPolicyDifferences(onceBound(key, known), seen, owner.is !== 'ours');
	const warns = [
		...backWarning(changes),
		...narrowingWarnings(less),
		...answeredAnew(key.policy, known).warns,
		...administratorWarnings(letIn),
		...guardWarnings(changes, key.policy, known),
		...sourceWarnings(changes, known),
		...untagged(`KMS key ${key.id}`, key.tags, known, owner),
		...earlier.map(it => `${it} stays on the key as well, until this setup is taken back.`),
		...turnedBack,
		...staysInOneRegion(key, known),
	];
	return {
		changes,
		facts: {
			keyId: key.id,
			keyArn: key.arn,
			keyAlias: alias,
			...movedTo(parseArn(key.arn)?.region, known),
			...(inPolicy.length === 0 && seenNow(key.policy, known)),
		},
		...(owner.is === 'nobody' && {adopts: {keyAdopted: key.id}}),
		notes: narrowingNotes(less),
		...(warns.length > 0 && {warns}),
		says: `${alias} · ${key.arn}${owner.is === 'adopted' ? ' (adopted)' : ''}`,
	};
}
