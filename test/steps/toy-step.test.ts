import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import {afterAll, beforeAll, beforeEach, expect, test, vi} from 'vitest';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {record} from '../../src/commands/record/record.js';
import {printCommands} from '../../src/commands/setup/print-commands.js';
import {status} from '../../src/commands/status/run-status.js';
import {type Entry, fold, knownFor} from '../../src/engine/record.js';
import {discard, setup} from '../../src/steps/index.js';
import {givenByOthers, inlinePolicy} from '../../src/steps/things/user-holdings.js';
import {Bench} from '../contract/in-process.js';

/** The whole program, with the toy in its procedure: one line in the list, and nothing else anywhere. */
vi.mock('../../src/steps/index.js', async original => {
	const it = await original<typeof import('../../src/steps/index.js')>();
	const {takingBack} = await import('../../src/steps/discard/course.js');
	const {numbered} = await import('../../src/engine/step-numbers.js');
	const {toy} = await import('./toy-step.js');
	const at = it.procedure.findIndex(step => step.id === 'access-key');
	const procedure = it.procedure.toSpliced(at, 0, toy);
	return {...it, procedure, setup: {...it.setup, steps: numbered(procedure)}, discard: takingBack(procedure)};
});

let bench: Bench;
let asMade: () => void;
let before: string;
beforeAll(async () => {
	bench = await Bench.start();
	before = users();
	const ran = await bench.run(setup);
	expect(ran.code, ran.said).toBe(0);
	asMade = bench.keep();
});
beforeEach(() => {
	asMade();
	bench.heard.length = 0;
});
afterAll(() => bench.end());

const users = (): string => JSON.stringify(Object.keys(bench.sandbox.account.users));
const inline = (): readonly string[] => Object.keys(bench.sandbox.account.users['nps-kms-user']?.inline ?? {});
const file = (): string => join(bench.home, 'setups', 'nps.json');
const entries = (): readonly Entry[] => (JSON.parse(readFileSync(file(), 'utf8')) as {entries: Entry[]}).entries;
const puts = (): number => bench.heard.filter(it => it.api === 'PutUserPolicy').length;
const operator = (): iam.IAMClient => {
	const {url, operator: credentials} = bench.sandbox;
	return new iam.IAMClient({endpoint: url, region: 'eu-west-1', credentials});
};
type Command = typeof status;
/** What a command that changes nothing prints. */
async function printed(command: Command, options: object, home = bench.home): Promise<string> {
	const out: string[] = [];
	const run = {
		course: setup,
		others: [],
		options: {setup: 'nps', ...options},
		env: {...process.env, NPS_KMS_HOME: home, NPS_KMS_PATIENCE: '0.0001'},
		outlet: {json: command === status, out: (it: string) => void out.push(it), err: () => undefined},
		version: '0.0.0',
		now: new Date(),
	};
	await command(run, () => undefined);
	return out.join('\n');
}
type Told = {
	readonly step: string;
	readonly status: string;
	readonly differences: readonly {readonly code: string; readonly found: string}[];
};
async function differences(): Promise<readonly string[]> {
	const text = await printed(status, {json: true});
	const {steps} = JSON.parse(text) as {steps: readonly Told[]};
	expect(steps.map(it => it.step)).toContain('toy');
	return steps.flatMap(it => it.differences.map(one => `${it.step} ${one.code} ${one.found}`));
}
const told = (): {
	readonly exists: readonly {kind: string; id: string; by: string}[];
	readonly takeBack: readonly string[];
} => {
	const out: string[] = [];
	record(
		{setup: 'nps', json: true},
		{env: {...process.env, NPS_KMS_HOME: bench.home}, courses: []},
		{out: it => void out.push(it), err: () => undefined},
	);
	return (JSON.parse(out[0] ?? '{}') as {records: readonly ReturnType<typeof told>[]}).records[0]!;
};

