import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {DeleteAccessKeyCommand, DeleteLoginProfileCommand} from '@aws-sdk/client-iam';
import {describe, expect, test} from 'vitest';
import {place} from './connecting.js';

const key = (keys: string) => ({credentials: `[default]\n${keys}`});
const writes = (sandbox: {readonly heard: readonly {readonly api: string}[]}) =>
	sandbox.heard
		.filter(it => !/^(Get|List|Lookup|Describe|Simulate|Encrypt|Decrypt|Generate)/.test(it.api))
		.map(it => it.api);

describe('a set-up with console access whose record was lost', () => {
	const lost = async () => {
		const at = await place(key);
		const consolePasswordFile = join(at.home, 'password.csv');
		expect((await at.run({consoleAccess: true, consolePasswordFile})).code).toBe(0);
		rmSync(join(at.home, 'state'), {recursive: true});
		at.sandbox.heard.length = 0;
		return {...at, consolePasswordFile};
	};
	test('is recovered with console access: nothing is made, and the proof counts it as meant', async () => {
		const {run, sandbox} = await lost();
		const {code, result} = await run({recover: true, prove: true});
		expect([code, result['proven'], writes(sandbox)]).toEqual([
			0,
			true,
			expect.not.arrayContaining(['CreateLoginProfile', 'CreateUser', 'CreateAccessKey']),
		]);
	});
	test('whose password was taken away meanwhile doesn’t get another one', async () => {
		const {run, iam, sandbox} = await lost();
		await iam.send(new DeleteLoginProfileCommand({UserName: 'nps-kms-user'}));
		sandbox.heard.length = 0;
		expect((await run({recover: true})).code).toBe(0);
		expect(writes(sandbox)).toEqual([]);
	});
	test('answers that the loss took may be given anew, those that the things themselves tell may not', async () => {
		const {run, iam, home, sandbox} = await lost();
		await iam.send(new DeleteLoginProfileCommand({UserName: 'nps-kms-user'}));
		expect((await run({recover: true})).code).toBe(0);
		sandbox.heard.length = 0;
		const again = await run({consoleAccess: true, consolePasswordFile: join(home, 'again.csv')});
		expect([again.code, writes(sandbox)]).toEqual([0, ['CreateLoginProfile']]);
		await expect(run({policyName: 'Other'})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late')},
		});
	});
});

describe('a secret file whose access key is gone', () => {
	const gone = async () => {
		const at = await place(key);
		expect((await at.run()).code).toBe(0);
		const id = /AKIA\w+/.exec(readFileSync(join(at.home, 'secret.csv'), 'utf8'))?.[0];
		const other = join(at.home, 'other.csv');
		return {...at, id, other};
	};
	test('can’t be answered otherwise while the key is there', async () => {
		const {run, other} = await gone();
		await expect(run({secretFile: other})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late')},
		});
	});
	test('is told, and the file that the advice asks for is taken by the next run', async () => {
		const {run, iam, id, other, home, sandbox} = await gone();
		await iam.send(new DeleteAccessKeyCommand({UserName: 'nps-kms-user', AccessKeyId: id}));
		const {code, result} = await run({secretFile: join(home, 'secret.csv'), restore: 'access-key'});
		expect([code, result['problem']]).toEqual([
			1,
			expect.objectContaining({todo: expect.stringContaining('--secret-file')}),
		]);
		sandbox.heard.length = 0;
		// Another access key gives access back: that is a word of its own.
		const unsaid = await run({secretFile: other});
		expect([unsaid.code, writes(sandbox), unsaid.result['problem']]).toEqual([
			1,
			[],
			expect.objectContaining({code: 'TakenAway'}),
		]);
		const again = await run({restore: 'access-key', secretFile: other});
		expect([again.code, writes(sandbox), again.result['secretFile']]).toEqual([0, ['CreateAccessKey'], other]);
		// Made with that one, it counts for good again.
		await expect(run({secretFile: join(home, 'third.csv')})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late')},
		});
	});
	test('is asked for anew on its form', async () => {
		const {sit, iam, id, other, sandbox} = await gone();
		await iam.send(new DeleteAccessKeyCommand({UserName: 'nps-kms-user', AccessKeyId: id}));
		sandbox.heard.length = 0;
		const {receipts} = await sit(
			{
				event(scene) {
					if (scene.step.at !== 3) return undefined;
					if (scene.phase.at === 'stopped') return {type: 'back'};
					const file = scene.fields.find(it => it.field.name === 'secretFile');
					if (scene.phase.at === 'form' && file && !file.settled)
						return {type: 'submitted', answers: {secretFile: other}};
					return undefined;
				},
			},
			{stopAfter: 'access-key', secretFile: undefined},
		);
		expect([writes(sandbox), receipts.at(-1)?.says]).toEqual([['CreateAccessKey'], expect.stringContaining(other)]);
	});
});
