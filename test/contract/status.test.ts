import {readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {describe, expect, test} from 'vitest';
import {lock} from '../../src/local/lock.js';
import {setup} from '../../src/steps/index.js';
import {
	accessKeyId,
	admin,
	allDone,
	codes,
	document,
	here,
	inIam,
	inKms,
	key,
	look,
	policy,
	record,
	say,
	statuses,
	steps,
	texts,
	UserName,
	user,
	version,
} from './watched.js';

test('a set-up that nobody touched is done, step by step, with few requests and none that changes anything', async () => {
	const looked = await look();
	expect([looked.code, statuses(looked), codes(looked)]).toEqual([0, allDone, []]);
	expect(looked.requests.length).toBeLessThanOrEqual(21);
	expect(looked.requests.filter(it => !/^(iam|kms|sts|cloudtrail):(Lookup|Get|List|Describe)/.test(it))).toEqual([]);
	expect(looked.requests).toEqual([...new Set(looked.requests)]);
	expect(looked.told.steps.find(it => it.step === 'access-key')?.text).toMatch(/to be replaced by \d{4}-\d\d-\d\d/);
	expect(looked.told.steps.find(it => it.step === 'hand-off')?.text).toBe(
		'SbPAM.RotateAwsKey: not known; no use by NPS is seen (a use may show up some minutes late)',
	);
});
test('a hundred looks at a right set-up give no false alarm, and leave account and record as they are', async () => {
	const [before, {mtimeMs, ino}] = [readFileSync(record(), 'utf8'), statSync(record())];
	const account = JSON.stringify(here().sandbox.account);
	for (let turn = 0; turn < 100; turn++) expect(await look()).toMatchObject({code: 0});
	expect(readFileSync(record(), 'utf8')).toBe(before);
	expect(statSync(record())).toMatchObject({mtimeMs, ino});
	expect(JSON.stringify(here().sandbox.account, (name, it: unknown) => (name === 'lastUsed' ? undefined : it))).toBe(
		JSON.stringify(JSON.parse(account), (name, it: unknown) => (name === 'lastUsed' ? undefined : it)),
	);
});
test('a hundred keys and users more change neither the answer nor the number of requests', async () => {
	const before = await look();
	for (let at = 0; at < 100; at++) {
		const id = `${String(at).padStart(8, '0')}-0000-0000-0000-000000000000`;
		const arn = key().arn.replace(key().id, id);
		here().sandbox.account.keys[arn] = {...structuredClone(key()), id, arn, tags: []};
		here().sandbox.account.users[`other-${at}`] = {
			...structuredClone(user()),
			name: `other-${at}`,
			arn: `${user().arn}-${at}`,
			accessKeys: [],
			attached: [],
		};
	}
	const after = await look();
	expect([after.code, after.told, after.requests.length]).toEqual([0, before.told, before.requests.length]);
});
test('one with every option is done too, with its record and without', async () => {
	const trust = JSON.stringify({
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Principal: {AWS: admin}, Action: 'sts:AssumeRole'}],
	});
	await inIam().send(new iam.CreateRoleCommand({RoleName: 'KmsAdmins', AssumeRolePolicyDocument: trust}));
	const named = {setup: 'full', consoleAccess: true, keyRotation: false, secretFile: join(here().home, 'full.csv')};
	const ran = await here().run(setup, {
		...named,
		tag: ['team=pam', 'cost centre=7'],
		consolePasswordFile: join(here().home, 'password.csv'),
		keyAdministrator: ['arn:aws:iam::111122223333:role/KmsAdmins'],
		keyDescription: 'for NPS',
		accessKeyDescription: 'NPS production',
	});
	expect(ran.code, ran.said).toBe(0);
	const looked = await look({setup: 'full'});
	expect([looked.code, codes(looked)]).toEqual([0, []]);
	expect(looked.requests.length).toBeLessThanOrEqual(21);
	rmSync(join(here().home, 'setups', 'full.json'));
	const without = await look(named);
	expect([without.code, without.told.record, codes(without)]).toEqual([0, 'missing', []]);
});
test('it neither waits for a run that holds the record nor keeps one waiting', async () => {
	const held = await lock(record(), 'nps', new Date());
	expect((await look()).code).toBe(0);
	await held.release();
});

