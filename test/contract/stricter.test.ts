import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import {describe, expect, test} from 'vitest';
import type {Entry} from '../../src/engine/record.js';
import {proveAgain, setup} from '../../src/steps/index.js';
import {codes, editKeyPolicy, here, inIam, key, look, policy, record, UserName, user, version} from './watched.js';

type Looked = Awaited<ReturnType<typeof look>>;
const kinds = ({told}: Looked): readonly string[] =>
	(told.steps as readonly {step: string; stricter?: readonly {code: string}[]}[]).flatMap(it =>
		(it.stricter ?? []).map(one => `${it.step} ${one.code}`),
	);
const words = ({told}: Looked): string =>
	(told.steps as readonly {stricter?: readonly {text: string}[]}[])
		.flatMap(it => (it.stricter ?? []).map(one => one.text))
		.join('\n');
const use = 'Allow use of the key';
const from = (address: string): object => ({Condition: {IpAddress: {'aws:SourceIp': address}}});
const narrowUse = (address = '127.0.0.1/32'): Promise<void> =>
	editKeyPolicy(it => it.map(one => (one.Sid === use ? {...one, ...from(address)} : one)));
const changesIn = (): readonly string[] =>
	here()
		.heard.map(it => it.api)
		.filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it));
const narrowed = (Condition: object = {}, more: readonly object[] = []): Promise<unknown> =>
	version(
		JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Allow', Action: 'kms:Decrypt', Resource: key().arn, Condition}, ...more],
		}),
	);

describe('what others made stricter', () => {
	test('in the key policy is told as stricter, is no difference, and nothing is added beside it', async () => {
		await narrowUse();
		const [looked, before] = [await look(), key().policy];
		expect([looked.code, codes(looked), kinds(looked)]).toEqual([0, [], ['managed-key key-policy-stricter']]);
		expect(words(looked)).toMatch(/has the condition .*SourceIp/);
		here().heard.length = 0;
		const ran = await here().run(setup);
		expect([ran.code, key().policy, changesIn()]).toEqual([0, before, []]);
	});
	test('in the policy, too', async () => {
		await narrowed({IpAddress: {'aws:SourceIp': '127.0.0.1/32'}});
		const [looked, before] = [await look(), policy().defaultVersion];
		expect([looked.code, codes(looked), kinds(looked)]).toEqual([0, [], ['least-privilege policy-stricter']]);
		const ran = await here().run(setup);
		expect([ran.code, policy().defaultVersion]).toEqual([0, before]);
	});
	test('counts as proven once a later proof passed, and is said not to be until then, since the day', async () => {
		await narrowUse();
		const day = new Date(here().time()).toISOString().slice(0, 10);
		expect(words(await look())).toContain(`not proven since this narrowing was first seen (${day}); run nps-kms prove`);
		const proved = await here().run(proveAgain, {yes: undefined});
		expect([proved.code, proved.result['proven']], proved.said).toEqual([0, true]);
		expect(words(await look())).not.toContain('not proven');
		const entries = (JSON.parse(readFileSync(record(), 'utf8')) as {entries: Entry[]}).entries;
		const at = (type: Entry['type']): number => entries.findLastIndex(it => it.type === type);
		expect(at('narrowed')).toBeGreaterThan(0);
		expect(at('narrowed')).toBeLessThan(at('checked'));
	});
	test('so far that NPS can use the key no more makes the proof fail, which names a denial that hits', async () => {
		await editKeyPolicy(it => [
			...it,
			{Sid: 'stop', Effect: 'Deny', Principal: {AWS: user().arn}, Action: 'kms:Encrypt', Resource: '*'},
		]);
		expect([(await look()).code, kinds(await look())]).toEqual([0, ['managed-key key-policy-deny']]);
		const proved = await here().run(proveAgain, {yes: undefined});
		expect(proved.code).toBe(1);
		expect(proved.result['problem']).toMatchObject({
			code: 'encrypt-decrypt',
			todo: expect.stringContaining('“stop”: Deny') as string,
		});
	});
	test('a guard against deletion is told as one', async () => {
		await editKeyPolicy(it => [
			...it,
			{
				Sid: 'guard',
				Effect: 'Deny',
				Principal: {AWS: '*'},
				Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
				Resource: '*',
				Condition: {NumericLessThanEquals: {'kms:TrailingDaysWithoutKeyUsage': '30'}},
			} as never,
		]);
		const looked = await look();
		expect([looked.code, kinds(looked)]).toEqual([0, ['managed-key key-policy-deny']]);
		expect(words(looked)).toContain('guards the key against deletion while it is used');
	});
});

describe('what somebody took away from a step that was done', () => {
	const taken: readonly (readonly [string, () => unknown, string, () => boolean])[] = [
		[
			'the statement that lets the user use the key',
			() => editKeyPolicy(it => it.filter(one => one.Sid !== use)),
			'managed-key',
			() => key().policy.includes(use),
		],
		[
			'the attachment of the policy',
			() => inIam().send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn})),
			'user',
			() => user().attached.length > 0,
		],
		[
			'the narrow version as default',
			() => inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'})),
			'least-privilege',
			() => policy().defaultVersion !== 'v1',
		],
		[
			'all that the policy allows',
			() =>
				version(
					JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*'}]}),
				),
			'least-privilege',
			() =>
				policy()
					.versions.find(it => it.id === policy().defaultVersion)
					?.document.includes('Allow') === true,
		],
		[
			'the access key',
			() => {
				rmSync(join(here().home, 'secret.csv'));
				return inIam().send(new iam.DeleteAccessKeyCommand({UserName, AccessKeyId: user().accessKeys[0]!.id}));
			},
			'access-key',
			() => user().accessKeys.length > 0,
		],
	];
	test.each(taken)('%s: stops until --restore names the step, in that run alone', async (_what, take, step, isBack) => {
		await take();
		expect((await look()).code).toBe(3);
		here().heard.length = 0;
		const ran = await here().run(setup);
		expect([ran.code, changesIn(), isBack()], ran.said).toEqual([1, [], false]);
		expect(JSON.stringify(ran.result['problem'])).toContain(`--restore ${step}`);
		const restored = await here().run(setup, {restore: step});
		expect([restored.code, isBack()], restored.said).toEqual([0, true]);
		await take();
		expect((await here().run(setup)).code).toBe(1);
	});
	test('a step that is none is told before any call', async () => {
		await expect(here().run(setup, {restore: 'key'})).rejects.toMatchObject({
			problem: {what: '--restore key is not a step'},
		});
	});
});
