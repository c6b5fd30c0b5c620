import {join} from 'node:path';
import {
	CreateAccessKeyCommand,
	CreatePolicyCommand,
	CreateUserCommand,
	PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {CreateAliasCommand, CreateKeyCommand} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {wideDocument} from '../../src/aws/policy/policy-documents.js';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {whoLooks} from '../../src/commands/permissions/who-looks.js';
import type {Course} from '../../src/engine/course.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, proveAgain, replaceAccessKey, setup} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {Bench, type Ran} from './in-process.js';
import {Nps} from './nps.js';

let bench: Bench;
/** The access key of whoever has the printed policy alone. */
let granted: string;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await bench.end();
});

/** What is printed for a command, before or after a set-up. */
async function printed(command: string): Promise<string> {
	const out: string[] = [];
	const outlet = {json: false, out: (it: string) => void out.push(it), err: () => undefined};
	await permissions(
		{
			...{course: setup, others: [], options: {setup: 'nps', for: command}, version: '0.0.0', now: new Date()},
			...{env: {...process.env, NPS_KMS_HOME: bench.home}, outlet},
		},
		() => undefined,
	);
	return out.join('\n');
}
/** From here on, all is run by somebody who has that policy alone. */
async function only(PolicyDocument: string): Promise<void> {
	const {iam} = clientsOf(bench.sandbox);
	const who = {UserName: 'granted'};
	await iam.send(new CreateUserCommand(who));
	await iam.send(new PutUserPolicyCommand({...who, PolicyName: 'granted', PolicyDocument}));
	const {AccessKey} = await iam.send(new CreateAccessKeyCommand(who));
	granted = AccessKey?.AccessKeyId ?? '';
	vi.stubEnv('AWS_ACCESS_KEY_ID', granted);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
	bench.heard.length = 0;
}
const go = (course: Course, options: object = {}): Promise<Ran> => bench.run(course, options);
const theirs = (): typeof bench.heard => bench.heard.filter(it => it.caller?.arn.endsWith('/granted'));
/** What was refused to them; what the proof tries as the new user is denied on purpose. */
const refused = (): readonly string[] =>
	theirs().flatMap(it => (it.code?.startsWith('AccessDenied') ? [`${it.service}:${it.api}`] : []));
const changes = (): readonly string[] => [
	...new Set(theirs().flatMap(it => (reads.test(it.api) ? [] : [`${it.service}:${it.api}`]))),
];
const reads = /^(Get|List|Lookup|Describe|Simulate)/;
/** What a command's policy allows besides looking. */
const mayChange = (command: string): readonly string[] =>
	whoLooks[command]?.may.filter(it => !reads.test(it.split(':')[1] ?? '')) ?? [];
const user = () => Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user');
const kmsKey = () => Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER');
const ourPolicies = () => Object.values(bench.sandbox.account.policies).filter(it => !it.arn.includes(':iam::aws:'));
const waitsFor = ({code, result}: Ran): unknown => [
	code,
	result['status'],
	...[((result['waitsFor'] ?? result['problem']) as {code?: string} | undefined)?.code].filter(it => it),
];
const done = [0, 'complete'];

describe('whoever has only what permissions --for discard prints', () => {
	const all = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
	const used = new Set<string>();
	afterEach(() => {
		for (const it of changes()) used.add(it);
	});
	test('switches a set-up off, and then takes all of it back', async () => {
		await go(setup, {
			...{prove: false, accessKeyDescription: 'for NPS', deletionGuard: '365', keyAlias: 'nps-first'},
			...{consoleAccess: true, consolePasswordFile: join(bench.home, 'password.csv')},
		});
		expect(waitsFor(await go(setup, {prove: false, keyAlias: 'nps-kms-key'}))).toEqual(done);
		await only(await printed('discard'));
		expect(waitsFor(await go(discard, {...all, deleteKmsKey: false}))).toEqual(done);
		expect([user()?.accessKeys[0]?.status, kmsKey()?.state]).toEqual(['Inactive', 'Disabled']);
		expect(waitsFor(await go(discard, all))).toEqual(done);
		const {aliases} = bench.sandbox.account;
		expect([user(), ourPolicies(), kmsKey()?.state]).toEqual([undefined, [], 'PendingDeletion']);
		expect(Object.values(aliases).filter(it => it.key === kmsKey()?.arn)).toEqual([]);
		expect(refused()).toEqual([]);
	});
	test.each([
		['policy,key', undefined, []],
		['policy,user,key', [], ['iam:UntagUser']],
	])('leaves what was only taken over as it was: %s', async (adopt, tags, more) => {
		const {iam, kms} = clientsOf(bench.sandbox);
		const PolicyDocument = JSON.stringify(wideDocument('aws', bench.sandbox.account.id));
		await iam.send(new CreatePolicyCommand({PolicyName: 'NPS_KMS_Policy', PolicyDocument}));
		if (tags) await iam.send(new CreateUserCommand({UserName: 'nps-kms-user'}));
		const {KeyMetadata} = await kms.send(new CreateKeyCommand({}));
		await kms.send(new CreateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: KeyMetadata?.KeyId}));
		expect(waitsFor(await go(setup, {prove: false, adopt}))).toEqual(done);
		await only(await printed('discard'));
		expect(waitsFor(await go(discard, all))).toEqual(done);
		expect([user()?.tags, kmsKey()?.tags, kmsKey()?.state]).toEqual([tags, [], 'Enabled']);
		expect(ourPolicies().map(it => it.tags)).toEqual([[]]);
		expect(refused()).toEqual([]);
		expect(changes()).toEqual(expect.arrayContaining(['iam:UntagPolicy', 'kms:UntagResource', ...more]));
	});
	test('finds a KMS key whose making was never answered', async () => {
		const lost = ['kms:CreateKey=drop-after', 'kms:ListKeys#every=access-denied'];
		bench.sandbox.setFaults(lost.map(it => readFault(it) ?? expect.fail('no such fault')));
		expect((await go(setup, {prove: false})).code).toBe(1);
		bench.sandbox.setFaults([]);
		expect(kmsKey()?.state).toBe('Enabled');
		await only(await printed('discard'));
		expect(waitsFor(await go(discard, all))).toEqual(done);
		expect([user(), kmsKey()?.state]).toEqual([undefined, 'PendingDeletion']);
		expect(refused()).toEqual([]);
	});
	test('has used all that it may change', () => {
		expect([...used].sort()).toEqual([...mayChange('discard')].sort());
	});
});

