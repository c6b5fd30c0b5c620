// The one test command: build, all tests, and beside them types, lint and dead code. Ends with a plain line of counts.
// With --kills also every kill, with --faults every fault, with --streams every stream of keys (else a few of them), with
// --engines all that Terraform does with what is exported, and NPS played by the AWS SDK for .NET; with
// --only-kills, --only-faults or --only-streams nothing else. With names of test files, these alone.
import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative, sep} from 'node:path';
import {startEmulators} from './emulators.js';
import {openGround} from './ground.js';

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

const ground = openGround();
// What was started hears of Ctrl+C too, and ends; then there is still to be cleared up. A second one doesn't wait.
process.once('SIGINT', () => undefined);

/** Runs a command to its end; what it says is shown as it comes, or kept. */
const run = (command, args, {env = {}, kept = false} = {}) =>
	new Promise(done => {
		const child = spawn(command, args, {
			stdio: kept ? ['ignore', 'pipe', 'pipe'] : 'inherit',
			shell: process.platform === 'win32',
			env: {...ground.env, ...env},
		});
		let said = '';
		for (const it of [child.stdout, child.stderr]) it?.on('data', data => (said += data));
		child.on('error', error => done({good: false, said: `${error}`}));
		child.on('close', code => done({good: code === 0, said}));
	});
/** A part of its own that passes or fails; what it says comes in one piece. */
const phase = async (name, command, ...args) => {
	const start = performance.now();
	const {good, said} = await run(command, args, {kept: true});
	if (good) passed += 1;
	else failed += 1;
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	return `${good ? '' : said}${good ? '✔' : '✖'} ${name} (${seconds} s)`;
};

/** Where processes, terminals and answers that don't come are waited for. None of these tests draws lots: what is red by a bug is red again. */
const waiting = ['contract', 'exported', 'faults', 'field', 'kills', 'local', 'terminal'];

/** Runs vitest and counts its tests; a few that ran out of time beside others have a second try, alone, told. */
async function tests(args, env) {
	const first = await counted(args, env);
	const again = first.files.filter(it => it.failed > 0);
	const few =
		first.failed <= 3 && again.every(it => waiting.some(at => it.name.includes(`${sep}test${sep}${at}${sep}`)));
	const second =
		again.length > 0 && few
			? await counted(
					again.map(it => it.name),
					env,
				)
			: undefined;
	for (const it of second?.files ?? [])
		console.log(`tried again, alone: ${relative('.', it.name)}: ${it.failed > 0 ? 'failed again' : 'passed'}`);
	passed += first.passed + (second ? first.failed - second.failed : 0);
	failed += (second ?? first).failed;
	skipped += first.skipped;
}

