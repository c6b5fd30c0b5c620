import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {status} from '../../src/commands/status/run-status.js';
import {replaceAccessKey, setup} from '../../src/steps/index.js';
import {exitCode} from '../exit-codes.js';
import {Bench} from './in-process.js';
import {Nps} from './nps.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
	expect((await bench.run(setup)).code).toBe(0);
	bench.sandbox.advance(hour);
});
afterEach(() => bench.end());

const hour = 3_600_000;
const day = 24 * hour;
const documented = readFileSync(join(import.meta.dirname, '../../docs/status.md'), 'utf8');
type Found = {readonly code: string; readonly text: string};
type Step = {
	readonly step: string;
	readonly text?: string;
	readonly differences: readonly Found[];
	readonly remarks?: readonly Found[];
};
/** What status tells of the hand-off, and its exit code. */
async function told(
	stepId = 'hand-off',
): Promise<{code: number; text: string; differences: string[]; remarks: string[]; requests: number}> {
	const lines: string[] = [];
	bench.heard.length = 0;
	const code =
		exitCode[
			await status(
				{
					...{course: setup, others: [], options: {setup: 'nps', json: true}, version: '0.0.0', now: new Date()},
					env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
					outlet: {json: true, out: it => void lines.push(it), err: () => undefined},
				},
				() => undefined,
			)
		];
	const {steps} = JSON.parse(lines[0] ?? '{}') as {steps: readonly Step[]};
	const {text = '', differences = [], remarks = []} = steps.find(it => it.step === stepId) ?? {};
	const codes = (all: readonly Found[]): string[] => all.map(it => it.code);
	for (const it of [...codes(differences), ...codes(remarks)]) expect(documented).toContain(`\`${it}\``);
	return {code, text, differences: codes(differences), remarks: codes(remarks), requests: bench.heard.length};
}
const nps = (address: string, file = 'secret.csv'): Nps => new Nps(bench.sandbox, join(bench.home, file), address);

describe('status tells who uses the key', () => {
	test('NPS, and that is all as it should be', async () => {
		await nps('10.1.2.3').works();
		expect(await told()).toMatchObject({
			...{code: 0, differences: [], remarks: []},
			text: expect.stringMatching(/^NPS used the key: Decrypt, .* from 10\.1\.2\.3, as AWS shows/) as string,
		});
		expect((await told()).requests).toBeLessThanOrEqual(21);
	});
	test('somebody else', async () => {
		const {url, operator, account} = bench.sandbox;
		const kms = new KMSClient({region: 'eu-west-1', endpoint: url, credentials: operator});
		const KeyId = Object.values(account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		expect(await told()).toMatchObject({code: 3, differences: ['used-by-others']});
		bench.sandbox.advance(hour);
		// Whoever uses it since hides nobody; a week later it is a remark.
		await nps('10.1.2.3').works();
		expect(await told()).toMatchObject({
			code: 3,
			differences: ['used-by-others'],
			text: expect.stringMatching(/^NPS used the key/) as string,
		});
		bench.sandbox.advance(7 * day);
		expect(await told()).toMatchObject({code: 0, differences: [], remarks: ['used-by-others']});
	});
	test('somebody else where CloudTrail tells no resources: the last use alone', async () => {
		const {url, operator, account} = bench.sandbox;
		const kms = new KMSClient({region: 'eu-west-1', endpoint: url, credentials: operator});
		const KeyId = Object.values(account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		bench.sandbox.setFaults([{api: 'cloudtrail:LookupEvents', nth: 1, kind: 'access-denied'}]);
		expect(await told()).toMatchObject({code: 3, differences: ['used-by-others']});
	});
	test('nobody, a day after it was said that SbPAM.RotateAwsKey has been run', async () => {
		// As if the proof had been left out: nothing hides that the access key was never used.
		for (const it of Object.values(bench.sandbox.account.users)) for (const key of it.accessKeys) delete key.lastUsed;
		for (const it of Object.values(bench.sandbox.account.keys)) delete it.lastUsed;
		expect(await told()).toMatchObject({code: 0, differences: []});
		await bench.run(setup, {npsRotated: true, prove: false});
		expect((await told()).differences).toEqual([]);
		bench.sandbox.advance(day + hour);
		expect(await told()).toMatchObject({code: 3, differences: ['never-used']});
	});
	test('from an address that was not seen before, a remark', async () => {
		await nps('10.1.2.3').works();
		await bench.run(setup);
		expect((await told()).remarks).toEqual([]);
		await nps('10.9.9.9').works();
		expect((await told()).remarks).toEqual(['used-from-elsewhere']);
		await bench.run(setup);
		expect((await told()).remarks).toEqual([]);
	});
	test('nobody for 90 days, a remark', async () => {
		await nps('10.1.2.3').works();
		bench.sandbox.advance(89 * day);
		expect((await told()).remarks).toEqual([]);
		bench.sandbox.advance(day);
		expect((await told()).remarks).toEqual(['idle']);
	});
});

test('while the access key is replaced, what was proven with the old one stays proven', async () => {
	const before = (await told('prove')).text;
	expect(before).toMatch(/^proven on/);
	await bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv')});
	expect((await told('prove')).text).toBe(before);
});