describe('a set-up that is not finished', () => {
	const upTo = (step: string): void => {
		const it = JSON.parse(readFileSync(record(), 'utf8')) as {entries: {type: string; step?: string}[]};
		const end = it.entries.findIndex(entry => entry.type === 'completed' && entry.step === step);
		writeFileSync(record(), JSON.stringify({...it, entries: it.entries.slice(0, end + 1)}));
	};
	test('tells what is to do, and that the access key is wide until step 5', async () => {
		upTo('managed-key');
		await inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'}));
		const looked = await look();
		expect(looked.code).toBe(3);
		expect(statuses(looked)).toEqual({...allDone, 'least-privilege': 'to-do', prove: 'to-do', 'hand-off': 'to-do'});
		expect(codes(looked)).toEqual(['least-privilege not-narrowed', 'prove not-proven']);
		expect(texts(looked)).toContain(`access key ${accessKeyId()} can decrypt with every key`);
	});
	test('of which nothing is there yet', async () => {
		const looked = await look({setup: 'other', policyName: undefined});
		expect([looked.code, looked.told.record]).toEqual([3, 'missing']);
		expect(statuses(looked)).toEqual({...Object.fromEntries(steps.map(it => [it, 'to-do'])), connect: 'done'});
	});
	test('left without a proof on purpose is done, and says so', async () => {
		const kept = JSON.parse(readFileSync(record(), 'utf8')) as {entries: {type: string; step?: string}[]};
		writeFileSync(record(), JSON.stringify({...kept, entries: kept.entries.filter(it => it.type !== 'checked')}));
		const looked = await look();
		expect(looked).toMatchObject({code: 0});
		expect(looked.told.steps.find(it => it.step === 'prove')).toMatchObject({status: 'done', text: 'not proven'});
	});
	test('whose proof failed is changed', async () => {
		writeFileSync(
			record(),
			readFileSync(record(), 'utf8')
				.replaceAll(/("check":"groups"[^}]*?)"ok":true/g, '$1"ok":false')
				.replaceAll(/("check": "groups"[^}]*?)"ok": true/g, '$1"ok": false'),
		);
		expect(codes(await look())).toEqual(['prove proof-failed']);
	});
});

describe('without a record that can be read', () => {
	test('it is told by names and tags', async () => {
		rmSync(record());
		const looked = await look({secretFile: join(here().home, 'secret.csv')});
		expect([looked.code, looked.told.record, statuses(looked)], texts(looked)).toEqual([0, 'missing', allDone]);
		await inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')}));
		await inKms().send(new kms.DisableKeyCommand({KeyId: key().id}));
		const changed = await look();
		expect(codes(changed)).toEqual(['user inline-policy', 'managed-key key-disabled']);
		expect(statuses(changed)).toEqual({...allDone, user: 'changed', 'managed-key': 'changed'});
	});
	test('the setups that there are here are told first, and the one that may be meant', async () => {
		const told = async (name: string): Promise<string> =>
			(await say(false, {setup: name})).lines.join(' ').replaceAll(/\s+/g, ' ');
		expect(await told('npa')).toContain(
			'There is no record of setup npa here: what follows is told by names and by the tags in AWS. ' +
				'The setups here are nps. Did you mean nps?',
		);
		expect(await told('production')).not.toContain('Did you mean');
		rmSync(record());
		expect(await told('npa')).not.toContain('The setups here');
	});
	test('of a set-up that was never finished it is told what is missing', async () => {
		rmSync(record());
		await inKms().send(new kms.DeleteAliasCommand({AliasName: 'alias/nps-kms-key'}));
		await inKms().send(new kms.UntagResourceCommand({KeyId: key().id, TagKeys: ['nps-kms:setup', 'nps-kms:id']}));
		await inIam().send(new iam.SetDefaultPolicyVersionCommand({PolicyArn: policy().arn, VersionId: 'v1'}));
		const looked = await look({secretFile: join(here().home, 'secret.csv')});
		expect(statuses(looked)).toEqual({
			...allDone,
			'managed-key': 'to-do',
			'least-privilege': 'to-do',
			prove: 'to-do',
			'hand-off': 'to-do',
		});
		expect(texts(looked)).toContain('Missing: KMS key alias/nps-kms-key');
	});
	test('of an access key set Inactive and of an alias that is gone it is told too, without looking through all keys', async () => {
		rmSync(record());
		await inIam().send(new iam.UpdateAccessKeyCommand({UserName, AccessKeyId: accessKeyId(), Status: 'Inactive'}));
		await inKms().send(new kms.DeleteAliasCommand({AliasName: 'alias/nps-kms-key'}));
		const looked = await look({secretFile: join(here().home, 'secret.csv')});
		expect([looked.code, codes(looked)]).toEqual([3, ['access-key access-key-inactive', 'managed-key alias-gone']]);
		expect(statuses(looked)).toEqual({...allDone, 'access-key': 'changed', 'managed-key': 'changed'});
		expect(looked.requests).not.toContain('kms:ListKeys');
	});
	test('a damaged one stays as it is, to the byte', async () => {
		writeFileSync(record(), '{"v":1,"entr');
		const looked = await look();
		expect([looked.code, looked.told.record, statuses(looked)]).toEqual([0, 'damaged', allDone]);
		expect(readFileSync(record(), 'utf8')).toBe('{"v":1,"entr');
	});
	test('names that flags give are looked for', async () => {
		rmSync(record());
		const looked = await look({policyName: 'Another', userName: 'nobody', keyAlias: 'nothing'});
		expect(looked.code).toBe(3);
		expect(statuses(looked)['policy']).toBe('to-do');
	});
	test.each(steps.slice(1, 7))('one that ends after %s tells the rest by names and tags', async step => {
		const it = JSON.parse(readFileSync(record(), 'utf8')) as {entries: {type: string; step?: string}[]};
		const end = it.entries.findIndex(entry => entry.type === 'completed' && entry.step === step);
		writeFileSync(record(), JSON.stringify({...it, entries: it.entries.slice(0, end + 1)}));
		const looked = await look();
		const proven = step === 'prove';
		expect([looked.code, statuses(looked)]).toEqual(
			proven ? [0, allDone] : [3, {...allDone, prove: 'to-do', 'hand-off': 'to-do'}],
		);
	});
});

