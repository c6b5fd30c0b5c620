import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {describe, expect, test} from 'vitest';
import type {Course} from '../../src/engine/course.js';
import {keyOf} from '../../src/engine/keys.js';
import type {Stop, Way} from '../../src/engine/problem.js';
import type {Scene} from '../../src/engine/scene.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {Event} from '../../src/engine/wizard.js';
import {ask} from '../../src/front/asking.js';
import {Plain} from '../../src/plain/plain.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, moveKey, proveAgain, replaceAccessKey, retire, setup} from '../../src/steps/index.js';
import {exitCode} from '../exit-codes.js';
import {clientsOf} from '../sandbox/clients.js';
import {Bench, type Line, type Ran} from './in-process.js';
import {Nps} from './nps.js';

/** A way out as programs are told it: without key and label. */
type ToldWay = Omit<Way, 'says'> & {
	readonly says?: string;
	readonly flags?: string;
	readonly command?: string;
	readonly commands?: readonly string[];
};
type Told = {readonly code: string; readonly what: string; readonly todo: string; readonly ways?: readonly ToldWay[]};
/** How a problem comes about, how its ways are gone on from there. */
type Case = {
	readonly course?: Course;
	readonly options?: object;
	make?(bench: Bench): Promise<unknown>;
	/** What stands for the capitals in flags. */
	readonly fill?: Readonly<Record<string, string>>;
	/** What is done where only somebody can. */
	byHand?(bench: Bench): unknown;
	/** It may stop there again, and why. */
	readonly again?: string;
	/** Nobody is asked at a screen there. */
	readonly unasked?: true;
};

const stranger = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action: 's3:*', Resource: '*'}]});
const narrow = ({sandbox}: Bench): string =>
	JSON.stringify({
		Version: '2012-10-17',
		Statement: [
			{
				Effect: 'Allow',
				Action: 'kms:Decrypt',
				Resource: `arn:aws:kms:eu-west-1:${sandbox.account.id}:key/11111111-2222-3333-4444-555555555555`,
			},
		],
	});
const wide = (account: string): string =>
	JSON.stringify({
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Action: 'kms:Decrypt', Resource: `arn:aws:kms:*:${account}:key/*`}],
	});
