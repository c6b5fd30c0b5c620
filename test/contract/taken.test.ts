import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Inventory, World} from './account-and-home.js';
import {left} from './account-and-home.js';
import {Fleet, faults, problemOf, resultOf} from './fleet.js';

const stages = ['policy', 'access-key', 'least-privilege'] as const;

describe.skipIf(left)('what is there already', () => {
	let fleet: Fleet;
	let undisturbed: unknown;
	beforeAll(async () => {
		fleet = await Fleet.start();
		const world = await fleet.world();
		expect((await world.setup()).code).toBe(0);
		undisturbed = await fleet.picture(world);
	});
	afterAll(() => fleet?.close());

	/** Somebody else's hands: a call as it stands on the wire. Returns the answer's text. */
	async function ask(
		world: World,
		service: 'iam' | 'kms',
		action: string,
		input: Readonly<Record<string, unknown>>,
	): Promise<string> {
		const authorization = `AWS4-HMAC-SHA256 Credential=someone/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
		const request =
			service === 'kms'
				? {
						headers: {
							authorization,
							'content-type': 'application/x-amz-json-1.1',
							'x-amz-target': `TrentService.${action}`,
						},
						body: JSON.stringify(input),
					}
				: {
						headers: {authorization},
						body: new URLSearchParams({Action: action, Version: '2010-05-08', ...(input as Record<string, string>)}),
					};
		const answer = await fetch(world.url, {method: 'POST', ...request});
		const text = await answer.text();
		expect([action, answer.status, text]).toEqual([action, 200, text]);
		world.forget();
		return text;
	}
	const iamTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
		Object.fromEntries(
			Object.entries(tags).flatMap(([key, value], at) => [
				[`Tags.member.${at + 1}.Key`, key],
				[`Tags.member.${at + 1}.Value`, value],
			]),
		);
	/** A policy, a user, and a key under our alias. */
	const policyOf = (world: World, tags = {}, document = wide(world)) =>
		ask(world, 'iam', 'CreatePolicy', {PolicyName: 'NPS_KMS_Policy', PolicyDocument: document, ...iamTags(tags)});
	const userOf = (world: World, tags = {}) =>
		ask(world, 'iam', 'CreateUser', {UserName: 'nps-kms-user', ...iamTags(tags)});
	async function keyOf(world: World, tags: Readonly<Record<string, string>> = {}, more = {}): Promise<string> {
		const Tags = Object.entries(tags).map(([TagKey, TagValue]) => ({TagKey, TagValue}));
		const {KeyMetadata} = JSON.parse(
			await ask(world, 'kms', 'CreateKey', {KeyUsage: 'ENCRYPT_DECRYPT', Tags, ...more}),
		) as {
			KeyMetadata: {KeyId: string};
		};
		await ask(world, 'kms', 'CreateAlias', {AliasName: 'alias/nps-kms-key', TargetKeyId: KeyMetadata.KeyId});
		return KeyMetadata.KeyId;
	}
	async function accessKeyOf(world: World): Promise<{id: string; secret: string}> {
		const text = await ask(world, 'iam', 'CreateAccessKey', {UserName: 'nps-kms-user'});
		const part = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(text)?.[1] ?? '';
		return {id: part('AccessKeyId'), secret: part('SecretAccessKey')};
	}
	const wide = (world: World): string =>
		JSON.stringify({
			Version: '2012-10-17',
			Statement: {Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [`arn:aws:kms:*:${fleet.account(world)}:key/*`]},
		});
	const onlyKey = ({keys}: Inventory) => Object.values(keys)[0];
	/** It stops with that code, in words, before it changes anything. */
	async function stops(
		world: World,
		code: string,
		...flags: readonly string[]
	): Promise<{what: string; why: string; todo: string}> {
		world.forget();
		const ran = await world.setup(...flags);
		expect([ran.code, faults(ran), problemOf(ran)]).toEqual([1, [], expect.objectContaining({code})]);
		const {what = '', why = '', todo = ''} = problemOf(ran) ?? {};
		return {what, why, todo};
	}

	it.concurrent('policy, user and key of these names are told, each adopted only if named, tagged as adopted, and left with what they were', async () => {
		const world = await fleet.world();
		await policyOf(world);
		await userOf(world, {team: 'theirs'});
		const keyId = await keyOf(world, {team: 'theirs'}, {Description: 'theirs'});
		expect((await stops(world, 'AlreadyThere')).todo).toContain('--adopt policy');
		expect(world.mutations).toEqual([]);
		expect((await stops(world, 'AlreadyThere', '--adopt', 'policy')).todo).toContain('--adopt user');
		expect((await stops(world, 'AlreadyThere', '--adopt', 'policy,user')).todo).toContain('--adopt key');
		const ran = await world.setup('--adopt', 'policy,user,key');
		expect([ran.code, faults(ran)]).toEqual([0, []]);
		const seen = await fleet.inventory(world);
		const by = seen.users['nps-kms-user']?.tags['nps-kms:adopted-by'];
		expect(by).toMatch(/^[0-9a-f-]{36}$/);
		expect(seen.policies['NPS_KMS_Policy']?.tags).toEqual({'nps-kms:adopted-by': by});
		expect(seen.users['nps-kms-user']?.tags).toEqual({'nps-kms:adopted-by': by, team: 'theirs'});
		expect(onlyKey(seen)).toMatchObject({
			description: 'theirs',
			rotates: true,
			tags: {'nps-kms:adopted-by': by, team: 'theirs'},
		});
		expect(Object.keys(seen.keys)).toEqual([keyId]);
		expect(onlyKey(seen)?.policy.Statement.map(it => it.Sid)).toEqual(
			expect.arrayContaining(['Allow use of the key', 'Allow attachment of persistent resources']),
		);
		expect((await world.setup()).code).toBe(0);
		expect(world.mutations).toEqual([]);
	});

	const id = '11111111-2222-3333-4444-555555555555';
	it.concurrent.each([
		['another setup, by its tags', 'OtherSetup', {'nps-kms:setup': 'lab', 'nps-kms:id': id}, /setup lab/],
		['another setup, that adopted it', 'OtherSetup', {'nps-kms:adopted-by': id}, /11111111/],
		[
			'a setup of this name that this record does not know',
			'UnknownRecord',
			{'nps-kms:setup': 'nps', 'nps-kms:id': id},
			/11111111/,
		],
	])('what belongs to %s is never adopted, whatever it is', async (_name, code, tags, words) => {
		const world = await fleet.world();
		await userOf(world, tags);
		const keyId = await keyOf(world, tags);
		const flags = ['--adopt', 'policy,user,key'];
		const user = await stops(world, code, ...flags);
		expect(`${user.what} ${user.why}`).toMatch(words);
		// It is certain to stop there, so nothing is begun.
		expect(world.mutations).toEqual([]);
		const key = await stops(world, code, ...flags, '--user-name', 'nps-kms-user2');
		expect(`${key.what} ${key.why}`).toMatch(words);
		expect(key.what).toContain(keyId);
		expect(onlyKey(await fleet.inventory(world))?.tags).toEqual(tags);
		const other = await fleet.world();
		await policyOf(other, tags);
		await stops(other, code, ...flags);
		expect(other.mutations).toEqual([]);
	});

	it.concurrent.each([
		['is disabled', {}, 'DisableKey', /Disabled/],
		['is waiting for deletion', {}, 'ScheduleKeyDeletion', /PendingDeletion/],
		['signs', {KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048'}, undefined, /SIGN_VERIFY/],
		['has material from elsewhere', {Origin: 'EXTERNAL'}, undefined, /EXTERNAL|PendingImport/],
		[
			'leaves the account out of its policy',
			{Policy: '{"Version":"2012-10-17","Statement":[]}'},
			undefined,
			/no root statement/,
		],
	])('a key that %s is never adopted', async (_name, more, then, words) => {
		const world = await fleet.world();
		const KeyId = await keyOf(world, {}, more);
		if (then) await ask(world, 'kms', then, {KeyId});
		const {why} = await stops(world, 'NeverAdopted', '--adopt', 'key');
		expect(why).toMatch(words);
		expect(world.mutations).toEqual([]);
	});

	it.concurrent('an adopted policy that holds another document is never replaced unasked', async () => {
		const world = await fleet.world();
		await policyOf(world, {}, '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}');
		await stops(world, 'PolicyDiffers', '--adopt', 'policy');
		expect(world.mutations).toEqual([]);
	});

	it.concurrent.each(stages)(
		'with the state directory lost after %s: it stops, and with --recover it goes on without a second of anything',
		async stage => {
			const world = await fleet.world();
			await world.setup('--stop-after', stage);
			const before = await fleet.inventory(world);
			rmSync(join(world.home, 'state'), {recursive: true});
			const {why} = await stops(world, 'UnknownRecord');
			expect(why).toContain(before.policies['NPS_KMS_Policy']?.tags['nps-kms:id'] ?? 'an id');
			expect(world.mutations).toEqual([]);
			rmSync(join(world.home, 'state'), {recursive: true});
			const ran = await world.setup('--recover');
			expect([ran.code, faults(ran)]).toEqual([0, []]);
			expect(await fleet.picture(world)).toEqual(undisturbed);
			const again = await world.setup('--recover');
			expect([again.code, world.mutations]).toEqual([0, []]);
		},
	);

	it.concurrent('--recover with nothing tagged starts fresh', async () => {
		const world = await fleet.world();
		expect((await world.setup('--recover')).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent('with record and secret file lost, the access key is presumed to be in use: none is made, none removed, until it is named', async () => {
		const world = await fleet.world();
		await world.setup();
		const {id = ''} = world.secret() ?? {};
		rmSync(join(world.home, 'state'), {recursive: true});
		rmSync(world.secretFile);
		const ran = await world.setup('--recover');
		expect([ran.code, world.mutations.slice(-1), resultOf(ran)['accessKeyId'], resultOf(ran)['secretFile']]).toEqual([
			0,
			['CreatePolicyVersion'],
			id,
			null,
		]);
		expect((await stops(world, 'NoSuchEntity', '--remove-access-key', 'AKIAAAAAAAAAAAAAAAAA')).why).toContain(id);
		world.forget();
		const freed = await world.setup('--remove-access-key', id);
		expect([freed.code, world.mutations]).toEqual([0, ['UpdateAccessKey', 'DeleteAccessKey', 'CreateAccessKey']]);
		expect(await fleet.picture(world)).toEqual(undisturbed);
		expect((await stops(world, 'InUse', '--remove-access-key', world.secret()?.id ?? '')).why).toContain('NPS');
	});

	it.concurrent('credentials of another account stop a setup that has begun before its first write', async () => {
		const world = await fleet.world();
		await world.setup('--stop-after', 'user');
		const other = '111122223333';
		const {pass} = world;
		world.pass = (asked, answer) => {
			asked.headers['x-moto-account-id'] = other;
			return pass(asked, answer);
		};
		const {what, todo} = await stops(world, 'OtherAccount');
		expect([what, todo]).toEqual([
			`Setup nps belongs to account ${fleet.account(world)}`,
			'Use the credentials of that account with --profile NAME, or begin another setup for this account with --setup NAME',
		]);
		expect(world.mutations).toEqual([]);
		// Changed between the first look and the first write.
		let asked = 0;
		world.pass = (it, answer) => {
			const body = it.headers['content-length'];
			if (it.headers.host && body && /sts/.test(it.headers['authorization'] ?? '') && ++asked > 1)
				it.headers['x-moto-account-id'] = other;
			return pass(it, answer);
		};
		await stops(world, 'OtherAccount');
		expect([asked, world.mutations]).toEqual([2, []]);
		world.pass = pass;
		expect((await world.setup()).code).toBe(0);
		expect(await fleet.picture(world)).toEqual(undisturbed);
	});

	it.concurrent('a secret file with a live key of this user is taken as delivered; one with any other key is told', async () => {
		const world = await fleet.world();
		await world.setup('--stop-after', 'user');
		const made = await accessKeyOf(world);
		writeFileSync(world.secretFile, `Access key ID,Secret access key\r\nAKIAOFSOMEONEELSE000,${'x'.repeat(40)}\r\n`);
		const told = await world.setup();
		expect([told.code, resultOf(told)['secretFile'], resultOf(told)['accessKeyId']]).toEqual([0, null, made.id]);
		const kept = await fleet.world();
		await kept.setup('--stop-after', 'user');
		const its = await accessKeyOf(kept);
		writeFileSync(kept.secretFile, `Access key ID,Secret access key\r\n${its.id},${its.secret}\r\n`);
		const ran = await kept.setup();
		expect([ran.code, resultOf(ran)['secretFile']]).toEqual([0, kept.secretFile]);
		expect(await fleet.picture(kept)).toEqual(undisturbed);
	});
});
