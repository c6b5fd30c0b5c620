import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'nps-kms-package-'));
const npm = (cwd: string, ...args: readonly string[]): string =>
	execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
let packed: string;
beforeAll(() => {
	packed = join(folder, npm(folder, 'pack', join(root, 'dist')).trim().split('\n').at(-1) ?? '');
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

test('the package is small, and needs no other', () => {
	expect(statSync(packed).size).toBeLessThan(1.5 * 1024 * 1024);
	const {dependencies, bin} = JSON.parse(readFileSync(join(root, 'dist', 'package.json'), 'utf8')) as Record<string, unknown>;
	expect({dependencies, bin}).toEqual({dependencies: undefined, bin: {'nps-kms': 'nps-kms.js'}});
});
test('the package holds the licence of everything in it, and none that forbids that', () => {
	const heads = readFileSync(join(root, 'dist', 'LICENSES.txt'), 'utf8').match(/^\S+ \d+\.\d+\.\d+\S* \(.*\)$/gm) ?? [];
	expect(heads.length).toBeGreaterThan(50);
	expect(heads.filter(it => !/\((MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0)\)$/.test(it))).toEqual([]);
});
test('installed into an empty folder, it rehearses a whole set-up', () => {
	npm(folder, 'install', '--prefix', folder, packed);
	expect(readdirSync(join(folder, 'node_modules')).filter(it => !it.startsWith('.'))).toEqual(['nps-kms']);
	const said = execFileSync(join(folder, 'node_modules', '.bin', 'nps-kms'), ['setup', '--sandbox', '--yes', '--json'], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
		env: {PATH: process.env['PATH'], HOME: folder, NPS_KMS_HOME: join(folder, 'state'), NPS_KMS_PATIENCE: '0.01'},
	});
	expect(JSON.parse(said.trim().split('\n').at(-1) ?? '')).toMatchObject({status: 'complete', proven: true});
});
