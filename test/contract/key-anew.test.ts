import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {CreateUserCommand, DeleteUserCommand} from '@aws-sdk/client-iam';
import {
	CreateAliasCommand,
	CreateKeyCommand,
	PutKeyPolicyCommand,
	UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {principals, type Statement, statements} from '../../src/aws/policy/statements.js';
import {status} from '../../src/commands/status/run-status.js';
import type {Value} from '../../src/engine/step.js';
import type {Key} from '../../src/sandbox/account/account.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, setup} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {Bench, type Line, type Ran} from './in-process.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
	for (const UserName of ['ann', 'bob', 'cem'])
		await clientsOf(bench.sandbox).iam.send(new CreateUserCommand({UserName}));
});
afterEach(async () => {
	await bench.end();
});

const arn = (name: string): string => `arn:aws:iam::${bench.sandbox.account.id}:user/${name}`;
const administered = (...names: readonly string[]): object => ({keyAdministrator: names.map(arn)});
const nobody = {keyAdministrator: false};
const run = (options: object = {}): Promise<Ran> => bench.run(setup, {prove: false, ...options});
const key = (): Key =>
	Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('there is no key');
const sid = 'Allow access for Key Administrators';
const inPolicy = (): Statement | undefined =>
	statements(JSON.parse(key().policy) as Value).find(it => it['Sid'] === sid);
const named = (): readonly string[] =>
	(inPolicy() ? principals(inPolicy() as Statement) : []).map(it => it.split('/').at(-1) ?? '');
/** Somebody writes the key policy, statement by statement. */
const theyWrite = (edit: (it: Statement) => readonly Statement[]): unknown => {
	const policy = JSON.parse(key().policy) as {Statement: Statement[]};
	const Policy = JSON.stringify({...policy, Statement: policy.Statement.flatMap(edit)});
	return clientsOf(bench.sandbox).kms.send(new PutKeyPolicyCommand({KeyId: key().id, PolicyName: 'default', Policy}));
};
const letIn = (...names: readonly string[]): unknown =>
	theyWrite(it => (it['Sid'] === sid ? [{...it, Principal: {AWS: names.map(arn)}}] : [it]));
const changed = (): readonly string[] =>
	bench.heard.filter(it => !/^(Get|List|Describe|Simulate|Lookup)/.test(it.api)).map(it => it.api);
const forget = (): void => void bench.heard.splice(0);
const problemOf = ({result}: Ran): Line => (result['problem'] ?? expect.fail('there is no problem')) as Line;
const change = ({lines}: Ran): Line =>
	(lines.find(it => it.type === 'step' && it['step'] === 'managed-key' && it['status'] === 'planned') as
		| Line
		| undefined) ?? expect.fail('nothing is planned');
const fault = (it: string): void => bench.sandbox.setFaults([readFault(it) ?? expect.fail('no such fault')]);
async function told(): Promise<{differences: readonly string[]; remarks: readonly string[]}> {
	const lines: string[] = [];
	await status(
		{
			course: setup,
			others: [],
			options: {setup: 'nps'},
			env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
			outlet: {json: true, out: it => void lines.push(it), err: () => undefined},
			version: '0.0.0',
			now: new Date(bench.time()),
		},
		() => undefined,
	);
	const {steps} = JSON.parse(lines.join('')) as {
		steps: {step: string; differences: Line[]; remarks?: Line[]; stricter?: Line[]}[];
	};
	const it = steps.find(one => one.step === 'managed-key');
	const texts = (all: readonly Line[] = []): readonly string[] =>
		all.map(one => `${String(one['code'])}: ${String(one['text'])}`);
	return {differences: texts(it?.differences), remarks: texts(it?.remarks)};
}

