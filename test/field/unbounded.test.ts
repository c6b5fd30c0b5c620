import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {bounded} from '../../src/aws/network/bounded-answer.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {machine, resultOf} from './program.js';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
const exported = (endpoint = sandbox.url): NodeJS.ProcessEnv => ({
	...{AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'eu-west-1'},
	AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
	AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
});
const dryRun = ['setup', '--dry-run', '--json'];

/** A host whose answers have no end; how many bytes it could send. */
async function flood() {
	const sent = {bytes: 0};
	const part = Buffer.alloc(65_536, 'x');
	const server = createServer((request, response) => {
		request.resume();
		response.writeHead(200, {'content-type': 'text/xml', 'x-amzn-requestid': 'r'});
		const more = (): void => {
			while (!response.destroyed && sent.bytes < 200_000_000) {
				sent.bytes += part.length;
				if (!response.write(part)) return void response.once('drain', more);
			}
			response.end();
		};
		more();
	});
	await new Promise<void>(done => server.listen(0, '127.0.0.1', () => done()));
	onTestFinished(() => server.closeAllConnections());
	onTestFinished(() => void server.close());
	return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent};
}

describe('an answer without an end', () => {
	test('in AWS’s place isn’t read to its end, and is told', async () => {
		const {url, sent} = await flood();
		const ran = await machine().run(dryRun, exported(url));
		expect(ran.code).toBe(1);
		expect(resultOf(ran).problem).toMatchObject({
			why: expect.stringContaining("isn't AWS: its answer is longer than any of AWS's") as string,
			code: 'AnswerTooLong',
		});
		// Three attempts at most, each cut.
		expect(sent.bytes).toBeLessThan(60_000_000);
	}, 60_000);

	test('of an IAM Identity Center isn’t read to its end either', async () => {
		const {url, sent} = await flood();
		const at = machine({
			'.aws/config':
				'[profile corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n' +
				`sso_account_id = 111122223333\nsso_role_name = Admin\nregion = eu-west-1\nendpoint_url = ${url}\n`,
		});
		const {signInByDevice} = await import('../../src/aws/sign-in/device-code.js');
		const {readConfig} = await import('../../src/aws/sign-in/config-files.js');
		const {direct} = await import('../../src/aws/network/network.js');
		const env = {HOME: at.home, AWS_ENDPOINT_URL_SSO_OIDC: url};
		const config = await readConfig(env);
		const section = config.profiles['corp'] ?? expect.fail('there is no profile');
		const ground = {env, config, network: direct, settings: {fips: false, dualstack: false}};
		await expect(signInByDevice(section, ground, async () => undefined)).rejects.toMatchObject({name: 'AnswerTooLong'});
		expect(sent.bytes).toBeLessThan(20_000_000);
	}, 60_000);

	test('of usual length is whole', () => {
		const answer = {response: {body: 'as it is'}};
		expect(bounded(answer)).toBe(answer);
		expect(answer.response.body).toBe('as it is');
	});
});

describe.skipIf(process.platform === 'win32')('what isn’t a file', () => {
	const pipe = (home: string): string => {
		const path = join(home, 'pipe');
		execFileSync('mkfifo', [path]);
		return path;
	};
	const settings = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'] as const;

	test.each(settings)('a folder named by %s is told', async variable => {
		const at = machine();
		const ran = await at.run(dryRun, {...exported(), [variable]: at.home});
		expect(resultOf(ran).problem).toMatchObject({
			what: `${at.home} can't be read`,
			why: `${variable} names it: that is a folder`,
		});
		expect(ran.stderr).not.toContain('bug');
	});
	test.each(settings)('a pipe that nobody writes to, named by %s, holds nothing up', async variable => {
		const at = machine();
		const ran = await at.run(dryRun, {...exported(), [variable]: pipe(at.home)});
		expect(ran.code, ran.stderr).toBe(0);
	});
	test('a pipe that somebody holds open and never writes to is told, and Ctrl+C works before', async () => {
		const at = machine();
		const path = pipe(at.home);
		const holder = spawn('sh', ['-c', 'exec 3<>"$1"; sleep 60', 'sh', path]);
		onTestFinished(() => void holder.kill());
		const env = {...exported(), AWS_CONFIG_FILE: path};
		const ran = await at.run(dryRun, env);
		expect(resultOf(ran).problem).toMatchObject({why: 'AWS_CONFIG_FILE names it: nothing came from it for 5 seconds'});
		const program = join(import.meta.dirname, '../../dist/nps-kms.js');
		const child = spawn(process.execPath, [program, ...dryRun], {
			env: {PATH: process.env['PATH'], HOME: at.home, NPS_KMS_HOME: join(at.home, 'state'), ...env},
			stdio: 'ignore',
		});
		const began = Date.now();
		const signals = setInterval(() => child.kill('SIGINT'), 500);
		await new Promise(done => void child.on('close', done));
		clearInterval(signals);
		expect(Date.now() - began).toBeLessThan(4500);
	}, 30_000);
	test('what somebody writes into a pipe is read, as of <(command)', async () => {
		const at = machine();
		const program = join(import.meta.dirname, '../../dist/nps-kms.js');
		const line = `"$0" "$1" setup --dry-run --json --answers <(sleep 0.3; echo '{"policyName": "FromAPipe"}')`;
		const ran = await at.start('bash', ['-c', line, process.execPath, program], {
			...exported(),
			...{NPS_KMS_HOME: join(at.home, 'state'), NPS_KMS_PATIENCE: '0'},
		});
		expect([ran.code, ran.stdout.includes('FromAPipe')], ran.stderr).toEqual([0, true]);
	});
	test('answers: a folder, a pipe that nobody writes to, and what never ends are told', async () => {
		const at = machine();
		for (const [file, why] of [
			[at.home, 'that is a folder'],
			[pipe(at.home), 'It does not begin like JSON, or ends too early'],
			['/dev/zero', 'it is longer than 1048576 bytes'],
		] as const) {
			const ran = await at.run([...dryRun, '--answers', file], exported());
			expect([ran.code, resultOf(ran).problem?.['why']], ran.stderr).toEqual([2, why]);
		}
	});
});

