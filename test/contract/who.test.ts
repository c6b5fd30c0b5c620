import {readFileSync} from 'node:fs';
import {describe, expect, test, vi} from 'vitest';
import type {Problem} from '../../src/engine/problem.js';
import type {Entry} from '../../src/engine/record.js';
import {choicesOf} from '../../src/engine/to-do.js';
import {sandboxFor} from '../sandbox/clients.js';
import {place} from './connecting.js';

const key = (keys: string) => ({credentials: `[default]\n${keys}`});
const services = (url: string, ...names: readonly string[]): string =>
	`[default]\nservices = here\n[services here]\n${names.map(it => `${it} =\n  endpoint_url = ${url}\n`).join('')}`;
const record = (home: string): readonly Entry[] =>
	(JSON.parse(readFileSync(`${home}/state/setups/nps.json`, 'utf8')) as {entries: Entry[]}).entries;
const writes = (sandbox: {readonly heard: readonly {readonly api: string}[]}) =>
	sandbox.heard.filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it.api)).map(it => it.api);

describe('where the calls go', () => {
	test.each([
		['KMS alone', ['kms']],
		['all but STS', ['iam', 'kms']],
	])('%s elsewhere is a mix, and stops before any call', async (_rule, names) => {
		const at = await place(key);
		at.write('.aws/config', services(at.sandbox.url, ...names));
		vi.stubEnv('AWS_ENDPOINT_URL', undefined);
		at.sandbox.heard.length = 0;
		await expect(at.run()).rejects.toMatchObject({
			problem: {
				code: 'MixedEndpoints',
				why: expect.stringMatching(/sts to AWS, .*kms to http:.*line \d of/) as string,
			},
		});
		expect(at.sandbox.heard).toEqual([]);
	});
	test('all elsewhere is told in so many words, and recorded', async () => {
		const at = await place(key);
		at.write('.aws/config', services(at.sandbox.url, 'iam', 'sts', 'kms'));
		vi.stubEnv('AWS_ENDPOINT_URL', undefined);
		const {code, said} = await at.run({stopAfter: 'policy'});
		expect([code, said]).toEqual([0, expect.stringContaining(`Endpoint: ${at.sandbox.url}, not AWS`)]);
		expect(record(at.home).find(it => it.type === 'connected')).toMatchObject({endpoint: at.sandbox.url});
	});
});

describe('exported keys and the endpoint that only a profile names', () => {
	const both = async () => {
		const at = await place(key);
		const {accessKeyId, secretAccessKey} = at.sandbox.operator;
		at.write('.aws/config', `[profile local]\nendpoint_url = ${at.sandbox.url}\n`);
		vi.stubEnv('AWS_ENDPOINT_URL', undefined);
		vi.stubEnv('AWS_PROFILE', 'local');
		vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
		vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
		at.sandbox.heard.length = 0;
		return at;
	};
	test('are asked about before the first call, and go there once a person says so, as the aws CLI does unasked', async () => {
		const {sit, sandbox} = await both();
		let before = -1;
		const {code, receipts} = await sit(
			{
				event({phase}) {
					if (phase.at !== 'stopped') return undefined;
					before = sandbox.heard.length;
					const way = choicesOf(phase.problem).find(it => it.label.startsWith('use the exported key'));
					return way ? {type: 'way', way} : undefined;
				},
			},
			{stopAfter: 'connect'},
		);
		expect([before, code, receipts.at(-1)?.name]).toEqual([0, 0, 'Connect']);
		expect(sandbox.heard.length).toBeGreaterThan(0);
	});
	test('stop where nobody is asked, before any call', async () => {
		const {run, sandbox} = await both();
		await expect(run()).rejects.toMatchObject({problem: {code: 'WhoseEndpoint'}});
		expect(sandbox.heard).toEqual([]);
	});
	test('are told to be exported with the endpoint by hand, which is no command', async () => {
		const {run, sandbox} = await both();
		const told = await run().then(
			() => [],
			(error: {problem: Problem}) => error.problem.ways ?? [],
		);
		expect(told.filter(it => 'command' in it)).toEqual([]);
		expect(told).toContainEqual({
			is: 'by-hand',
			says: expect.stringContaining(`set AWS_ENDPOINT_URL to ${sandbox.url}`),
		});
	});
});

describe('whose account it is', () => {
	test('another caller of the same account is noted in the record, and goes on', async () => {
		const at = await place(key);
		expect((await at.run({stopAfter: 'policy'})).code).toBe(0);
		await at.become('bert', 'arn:aws:iam::aws:policy/AdministratorAccess');
		expect((await at.run({stopAfter: 'user'})).code).toBe(0);
		const callers = record(at.home).flatMap(entry =>
			entry.type === 'connected' ? [entry.caller.split('/').at(-1)] : [],
		);
		expect(callers).toEqual(['admin', 'bert']);
	});
	test.each([
		['another account', {accountId: '999999999999'}, 'aws'],
		['the same account id of another partition', {accountId: '123456789012'}, 'aws-cn'],
	])('%s stops a set-up that is begun before its first write', async (_rule, {accountId}, partition) => {
		const at = await place(key);
		expect((await at.run({stopAfter: 'policy'})).code).toBe(0);
		const other = await sandboxFor({accountId, partition});
		at.write(
			'.aws/credentials',
			`[default]\naws_access_key_id = ${other.operator.accessKeyId}\naws_secret_access_key = ${other.operator.secretAccessKey}\n`,
		);
		vi.stubEnv('AWS_ENDPOINT_URL', other.url);
		const {result} = await at.run({stopAfter: 'user'});
		expect(result['problem']).toMatchObject({
			code: 'OtherAccount',
			todo: expect.stringContaining('--setup NAME') as string,
		});
		expect(writes(other)).toEqual([]);
	});
	test('credentials that become another account’s are found before the next step’s first write', async () => {
		const at = await place(key);
		const {scenes} = await at.sit({
			event(scene) {
				if (scene.step.at === 2 && scene.phase.at === 'review') Object.assign(at.sandbox.account, {id: '999999999999'});
				return undefined;
			},
		});
		expect(scenes.at(-1)?.phase).toMatchObject({at: 'stopped', problem: {code: 'OtherAccount'}});
		expect(writes(at.sandbox)).toEqual(['CreatePolicy']);
	});
	test('an account that isn’t the expected one stops before anything', async () => {
		const at = await place(key);
		const {code, result} = await at.run({expectAccount: '111122223333'});
		expect([code, result['problem']]).toEqual([1, expect.objectContaining({code: 'UnexpectedAccount'})]);
		expect(writes(at.sandbox)).toEqual([]);
	});
	test('the root user is warned, and nothing is simulated for it', async () => {
		const at = await place(key);
		at.sandbox.account.rootKeys.push({id: 'AKIAROOTROOTROOTROOT', secret: 'r00t', status: 'Active', created: 0});
		at.write('.aws/credentials', '[default]\naws_access_key_id = AKIAROOTROOTROOTROOT\naws_secret_access_key = r00t\n');
		at.sandbox.heard.length = 0;
		const {code, said} = await at.run({stopAfter: 'connect'});
		expect([code, said]).toEqual([0, expect.stringContaining("! You are the account's root user")]);
		expect(at.sandbox.heard.filter(it => it.api === 'SimulatePrincipalPolicy')).toEqual([]);
	});
});