describe('what may not be looked at', () => {
	const deny = (...Action: string[]): void => {
		here().sandbox.account.users['admin']!.inline['no'] = JSON.stringify({
			Version: '2012-10-17',
			Statement: [{Effect: 'Deny', Action, Resource: '*'}],
		});
	};
	test.each([
		['iam:GetPolicy', ['policy', 'least-privilege']],
		['iam:GetPolicyVersion', ['policy', 'least-privilege']],
		['iam:ListEntitiesForPolicy', ['policy']],
		['iam:GetUser', ['user', 'access-key']],
		['iam:ListAttachedUserPolicies', ['user']],
		['iam:GetLoginProfile', ['user']],
		['iam:ListUserPolicies', ['user']],
		['iam:ListGroupsForUser', ['user']],
		['iam:ListAccessKeys', ['access-key']],
		['kms:DescribeKey', ['managed-key']],
		['kms:GetKeyPolicy', ['managed-key']],
		['kms:GetKeyRotationStatus', ['managed-key']],
		['kms:ListResourceTags', ['managed-key']],
		['kms:ListGrants', ['managed-key']],
	])('%s denied: that is unknown, with the reason, and the rest is told', async (action, unknown) => {
		deny(action);
		const looked = await look();
		expect([looked.code, statuses(looked)]).toEqual([
			1,
			{...allDone, ...Object.fromEntries(unknown.map(it => [it, 'unknown']))},
		]);
		for (const it of looked.told.steps)
			if (it.status === 'unknown') expect(it.text).toMatch(new RegExp(`${action}.*\\[AccessDenied`));
	});
	test.each(['iam:GetPolicy', 'iam:GetUser', 'kms:DescribeKey'])(
		'%s denied, and no record either: nothing is said to differ that only can not be told',
		async action => {
			rmSync(record());
			deny(action);
			const looked = await look({secretFile: join(here().home, 'secret.csv')});
			expect([looked.code, codes(looked)]).toEqual([1, []]);
			expect(Object.values(statuses(looked)).filter(it => it !== 'done' && it !== 'unknown')).toEqual([]);
		},
	);
	test('a difference beside it still counts', async () => {
		deny('iam:ListGroupsForUser');
		await inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')}));
		const looked = await look();
		expect([looked.code, codes(looked), statuses(looked)['user']]).toEqual([3, ['user inline-policy'], 'changed']);
		expect(looked.told.steps[2]?.text).toContain('iam:ListGroupsForUser');
	});
	test('credentials of another account, or none that work, stop it in words', async () => {
		await expect(look({expectAccount: '999999999999'})).rejects.toMatchObject({problem: {code: 'UnexpectedAccount'}});
		const had = process.env['AWS_SECRET_ACCESS_KEY'];
		process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
		await expect(look()).rejects.toMatchObject({problem: {code: 'SignatureDoesNotMatch'}});
		process.env['AWS_SECRET_ACCESS_KEY'] = had;
	});
});

test('people read a table of 80 columns with the differences under their step', async () => {
	await inIam().send(new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*')}));
	await version(document('*', 'kms:*'));
	const {code, lines} = await say(false);
	expect(code).toBe(3);
	expect(lines.filter(it => it.length > 80 && it.trim().includes(' '))).toEqual([]);
	expect(lines.join('\n')).toContain(
		'≠ User             changed  arn:aws:iam::111122223333:user/nps-kms-user\n    - The user has an inline policy, more [inline-policy]\n✔ Access key',
	);
	expect(lines.at(-2)).toContain('2 differences. Nothing was changed.');
});