const ours = (bench: Bench) => bench.sandbox.account.users['nps-kms-user'] ?? expect.fail('there is no user');
const policyOf = (bench: Bench) =>
	Object.values(bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy') ?? expect.fail('no policy');
const send = (bench: Bench) => clientsOf(bench.sandbox);
const begun = (stopAfter?: string) => async (bench: Bench) =>
	expect((await bench.run(setup, {prove: false, ...(stopAfter && {stopAfter})})).code).toBe(0);
/** The record is gone. */
const lost = (stopAfter: string) => async (bench: Bench) => {
	await begun(stopAfter)(bench);
	rmSync(join(bench.home, 'setups'), {recursive: true});
};
const ourAttachment = (bench: Bench) => ({
	UserName: 'nps-kms-user',
	PolicyArn: `arn:aws:iam::${bench.sandbox.account.id}:policy/NPS_KMS_Policy`,
});
const policyOfSomebody =
	(Tags: {Key: string; Value: string}[] = [], attached = false) =>
	async (bench: Bench) => {
		const {Policy: it} = await send(bench).iam.send(
			new iam.CreatePolicyCommand({
				PolicyName: 'NPS_KMS_Policy',
				PolicyDocument: wide(bench.sandbox.account.id),
				Tags,
			}),
		);
		if (attached)
			await send(bench).iam.send(new iam.AttachUserPolicyCommand({UserName: 'admin', PolicyArn: it?.Arn ?? ''}));
	};
const rewritten = async (bench: Bench) => {
	await begun()(bench);
	const stranger = narrow(bench);
	await send(bench).iam.send(
		new iam.CreatePolicyVersionCommand({PolicyArn: policyOf(bench).arn, PolicyDocument: stranger, SetAsDefault: true}),
	);
};
const setBack = (bench: Bench) => {
	const it = policyOf(bench) as unknown as {versions: {isDefault?: boolean}[]; defaultVersion?: string};
	return send(bench).iam.send(
		new iam.SetDefaultPolicyVersionCommand({PolicyArn: policyOf(bench).arn, VersionId: `v${it.versions.length - 1}`}),
	);
};
const stateOf = (state: 'Disabled' | 'Creating' | 'PendingDeletion') => async (bench: Bench) => {
	await begun('managed-key')(bench);
	const keys = Object.values(bench.sandbox.account.keys).filter(it => it.manager === 'CUSTOMER');
	if (state !== 'PendingDeletion') bench.sandbox.setKeyStates(new Map(keys.map(it => [it, state])));
	else
		for (const it of keys)
			await send(bench).kms.send(new kms.ScheduleKeyDeletionCommand({KeyId: it.id, PendingWindowInDays: 7}));
};
const replacing =
	(...answers: readonly object[]) =>
	async (bench: Bench) => {
		await begun()(bench);
		for (const it of answers) await bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv'), ...it});
	};
const sure = {npsRotated: true, overrideReason: 'sure'};
const replacement = {course: replaceAccessKey, options: {}} as const;
/** Another setup is done, and proven unless told; then the move is run with each of these. */
const movingTo =
	(prove: boolean, ...answers: readonly object[]) =>
	async (bench: Bench) => {
		await begun()(bench);
		await bench.run(setup, {setup: 'berlin', secretFile: join(bench.home, 'berlin.csv'), prove});
		for (const it of answers) await bench.run(moveKey, it);
	};
const toBerlin = {toSetup: 'berlin', backedUp: '2026-01-02', backupsExpire: '2099-12-31'};
const move = (options: object = {}) => ({course: moveKey, options}) as const;

const day = 24 * 60 * 60_000;
const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString().slice(0, 10);
/** A set-up that NPS doesn't use any more, after 40 days and this far into its end. */
const retiring =
	(...stages: readonly ((bench: Bench) => object)[]) =>
	async (bench: Bench) => {
		await begun()(bench);
		await bench.run(setup, {prove: false, npsRotated: true});
		bench.sandbox.advance(40 * day);
		const said = stages.length === 0 ? [] : [{serversRestarted: inDays(30), backupsUntil: inDays(300)}];
		for (const it of said) await bench.run(retire, it);
		for (const it of stages) {
			await bench.run(retire, it(bench));
			bench.sandbox.advance(20 * day);
		}
	};
const rested = (bench: Bench): object => ({
	...{deactivateAccessKey: ours(bench).accessKeys[0]?.id, confirmAccount: bench.sandbox.account.id},
	confirmAlias: 'nps-kms-key',
});
const removed = (bench: Bench): object => ({deleteAccessKey: ours(bench).accessKeys[0]?.id});
const disabled = (bench: Bench): object => ({
	disableKmsKey: Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER')?.id,
});
const nothing = (): object => ({});
const ending = {course: retire, options: {}} as const;
const denyLooks = (bench: Bench): void =>
	bench.sandbox.setFaults(
		['kms:GetKeyLastUsage#every=access-denied', 'cloudtrail:LookupEvents#every=access-denied'].map(
			it => readFault(it) ?? expect.fail('no such fault'),
		),
	);

/** Every problem that is followed, by its file and code. */
const cases: Readonly<Record<string, Case>> = {
	'src/steps/things/ownership.ts AlreadyThere': {make: policyOfSomebody(), fill: {NAME: 'another'}},
	'src/steps/things/ownership.ts NeverAdopted': {make: policyOfSomebody([], true), fill: {NAME: 'another'}},
	'src/steps/things/ownership.ts OtherSetup': {
		make: policyOfSomebody([
			{Key: 'nps-kms:setup', Value: 'lab'},
			{Key: 'nps-kms:id', Value: 'another'},
		]),
		fill: {NAME: 'another'},
	},
	'src/steps/things/ownership.ts UnknownRecord': {
		make: lost('policy'),
		fill: {NAME: 'another'},
	},
	'src/steps/policy.ts OtherPath': {make: lost('policy'), options: {recover: true, path: '/x/'}, fill: {NAME: 'other'}},
	'src/steps/policy.ts PolicyDiffers': {
		async make(bench) {
			await begun('policy')(bench);
			await send(bench).iam.send(
				new iam.CreatePolicyVersionCommand({
					PolicyArn: policyOf(bench).arn,
					PolicyDocument: stranger,
					SetAsDefault: true,
				}),
			);
		},
		fill: {NAME: 'another'},
		byHand: setBack,
	},
	'src/steps/least-privilege.ts PolicyDiffers': {make: rewritten, byHand: setBack},
	'src/steps/access-key.ts LimitExceeded': {
		async make(bench) {
			await send(bench).iam.send(new iam.CreateUserCommand({UserName: 'nps-kms-user'}));
			for (const _ of [1, 2]) await send(bench).iam.send(new iam.CreateAccessKeyCommand({UserName: 'nps-kms-user'}));
		},
		options: {adopt: 'user'},
		fill: {NAME: 'another'},
	},
	'src/steps/access-key.ts InUse': {make: begun(), options: {removeAccessKey: 'OURS'}},
	'src/steps/access-key.ts NoSuchEntity': {
		async make(bench) {
			await send(bench).iam.send(new iam.CreateUserCommand({UserName: 'nps-kms-user'}));
			await send(bench).iam.send(new iam.CreateAccessKeyCommand({UserName: 'nps-kms-user'}));
		},
		options: {adopt: 'user', removeAccessKey: 'AKIAEXAMPLEEXAMPLE00'},
		fill: {ID: 'OURS'},
	},
	'src/steps/things/access-key-questions.ts Inactive': {
		async make(bench) {
			await begun('managed-key')(bench);
			for (const it of ours(bench).accessKeys) it.status = 'Inactive';
		},
		fill: {FILE: 'another.csv'},
	},
	'src/steps/things/kms-key-states.ts KMSInvalidStateException': {make: stateOf('PendingDeletion')},
	'src/steps/things/alias-of-another.ts AlreadyExistsException': {
		async make(bench) {
			await begun('managed-key')(bench);
			const {KeyMetadata: it} = await send(bench).kms.send(new kms.CreateKeyCommand({}));
			await send(bench).kms.send(new kms.UpdateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: it?.KeyId}));
		},
		fill: {NAME: 'another'},
	},
	'src/steps/things/kms-key-administrators.ts NoSuchEntity': {
		options: {keyAdministrator: ['arn:aws:iam::ACCOUNT:user/nobody']},
		fill: {ARN: 'arn:aws:iam::ACCOUNT:user/admin'},
	},
	'src/steps/things/kms-key-administrators.ts OtherAccount': {
		options: {keyAdministrator: ['arn:aws:iam::999999999999:user/nobody']},
		fill: {ARN: 'arn:aws:iam::ACCOUNT:user/admin'},
	},
	'src/steps/things/permissions-boundary.ts NoBoundary': {
		options: {permissionsBoundary: 'arn:aws:iam::ACCOUNT:policy/nothing'},
		fill: {ARN: 'arn:aws:iam::aws:policy/AdministratorAccess'},
	},
	'src/steps/things/secret-place.ts EEXIST': {
		async make(bench) {
			writeFileSync(join(bench.home, 'secret.csv'), 'something');
		},
		fill: {FILE: 'another.csv'},
		byHand: bench => rmSync(join(bench.home, 'secret.csv')),
	},
	'src/steps/discard/course.ts InUse': {
		course: discard,
		options: {confirm: 'nps'},
		make: async bench => {
			await begun()(bench);
			await bench.run(setup, {prove: false, npsRotated: true});
		},
	},
	'src/front/headless.ts TakenAway': {
		async make(bench) {
			await begun()(bench);
			await send(bench).iam.send(
				new iam.DetachUserPolicyCommand({UserName: 'nps-kms-user', PolicyArn: policyOf(bench).arn}),
			);
		},
		unasked: true,
	},
	'src/front/headless.ts MayBeTakenAway': {
		async make(bench) {
			await lost('hand-off')(bench);
			await send(bench).iam.send(new iam.CreateUserCommand({UserName: 'ann'}));
		},
		options: {recover: true, keyAdministrator: ['arn:aws:iam::ACCOUNT:user/ann']},
		unasked: true,
	},
	'src/front/headless.ts Loosens': {
		async make(bench) {
			await bench.run(setup, {prove: false, deletionGuard: '30'});
			bench.sandbox.setFaults([readFault('kms:PutKeyPolicy=access-denied') ?? expect.fail('no such fault')]);
			await bench.run(setup, {prove: false, deletionGuard: false});
			bench.sandbox.setFaults([]);
		},
		unasked: true,
	},
	'src/front/headless.ts Unconfirmed': {course: discard, make: begun('user'), unasked: true},
	'src/engine/turned-back.ts TurnedBack': {
		async make(bench) {
			bench.hear = it => {
				if (it.api === 'CreateAlias') delete bench.sandbox.account.aliases['eu-west-1 alias/nps-kms-key'];
			};
		},
		byHand: bench => void (bench.hear = () => undefined),
	},
	'src/steps/prove.ts NotFinished': {course: proveAgain, make: begun('policy')},
	'src/steps/move/old.ts NotFinished': {...move(), make: begun('policy')},
	'src/steps/move/old.ts BeingReplaced': {...move(), make: replacing({})},
	'src/steps/move/old.ts OldNotWorking': {
		...move(),
		async make(bench) {
			await begun()(bench);
			for (const it of ours(bench).accessKeys) it.status = 'Inactive';
		},
	},
	'src/steps/move/no-target.ts NoTarget': {...move(), make: begun(), fill: {NAME: 'berlin'}},
	'src/steps/move/new.ts NotBegun': {
		...move({toSetup: 'berlin'}),
		make: begun(),
		fill: {NAME: 'dublin'},
		again: 'here both setups are given one secret file: the second stops at that',
	},
	'src/steps/move/new.ts NotProven': {...move({toSetup: 'berlin'}), make: movingTo(false), fill: {NAME: 'dublin'}},
	'src/steps/move/backup.ts NotBackedUp': {
		...move({toSetup: 'berlin'}),
		make: movingTo(true),
		fill: {DAY: '2026-01-02'},
	},
	'src/steps/move/switch.ts NotRotatedYet': {...move(), make: movingTo(true, toBerlin)},
	'src/steps/move/switch.ts NotSeenYet': {
		...move(),
		make: movingTo(true, toBerlin, {npsRotated: true}),
		fill: {WHY: 'sure'},
		again: 'AWS shows a use hours later',
	},
	'src/steps/replace/old-access-key.ts NotFinished': {...replacement, make: begun('policy')},
	'src/steps/replace/old-access-key.ts NoAccessKey': {
		...replacement,
		async make(bench) {
			await begun()(bench);
			ours(bench).accessKeys.length = 0;
		},
		again: 'an access key is never made again unasked: set-up asks where the secret goes',
	},
	'src/steps/replace/old-access-key.ts Inactive': {
		...replacement,
		async make(bench) {
			await begun()(bench);
			for (const it of ours(bench).accessKeys) it.status = 'Inactive';
		},
	},
	'src/steps/replace/rotate-nps.ts NotRotatedYet': {...replacement, make: replacing({})},
	'src/steps/replace/rotate-nps.ts NotSeenYet': {
		...replacement,
		make: replacing({}, {npsRotated: true}),
		fill: {WHY: 'sure'},
		again: 'AWS shows a use hours later',
	},
	'src/steps/replace/retire-old.ts Healthy': {...replacement, make: replacing({}, sure)},
	'src/steps/replace/retire-old.ts MayBeDeleted': {...replacement, make: replacing({}, sure, {npsHealthy: true})},
	'src/steps/replace/old-access-key-by-id.ts ActiveAgain': {
		...replacement,
		async make(bench) {
			await replacing({}, sure)(bench);
			for (const it of ours(bench).accessKeys) it.status = 'Active';
		},
	},
	'src/steps/replace/old-access-key.ts NotDue': {
		...replacement,
		async make(bench) {
			await replacing({}, sure, {npsHealthy: true})(bench);
			const old = ours(bench).accessKeys.find(it => it.status === 'Inactive')?.id;
			await bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv'), deleteAccessKey: old});
		},
		options: {secretFile: 'third.csv'},
		again: 'nobody waits a year',
	},
	'src/steps/replace/old-access-key.ts TwoKeys': {
		...replacement,
		async make(bench) {
			await send(bench).iam.send(new iam.CreateUserCommand({UserName: 'nps-kms-user'}));
			await send(bench).iam.send(new iam.CreateAccessKeyCommand({UserName: 'nps-kms-user'}));
			await bench.run(setup, {prove: false, adopt: 'user'});
			await send(bench).iam.send(new iam.CreateAccessKeyCommand({UserName: 'nps-kms-user'}));
		},
	},
	'src/steps/things/kms-key-administrators.ts NpsUser': {
		make: begun('user'),
		options: {keyAdministrator: ['arn:aws:iam::ACCOUNT:user/nps-kms-user']},
		fill: {ARN: 'arn:aws:iam::ACCOUNT:user/admin'},
	},
	'src/steps/looks/setup-by-tags.ts SeveralSetups': {
		async make(bench) {
			await lost('policy')(bench);
			const Tags = Object.entries({'nps-kms:setup': 'nps', 'nps-kms:id': 'another'}).map(([Key, Value]) => ({
				Key,
				Value,
			}));
			await send(bench).iam.send(new iam.CreateUserCommand({UserName: 'nps-kms-user', Tags}));
		},
		options: {recover: true},
		fill: {NAME: 'other'},
		unasked: true,
	},
	'src/steps/things/managed-elsewhere.ts ManagedElsewhere': {
		async make(bench) {
			await begun('user')(bench);
			const Tags = [{Key: 'ManagedBy', Value: 'terraform'}];
			await send(bench).iam.send(new iam.TagUserCommand({UserName: 'nps-kms-user', Tags}));
			await send(bench).iam.send(new iam.DetachUserPolicyCommand(ourAttachment(bench)));
		},
		async byHand(bench) {
			await send(bench).iam.send(new iam.AttachUserPolicyCommand(ourAttachment(bench)));
		},
	},
	'src/steps/things/console-access.ts EEXIST': {
		async make(bench) {
			writeFileSync(join(bench.home, 'password.csv'), 'something');
		},
		options: {consoleAccess: true, consolePasswordFile: 'password.csv'},
		fill: {FILE: 'another.csv'},
	},
	'src/steps/looks/stops-ahead.ts DeniedAhead': {
		make: bench => {
			const PolicyDocument = JSON.stringify({
				Version: '2012-10-17',
				Statement: [{Effect: 'Deny', Action: 'kms:CreateKey', Resource: '*'}],
			});
			return send(bench).iam.send(new iam.PutUserPolicyCommand({UserName: 'admin', PolicyName: 'no', PolicyDocument}));
		},
		byHand: bench => send(bench).iam.send(new iam.DeleteUserPolicyCommand({UserName: 'admin', PolicyName: 'no'})),
		unasked: true,
	},
	'src/steps/things/seen-ways.ts LeavesNpsOut': {
		async make(bench) {
			await begun()(bench);
			await new Nps(bench.sandbox, join(bench.home, 'secret.csv')).works();
		},
		options: {sourceIp: ['203.0.113.0/24']},
		fill: {CIDR: '127.0.0.0/8', WHY: 'moved'},
	},
	'src/steps/things/adopted-by-arn.ts NotFound': {
		options: {adopt: 'arn:aws:iam::ACCOUNT:policy/nothing'},
		fill: {ARN: 'policy'},
	},
	'src/steps/things/adopted-by-arn.ts HasAnotherKey': {
		async make(bench) {
			await begun('managed-key')(bench);
			const file = join(bench.home, 'setups', 'nps.json');
			const record = JSON.parse(readFileSync(file, 'utf8')) as {entries: {change?: {id: string}}[]};
			const at = record.entries.findIndex(it => it.change?.id === 'create-key');
			writeFileSync(file, JSON.stringify({...record, entries: record.entries.slice(0, at + 1)}), {mode: 0o600});
			delete bench.sandbox.account.aliases['eu-west-1 alias/nps-kms-key'];
		},
		options: {adopt: 'arn:aws:kms:eu-west-1:ACCOUNT:key/11111111-2222-3333-4444-555555555555'},
	},
	'src/steps/things/adopted-by-arn.ts AdoptsElsewhere': {
		options: {adopt: 'arn:aws:kms:eu-central-1:ACCOUNT:key/11111111-2222-3333-4444-555555555555'},
		fill: {ARN: 'arn:aws:kms:eu-west-1:ACCOUNT:key/11111111-2222-3333-4444-555555555555'},
	},
	'src/steps/connect.ts WrongPartition': {options: {region: 'cn-north-1'}, fill: {REGION: 'eu-west-1'}},
	'src/steps/retire/backups.ts BeingReplaced': {
		...ending,
		make: replacing({}),
		again: 'the replacement has gates of its own',
	},
	'src/steps/retire/backups.ts NothingToRetire': {...ending, make: begun('policy')},
	'src/steps/retire/unused.ts NotTold': {
		...ending,
		async make(bench) {
			await retiring()(bench);
			await bench.run(retire, {backupsUntil: inDays(300)});
			denyLooks(bench);
		},
		fill: {WHY: 'sure'},
		byHand: bench => bench.sandbox.setFaults([]),
	},
	'src/steps/retire/unused.ts NotRestarted': {
		...ending,
		async make(bench) {
			await retiring()(bench);
			await bench.run(retire, {backupsUntil: inDays(300)});
		},
		fill: {DAY: inDays(30)},
	},
	'src/steps/retire/backups.ts Backups': {...ending, make: retiring(), fill: {DAY: inDays(90)}},
	'src/steps/retire/access-key.ts MayBeInactive': {
		...ending,
		make: retiring(nothing),
		again: 'set Active again, it may be set Inactive again',
	},
	'src/steps/retire/access-key.ts MayBeDeleted': {...ending, make: retiring(rested)},
	'src/steps/retire/access-key.ts InactiveBefore': {
		...ending,
		async make(bench) {
			await retiring(nothing)(bench);
			for (const it of ours(bench).accessKeys) it.status = 'Inactive';
		},
	},
	'src/steps/retire/kms-key.ts MayBeDisabled': {
		...ending,
		make: retiring(rested, removed),
		again: 'enabling it again turns it round',
	},
	'src/steps/retire/kms-key.ts DisabledBefore': {
		...ending,
		async make(bench) {
			await retiring(rested, removed)(bench);
			const keys = Object.values(bench.sandbox.account.keys).filter(it => it.manager === 'CUSTOMER');
			bench.sandbox.setKeyStates(new Map(keys.map(it => [it, 'Disabled'])));
		},
	},
	'src/steps/retire/kms-key.ts NotTold': {
		course: retire,
		// Else it isn't told either whether the key was used before.
		options: {unusedReason: 'gone'},
		async make(bench) {
			await retiring(rested, removed, disabled)(bench);
			denyLooks(bench);
		},
		fill: {WHY: 'sure'},
		byHand: bench => bench.sandbox.setFaults([]),
	},
	'src/steps/retire/stage.ts BeingRetired': {
		make: retiring(rested, removed, disabled),
		again: 'turned round, it can be disabled again',
	},
	'src/steps/discard/after-retiring.ts BackupsKept': {
		course: discard,
		options: {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true},
		make: retiring(rested, removed, disabled, nothing),
		again: 'the day of the backups is the person’s to say; test/contract/retire.test.ts waits for it',
	},
	'src/steps/replace/both-access-keys.ts NewKeyGone': {
		...replacement,
		async make(bench) {
			await replacing({})(bench);
			const [, it] = ours(bench).accessKeys;
			if (it) it.status = 'Inactive';
		},
	},
};