describe.skipIf(process.platform === 'win32')('a credential_process (by a shell: seen on Windows by hand)', () => {
	const program = join(import.meta.dirname, '../../dist/nps-kms.js');
	const withHelper = (command: string) =>
		machine({'.aws/config': `[profile corp]\nregion = eu-west-1\ncredential_process = ${command}\n`});
	const asCorp = [...dryRun, '--profile', 'corp'];
	const tooMuch = 'Its credential_process printed more than 1048576 bytes';

	test.each(['yes', 'head -c 50000000 /dev/zero', 'yes >&2'])(
		'that prints without end is cut and told: %s',
		async it => {
			const {problem} = resultOf(await withHelper(it).run(asCorp));
			expect(problem).toMatchObject({why: tooMuch, code: 'ProcessFailed'});
		},
	);
	test('that is never done is ended, and told', async () => {
		const {byProcess} = await import('../../src/aws/sign-in/process-credentials.js');
		const line = {value: 'exec sleep 600', file: 'config', line: 3};
		await expect(byProcess('corp', line, {longestMs: 200})).rejects.toMatchObject({
			problem: {why: "Its credential_process wasn't done after 0.2 seconds", code: 'ProcessFailed'},
		});
	});
	test('that can’t be started is told as that', async () => {
		const {byProcess} = await import('../../src/aws/sign-in/process-credentials.js');
		const line = {value: `: ${'x'.repeat(3_000_000)}`, file: 'config', line: 3};
		await expect(byProcess('corp', line)).rejects.toMatchObject({
			problem: {why: expect.stringMatching(/can't be started: .*E2BIG/) as string, code: 'ProcessFailed'},
		});
	});
	test.each([
		['takes long', 'exec sleep 600'],
		['hears no signal', "trap '' INT TERM; echo $$ > pid; sleep 600 & wait; wait"],
		['leaves one behind that holds its output', 'sleep 600 & echo {}'],
	])('that %s doesn’t keep Ctrl+C waiting', async (_how, command) => {
		const at = withHelper(`echo > ready; echo $$ >> pids; ${command.replaceAll('sleep 600', 'node -e "x"')}`);
		at.write('node', `#!/bin/sh\necho $$ >> "${at.home}/pids"\nexec sleep 600\n`);
		chmodSync(join(at.home, 'node'), 0o755);
		const child = spawn(process.execPath, [program, ...asCorp], {
			cwd: at.home,
			env: {PATH: `${at.home}:${process.env['PATH']}`, HOME: at.home, NPS_KMS_HOME: join(at.home, 'state')},
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		onTestFinished(() => {
			for (const pid of readFileSync(join(at.home, 'pids'), 'utf8').split(/\s+/).filter(Boolean))
				try {
					process.kill(Number(pid), 'SIGKILL');
				} catch {
					// it has ended
				}
		});
		let said = '';
		child.stdout.on('data', it => (said += it));
		const closed = new Promise<number | null>(done => child.on('close', done));
		await expect.poll(() => existsSync(join(at.home, 'ready'))).toBe(true);
		child.kill('SIGINT');
		expect(await closed).toBe(130);
		expect(said).toContain('"status":"interrupted"');
	});
});

describe.skipIf(process.platform === 'win32')('the account of a sandbox', () => {
	test('that is a pipe, a device, a folder or endless is told, and waited for no longer', async () => {
		const at = machine();
		execFileSync('mkfifo', [join(at.home, 'pipe')]);
		const long = at.write('long', '');
		truncateSync(long, 3_000_000_000);
		mkdirSync(join(at.home, 'folder'));
		symlinkSync('/dev/zero', join(at.home, 'device'));
		for (const [file, why] of [
			['pipe', "that isn't a file"],
			['device', "that isn't a file"],
			['folder', 'that is a folder'],
			['long', 'it is longer than 67108864 bytes'],
			[' ', 'The name of the file is only blanks'],
			['folder/', 'It ends like a folder'],
		] as const) {
			const ran = await at.run(['sandbox', '--file', file]);
			expect([ran.code, ran.stderr], file).toEqual([2, expect.stringContaining(why)]);
		}
	});
});
