import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {wideDocument} from '../../src/aws/policy/policy-documents.js';
import {type Entry, fold} from '../../src/engine/record.js';
import type {Key} from '../../src/sandbox/account/account.js';
import {policyIn, userIn} from './account.js';
import {needed, printed} from './fronts.js';
import {StrictBench, statementsOf} from './strict-bench.js';
import {told, toldTexts} from './told.js';

const strict = new StrictBench();
const {run, writes} = strict;
const account = '111122223333';
const iam = `arn:aws:iam::${account}`;
const id = '11111111-2222-3333-4444-555555555555';
const wide = wideDocument('aws', account) as unknown as {readonly Statement: readonly object[]};
const [policyArn, userArn] = [`${iam}:policy/pam/nps/Theirs`, `${iam}:user/apps/their-user`];
const keyArn = `arn:aws:kms:eu-west-1:${account}:key/${id}`;
/** Somebody's policy and user, each under a path and a name of its own, and a KMS key without an alias. */
function theirs(): void {
	const it = strict.bench.sandbox.account;
	policyIn(it, [wide.Statement].flat(), {name: 'Theirs', path: '/pam/nps/'});
	userIn(it, {name: 'their-user', path: '/apps/'});
	const root = {Effect: 'Allow', Principal: {AWS: `${iam}:root`}, Action: 'kms:*', Resource: '*'};
	const key: Key = {
		...{id, arn: keyArn, region: 'eu-west-1', created: 0, description: '', state: 'Enabled', manager: 'CUSTOMER'},
		...{
			spec: 'SYMMETRIC_DEFAULT',
			usage: 'ENCRYPT_DECRYPT',
			origin: 'AWS_KMS',
			multiRegion: false,
			tags: [],
			grants: [],
		},
		...{
			policy: JSON.stringify({Version: '2012-10-17', Statement: [root]}),
			material: Buffer.alloc(32, 7).toString('base64'),
		},
	};
	it.keys[keyArn] = key;
}
const all = `${policyArn},${userArn},${keyArn}`;
const creates = (): readonly string[] => writes().filter(it => it.startsWith('Create'));
const code = (result: Readonly<Record<string, unknown>>): unknown =>
	(result['problem'] as {readonly code?: string} | undefined)?.code;

