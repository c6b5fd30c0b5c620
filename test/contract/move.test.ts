import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {discard, moveKey, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';

const hour = 3_600_000;
const day = 24 * hour;
let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const later = (ms: number): void => bench.sandbox.advance(ms);
/** This moment of the account, as a person types it. */
const now = (ahead = 0): string => new Date(bench.sandbox.now() + ahead).toISOString().slice(0, 16).replace('T', ' ');
const today = (ahead = 0): string => now(ahead).slice(0, 10);
const fileOf = (name: string): string => join(bench.home, `${name}.csv`);
const entriesOf = (name = 'nps'): readonly Entry[] =>
	(JSON.parse(readFileSync(join(bench.home, 'setups', `${name}.json`), 'utf8')) as {entries: readonly Entry[]}).entries;
const factsOf = (name = 'nps') => fold(entriesOf(name), 'setup').facts;
const setUp = (name: string, region: string, more: object = {}): Promise<Ran> =>
	bench.run(setup, {setup: name, region, secretFile: fileOf(name), ...more});
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);
const stop = ({result}: Ran): string =>
	String(((result['waitsFor'] ?? result['problem']) as {code?: string} | undefined)?.code ?? result['status']);
const oldKey = () => Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys[0];

/** NPS works with a setup's access key and KMS key, as when it is rotated, or starts. */
async function npsUses(name: string, address = '10.1.2.3'): Promise<void> {
	const [accessKeyId = '', secretAccessKey = ''] =
		readFileSync(fileOf(name), 'utf8').split('\n')[1]?.trim().split(',') ?? [];
	const {keyArn: KeyId = '', region = ''} = factsOf(name);
	const kms = new KMSClient({
		region,
		endpoint: bench.sandbox.url,
		credentials: {accessKeyId, secretAccessKey},
		maxAttempts: 1,
	});
	kms.middlewareStack.add(
		next => args => {
			(args.request as {headers: Record<string, string>}).headers['x-sandbox-source-ip'] = address;
			return next(args);
		},
		{step: 'build'},
	);
	const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
	await kms.send(new DecryptCommand({KeyId, CiphertextBlob}));
	kms.destroy();
}
/** NPS is at work with one setup, and another in another region is made and proven. */
async function both(): Promise<void> {
	await setUp('nps', 'eu-west-1');
	later(hour);
	await npsUses('nps');
	later(day);
	expect((await setUp('berlin', 'eu-central-1')).result['proven']).toBe(true);
	later(hour);
}
const told = {toSetup: 'berlin', backedUp: '', backupsExpire: ''};
const beginning = () => ({...told, backedUp: today(), backupsExpire: today(60 * day)});

describe('NPS is moved to another region over weeks, without questions', () => {
	test('from gate to gate, each opened by what AWS shows or the person says', async () => {
		await both();
		expect(stop(await move())).toBe('NoTarget');
		expect(stop(await move({toSetup: 'berlin'}))).toBe('NotBackedUp');
		const begun = await move(beginning());
		expect([stop(begun), begun.code]).toEqual(['NotRotatedYet', 0]);
		later(2 * hour);
		await npsUses('nps');
		await npsUses('berlin');
		later(hour);
		expect(stop(await move())).toBe('NotRestarted');
		expect(factsOf()['movedAt']).toBeDefined();
		later(hour);
		const restart = now();
		await npsUses('berlin');
		expect(stop(await move({servicesRestarted: restart}))).toBe('TooSoon');
		later(5 * hour);
		const halted = await move();
		expect([stop(halted), oldKey()?.status]).toEqual(['Watching', 'Inactive']);
		later(13 * day);
		expect(stop(await move({npsHealthy: true}))).toBe('Watching');
		later(2 * day);
		const done = await move();
		expect([done.result['status'], done.result['movedTo'], done.code]).toEqual(['complete', 'berlin', 0]);
		expect(Object.values(bench.sandbox.account.keys).map(it => it.state)).not.toContain('Disabled');
		// Run once more, all is as it was left.
		expect((await move()).result['status']).toBe('complete');
	});
});