const run = (bench: Bench, {course = setup}: Case, options: object): Promise<Ran> =>
	bench
		.run(course, {
			prove: false,
			...(course === replaceAccessKey && {secretFile: join(bench.home, 'new.csv')}),
			...options,
		})
		.catch((error: {problem?: object}) => {
			if (!error.problem) throw error;
			return {code: 2, lines: [], result: {type: 'none', problem: error.problem}, said: ''} as Ran;
		});
const toldBy = ({result}: Ran): Told | undefined =>
	(result['problem'] ?? result['waitsFor']) as Line as unknown as Told | undefined;
const inHome = (text: string, bench: Bench): string =>
	(text.endsWith('.csv') ? join(bench.home, text) : text)
		.replace('ACCOUNT', bench.sandbox.account.id)
		.replace('OURS', bench.sandbox.account.users['nps-kms-user']?.accessKeys[0]?.id ?? 'OURS');
const optionsIn = (bench: Bench, options: object = {}): object =>
	JSON.parse(JSON.stringify(options), (_key, it: unknown) =>
		typeof it === 'string' ? inHome(it, bench) : it,
	) as object;
const camel = (it: string): string => it.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
const pascal = (it: string): string => camel(`-${it}`);
const lists: readonly string[] = ['tag', 'key-administrator', 'source-ip', 'source-vpce'];
/** Flags as they are typed, as options. */
function read(flags: string, bench: Bench, fill: Case['fill'] = {}): object {
	const options: Record<string, unknown> = {};
	for (const [, not, name = '', value] of flags.matchAll(/--(no-)?([\w-]+)(?: (?!--)(\S+))?/g)) {
		const given = value && inHome(fill[value] ?? value, bench);
		expect(readFileSync('test/contract/flags.txt', 'utf8')).toMatch(new RegExp(`--(no-)?${name}\\b`));
		const had = options[camel(name)] as readonly unknown[] | undefined;
		options[camel(name)] = not ? false : lists.includes(name) ? [...(had ?? []), given] : (given ?? true);
	}
	return options;
}
/** Makes a call that is told as a command line of the AWS CLI. */
async function callAsTold(command: string, bench: Bench): Promise<void> {
	const [, service, api = '', ...words] = command.split(' ');
	const input = Object.fromEntries(
		[...words.join(' ').matchAll(/--([\w-]+) (\S+)/g)]
			.filter(([, name]) => name !== 'region')
			.map(([, name = '', value]) => [pascal(name), value]),
	);
	const {[`${pascal(api)}Command`]: Command} = (service === 'iam' ? iam : kms) as unknown as Record<
		string,
		new (
			input: object,
		) => never
	>;
	const client = service === 'iam' ? send(bench).iam : send(bench).kms;
	await (client as {send(it: unknown): Promise<unknown>}).send(new (Command ?? expect.fail(`no ${api}`))(input));
}
const courses: Readonly<Record<string, Course>> = {
	setup,
	discard,
	prove: proveAgain,
	'replace-access-key': replaceAccessKey,
	retire,
};
/** Where a way out led: to another course, by a command that is told, or not away. */
function ledTo({command}: ToldWay, it: Case): Case {
	const [, word = ''] = /^nps-kms ?([a-z-]*)/.exec(command ?? 'none') ?? [];
	const course = command === undefined ? undefined : courses[word || 'setup'];
	return course === undefined || course === (it.course ?? setup) ? it : ({...it, course, options: {}} as Case);
}
/** Goes a way out without questions; undefined: it is only told, or only somebody can. */
async function follow(way: ToldWay, it: Case, bench: Bench): Promise<Ran | undefined> {
	const {flags, command, commands} = way;
	const options = optionsIn(bench, it.options);
	if (flags !== undefined) return run(bench, it, {...options, ...read(flags, bench, it.fill)});
	if (command !== undefined) {
		const [, word = ''] = /^nps-kms ?([a-z-]*)/.exec(command) ?? expect.fail(command);
		if (['record', 'status', 'export'].includes(word) || command.includes('--print-commands')) return undefined;
		// Somebody gives what it prints.
		if (word === 'permissions') {
			await it.byHand?.(bench);
			return run(bench, it, options);
		}
		const confirmed = word === 'discard' && {confirm: 'nps'};
		return run(bench, {course: courses[word || 'setup'] ?? expect.fail(word)}, {...read(command, bench), ...confirmed});
	}
	if (commands) for (const one of commands) await callAsTold(one, bench);
	else if (way.is === 'none' || !it.byHand) return undefined;
	else await it.byHand(bench);
	return run(bench, it, options);
}
async function standing(it: Case, use: (bench: Bench, told: Told) => Promise<void>): Promise<void> {
	const bench = await Bench.start();
	try {
		await it.make?.(bench);
		const stopped = await run(bench, it, optionsIn(bench, it.options));
		await use(bench, toldBy(stopped) ?? expect.fail(`nothing stops it: ${JSON.stringify(stopped.result)}`));
	} finally {
		await bench.end();
	}
}