/** One run of vitest: how many tests passed, failed and were skipped, and which files failed. */
async function counted(args, env) {
	const folder = mkdtempSync(join(tmpdir(), 'nps-kms-report-'));
	const report = join(folder, 'report.json');
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
	const {good} = await run('vitest', ['run', ...reporters, ...args], {env});
	const counts = {passed: 0, failed: 0, skipped: 0, files: []};
	try {
		const it = JSON.parse(readFileSync(report, 'utf8'));
		counts.files = it.testResults.map(({name, status, assertionResults}) => {
			const red = assertionResults.filter(test => test.status === 'failed').length;
			return {name, failed: red > 0 ? red : Number(status === 'failed')};
		});
		counts.passed = it.numPassedTests;
		counts.failed = counts.files.reduce((sum, file) => sum + file.failed, 0);
		counts.skipped = it.numPendingTests + (it.numTodoTests ?? 0);
		for (const file of it.testResults)
			for (const test of file.assertionResults)
				if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`);
	} catch {
		console.log('✖ the tests did not run to their end');
		counts.failed += 1;
	}
	rmSync(folder, {recursive: true, force: true});
	// Such as an error outside of any test, which the report doesn't count.
	if (!good && counts.failed === 0) counts.failed = 1;
	return counts;
}

/** Types, lint and dead code, one after the other: they use the time in which tests wait. */
async function lints() {
	return [
		await phase('types', 'tsc', '--noEmit'),
		await phase('format and lint', 'biome', 'check', '--error-on-warnings', '.'),
		await phase('lint with types', 'oxlint', '--type-aware', '--deny-warnings'),
		await phase('no dead code', 'knip'),
	];
}

/** What npm test tries a slice of. */
const wholes = [
	{name: 'kills', folder: 'test/kills', env: {NPS_KMS_KILLS: 'all'}},
	{name: 'faults', folder: 'test/faults', env: {NPS_KMS_FAULTS: 'all'}},
	{name: 'streams', folder: 'test/streams', env: {NPS_KMS_STREAMS: 'all'}},
	{name: 'engines', folder: 'test/exported', env: {NPS_KMS_ENGINES: 'all'}},
	{name: 'edits', folder: 'test/strict', env: {NPS_KMS_EDITS: 'all'}},
].filter(({name}) => ['--', '--only-'].some(it => process.argv.includes(`${it}${name}`)));
const named = process.argv.slice(2).filter(it => !it.startsWith('--'));
const only = process.argv.some(it => it.startsWith('--only-'));
const files = only ? wholes.map(it => it.folder) : named;
const env = Object.assign({}, ...wholes.map(it => it.env));

console.log(await phase('build', 'node', 'build.js'));
const emulators = await startEmulators(ground.env);
const linted = files.length > 0 ? [] : lints();
await tests(files, {...env, ...emulators.env});
await emulators.stop();
for (const it of await linted) console.log(it);
if (files.length === 0) tellMissing();
const left = await ground.leftBehind();
ground.close();
for (const it of left) console.log(`✖ the tests left something behind: ${it}`);
failed += left.length;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

/** Whether there is one that reads endpoints from the files and the environment. */
function hasCli2() {
	const {stdout} = spawnSync(process.env.NPS_KMS_TEST_AWS ?? 'aws', ['--version'], {encoding: 'utf8', env: ground.env});
	return /^aws-cli\/2\.(1[3-9]|[2-9]\d)/.test(stdout ?? '');
}

/** What is left out where a tool is missing is told; where CI is set it counts as failed. */
function tellMissing() {
	const moto = spawnSync('python3', ['-c', 'import moto, boto3'], {stdio: 'ignore', env: ground.env}).status === 0;
	if (!moto && !process.env.MOTO_ENDPOINT) {
		console.log(
			'The contract with moto, an AWS emulator, was not tested: python3 with moto is missing. Get it with: pip install "moto[server]" boto3',
		);
		if (process.env.CI) failed += 1;
	}
	if (!hasCli2())
		console.log(
			'Proxies, profiles, regions and endpoints were not compared with the aws CLI version 2: it is missing. Get it with: export NPS_KMS_TEST_AWS=$(test/field/aws-cli-2.sh FOLDER)',
		);
	const clients = spawnSync('aws', ['--version'], {stdio: 'ignore', env: ground.env}).status === 0;
	if (!clients) {
		console.log(
			'The built-in stand-in was not tested with the aws CLI: aws is missing. Get it with: pip install awscli',
		);
		if (process.env.CI) failed += 1;
	}
	// Terraform would keep at home what it found of newer versions.
	const env = {...ground.env, CHECKPOINT_DISABLE: '1'};
	for (const name of ['terraform', 'cfn-lint']) {
		if (spawnSync(name, ['--version'], {stdio: 'ignore', env}).status !== 0)
			console.log(`What export prints was not checked by ${name}: it is missing.`);
	}
	if (spawnSync('dotnet', ['--version'], {stdio: 'ignore', env: ground.env}).status !== 0) {
		console.log('NPS was not played by a client made with the AWS SDK for .NET: dotnet is missing.');
		if (process.env.CI) failed += 1;
	}
	const version = ['-NoProfile', '-NonInteractive', '-Command', '1'];
	const shell = spawnSync(process.env.NPS_KMS_POWERSHELL ?? 'pwsh', version, {stdio: 'ignore', env: ground.env});
	if (shell.status !== 0) {
		console.log(
			'The script printed for PowerShell was not run: pwsh is missing. Get it with: dotnet tool install --global PowerShell',
		);
		if (process.env.CI) failed += 1;
	}
}