describe('the description of the KMS key', () => {
	test('is answered anew: the review says what it is and will be, and the run after has nothing to do', async () => {
		await run({keyDescription: 'first'});
		forget();
		const again = await run({keyDescription: 'second'});
		expect([again.code, changed(), key().description]).toEqual([0, ['UpdateKeyDescription'], 'second']);
		expect(again.said).toContain('“first”');
		forget();
		expect([(await run()).code, changed()]).toEqual([0, []]);
		expect((await run({keyDescription: ''})).code).toBe(0);
		expect(key().description).toBe('');
	});
	test('that somebody changed since is theirs: no run overrides it unasked, status remarks it', async () => {
		await run({keyDescription: 'ours'});
		await clientsOf(bench.sandbox).kms.send(new UpdateKeyDescriptionCommand({KeyId: key().id, Description: 'theirs'}));
		forget();
		expect([(await run()).code, (await run({keyDescription: 'ours'})).code, changed()]).toEqual([0, 0, []]);
		expect(await told()).toEqual({
			differences: [],
			remarks: ["key-description-changed: The key's description is “theirs”; this setup gave it “ours”. It is left so"],
		});
		expect([(await run({keyDescription: 'anew'})).code, key().description]).toEqual([0, 'anew']);
		expect(await told()).toEqual({differences: [], remarks: []});
	});
	test('answered anew and not put there yet is told so, and the next run does it', async () => {
		await run({keyDescription: 'first'});
		fault('kms:UpdateKeyDescription=access-denied');
		expect((await run({keyDescription: 'second'})).code).toBe(1);
		bench.sandbox.setFaults([]);
		expect((await told()).differences).toEqual([
			"key-description: The key's description is “first”, and is to be “second” as answered since",
		]);
		expect([(await run()).code, key().description]).toEqual([0, 'second']);
	});
});