describe.each(Object.entries(cases))('%s', (name, it) => {
	const [, code] = name.split(' ');
	test('each way out is accepted without questions, and leads on', async () => {
		let ways = 1;
		for (let at = 0; at < ways; at++)
			await standing(it, async (bench, told) => {
				expect(told.code, told.what).toBe(code);
				ways = told.ways?.length ?? 0;
				expect(ways).toBeGreaterThan(0);
				const way = told.ways?.[at] ?? expect.fail('it is told otherwise each time');
				const ran = await follow(way, it, bench);
				if (!ran) return;
				const next = toldBy(ran);
				expect(ran.code, `${JSON.stringify(way)}: ${JSON.stringify(next)}`).not.toBe(2);
				if (it.again === undefined && next) expect(next.what, JSON.stringify(way)).not.toBe(told.what);
			});
	}, 60_000);
	test('no way out of where one leads comes back to it', async () => {
		// What only a person can do was done on the way there.
		const second = {...it, byHand: undefined} as unknown as Case;
		const [ways, nexts] = [[0], new Map<number, number>()];
		for (let at = 0; at < ways.length; at++)
			for (let then = 0; then < (nexts.get(at) ?? 1); then++)
				await standing(it, async (bench, told) => {
					if (ways.length < (told.ways?.length ?? 0)) ways.push(ways.length);
					const first = told.ways?.[at] ?? expect.fail('there is no way');
					const ran = await follow(first, it, bench);
					const next = ran && toldBy(ran);
					const way = next?.ways?.[then];
					nexts.set(at, next?.ways?.length ?? 0);
					if (!way || it.again !== undefined) return;
					const third = await follow(way, ledTo(first, second), bench);
					if (third) expect(toldBy(third)?.what, JSON.stringify([first, way])).not.toBe(told.what);
				});
	}, 120_000);
	if (it.unasked) return;
	test('each key of a way out leads on, and line by line its number, its key and its word are the same', async () => {
		let keys: readonly string[] = [''];
		for (let at = 0; at < keys.length; at++)
			await standing(it, async (bench, told) => {
				const pressed: {key?: string; next?: Stop} = {};
				const event = async (stop: Stop, scene: Scene): Promise<Event> => {
					if (stop.what !== told.what || pressed.key !== undefined) {
						pressed.next = stop;
						return {type: 'quit'};
					}
					keys = choicesOf(stop).map(way => way.key);
					const way = choicesOf(stop)[at];
					pressed.key = way?.key ?? '';
					if (!way) return {type: 'quit'};
					// There a number is the place in the list that is told.
					for (const line of [String(at + 2), ...(/\d/.test(way.key) ? [] : [way.key]), way.label])
						expect(await answeredLineByLine(scene, line), line).toEqual({type: 'way', way});
					return {type: 'way', way};
				};
				const ended = await sit(bench, it, event);
				// Who waits and sees has it look again.
				if (keys.length > 0 && it.again === undefined && pressed.key !== keyOf('watch'))
					expect(pressed.next?.what, `${pressed.key}, ${ended}`).not.toBe(told.what);
			});
	}, 60_000);
});

