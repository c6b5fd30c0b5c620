import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {printCommands} from '../../src/commands/setup/print-commands.js';
import type {Heard} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import {pathWithAws} from '../sandbox/aws-cli.js';
import {Bench} from './in-process.js';
import {oddAnswers} from './odd-answers.js';

const missing = ['aws', 'bash'].filter(it => spawnSync(it, ['--version']).status !== 0);
/** Where CI is set it runs, and fails. */
const left = missing.length > 0 && !process.env['CI'];
if (left) console.log(`The printed script is not run against the sandbox: ${missing.join(' and ')} missing`);

const second = process.env['NPS_KMS_TEST_AWS'];
if (!second)
	console.log('The printed script is not run by a second aws CLI: NPS_KMS_TEST_AWS names none; .ci/run does');
const clis: readonly (readonly [string, () => Promise<string>])[] = [
	['', pathWithAws],
	...(second ? [[' that NPS_KMS_TEST_AWS names', () => pathWith(second)] as const] : []),
];
/** A PATH on which that is the aws command. */
async function pathWith(aws: string): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'nps-kms-aws-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	symlinkSync(aws, join(folder, 'aws'));
	return [folder, process.env['PATH']].join(delimiter);
}

const isRead = ({api}: Heard): boolean => /^(Get|List|Lookup|Describe|Simulate)/.test(api);
/** What changed something, in order, with the ids and secrets that are new each time named by their kind. */
function changes(heard: readonly Heard[]): readonly unknown[] {
	return heard
		.filter(it => !isRead(it) && it.status === 200 && it.caller?.arn.endsWith(':user/admin'))
		.map(({service, api, input, region}) => ({
			api: `${service}:${api}`,
			region,
			input: JSON.parse(
				JSON.stringify(input)
					.replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'id')
					.replaceAll(/\bAKIA[A-Z0-9]{16}\b/g, 'access key')
					.replaceAll(/"Password":"[^"]{40}"/g, '"Password":"random"'),
			) as unknown,
		}));
}

async function bySetup(): Promise<readonly unknown[]> {
	const bench = await Bench.start();
	try {
		writeFileSync(join(bench.home, 'answers.json'), JSON.stringify(oddAnswers(bench.home)));
		const {code, said} = await bench.run(setup, {
			answers: join(bench.home, 'answers.json'),
			secretFile: undefined,
			prove: false,
		});
		expect(code, said).toBe(0);
		return changes(bench.heard);
	} finally {
		await bench.end();
	}
}

async function print(bench: Bench, more: object = {}): Promise<string> {
	const out: string[] = [];
	const said: string[] = [];
	writeFileSync(join(bench.home, 'answers.json'), JSON.stringify(oddAnswers(bench.home)));
	const how = await printCommands(
		{
			course: setup,
			others: [],
			options: {setup: 'nps', printCommands: true, answers: join(bench.home, 'answers.json'), ...more},
			env: {...process.env, NPS_KMS_HOME: bench.home},
			outlet: {json: false, out: it => void out.push(it), err: it => void said.push(it)},
			version: '0.0.0',
			now: new Date(),
		},
		() => undefined,
	);
	expect(how, said.join('\n')).toBe('done');
	expect(out).toHaveLength(1);
	return out[0]!;
}

/** Another person runs the script: another home, credentials of the same account. */
async function runScript(text: string, bench: Bench, path: string): Promise<{code: number | null; err: string}> {
	const elsewhere = mkdtempSync(join(bench.home, 'elsewhere-'));
	writeFileSync(join(elsewhere, 'script.sh'), text);
	const {AWS_REGION: _region, AWS_PROFILE: _profile, ...env} = process.env;
	const child = spawn('bash', [join(elsewhere, 'script.sh')], {
		env: {...env, HOME: elsewhere, PATH: path},
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let err = '';
	child.stderr.on('data', (it: Buffer) => (err += it.toString()));
	return new Promise(done => child.on('close', code => done({code, err})));
}

test.skipIf(left).each(clis)(
	'the printed script, run by the aws CLI%s, makes the calls that nps-kms makes, input by input; then nothing is left but the proof',
	async (_version, path) => {
		const expected = await bySetup();
		expect(expected).toHaveLength(11);
		const bench = await Bench.start();
		try {
			const text = await print(bench);
			expect(bench.heard.filter(it => !isRead(it))).toEqual([]);
			// KMS doesn't see the new user at once.
			bench.sandbox.setLags({principals: 2500});
			bench.pace = 400;
			bench.heard.length = 0;
			const {code, err} = await runScript(text, bench, await path());
			expect(code, err).toBe(0);
			expect(changes(bench.heard)).toEqual(expected);
			expect(err).toContain('waiting, at most 120 s');

			bench.heard.length = 0;
			const ran = await bench.run(setup, {secretFile: undefined});
			expect(ran.code, ran.said).toBe(0);
			expect(changes(bench.heard)).toEqual([]);
			expect(ran.result).toMatchObject({
				status: 'complete',
				proven: true,
				secretFile: join(bench.home, 'the secret.csv'),
			});
			expect(readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8')).not.toContain(
				readFileSync(join(bench.home, 'the secret.csv'), 'utf8').split(/[,\r]/)[3],
			);
		} finally {
			await bench.end();
		}
	},
);

test.skipIf(left)('a printed script puts a key policy only while it is as it was reviewed', async () => {
	const bench = await Bench.start();
	try {
		const key = () =>
			Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.unreachable();
		expect((await bench.run(setup, {prove: false})).code).toBe(0);
		const text = await print(bench, {
			...{answers: undefined, keyAdministrator: ['arn:aws:iam::111122223333:user/admin']},
		});
		const reviewed = key().policy;
		const theirs = reviewed.replace('kms:*', 'kms:Get*');
		key().policy = theirs;
		const stopped = await runScript(text, bench, await pathWithAws());
		expect([stopped.code, key().policy]).toEqual([1, theirs]);
		expect(stopped.err).toContain("isn't as it was reviewed any more");
		key().policy = JSON.stringify(JSON.parse(reviewed), undefined, 2);
		const {code, err} = await runScript(text, bench, await pathWithAws());
		expect([code, key().policy.includes('user/admin')], err).toEqual([0, true]);
	} finally {
		await bench.end();
	}
});
