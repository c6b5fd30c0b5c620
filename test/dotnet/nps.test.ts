import {execFile, spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {replaceAccessKey, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from '../contract/in-process.js';

/** All that dotnet keeps goes here. */
const folder = mkdtempSync(join(tmpdir(), 'nps-kms-dotnet-'));
const env = {
	...process.env,
	...{HOME: folder, TMPDIR: join(folder, 'tmp'), DOTNET_CLI_HOME: folder, NUGET_PACKAGES: join(folder, 'nuget')},
	...{DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_GENERATE_ASPNET_CERTIFICATE: 'false'},
	// Nothing is to run on once the test is over.
	...{DOTNET_CLI_USE_MSBUILD_SERVER: '0', MSBUILDDISABLENODEREUSE: '1', DOTNET_EnableDiagnostics: '0'},
};
mkdirSync(env.TMPDIR);
const missing =
	process.env['NPS_KMS_ENGINES'] !== 'all'
		? 'npm test -- --engines does that'
		: spawnSync('dotnet', ['--version'], {env}).status !== 0
			? 'dotnet is missing'
			: undefined;
if (missing) console.log(`NPS is not played by a client made with the AWS SDK for .NET: ${missing}`);

/** Spawned without waiting in this thread: the sandbox answers from it. */
const dotnet = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> =>
	new Promise((done, failed) => {
		execFile('dotnet', [...args], {env: {...env, ...more}, cwd: folder}, (error, stdout, stderr) =>
			error ? failed(new Error(`${error.message}\n${stdout}${stderr}`)) : done(stdout.trim()),
		);
	});

let bench: Bench;
beforeAll(async () => {
	if (missing) return;
	for (const it of ['nps.csproj', 'Nps.cs']) cpSync(join(import.meta.dirname, it), join(folder, it));
	await dotnet(['build', '--configuration', 'Release', '--output', 'out', '-p:UseSharedCompilation=false']);
	bench = await Bench.start({control: true});
});
afterAll(async () => {
	await bench?.end();
	rmSync(folder, {recursive: true, force: true});
});

const minutes = 60_000;
/** NPS works with the access key of that file: what came of it. */
function nps(file: string, address: string): Promise<string> {
	const [NPS_ACCESS_KEY = '', NPS_SECRET_KEY = ''] = (readFileSync(file, 'utf8').split('\n')[1] ?? '')
		.trim()
		.split(',');
	const key = Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER')?.arn ?? '';
	const args = [join(folder, 'out', 'nps.dll'), bench.sandbox.url, 'eu-west-1', key, address];
	return dotnet(args, {NPS_ACCESS_KEY, NPS_SECRET_KEY});
}
const handOff = async (): Promise<string> => /Hand-off +(.*)/.exec((await bench.run(setup)).said)?.[1] ?? '';
const waitsFor = ({result}: Ran): unknown => (result['waitsFor'] as {code?: string} | undefined)?.code;

test.skipIf(missing !== undefined)(
	'NPS, played by the AWS SDK for .NET, opens the hand-off and each gate but the deletion within its delay, with no word said',
	async () => {
		const [old, fresh] = [join(bench.home, 'secret.csv'), join(bench.home, 'new.csv')];
		const replace = (): Promise<Ran> => bench.run(replaceAccessKey, {secretFile: fresh});
		bench.sandbox.setLags({events: 15 * minutes, keyUse: 60 * minutes, lastUsed: 60 * minutes});
		await bench.run(setup);
		bench.sandbox.advance(120 * minutes);
		expect(await nps(old, '10.1.2.3')).toBe('works');
		bench.sandbox.advance(14 * minutes);
		expect(await handOff()).toMatch(/not known/);
		bench.sandbox.advance(2 * minutes);
		expect(await handOff()).toMatch(/^NPS used the key: Decrypt, .* from 10\.1\.2\.3/);

		bench.sandbox.advance(85 * 24 * 60 * minutes);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		bench.sandbox.advance(120 * minutes);
		expect(await nps(fresh, '10.1.2.3')).toBe('works');
		bench.sandbox.advance(14 * minutes);
		expect(waitsFor(await replace())).toBe('NotRotatedYet');
		bench.sandbox.advance(2 * minutes);
		// The old one is Inactive by now: what is asked for next is whether NPS is healthy without it.
		expect(waitsFor(await replace())).toBe('Healthy');
		expect(await nps(old, '10.1.2.3')).toBe('UnrecognizedClientException');
		expect(await nps(fresh, '10.1.2.3')).toBe('works');
	},
);
