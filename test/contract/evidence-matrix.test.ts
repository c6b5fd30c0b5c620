import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {status} from '../../src/commands/status/run-status.js';
import {type Entry, fold} from '../../src/engine/record.js';
import {noLags} from '../../src/sandbox/account/lags.js';
import {discard, setup} from '../../src/steps/index.js';
import {Bench} from './in-process.js';
import {Nps} from './nps.js';

let bench: Bench;
/** Back to the setup as it was before anybody used its KMS key; what CloudTrail tells stays. */
let back: () => void;

const minutes = 60_000;
const hour = 60 * minutes;
const [cloudTrail, kms, iam] = ['cloudtrail:LookupEvents', 'kms:GetKeyLastUsage', 'iam:GetAccessKeyLastUsed'];
const sources = {
	'every source an hour late': [],
	'every source': [],
	'no CloudTrail': [cloudTrail],
	'no GetKeyLastUsage': [kms],
	'no GetAccessKeyLastUsed': [iam],
	'GetKeyLastUsage alone': [cloudTrail, iam],
	'no source': [cloudTrail, kms, iam],
} as const;
type Sources = keyof typeof sources;
const stranger = async (): Promise<void> => {
	const {url, operator, account} = bench.sandbox;
	const client = new KMSClient({region: 'eu-west-1', endpoint: url, credentials: operator});
	const KeyId = Object.values(account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
	await client.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
};
const users = {
	NPS: () => new Nps(bench.sandbox, join(bench.home, 'secret.csv'), '10.1.2.3').works(),
	'a stranger': stranger,
	'our own proof': async () => undefined,
	nobody: async () => undefined,
};
type User = keyof typeof users;

const told = /^NPS used the key: Decrypt, [-\d]+ [:\d]+ UTC, from 10\.1\.2\.3, as AWS shows$/;
const toldByTime = /^NPS used the key: [-\d]+ [:\d]+ UTC, as AWS shows$/;
const notSeen = /not known; no use by NPS is seen \(a use may show up some minutes late\)$/;
const untold = /not known; AWS doesn't tell whether NPS uses the key$/;
const somebody = /not known; something used the key at [-\d]+ [:\d]+ UTC; AWS doesn't say who$/;
const named = /not known; arn:aws:iam::\d+:user\/admin used the key last, [-\d]+ [:\d]+ UTC; of NPS no use is seen$/;
const hidden = /not known; the last use AWS shows is this setup's own proof; .* \(a use may show up an hour late\)$/;
const never = /not known; AWS shows no use of the key \(a use may show up an hour late\)$/;
/** What is said, in the order of the sources. */
const said: Readonly<Record<User, readonly RegExp[]>> = {
	NPS: [notSeen, told, toldByTime, told, told, somebody, untold],
	'a stranger': [notSeen, named, somebody, notSeen, named, somebody, untold],
	'our own proof': [notSeen, notSeen, hidden, notSeen, notSeen, hidden, untold],
	nobody: [never, never, never, notSeen, never, never, untold],
};
const cells = (user: User) =>
	(Object.keys(sources) as Sources[]).map((by, nth) => [by, said[user][nth] ?? expect.fail(by)] as const);

/** What status tells of the hand-off. */
async function statusSays(): Promise<string> {
	const lines: string[] = [];
	await status(
		{
			...{course: setup, others: [], options: {setup: 'nps', json: true}, version: '0.0.0', now: new Date()},
			env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
			outlet: {json: true, out: it => void lines.push(it), err: () => undefined},
		},
		() => undefined,
	);
	const {steps} = JSON.parse(lines[0] ?? '{}') as {steps: readonly {step: string; text?: string}[]};
	return steps.find(it => it.step === 'hand-off')?.text ?? '';
}
const inUse = (): boolean => {
	const file = readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8');
	return fold((JSON.parse(file) as {entries: readonly Entry[]}).entries).delivered.some(it => it.inUse);
};
const changed = (): readonly string[] =>
	bench.heard.map(it => it.api).filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it));

describe.each(Object.keys(users) as User[])('a use by %s', user => {
	beforeAll(async () => {
		bench = await Bench.start({control: true});
		expect((await bench.run(setup, {prove: user !== 'nobody'})).code).toBe(0);
		bench.sandbox.advance(3 * hour);
		back = bench.keep();
	});
	afterAll(() => bench.end());

	test.each(cells(user))('seen by %s: nothing more is said than that shows, and nothing stops', async (by, words) => {
		bench.sandbox.setFaults([]);
		bench.sandbox.setLags(noLags);
		back();
		if (by.endsWith('late')) bench.sandbox.setLags({...noLags, events: hour, keyUse: hour, lastUsed: hour});
		await users[user]();
		bench.sandbox.advance(2 * minutes);
		bench.sandbox.setFaults(sources[by].map(api => ({api: api ?? '', nth: 'every', kind: 'access-denied'})));
		const seen = words === told || words === toldByTime;

		expect((await statusSays()).replaceAll(/\s+/g, ' ')).toMatch(words);
		bench.heard.length = 0;
		const all = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
		const refused = await bench.run(discard, seen ? all : {confirm: 'nps'});
		expect([refused.code, changed()]).toEqual([1, []]);
		if (seen) expect(refused.result['problem']).toMatchObject({code: 'InUse'});
		const again = await bench.run(setup, {prove: false});
		expect([again.code, inUse()], again.said).toEqual([0, seen]);
	});
});
