import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import {Ajv2020} from 'ajv/dist/2020.js';
import {beforeEach, describe, expect, test, vi} from 'vitest';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {setup} from '../../src/steps/index.js';
import {
	accessKeyId,
	allDone,
	document,
	editKeyPolicy,
	here,
	inIam,
	key,
	look,
	policy,
	statuses,
	UserName,
	version,
} from './watched.js';

const schema: unknown = JSON.parse(
	/```json\n([\s\S]*?)```/.exec(readFileSync(join(import.meta.dirname, '../../docs/status.md'), 'utf8'))?.[1] ?? '{}',
);
const fits = new Ajv2020({strictTypes: false, strictRequired: false, formats: {'date-time': true, date: true}}).compile(
	schema as object,
);

/** What `permissions --for status` prints. */
async function printed(): Promise<string> {
	const out: string[] = [];
	await permissions(
		{
			...{course: setup, others: [], options: {setup: 'nps', for: 'status'}, version: '0.0.0', now: new Date()},
			env: {...process.env, NPS_KMS_HOME: here().home, NPS_KMS_PATIENCE: '0.0001'},
			outlet: {json: false, out: it => void out.push(it), err: () => undefined},
		},
		() => undefined,
	);
	return out.join('\n');
}
/** Makes a user with that policy alone, and looks as it. */
async function asWatcher<T>(PolicyDocument: string, act: () => Promise<T>): Promise<T> {
	const client = inIam();
	const who = {UserName: 'watcher'};
	await client.send(new iam.CreateUserCommand(who));
	await client.send(new iam.PutUserPolicyCommand({...who, PolicyName: 'watch', PolicyDocument}));
	const {AccessKey} = await client.send(new iam.CreateAccessKeyCommand(who));
	vi.stubEnv('AWS_ACCESS_KEY_ID', AccessKey?.AccessKeyId);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
	try {
		return await act();
	} finally {
		vi.unstubAllEnvs();
	}
}
type Looked = Awaited<ReturnType<typeof look>>;
/** What was told, but for who looked and when. */
const told = ({code, told: {steps}}: Looked): unknown => ({code, steps: steps.filter(it => it.step !== 'connect')});

describe('whoever has only what permissions --for status prints', () => {
	let policyText: string;
	beforeEach(async () => {
		policyText = await printed();
	});

	test('gets a full status', async () => {
		const seen = await asWatcher(policyText, look);
		expect([seen.code, statuses(seen)]).toEqual([0, allDone]);
		expect(seen.told).toMatchObject({accessKey: {id: accessKeyId(), status: 'Active', ageDays: 0}});
	});
	const edits: readonly (readonly [string, () => Promise<unknown>])[] = [
		['the policy widened', () => version(document('*', 'kms:*'))],
		['a policy attached', () => attach('arn:aws:iam::aws:policy/ReadOnlyAccess')],
		[
			'an inline policy',
			() => inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'x', PolicyDocument: document('*')})),
		],
		[
			'an inline policy that only denies',
			() =>
				inIam().send(
					new iam.PutUserPolicyCommand({
						UserName,
						PolicyName: 'x',
						PolicyDocument: document('*').replace('Allow', 'Deny'),
					}),
				),
		],
		[
			'a group',
			async () => {
				await inIam().send(new iam.CreateGroupCommand({GroupName: 'many'}));
				await inIam().send(new iam.AddUserToGroupCommand({GroupName: 'many', UserName}));
			},
		],
		[
			'the access key deleted',
			() => inIam().send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: accessKeyId()})),
		],
		['a second access key', () => inIam().send(new iam.CreateAccessKeyCommand({UserName}))],
		['the key policy changed', () => editKeyPolicy(all => all.filter(it => it.Sid !== 'Allow use of the key'))],
		[
			'the alias gone',
			async () => {
				const aliases = here().sandbox.account.aliases as Record<string, unknown>;
				for (const it of Object.keys(aliases)) delete aliases[it];
			},
		],
		['the KMS key disabled', async () => void Object.assign(key(), {state: 'Disabled'})],
		[
			'the policy gone',
			async () => {
				await inIam().send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn}));
				delete (here().sandbox.account.policies as Record<string, unknown>)[policy().arn];
			},
		],
	];
	test.each(edits)('sees what the operator sees: %s', async (_, edit) => {
		await edit();
		const before = await look();
		expect(told(await asWatcher(policyText, look))).toEqual(told(before));
		expect(fits(before.told), JSON.stringify(fits.errors)).toBe(true);
	});
	test('can change nothing, and read no secret', () => {
		const {Statement} = JSON.parse(policyText) as {Statement: readonly {Action: readonly string[]}[]};
		const actions = Statement.flatMap(it => it.Action);
		expect(actions.length).toBeGreaterThan(15);
		expect(actions.filter(it => !/^(iam|kms|cloudtrail):(Get|List|Describe|Lookup)[A-Za-z]+$/.test(it))).toEqual([]);
	});
});

const attach = (PolicyArn: string): Promise<unknown> =>
	inIam().send(new iam.AttachUserPolicyCommand({UserName, PolicyArn}));

test('what --json prints fits the schema of its page', async () => {
	const good = (await look()).told as unknown as Record<string, unknown>;
	expect(fits(good), JSON.stringify(fits.errors)).toBe(true);
	const {v, ...one} = good;
	const problem = {setup: 'x', problem: {what: 'a', why: 'b', todo: 'c'}};
	expect(fits({v, setups: [one, problem]}), JSON.stringify(fits.errors)).toBe(true);
	for (const wrong of [
		{...good, steps: undefined},
		{...good, record: 'x'},
		{v: 1, setups: [{setup: 'x'}]},
		{...good, v: 2},
	])
		expect(fits(JSON.parse(JSON.stringify(wrong)))).toBe(false);
});
