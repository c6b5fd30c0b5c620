import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {CreateAliasCommand, CreateKeyCommand} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import type {Key} from '../../src/sandbox/account/account.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {setup} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {place} from './connecting.js';
import {Bench} from './in-process.js';

describe('--multi-region', () => {
	let bench: Bench;
	beforeEach(async () => {
		bench = await Bench.start();
	});
	afterEach(() => bench.end());
	const keys = (): readonly Key[] =>
		Object.values(bench.sandbox.account.keys).filter(it => it.manager === 'CUSTOMER' && it.state !== 'PendingDeletion');

	test('makes a multi-Region key, says so in the review, and the proof passes', async () => {
		const made = await bench.run(setup, {multiRegion: true});
		expect([made.code, made.result['proven'], keys().map(it => [it.multiRegion, it.id.slice(0, 4)])]).toEqual([
			0,
			true,
			[[true, 'mrk-']],
		]);
		expect(made.said).toContain('a multi-Region key, which can’t be changed later'.replace('’', "'"));
	});
	test('comes too late once the key is made', async () => {
		await bench.run(setup, {stopAfter: 'managed-key'});
		await expect(bench.run(setup, {multiRegion: true})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late')},
		});
		expect(keys().map(it => it.multiRegion)).toEqual([false]);
	});
	test('can be taken back as long as no key is made, by its flag turned round', async () => {
		bench.sandbox.setFaults([readFault('kms:CreateKey=access-denied') ?? expect.fail('no such fault')]);
		expect((await bench.run(setup, {multiRegion: true})).code).toBe(1);
		bench.sandbox.setFaults([]);
		expect((await bench.run(setup, {multiRegion: false})).code).toBe(0);
		expect(keys().map(it => it.multiRegion)).toEqual([false]);
	});
	test('is recovered without being asked again, and a key that is adopted is used as it is', async () => {
		await bench.run(setup, {multiRegion: true});
		rmSync(join(bench.home, 'setups'), {recursive: true});
		expect((await bench.run(setup, {recover: true, secretFile: undefined})).code).toBe(0);
		const {entries} = JSON.parse(readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8')) as {entries: Entry[]};
		expect(fold(entries).answers['multiRegion']).toBe(true);
		await expect(bench.run(setup, {multiRegion: false})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late') as string},
		});
		expect((await bench.run(setup, {multiRegion: true})).code).toBe(0);
		expect(keys()).toHaveLength(1);
		const {kms} = clientsOf(bench.sandbox);
		const {KeyMetadata: it} = await kms.send(new CreateKeyCommand({}));
		await kms.send(new CreateAliasCommand({AliasName: 'alias/theirs', TargetKeyId: it?.KeyId}));
		const adopted = await bench.run(setup, {
			...{setup: 'second', policyName: 'second', userName: 'second', keyAlias: 'theirs', adopt: 'key'},
			...{multiRegion: true, secretFile: join(bench.home, 'second.csv'), prove: false},
		});
		expect([adopted.code, adopted.said]).toEqual([0, expect.stringContaining('is not a multi-Region key')]);
	});
});
test('permissions ask for KMS’s own role where a multi-Region key is to be made, and only there', async () => {
	const at = await place(keys => ({credentials: `[default]\n${keys}`}));
	const actions = async (options: object): Promise<readonly string[]> =>
		(await at.permissions(options)).Statement.flatMap(it => it.Action);
	expect(await actions({multiRegion: true})).toContain('iam:CreateServiceLinkedRole');
	expect(await actions({})).not.toContain('iam:CreateServiceLinkedRole');
});