describe('each is what its ARN says', () => {
	test('under its own name and path, the KMS key with the alias asked for; the next run knows them without', async () => {
		theirs();
		const ran = await run({adopt: all});
		expect([ran.code, creates()], ran.said).toEqual([0, ['CreateAccessKey', 'CreateAlias', 'CreatePolicyVersion']]);
		const {users, aliases} = strict.bench.sandbox.account;
		expect(users['their-user']?.attached.map(it => it.arn)).toEqual([policyArn]);
		expect(aliases['eu-west-1 alias/nps-kms-key']?.key).toBe(keyArn);
		expect(statementsOf(strict.key().policy).some(it => JSON.stringify(it).includes(userArn))).toBe(true);
		expect(await told(strict.bench)).toEqual([0, []]);
		expect([(await run()).code, writes()]).toEqual([0, []]);
		expect([(await run({adopt: all})).code, writes()]).toEqual([0, []]);
	});
	test('who may not list policies and users adopts all the same', async () => {
		theirs();
		const refused = ['iam:ListPolicies', 'iam:ListUsers', 'kms:ListKeys'];
		strict.bench.sandbox.setFaults(refused.map(api => ({api, nth: 'every', kind: 'access-denied'})));
		const ran = await run({adopt: all});
		expect([ran.code, creates()], ran.said).toEqual([0, ['CreateAccessKey', 'CreateAlias', 'CreatePolicyVersion']]);
	});
	test('a tag that was never there is not gone: status tells it as not put there yet', async () => {
		theirs();
		const permissionsBoundary = `${iam}:policy/nothing`;
		expect((await run({adopt: all, tag: ['team=x'], permissionsBoundary})).code).toBe(1);
		const texts = await toldTexts(strict.bench);
		expect(texts).toContain('A tag not put there yet: nps-kms:adopted-by');
		expect(texts.join()).not.toContain('gone');
	});
	test('an ARN goes beside a word', async () => {
		theirs();
		userIn(strict.bench.sandbox.account);
		const ran = await run({adopt: `${policyArn}, user`});
		expect([ran.code, creates()], ran.said).toEqual([
			0,
			['CreateAccessKey', 'CreateKey', 'CreateAlias', 'CreatePolicyVersion'],
		]);
	});
	test('a run that stopped half-way goes on with that KMS key, though nothing names it', async () => {
		theirs();
		strict.bench.sandbox.setFaults([{api: 'kms:CreateAlias', nth: 'every', kind: 'access-denied'}]);
		expect((await run({adopt: all})).code).toBe(1);
		strict.bench.sandbox.setFaults([]);
		const ran = await run();
		expect([ran.code, writes()], ran.said).toEqual([0, ['CreateAlias', 'EnableKeyRotation', 'CreatePolicyVersion']]);
		expect(Object.keys(strict.bench.sandbox.account.keys)).toEqual([keyArn]);
	});
	test.each([
		['once the user is there', {stopAfter: 'user'}, []],
		['at who is calling', {}, [{api: 'sts:GetCallerIdentity', nth: 'every', kind: 'access-denied'}]],
	] as const)('a run that stopped %s is carried on with that KMS key, or not at all', async (_when, more, faults) => {
		theirs();
		strict.bench.sandbox.setFaults(faults);
		await run({adopt: all, ...more});
		strict.bench.sandbox.setFaults([]);
		const stopped = await run({adopt: `${policyArn},${userArn}`});
		expect([stopped.code, code(stopped.result), creates()], stopped.said).toEqual([1, 'AlreadyThere', []]);
		expect(stopped.result['problem']).toMatchObject({
			what: expect.stringContaining(`Key ${keyArn} is there already`) as string,
			todo: 'Give the ARN of another with --adopt ARN, or adopt it with --adopt key',
		});
		const ran = await run({adopt: 'policy,user,key'});
		expect([ran.code, Object.keys(strict.bench.sandbox.account.keys)], ran.said).toEqual([0, [keyArn]]);
		expect(await told(strict.bench)).toEqual([0, []]);
	});
	test('a KMS key that this setup may have made, its answer lost, comes before the one named', async () => {
		await run({stopAfter: 'managed-key'});
		const file = join(strict.bench.home, 'setups', 'nps.json');
		const record = JSON.parse(readFileSync(file, 'utf8')) as {entries: {change?: {id: string}}[]};
		const at = record.entries.findIndex(it => it.change?.id === 'create-key');
		writeFileSync(file, JSON.stringify({...record, entries: record.entries.slice(0, at + 1)}), {mode: 0o600});
		delete strict.bench.sandbox.account.aliases['eu-west-1 alias/nps-kms-key'];
		const ours = strict.key().arn;
		theirs();
		const stopped = await run({adopt: keyArn});
		expect([stopped.code, writes()], stopped.said).toEqual([1, []]);
		expect(stopped.result['problem']).toMatchObject({
			code: 'HasAnotherKey',
			why: `This setup has KMS key ${ours}`,
			todo: expect.stringContaining(`--adopt ${ours}`) as string,
		});
		const ran = await run({adopt: ours});
		expect([ran.code, creates()], ran.said).toEqual([0, ['CreateAlias', 'CreatePolicyVersion']]);
	});
	test.each(['printed', 'recovered'])(
		'where one of ours may be lost (%s), who may not list all keys is told so, unless the one named bears our tag',
		async how => {
			if (how === 'printed') await printed(strict.bench, 'bash');
			else {
				await run({stopAfter: 'user'});
				strict.forget();
				await run({recover: true, stopAfter: 'user'});
			}
			theirs();
			const adopt = keyArn;
			expect([...(await needed(strict.bench, {adopt})).keys()]).toContain('kms:ListKeys');
			const {admin} = strict.bench.sandbox.account.users;
			const all = {Effect: 'Allow', NotAction: 'kms:ListKeys', Resource: '*'};
			Object.assign(admin ?? {}, {attached: [], groups: []});
			Object.assign(admin?.inline ?? {}, {but: JSON.stringify({Version: '2012-10-17', Statement: [all]})});
			const stopped = await run({adopt});
			expect([stopped.code, creates(), stopped.result['problem']]).toEqual([
				1,
				[],
				expect.objectContaining({what: 'Managed key would stop: you may not kms:ListKeys'}),
			]);
			const file = join(strict.bench.home, 'setups', 'nps.json');
			const {setupId} = fold((JSON.parse(readFileSync(file, 'utf8')) as {entries: Entry[]}).entries);
			strict.key().tags.push({Key: 'nps-kms:id', Value: setupId ?? ''});
			// It lacks what a key of ours has once it is whole.
			const ran = await run({adopt, restore: 'managed-key'});
			expect([ran.code, Object.keys(strict.bench.sandbox.account.keys)], ran.said).toEqual([0, [keyArn]]);
		},
	);
	test('another ARN takes the place of the one that was not there', async () => {
		theirs();
		const gone = await run({adopt: keyArn.replace(id, `0${id.slice(1)}`)});
		expect(gone.result['problem'], gone.said).toMatchObject({
			code: 'NotFound',
			todo: expect.stringMatching(/--adopt ARN; or else begin another setup/) as string,
		});
		expect([(await run()).code, creates()]).toEqual([1, []]);
		expect([(await run({adopt: keyArn})).code, creates()]).toEqual([
			0,
			['CreatePolicy', 'CreateUser', 'CreateAccessKey', 'CreateAlias', 'CreatePolicyVersion'],
		]);
	});
	test('an alias that is on another KMS key is not moved', async () => {
		await run();
		strict.forget();
		theirs();
		const secretFile = join(strict.bench.home, 'another.csv');
		const names = {policyName: 'another', userName: 'another-user', secretFile};
		const ran = await run({adopt: keyArn, ...names});
		expect([ran.code, code(ran.result), creates()], ran.said).toEqual([1, 'AlreadyExistsException', []]);
		const other = await run({adopt: keyArn, ...names, keyAlias: 'other'});
		expect(other.code, other.said).toBe(0);
		expect(strict.bench.sandbox.account.aliases['eu-west-1 alias/other']?.key).toBe(keyArn);
	});
	test('permissions ask for what taking them over needs', async () => {
		theirs();
		const asked = await needed(strict.bench, {adopt: all});
		for (const it of ['iam:CreatePolicy', 'iam:CreateUser', 'kms:CreateKey'])
			expect([...asked.keys()]).not.toContain(it);
		expect(asked.get('iam:TagPolicy')?.Resource).toBe(policyArn);
		expect(asked.get('iam:TagUser')?.Resource).toBe(userArn);
		expect(asked.get('kms:TagResource')?.Resource).toBe(keyArn);
	});
	test('who may do exactly what is printed takes policy and user over, to the end', async () => {
		theirs();
		const adopt = `${policyArn},${userArn}`;
		const asked = await needed(strict.bench, {adopt, prove: true});
		const {admin} = strict.bench.sandbox.account.users;
		Object.assign(admin ?? {}, {attached: [], groups: []});
		Object.assign(admin?.inline ?? {}, {
			only: JSON.stringify({Version: '2012-10-17', Statement: [...new Set(asked.values())]}),
		});
		const ran = await run({adopt, prove: true});
		expect(ran.code, ran.said).toBe(0);
		expect([asked.get('iam:SimulatePrincipalPolicy')?.Resource].flat()).toContain(userArn);
		expect([asked.get('iam:SimulatePrincipalPolicy')?.Resource].flat()).not.toContain(`${iam}:user/their-user`);
	});
});

