import {afterEach, beforeEach, expect, test} from 'vitest';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {setup} from '../../src/steps/index.js';
import {Bench} from '../contract/in-process.js';
import {policyIn, userIn} from './account.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start();
});
afterEach(() => bench.end());

type Statement = {readonly Action: readonly string[]; readonly Resource: string | readonly string[]};
/** What is printed, by action. */
async function needed(options: object): Promise<ReadonlyMap<string, Statement>> {
	const lines: string[] = [];
	const outlet = {json: false, out: (it: string) => void lines.push(it), err: () => undefined};
	const env = {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0'};
	const run = {
		...{course: setup, others: [], options: {setup: 'nps', ...options}},
		...{env, outlet, version: '', now: new Date()},
	};
	await permissions(run, () => undefined);
	const {Statement: all} = JSON.parse(lines.join('\n')) as {Statement: Statement[]};
	return new Map(all.flatMap(it => it.Action.map(action => [action, it] as const)));
}
const bound = 'arn:aws:iam::111122223333:policy/bound';

test('what is adopted needs to be tagged, not to be made, under its own path', async () => {
	const wide = {Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*'};
	policyIn(bench.sandbox.account, [wide], {name: 'NPS_KMS_Policy', path: '/apps/'});
	userIn(bench.sandbox.account, {path: '/apps/'});
	const asked = await needed({adopt: 'policy,user'});
	for (const it of ['iam:CreatePolicy', 'iam:CreateUser']) expect([...asked.keys()]).not.toContain(it);
	expect(asked.get('iam:TagPolicy')?.Resource).toBe('arn:aws:iam::111122223333:policy/apps/NPS_KMS_Policy');
	expect(asked.get('iam:TagUser')?.Resource).toBe('arn:aws:iam::111122223333:user/apps/nps-kms-user');
	expect([...asked.keys()]).toEqual(expect.arrayContaining(['iam:TagUser', 'iam:AttachUserPolicy', 'kms:CreateKey']));
});
test('a user with a boundary is to be made with that one only, under its path', async () => {
	policyIn(bench.sandbox.account, []);
	const asked = await needed({permissionsBoundary: bound, path: '/nps/'});
	expect(asked.get('iam:CreateUser')).toMatchObject({
		Resource: 'arn:aws:iam::111122223333:user/nps/nps-kms-user',
		Condition: {StringEquals: {'iam:PermissionsBoundary': bound}},
	});
	expect(asked.get('iam:GetPolicy')?.Resource).toContain(bound);
	expect([...asked.keys()]).toEqual(expect.arrayContaining(['iam:TagUser', 'iam:AttachUserPolicy', 'kms:CreateKey']));
});