describe('whoever has only what permissions --for prove prints', () => {
	test('proves a set-up, with another key of the account too, and changes nothing', async () => {
		await go(setup, {prove: false});
		await clientsOf(bench.sandbox).kms.send(new CreateKeyCommand({}));
		await only(await printed('prove'));
		const ran = await go(proveAgain);
		expect([ran.code, ran.result['proven']], ran.said).toEqual([0, true]);
		expect([refused(), changes(), mayChange('prove')]).toEqual([[], [], []]);
		// It tried that other key; it was not only simulated.
		expect(bench.heard.filter(it => it.api === 'Decrypt' && it.code?.startsWith('AccessDenied'))).not.toEqual([]);
	});
	test('where a person strikes what is optional, it is proven by simulating', async () => {
		await go(setup, {prove: false});
		await clientsOf(bench.sandbox).kms.send(new CreateKeyCommand({}));
		const policy = JSON.parse(await printed('prove')) as {Statement: readonly {Sid?: string}[]};
		const bare = {...policy, Statement: policy.Statement.filter(it => !it.Sid?.startsWith('Optional'))};
		await only(JSON.stringify(bare));
		const ran = await go(proveAgain);
		expect([ran.code, ran.result['proven']], ran.said).toEqual([0, true]);
		expect(refused()).toContain('kms:ListKeys');
	});
});

describe('whoever has only what permissions --for replace-access-key prints', () => {
	const day = 24 * 60 * 60_000;
	const secretFile = (): string => join(bench.home, 'new.csv');
	const replace = (options: object = {}): Promise<Ran> =>
		go(replaceAccessKey, {secretFile: secretFile(), accessKeyDescription: 'the second', ...options});
	test('goes all of the way, and back and forth on it', async () => {
		await go(setup, {prove: false, accessKeyDescription: 'for NPS'});
		await new Nps(bench.sandbox, join(bench.home, 'secret.csv'), '10.1.2.3').works();
		await go(setup, {prove: false, npsRotated: true});
		const old = user()?.accessKeys[0]?.id;
		await only(await printed('replace-access-key'));
		expect(waitsFor(await replace())).toEqual([0, 'paused', 'NotRotatedYet']);
		bench.pass(3_600_000);
		await new Nps(bench.sandbox, secretFile(), '10.1.2.3').works();
		bench.pass(3_600_000);
		expect(waitsFor(await replace({npsRotated: true}))).toEqual([0, 'paused', 'Healthy']);
		expect(waitsFor(await replace({reactivateAccessKey: old}))).toEqual([0, 'paused', 'ActiveAgain']);
		expect(waitsFor(await replace({deactivateAccessKey: old}))).toEqual([0, 'paused', 'Healthy']);
		bench.pass(day);
		const ran = await replace({npsHealthy: true, deleteAccessKey: old});
		expect([waitsFor(ran), user()?.accessKeys.map(it => it.id)]).toEqual([done, [expect.not.stringMatching(`${old}`)]]);
		expect(refused()).toEqual([]);
		expect([...changes()].sort()).toEqual([...mayChange('replace-access-key')].sort());
	});
});

test.each(Object.keys(whoLooks))(
	'what is printed for %s before there is a record fits the set-up that comes',
	async command => {
		const before = await printed(command);
		await go(setup, {prove: false});
		await only(before);
		const looked = await go(command === 'discard' ? discard : proveAgain, {
			...(command === 'discard' && {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true}),
		});
		expect(waitsFor(looked), looked.said).toEqual(done);
	},
);
