import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {afterAll, beforeAll, beforeEach, expect} from 'vitest';
import {status} from '../../src/commands/status/run-status.js';
import type {Key, Policy, User} from '../../src/sandbox/account/account.js';
import {setup} from '../../src/steps/index.js';
import {exitCode} from '../exit-codes.js';
import {Bench} from './in-process.js';

type Told = {
	readonly setup: string;
	readonly record: string;
	readonly steps: readonly {
		readonly step: string;
		readonly status: string;
		readonly text?: string;
		readonly differences: readonly {
			readonly code: string;
			readonly text: string;
			readonly expected: string;
			readonly found: string;
		}[];
	}[];
};
type Looked = {readonly code: number; readonly told: Told; readonly requests: readonly string[]};

let bench: Bench;
/** Where a finished set-up stands that is as made before each test. */
export const here = (): Bench => bench;
let asMade: () => void;
beforeAll(async () => {
	bench = await Bench.start();
	const ran = await bench.run();
	expect(ran.code, ran.said).toBe(0);
	asMade = bench.keep();
});
beforeEach(() => asMade());
afterAll(() => bench.end());

export const record = (): string => join(bench.home, 'setups', 'nps.json');
export async function say(
	json: boolean,
	options: object = {},
): Promise<{code: number; lines: string[]; requests: string[]}> {
	const lines: string[] = [];
	bench.heard.length = 0;
	const code =
		exitCode[
			await status(
				{
					course: setup,
					others: [],
					options: {setup: 'nps', json, ...options},
					env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
					outlet: {json, out: it => void lines.push(it), err: it => void lines.push(it)},
					version: '0.0.0',
					now: new Date(),
				},
				() => undefined,
			)
		];
	return {code, lines, requests: bench.heard.map(it => `${it.service}:${it.api}`)};
}
export async function look(options: object = {}): Promise<Looked> {
	const {code, lines, requests} = await say(true, options);
	expect(lines).toHaveLength(1);
	// When it was looked at is no part of how things stand.
	const {lookedAt: _, ...told} = JSON.parse(lines[0]!) as Told & {readonly lookedAt: string};
	return {code, told, requests};
}
export const statuses = ({told}: Looked): Readonly<Record<string, string>> =>
	Object.fromEntries(told.steps.map(it => [it.step, it.status]));
export const codes = ({told}: Looked): readonly string[] =>
	told.steps.flatMap(it => it.differences.map(one => `${it.step} ${one.code}`));
export const texts = ({told}: Looked): string =>
	told.steps.flatMap(it => it.differences.map(one => one.text)).join('\n');
export const steps = ['connect', 'policy', 'user', 'access-key', 'managed-key', 'least-privilege', 'prove', 'hand-off'];
export const allDone = Object.fromEntries(steps.map(it => [it, 'done']));

const client = (): {endpoint: string; region: string; credentials: {accessKeyId: string; secretAccessKey: string}} => {
	const {url, operator} = bench.sandbox;
	return {
		endpoint: url,
		region: 'eu-west-1',
		credentials: {accessKeyId: operator.accessKeyId, secretAccessKey: operator.secretAccessKey},
	};
};
export const inIam = (): iam.IAMClient => new iam.IAMClient(client());
export const inKms = (): kms.KMSClient => new kms.KMSClient(client());
export const UserName = 'nps-kms-user';
export const user = (): User => bench.sandbox.account.users[UserName]!;
export const policy = (): Policy =>
	Object.values(bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy')!;
export const key = (): Key =>
	Object.values(bench.sandbox.account.keys).find(it => it.tags.some(tag => tag.Key === 'nps-kms:setup'))!;
export const accessKeyId = (): string => user().accessKeys[0]!.id;
export const document = (Resource: string, Action = 'kms:Decrypt'): string =>
	JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Allow', Action, Resource}]});
export const otherKey = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
export const version = (PolicyDocument: string): Promise<unknown> =>
	inIam().send(new iam.CreatePolicyVersionCommand({PolicyArn: policy().arn, PolicyDocument, SetAsDefault: true}));
type Statement = {
	Sid?: string;
	Effect: string;
	Principal: {AWS: string | string[]};
	Action: string | string[];
	Resource: string;
};
export async function editKeyPolicy(edit: (statements: Statement[]) => Statement[]): Promise<void> {
	const it = JSON.parse(key().policy) as {Statement: Statement[]};
	const Policy = JSON.stringify({...it, Statement: edit(it.Statement)});
	await inKms().send(
		new kms.PutKeyPolicyCommand({KeyId: key().id, Policy, PolicyName: 'default', BypassPolicyLockoutSafetyCheck: true}),
	);
}
export const admin = 'arn:aws:iam::111122223333:user/admin';
export async function makeUserAnew(): Promise<void> {
	const client = inIam();
	await client.send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: accessKeyId()}));
	await client.send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn}));
	await client.send(new iam.DeleteUserCommand({UserName}));
}