describe('key administrators answered anew', () => {
	test('come in and go, in one key policy: the review names who is new and who is no longer', async () => {
		await run(administered('ann', 'bob'));
		forget();
		const again = await run(administered('bob', 'cem'));
		expect([again.code, changed(), named()]).toEqual([0, ['PutKeyPolicy'], ['bob', 'cem']]);
		expect(again.said).toContain(`no longer administrator: ${arn('ann')}`);
		expect(again.said).toContain(`new administrator: ${arn('cem')}`);
		expect(JSON.stringify(change(again))).toContain('put-key-policy');
		forget();
		expect([(await run()).code, changed()]).toEqual([0, []]);
		expect(await told()).toEqual({differences: [], remarks: []});
	});
	test('from none to one and back to none: the statement comes and goes', async () => {
		await run();
		const before = key().policy;
		expect([(await run(administered('ann'))).code, named()]).toEqual([0, ['ann']]);
		expect([(await run(nobody)).code, inPolicy()]).toEqual([0, undefined]);
		expect(statements(JSON.parse(key().policy) as Value)).toEqual(statements(JSON.parse(before) as Value));
		forget();
		expect([(await run()).code, changed()]).toEqual([0, []]);
	});
	test('leave who others put there, and every other statement', async () => {
		await run(administered('ann'));
		const theirs = {Sid: 'Theirs', Effect: 'Deny', Principal: '*', Action: 'kms:ScheduleKeyDeletion', Resource: '*'};
		await theyWrite(it => (it['Sid'] === sid ? [{...it, Principal: {AWS: [arn('ann'), arn('cem')]}}, theirs] : [it]));
		expect([(await run(administered('bob'))).code, named()]).toEqual([0, ['cem', 'bob']]);
		expect(JSON.parse(key().policy)['Statement']).toContainEqual(theirs);
		// Whom others put there is theirs though it was asked for as well.
		expect((await run(administered('bob', 'cem'))).code).toBe(0);
		const without = await run(administered('bob'));
		expect([without.code, named(), without.said]).toEqual([
			0,
			['cem', 'bob'],
			expect.stringContaining(`${arn('cem')} stays administrator of the key`),
		]);
	});
	test('that somebody took out come back by no plain run, and not along with others; by an answer anew they do', async () => {
		await run(administered('ann', 'bob'));
		await letIn('bob');
		forget();
		expect([(await run()).code, (await run(administered('ann', 'bob'))).code, changed()]).toEqual([0, 0, []]);
		expect([(await run(administered('ann', 'bob', 'cem'))).code, named()]).toEqual([0, ['bob', 'cem']]);
		expect([(await run(administered('bob', 'cem'))).code, named()]).toEqual([0, ['bob', 'cem']]);
		expect([(await run(administered('ann', 'bob', 'cem'))).code, named()]).toEqual([0, ['bob', 'cem', 'ann']]);
	});
	test('taken out with their statement stay out where others are new, and come back by --restore', async () => {
		await run(administered('ann', 'bob'));
		await theyWrite(it => (it['Sid'] === sid ? [] : [it]));
		const plain = await run();
		expect([plain.code, problemOf(plain)['code']]).toEqual([1, 'TakenAway']);
		expect([(await run(administered('ann', 'bob', 'cem'))).code, named()]).toEqual([0, ['cem']]);
		forget();
		expect([(await run()).code, changed()]).toEqual([0, []]);
		expect([(await run({restore: 'managed-key'})).code, named()]).toEqual([0, ['cem', 'ann', 'bob']]);
	});
	test('may be new where the record is lost: nobody is said to have taken them out, and --restore lets them in', async () => {
		await run();
		rmSync(join(bench.home, 'setups'), {recursive: true});
		forget();
		const again = await run({...administered('ann'), recover: true});
		const {code, why} = problemOf(again);
		expect([again.code, code, changed()]).toEqual([1, 'MayBeTakenAway', []]);
		expect(why).toContain(`new administrator: ${arn('ann')}; it is new, or somebody took it away`);
		expect([(await run({restore: 'managed-key'})).code, named()]).toEqual([0, ['ann']]);
	});
	test('come in under the conditions that others put there, and never by a wider twin', async () => {
		await run(administered('ann'));
		const Condition = {IpAddress: {'aws:SourceIp': '10.0.0.0/8'}};
		await theyWrite(it => (it['Sid'] === sid ? [{...it, Condition}] : [it]));
		expect([(await run(administered('ann', 'bob'))).code, named()]).toEqual([0, ['ann', 'bob']]);
		expect([(await run(administered('bob'))).code, named(), inPolicy()?.['Condition']]).toEqual([
			0,
			['bob'],
			Condition,
		]);
		expect(statements(JSON.parse(key().policy) as Value)).toHaveLength(4);
	});
	test('are told and left where the statement is another', async () => {
		await run(administered('ann'));
		await theyWrite(it =>
			it['Sid'] === sid ? [{...it, Action: ['kms:*'], Condition: {Bool: {'aws:SecureTransport': 'true'}}}] : [it],
		);
		forget();
		const again = await run(administered('bob'));
		expect([again.code, changed(), again.said]).toEqual([
			0,
			[],
			expect.stringContaining(`isn't as this setup wrote it, and is left so: ${arn('bob')} isn't added to it`),
		]);
	});
	test('who are not there, or can’t be, stop it before anything is changed', async () => {
		await run();
		forget();
		for (const [who, code] of [
			[arn('nobody'), 'NoSuchEntity'],
			['arn:aws:iam::999999999999:role/x', 'OtherAccount'],
			[arn('nps-kms-user'), 'NpsUser'],
		]) {
			const stopped = await run({keyAdministrator: [who]});
			expect([stopped.code, problemOf(stopped)['code'], changed()]).toEqual([1, code, []]);
		}
		expect([(await run(administered('ann'))).code, named()]).toEqual([0, ['ann']]);
	});
	test('may be whom another statement lets use the key', async () => {
		await run();
		await theyWrite(it => [
			it['Sid'] === 'Allow attachment of persistent resources'
				? {...it, Principal: {AWS: [arn('ann'), arn('nps-kms-user')]}}
				: it,
		]);
		expect([(await run(administered('ann'))).code, named()]).toEqual([0, ['ann']]);
		expect([(await run(nobody)).code, named()]).toEqual([0, []]);
	});
	test('one whose user was deleted goes with the answer, and its id with it', async () => {
		await run(administered('ann', 'bob'));
		await clientsOf(bench.sandbox).iam.send(new DeleteUserCommand({UserName: 'ann'}));
		expect([(await run(administered('bob'))).code, named()]).toEqual([0, ['bob']]);
	});
	test('what somebody writes between the review and the call is looked at again, and lost to nobody', async () => {
		await run(administered('ann'));
		const late = {Sid: 'Late', Effect: 'Deny', Principal: '*', Action: 'kms:DisableKey', Resource: '*'};
		let times = 0;
		bench.hear = ({api}) => {
			if (api !== 'GetKeyPolicy' || times++ > 0) return;
			const policy = JSON.parse(key().policy) as {Statement: Statement[]};
			key().policy = JSON.stringify({...policy, Statement: [...policy.Statement, late]});
		};
		expect([(await run(administered('ann', 'bob'))).code, named()]).toEqual([0, ['ann', 'bob']]);
		expect(times).toBeGreaterThan(2);
		expect(key().policy).toContain('Late');
	});
	test('cut off between the intent and the call, the next run carries on; once it is done, nothing is left', async () => {
		await run(administered('ann'));
		fault('kms:PutKeyPolicy=drop-before');
		const stopped = await run(administered('bob'));
		expect([0, 1]).toContain(stopped.code);
		expect([(await run()).code, named()]).toEqual([0, ['bob']]);
		forget();
		expect([(await run()).code, changed()]).toEqual([0, []]);
	});
	test('never lock out who puts the key policy: KMS says no, and whom to keep is said', async () => {
		await run(administered('admin', 'ann'));
		const own = arn('admin');
		// The account's own statement gives nobody PutKeyPolicy any more: others narrowed it.
		await theyWrite(it => [
			it['Sid'] === 'Enable IAM User Permissions' ? {...it, Action: ['kms:Get*', 'kms:List*']} : it,
		]);
		const stopped = await run(administered('ann'));
		expect([stopped.code, problemOf(stopped)['todo'], named()]).toEqual([
			1,
			expect.stringContaining('Keep yourself among the key administrators'),
			['admin', 'ann'],
		]);
		expect(String(problemOf(stopped)['why'])).toContain(own);
		expect([(await run(administered('admin'))).code, named()]).toEqual([0, ['admin']]);
	});
	test('whom an adopted key was given go when the set-up is taken back; whoever was there stays', async () => {
		const {kms} = clientsOf(bench.sandbox);
		const {KeyMetadata} = await kms.send(new CreateKeyCommand({Description: 'theirs'}));
		await kms.send(new CreateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: KeyMetadata?.KeyId}));
		const before = key().policy;
		expect([(await run({adopt: 'key', ...administered('ann')})).code, named()]).toEqual([0, ['ann']]);
		expect([(await run(administered('bob'))).code, named(), key().description]).toEqual([0, ['bob'], 'theirs']);
		expect((await run({keyDescription: 'for NPS'})).code).toBe(0);
		expect(key().description).toBe('for NPS');
		const back = await bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true});
		expect([back.code, statements(JSON.parse(key().policy) as Value)]).toEqual([
			0,
			statements(JSON.parse(before) as Value),
		]);
	});
});

test('what is settled says how to be safe meanwhile, and what does work', async () => {
	await run({stopAfter: 'access-key'});
	await expect(run({userName: 'other'})).rejects.toMatchObject({
		problem: {
			why: 'It is already created as nps-kms-user',
			todo: expect.stringMatching(
				/^Until step 5 is done, access key AKIA\w+ can decrypt with every key .*--status Inactive.*discard.*--setup NAME.*--adopt/,
			) as string,
		},
	});
});