describe('what contradicts it is refused before any call', () => {
	test.each([
		[{adopt: `${iam}:group/staff`}, 'is not understood'],
		[{adopt: 'arn:aws:iam::aws:policy/AdministratorAccess'}, 'is not understood'],
		[{adopt: `arn:aws:kms:eu-west-1:${account}:alias/nps-kms-key`}, 'is not understood'],
		[{adopt: 'keys'}, 'is not understood'],
		[{adopt: `${policyArn},${iam}:policy/Other`}, 'two of a kind'],
		[{adopt: `${policyArn},arn:aws:iam::444455556666:user/u`}, 'several accounts'],
		[{adopt: policyArn, policyName: 'Other'}, 'another name than --policy-name Other'],
		[{adopt: userArn, userName: 'other'}, 'another name than --user-name other'],
		[{adopt: keyArn, region: 'eu-central-1'}, 'is not in --region eu-central-1'],
		[{adopt: policyArn, expectAccount: '444455556666'}, `is of account ${account}`],
	])('%j', async (options, what) => {
		await expect(run(options)).rejects.toMatchObject({problem: {what: expect.stringContaining(what) as string}});
		expect(strict.bench.heard).toEqual([]);
	});
	test('what the record knows, too', async () => {
		await run();
		for (const adopt of [policyArn, userArn, keyArn]) {
			await expect(run({adopt})).rejects.toMatchObject({
				problem: {what: expect.stringMatching(/comes too late/) as string},
			});
			expect(strict.bench.heard).toEqual([]);
		}
		await expect(run({adopt: 'arn:aws:iam::444455556666:user/u'})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('is of account 444455556666') as string},
		});
	});
});

describe('what only a look tells stops before anything is written', () => {
	test.each([
		['another account', 'arn:aws:iam::444455556666:policy/Theirs', 'AdoptsElsewhere'],
		['another partition', `arn:aws-us-gov:iam::${account}:user/u`, 'AdoptsElsewhere'],
		['another region', `arn:aws:kms:eu-central-1:${account}:key/${id}`, 'AdoptsElsewhere'],
		['a policy that is not there', `${iam}:policy/nothing`, 'NotFound'],
		['a user that is not there', `${iam}:user/nobody`, 'NotFound'],
		['a KMS key that is not there', `arn:aws:kms:eu-west-1:${account}:key/0${id.slice(1)}`, 'NotFound'],
		['a policy of that name under another path', `${iam}:policy/Theirs`, 'NotFound'],
		['a user of that name under another path', `${iam}:user/their-user`, 'NotFound'],
	])('%s', async (_what, adopt, expected) => {
		theirs();
		const ran = await run({adopt});
		expect([ran.code, code(ran.result), writes()], ran.said).toEqual([1, expected, []]);
	});
});
