import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import {moveKey, retire, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';

const hour = 3_600_000;
const day = 24 * hour;
let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const later = (ms: number): void => bench.sandbox.advance(ms);
const now = (ahead = 0): string => new Date(bench.sandbox.now() + ahead).toISOString().slice(0, 16).replace('T', ' ');
const today = (ahead = 0): string => now(ahead).slice(0, 10);
const fileOf = (name: string): string => join(bench.home, `${name}.csv`);
const factsOf = (name = 'nps') =>
	fold(
		(JSON.parse(readFileSync(join(bench.home, 'setups', `${name}.json`), 'utf8')) as {entries: readonly Entry[]})
			.entries,
		'setup',
	).facts;
const stop = ({result}: Ran): string =>
	String(((result['waitsFor'] ?? result['problem']) as {code?: string} | undefined)?.code ?? result['status']);
const oldKey = () => Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys[0];
const ending = (options: object = {}): Promise<Ran> => bench.run(retire, options);

/** NPS works with a setup's access key and KMS key. */
async function npsUses(name: string): Promise<void> {
	const [accessKeyId = '', secretAccessKey = ''] =
		readFileSync(fileOf(name), 'utf8').split('\n')[1]?.trim().split(',') ?? [];
	const {keyArn: KeyId = '', region = ''} = factsOf(name);
	const credentials = {accessKeyId, secretAccessKey};
	const kms = new KMSClient({region, endpoint: bench.sandbox.url, credentials, maxAttempts: 1});
	const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
	await kms.send(new DecryptCommand({KeyId, CiphertextBlob}));
	kms.destroy();
}
/** NPS is moved to another setup, and its old access key was watched, Inactive. */
async function moved(): Promise<void> {
	await bench.run(setup, {region: 'eu-west-1', secretFile: fileOf('nps')});
	later(hour);
	await npsUses('nps');
	later(day);
	await bench.run(setup, {setup: 'berlin', region: 'eu-central-1', secretFile: fileOf('berlin')});
	later(hour);
	await bench.run(moveKey, {toSetup: 'berlin', backedUp: today(), backupsExpire: today(60 * day)});
	later(2 * hour);
	await npsUses('berlin');
	later(hour);
	await bench.run(moveKey);
	later(hour);
	const servicesRestarted = now();
	await npsUses('berlin');
	later(5 * hour);
	expect(stop(await bench.run(moveKey, {servicesRestarted}))).toBe('Watching');
	later(15 * day);
	expect(stop(await bench.run(moveKey, {npsHealthy: true}))).toBe('complete');
}

test('a setup that NPS was moved away from ends once its backups are over, and what the move watched counts', async () => {
	await moved();
	later(40 * day);
	const kept = factsOf()['keptUntil'] ?? '';
	const said = {serversRestarted: today(-2 * day), backupsUntil: kept};
	const early = await ending(said);
	expect([stop(early), early.code]).toEqual(['KeptForBackups', 0]);
	expect(early.said).toContain(kept);
	later(6 * day);
	expect(today() > kept).toBe(true);
	const before = await ending({...said, backupsUntil: today(-20 * day)});
	expect([stop(before), before.code]).toEqual(['Backups', 0]);
	expect(before.said).toContain(`comes before ${kept}`);
	expect([oldKey()?.status, factsOf()['retiring']]).toEqual(['Inactive', undefined]);
	// The fourteen days were those of the move.
	expect(stop(await ending(said))).toBe('MayBeDeleted');
	expect(stop(await ending({deleteAccessKey: oldKey()?.id}))).toBe('MayBeDisabled');
	expect(oldKey()).toBeUndefined();
});