/** What a line that is typed comes to, where everything is told line by line. */
const answeredLineByLine = (scene: Scene, line: string): Promise<Event> =>
	new Plain({say: () => undefined, ask: async () => line, askUnseen: async () => line, close: () => undefined}).ask(
		scene,
	);

/** A person at a screen who presses Enter, and does as is said where it stops. */
async function sit(
	bench: Bench,
	{course = setup, options}: Case,
	atStop: (stop: Stop, scene: Scene) => Promise<Event>,
): Promise<number> {
	const env = {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'};
	const file = course === replaceAccessKey ? 'new.csv' : 'secret.csv';
	const given = {setup: 'nps', secretFile: join(bench.home, file), prove: false, ...optionsIn(bench, options)};
	let turns = 0;
	return exitCode[
		await ask(
			{
				...{course, others: [], options: given, env, version: '0.0.0', now: new Date()},
				outlet: {json: false, out: () => undefined, err: () => undefined},
			},
			() => ({
				draw: () => undefined,
				async ask(scene) {
					const {phase, fields, answers} = scene;
					if (turns++ > 40) return {type: 'quit'};
					if (phase.at === 'stopped') return atStop(phase.problem as Stop, scene);
					if (phase.at === 'review') return {type: 'approved'};
					return {
						type: 'submitted',
						answers: Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? ''])),
					};
				},
				secret: async () => undefined,
				home: async () => ({chosen: 'go'}),
				end: async () => undefined,
			}),
			() => undefined,
		)
	];
}

