import {spawn} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CreateUserCommand, GetUserCommand, IAMClient} from '@aws-sdk/client-iam';
import {afterEach, beforeEach, expect, onTestFinished, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';

// Real processes: the compiled `nps-kms sandbox --file`, killed and started again.
const program = join(import.meta.dirname, '..', '..', 'dist', 'nps-kms.js');

let folder = '';
let file = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
	file = join(folder, 'account.json');
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

type Process = {
	readonly iam: IAMClient;
	readonly ended: Promise<{readonly code: number | null; readonly said: string}>;
	kill(): Promise<unknown>;
};
/** A sandbox on the file, once it says where it is, or has ended without. */
async function begin(preload = ''): Promise<Process> {
	const child = spawn(process.execPath, [program, 'sandbox', '--file', file], {
		env: {...process.env, NPS_KMS_HOME: folder, ...(preload !== '' && {NODE_OPTIONS: `--import ${preload}`})},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	let said = '';
	const ended = new Promise<{code: number | null; said: string}>(done => child.on('close', code => done({code, said})));
	await new Promise<void>(done => {
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (it: Buffer) => {
				said += it.toString();
				if (said.includes('Ctrl+C ends it')) done();
			});
		child.on('close', () => done());
	});
	// A secret may begin with + or /.
	const told = (name: string): string => new RegExp(`${name}(?:=| = ')(\\S+?)'?\\n`).exec(said)?.[1] ?? 'none';
	const credentials = {accessKeyId: told('AWS_ACCESS_KEY_ID'), secretAccessKey: told('AWS_SECRET_ACCESS_KEY')};
	const endpoint = told('AWS_ENDPOINT_URL').replace('none', 'http://127.0.0.1:1');
	return {
		iam: new IAMClient({endpoint, region: 'eu-west-1', maxAttempts: 1, credentials}),
		ended,
		kill() {
			child.kill('SIGKILL');
			return ended;
		},
	};
}
const make = (iam: IAMClient, UserName: string): Promise<unknown> => iam.send(new CreateUserCommand({UserName}));
const users = (): readonly string[] =>
	Object.keys((JSON.parse(readFileSync(file, 'utf8')) as {account: Account}).account.users);

test('a second sandbox on a file is refused in words, and the first one loses nothing', async () => {
	const first = await begin();
	await make(first.iam, 'before');
	const {code, said} = await (await begin()).ended;
	expect({code, said}).toMatchObject({code: 2, said: expect.stringContaining(`Another sandbox is using ${file}`)});
	expect(said).toContain('End that one, or give another --file');
	await make(first.iam, 'after');
	expect(users()).toEqual(['admin', 'before', 'after']);
});
test('a killed one holds the file no longer, and the next goes on where it was', async () => {
	const first = await begin();
	await make(first.iam, 'before');
	await first.kill();
	const next = await begin();
	await next.iam.send(new GetUserCommand({UserName: 'before'}));
	await make(next.iam, 'after');
	expect(users()).toEqual(['admin', 'before', 'after']);
});

// Each place of a write where a kill may come: the process kills itself there at its second write.
test.each([
	['before the file beside it is opened', 'openSync', 'before', false],
	['when nothing is in it yet', 'writeFileSync', 'before', false],
	['before it is synced', 'fsyncSync', 'before', false],
	['before it is renamed', 'renameSync', 'before', false],
	['once it is renamed, before the answer', 'renameSync', 'after', true],
] as const)('a kill %s leaves a whole file', async (_when, call, side, there) => {
	const preload = join(folder, 'kill.mjs');
	writeFileSync(
		preload,
		`import fs from 'node:fs';
		import {syncBuiltinESMExports} from 'node:module';
		let writing = 0;
		const {openSync, ${call}: real} = {...fs};
		const isBeside = path => String(path).includes('account.json.tmp-');
		const die = () => process.kill(process.pid, 'SIGKILL');
		fs.openSync = (path, ...rest) => {
			if (isBeside(path)) writing++;
			if ('${call}' === 'openSync' && writing === 2) die();
			return openSync(path, ...rest);
		};
		if ('${call}' !== 'openSync') fs.${call} = (...all) => {
			if (writing === 2 && '${side}' === 'before') die();
			const done = real(...all);
			if (writing === 2) die();
			return done;
		};
		syncBuiltinESMExports();`,
	);
	const first = await begin(preload);
	await expect(make(first.iam, 'lost')).rejects.toThrow();
	await first.ended;
	expect(users()).toEqual(there ? ['admin', 'lost'] : ['admin']);
	const next = await begin();
	await make(next.iam, 'after');
	expect(users()).toEqual(['admin', ...(there ? ['lost'] : []), 'after']);
	expect(readdirSync(folder).filter(name => name.includes('.tmp-'))).toEqual([]);
});
