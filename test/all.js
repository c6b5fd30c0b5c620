// The one test command: types, lint, build, all tests. Ends with a plain line of counts.
// With --kills also every kill, with --faults every fault (npm test has time for a few); with --only-kills or --only-faults nothing else.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
	console.error(
		`nps-kms is tested with Node 22.12 or later; this is ${process.version}. Run npm ci first: it brings Node 24 on Linux and Windows.`,
	);
	process.exit(1);
}

let passed = 0;
let failed = 0;
let skipped = 0;

const run = (command, args, env = {}) =>
	spawnSync(command, args, {stdio: 'inherit', shell: process.platform === 'win32', env: {...process.env, ...env}})
		.status === 0;
const phase = (name, command, ...args) => {
	const start = performance.now();
	const good = run(command, args);
	console.log(`${good ? '✔' : '✖'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
	if (good) passed += 1;
	else failed += 1;
};

/** Runs vitest and counts its tests. */
function tests(reporter, args, env = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'nps-kms-test-'));
	const report = join(folder, 'report.json');
	const before = failed;
	const good = run(
		'vitest',
		['run', `--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${report}`, ...args],
		env,
	);
	try {
		const it = JSON.parse(readFileSync(report, 'utf8'));
		passed += it.numPassedTests;
		failed +=
			it.numFailedTests +
			it.testResults.filter(
				file => file.status === 'failed' && file.assertionResults.every(test => test.status !== 'failed'),
			).length;
		skipped += it.numPendingTests + (it.numTodoTests ?? 0);
		for (const file of it.testResults)
			for (const test of file.assertionResults)
				if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`);
	} catch {
		console.log('✖ the tests did not run to their end');
		failed += 1;
	}
	rmSync(folder, {recursive: true, force: true});
	// Such as an error outside of any test, which the report doesn't count.
	if (!good && failed === before) failed += 1;
}

/** What npm test has time for a slice of. */
const wholes = [
	{name: 'kills', folder: 'test/kills', env: {NPS_KMS_KILLS: 'all'}},
	{name: 'faults', folder: 'test/faults', env: {NPS_KMS_FAULTS: 'all'}},
].filter(({name}) => ['--', '--only-'].some(it => process.argv.includes(`${it}${name}`)));
const only = process.argv.some(it => it.startsWith('--only-'));
if (!only) {
	phase('types', 'tsc', '--noEmit');
	phase('format and lint', 'biome', 'check', '--error-on-warnings', '.');
	phase('lint with types', 'oxlint', '--type-aware', '--deny-warnings');
	phase('no dead code', 'knip');
}
phase('build', 'node', 'build.js');
if (!only)
	tests(
		'default',
		wholes.flatMap(it => ['--exclude', `${it.folder}/**`]),
	);
// At once: what waits for one thing leaves the cores to another.
if (wholes.length > 0)
	tests(
		'dot',
		wholes.map(it => it.folder),
		Object.assign({}, ...wholes.map(it => it.env)),
	);
if (!only) checkEmulators();
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

/** What is left out where a tool is missing is told; where CI is set it counts as failed. */
function checkEmulators() {
	const moto = spawnSync('python3', ['-c', 'import moto, boto3'], {stdio: 'ignore'}).status === 0;
	if (!moto && !process.env.MOTO_ENDPOINT) {
		console.log(
			'The contract with moto, an AWS emulator, was not tested: python3 with moto is missing. Get it with: pip install "moto[server]" boto3',
		);
		if (process.env.CI) failed += 1;
	}
	const clients = spawnSync('aws', ['--version'], {stdio: 'ignore'}).status === 0;
	if (!clients) {
		console.log(
			'The built-in stand-in was not tested with the aws CLI: aws is missing. Get it with: pip install awscli',
		);
		if (process.env.CI) failed += 1;
	}
}