/** Problems whose ways out are followed elsewhere, or that only a person can do anything about: where, or why. */
const elsewhere: Readonly<Record<string, string>> = {
	'src/engine/proving.ts none':
		'only a person can find what allows or denies; test/contract/proof.test.ts breaks each check',
	'src/engine/sending.ts NotSent': 'it is tried again at once; test/engine/apply.test.ts',
	'src/engine/nobody-to-see.ts NoScreen': 'needs a terminal; a file is chosen as for EEXIST of secret-place.ts',
	'src/front/headless.ts Unsteady': 'only a person can find who else is at work',
	'src/steps/connect.ts InvalidClientTokenId': 'other credentials; test/contract/ways-out.test.ts makes such sessions',
	'src/steps/connect.ts OtherAccount': 'other credentials; test/contract/who.test.ts',
	'src/steps/connect.ts UnexpectedAccount': 'other credentials; test/contract/who.test.ts',
	'src/steps/connect.ts UnrecognizedClientException': 'only AWS enables a region; test/steps/looks/preflight.test.ts',
	'src/steps/connect.ts none': 'AWS names no account',
	'src/steps/looks/stops-ahead.ts none': 'passes on the ways of the step to come',
	'src/steps/discard/course.ts Recovered': 'there is none but to leave it, or by hand by what record prints',
	'src/steps/discard/key-policy-denials.ts KeyPolicyDenies':
		'only who wrote the key policy can; test/strict/discard-denied.test.ts',
	'src/steps/things/kms-key-policy-as-reviewed.ts ChangedMeanwhile':
		'it is looked at again at once; test/contract/key-anew.test.ts',
	'src/steps/things/dated-gate.ts none': 'only time opens it; test/contract/retire.test.ts waits it out',
	'src/steps/retire/backups.ts Recovered': 'as Recovered of discard; test/contract/retire.test.ts',
	'src/steps/retire/backups.ts KeptForBackups': 'a day that is waited for; test/contract/retire-after-move.test.ts',
	'src/steps/retire/unused.ts MovedOnWord': 'as NotTold there; test/contract/retire-moved-to.test.ts',
	'src/steps/retire/unused.ts Used': 'only a person can find what uses it; test/contract/retire.test.ts',
	'src/steps/retire/kms-key.ts StillNeeded': 'as Used; test/contract/retire.test.ts enables the key again',
	'src/steps/discard/after-retiring.ts EnabledAgain': 'retire tells its ways; test/contract/retire.test.ts',
	'src/steps/discard/after-retiring.ts NotTold': 'as NotTold of retire; test/contract/retire.test.ts tells a reason',
	'src/steps/discard/after-retiring.ts NotWatched': 'days that are waited for; test/contract/retire.test.ts',
	'src/steps/discard/after-retiring.ts StillNeeded': 'retire tells its ways; test/contract/retire.test.ts',
	'src/steps/hand-off.ts NotSeenYet': 'a wait at a screen alone, left by its key',
	'src/steps/least-privilege.ts LimitExceeded':
		'which version goes, only a person can say; test/steps/least-privilege.test.ts',
	'src/steps/managed-key.ts NotFound': 'another setup, or the right region; test/steps/managed-key.test.ts tells it',
	'src/steps/discard/course.ts KeptForBackups': 'a day that is waited for; test/contract/move.test.ts',
	'src/steps/discard/moved-here.ts InUse': 'retire tells its ways; test/contract/move-rounds.test.ts',
	'src/steps/discard/moved-here.ts MovedHere': 'a move goes on there; test/contract/retire-moved-to.test.ts',
	'src/steps/move/new-standing.ts NewNotWorking': 'status of another setup tells; test/contract/move-rounds.test.ts',
	'src/steps/move/new.ts OtherMove': 'test/contract/move.test.ts goes on with the one that is told',
	'src/steps/move/went-back.ts StillInactive': 'as ActiveAgain; test/contract/move-back.test.ts',
	'src/steps/move/new.ts SameKey': 'another setup, as for NotBegun; test/contract/move.test.ts',
	'src/steps/move/restart.ts NotRestarted': 'a time after a delivery; test/contract/move.test.ts tells it',
	'src/steps/move/restart.ts OtherServers': 'test/contract/move.test.ts',
	'src/steps/move/restart.ts StillUsed': 'test/contract/move.test.ts restarts again, and tells a reason',
	'src/steps/move/restart.ts TooSoon': 'hours that are waited for; test/contract/move.test.ts',
	'src/steps/move/retire.ts ActiveAgain': 'test/contract/move.test.ts',
	'src/steps/move/watch.ts Healthy': 'test/contract/move.test.ts',
	'src/steps/move/watch.ts Watching': 'days that are waited for; test/contract/move.test.ts',
	'src/steps/replace/evidence.ts StillUsed': 'as NotSeenYet; test/contract/replace.test.ts',
	'src/steps/replace/new-access-key.ts EEXIST': 'as EEXIST of secret-place.ts',
	'src/steps/replace/new-access-key.ts LimitExceeded': 'test/crash/replace-person.ts presses its keys',
	'src/steps/things/access-key-questions.ts Shown': 'test/crash/show-once.test.ts presses its keys',
	'src/steps/things/access-key-questions.ts Stray': 'test/crash/replace-person.ts presses its keys',
	'src/steps/things/console-access.ts none': 'the same as EEXIST there, with the code of the system',
	'src/steps/things/permissions-boundary.ts OtherBoundary': 'test/strict/boundary.test.ts gives the one that is there',
	'src/steps/things/region-tag.ts OtherRegion': 'test/contract/recovery.test.ts uses the region',
	'src/steps/things/region-tag.ts RegionNotKnown': 'test/contract/recovery.test.ts names the region',
	'src/steps/things/permissions-boundary.ts BoundaryDenies': 'test/strict/boundary.test.ts gives another',
	'src/steps/things/same-thing.ts Stranger':
		'only a person can find who made it, between a look and a change; test/contract/other-hands.test.ts',
	'src/steps/things/secret-place.ts none': 'the same as EEXIST there, with the code of the system',
};

