import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {questions} from './questions.js';

const root = join(import.meta.dirname, '..', '..');
// Inside the project, so that its packages are found.
const folder = mkdtempSync(join(root, 'node_modules', '.contract-'));
const program = join(folder, 'contract.mjs');
let sandbox: Sandbox;
beforeAll(async () => {
	const flags = [
		'--bundle',
		'--platform=node',
		'--format=esm',
		'--packages=external',
		'--log-level=warning',
		`--outfile=${program}`,
	];
	execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [join(root, 'test', 'real', 'contract.ts'), ...flags]);
	sandbox = await startSandbox();
});
afterAll(async () => {
	await sandbox.close();
	rmSync(folder, {recursive: true, force: true});
});

/** Spawned without waiting in this thread: the sandbox answers from it. */
async function contract(account: string, ...flags: readonly string[]): Promise<{code: number | null; said: string}> {
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	const env = {
		...process.env,
		AWS_ENDPOINT_URL: sandbox.url,
		AWS_ACCESS_KEY_ID: accessKeyId,
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
		AWS_REGION: 'eu-west-1',
	};
	const child = spawn(process.execPath, [program, '--expect-account', account, ...flags], {
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (it: Buffer) => (said += it.toString()));
	return new Promise(done => child.on('close', code => done({code, said})));
}

test('the questions are the ones of docs/unverified.md', () => {
	const text = readFileSync(join(root, 'docs', 'unverified.md'), 'utf8');
	const listed = [...text.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, id]) => id);
	expect(questions.map(it => it.id).sort()).toEqual(listed.sort());
});
test('every question gets an answer, and nothing but keys pending deletion stays', async () => {
	const {code, said} = await contract(sandbox.account.id, '--yes');
	expect(code, said).toBe(0);
	for (const {id} of questions) expect(said).toContain(`| \`${id}\` |`);
	expect(Object.keys(sandbox.account.users)).toEqual(['admin']);
	expect(Object.values(sandbox.account.policies).filter(it => it.name.startsWith('nps-kms-contract'))).toEqual([]);
	expect(Object.values(sandbox.account.keys).map(it => it.state)).toEqual(['PendingDeletion', 'PendingDeletion']);
});
test('another account than the expected one, or no word typed, changes nothing', async () => {
	const before = JSON.stringify(sandbox.account.keys);
	expect(await contract('999999999999', '--yes')).toMatchObject({
		code: 1,
		said: expect.stringContaining('Nothing was changed'),
	});
	expect(await contract(sandbox.account.id)).toMatchObject({said: expect.not.stringContaining('removed')});
	expect(JSON.stringify(sandbox.account.keys)).toBe(before);
});
