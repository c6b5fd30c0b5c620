import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {type Entry, fold} from '../../src/engine/record.js';
import type {User} from '../../src/sandbox/account/account.js';
import {setup} from '../../src/steps/index.js';
import type {Bench, Ran} from './in-process.js';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** How a run ended: the code of what it waits for or stopped at, or its status. */
export const stop = ({result}: Ran): string =>
	String(((result['waitsFor'] ?? result['problem']) as {code?: string} | undefined)?.code ?? result['status']);

/** The same numbers for the same seed. https://en.wikipedia.org/wiki/Linear_congruential_generator */
export function numbersOf(seed: number): (below: number) => number {
	let state = seed;
	return below => {
		state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** What the tests of a move and of a retirement share, of a bench with `control`; another client plays NPS. */
export function overWeeks(bench: () => Bench) {
	const now = (ahead = 0): string =>
		new Date(bench().sandbox.now() + ahead).toISOString().slice(0, 16).replace('T', ' ');
	const fileOf = (name: string): string => join(bench().home, `${name}.csv`);
	const recordOf = (name = 'nps'): string => join(bench().home, 'setups', `${name}.json`);
	const entriesOf = (name = 'nps'): readonly Entry[] =>
		(JSON.parse(readFileSync(recordOf(name), 'utf8')) as {entries: readonly Entry[]}).entries;
	const factsOf = (name = 'nps') => fold(entriesOf(name), 'setup').facts;
	const user = (): User | undefined =>
		Object.values(bench().sandbox.account.users).find(it => it.name === 'nps-kms-user');
	return {
		...{now, fileOf, recordOf, entriesOf, factsOf, user},
		later: (ms: number): void => bench().sandbox.advance(ms),
		/** A day of the account, as a person types it. */
		today: (ahead = 0): string => now(ahead).slice(0, 10),
		oldKey: () => user()?.accessKeys[0],
		setUp: (name: string, region: string, more: object = {}): Promise<Ran> =>
			bench().run(setup, {setup: name, region, secretFile: fileOf(name), ...more}),
		/** NPS works with a setup's access key and KMS key, as when it is rotated, or starts. */
		async npsUses(name: string, address = '10.1.2.3', endpoint = bench().sandbox.url): Promise<void> {
			const [accessKeyId = '', secretAccessKey = ''] =
				readFileSync(fileOf(name), 'utf8').split('\n')[1]?.trim().split(',') ?? [];
			const {keyArn: KeyId = '', region = ''} = factsOf(name);
			const credentials = {accessKeyId, secretAccessKey};
			const kms = new KMSClient({region, endpoint, credentials, maxAttempts: 1});
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
		},
	};
}