/** Problems that a file makes of parts. */
const withoutIs = (file: string): readonly string[] => {
	const text = readFileSync(file, 'utf8');
	return text.includes('Omit<Stop') ? [...text.matchAll(/\bcode: '(\w+)'/g)].map(([, code]) => `${file} ${code}`) : [];
};
const isSomewhere = (name: string): boolean => {
	const [file = '', code] = name.split(' ');
	return readFileSync(file, 'utf8').includes(`'${code}'`);
};

test('the list of problems whose ways out nobody follows says why of each', () => {
	// Problems as they are made, not their type and what tells one.
	const files = ['src/steps', 'src/engine', 'src/front'].flatMap(room =>
		readdirSync(room, {recursive: true, encoding: 'utf8'})
			.filter(it => it.endsWith('.ts') && it !== 'problem.ts')
			.map(it => join(room, it).replaceAll('\\', '/')),
	);
	const told = files.flatMap(file => [
		...withoutIs(file),
		...readFileSync(file, 'utf8')
			.split(/is: '(?:problem|pause)'/)
			.slice(1)
			.map(text => `${file} ${/\bcode: '(\w+)'/.exec(text.slice(0, 1500))?.[1] ?? 'none'}`),
	]);
	expect(told.length).toBeGreaterThan(40);
	expect(told.filter(it => !cases[it] && !elsewhere[it]).sort()).toEqual([]);
	expect(Object.keys({...cases, ...elsewhere}).filter(it => !told.includes(it) && !isSomewhere(it))).toEqual([]);
});