test('it is set up, its place has a number, and the proof takes what it made for ours', () => {
	expect(inline()).toEqual(['no-s3']);
	const narrow = setup.steps.findIndex(it => it.id === 'least-privilege');
	expect(narrow).toBe(6);
	const checked = entries().find(it => it.type === 'checked');
	expect(checked?.checks.filter(it => it.ok !== true).map(it => it.check)).toEqual([]);
});
test('a text that names a step by its number names the number that the step has here', () => {
	const [, policy] = setup.steps;
	const seen = {policy: undefined, ways: {from: [], through: {}}};
	const plan = policy!.plan(seen, knownFor('policy', fold([]), {}, {facts: {account: '1', partition: 'aws'}}));
	expect(plan).toMatchObject({warns: [expect.stringMatching(/^Until step 6 is done /)]});
});
test.each([
	['had come through', true, 0],
	['had not', false, 1],
])('a run that died right after the call is carried on: where it %s', async (_, arrived, more) => {
	const intent = entries().findIndex(it => it.type === 'intent' && it.change.id === 'put-toy');
	writeFileSync(file(), JSON.stringify({v: 1, setup: 'nps', entries: entries().slice(0, intent + 1)}));
	const {accessKeys, inline: policies} = bench.sandbox.account.users['nps-kms-user']!;
	accessKeys.length = 0;
	if (!arrived) delete policies['no-s3'];
	const ran = await bench.run(setup, {stopAfter: 'toy'});
	expect(ran.code, ran.said).toBe(0);
	expect(inline()).toEqual(['no-s3']);
	expect(puts()).toBe(more);
});
test('status takes it for done, and tells what is gone and what somebody else added', async () => {
	expect(await differences()).toEqual([]);
	const UserName = 'nps-kms-user';
	const PolicyDocument = JSON.stringify({
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}],
	});
	await operator().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'theirs', PolicyDocument}));
	expect(await differences()).toEqual(['user inline-policy theirs']);
	await operator().send(new iam.DeleteUserPolicyCommand({UserName, PolicyName: 'no-s3'}));
	expect(await differences()).toEqual(['user inline-policy theirs', 'toy put-toy not there']);
});
test('record tells that it exists, and how it is taken back by hand: after the access key, before the user', () => {
	const {exists, takeBack} = told();
	expect(exists).toContainEqual({kind: 'Inline policy', id: 'no-s3', by: 'made'});
	const verbs = takeBack.map(it => it.split(' ').find(word => /^(delete|update|detach|schedule)/.test(word)));
	expect(verbs.slice(0, 5)).toEqual([
		'update-access-key',
		'delete-access-key',
		'delete-user-policy',
		'detach-user-policy',
		'delete-user',
	]);
});
test('discard takes it back, and nothing is left', async () => {
	const ran = await bench.run(discard, {
		confirm: 'nps',
		confirmAlias: 'nps-kms-key',
		deleteKmsKey: true,
		secretFile: undefined,
	});
	expect(ran.code, ran.said).toBe(0);
	const [review = ''] = ran.said.split(/\n(?=Step 2)/);
	expect(review).toMatch(/delete inline policy no-s3(.|\n)*delete user nps-kms-user/);
	expect(review).not.toContain('= stays');
	expect(ran.result).toMatchObject({status: 'complete', left: 'nothing'});
	expect(users()).toBe(before);
});
test('a user whom somebody else gave one as well stays, and only theirs is told', async () => {
	bench.sandbox.account.users['nps-kms-user']!.inline['theirs'] = '{}';
	const ran = await bench.run(discard, {
		confirm: 'nps',
		confirmAlias: 'nps-kms-key',
		deleteKmsKey: true,
		secretFile: undefined,
	});
	expect(ran.said).toContain('somebody gave it the inline policy theirs.');
	expect(inline()).toEqual(['theirs']);
});
test('permissions and printed commands hold it, and what somebody else then makes by them is ours', async () => {
	const home = join(bench.home, 'fresh');
	delete bench.sandbox.account.users['nps-kms-user'];
	for (const [id, it] of Object.entries(bench.sandbox.account.policies))
		if (it.name === 'NPS_KMS_Policy') delete bench.sandbox.account.policies[id];
	const names = {policyName: 'P2', userName: 'u2', keyAlias: 'k2', secretFile: join(bench.home, 'u2.csv')};
	const policy = await printed(permissions, names, home);
	expect(policy).toContain('"iam:PutUserPolicy"');
	const script = await printed(printCommands, {...names, printCommands: true}, home);
	expect(script).toContain('aws iam put-user-policy --user-name u2 --policy-name no-s3');
	const {entries: of} = JSON.parse(readFileSync(join(home, 'setups', 'nps.json'), 'utf8')) as {entries: Entry[]};
	const known = knownFor('user', fold(of), {}, {facts: {userName: 'u2'}});
	const there = [{id: 'no-s3'}, {id: 'theirs'}];
	expect(givenByOthers(inlinePolicy, there, known).map(it => it.found)).toEqual(['theirs']);
});
