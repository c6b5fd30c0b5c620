import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {memory} from './memory.js';

/** The PowerShell that tests run: NPS_KMS_POWERSHELL, or the one of the PATH. */
export const powershell = process.env['NPS_KMS_POWERSHELL'] ?? 'pwsh';
/** What keeps it from asking the network, and from colours. */
export const quiet = {
	POWERSHELL_TELEMETRY_OPTOUT: '1',
	POWERSHELL_UPDATECHECK: 'Off',
	NO_COLOR: '1',
};
const home = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({...process.env, ...quiet, ...env});

/** What is missing for a test that runs PowerShell and the aws CLI. Where CI is set it runs all the same, and fails. */
export const missing: readonly string[] = [
	[powershell, '-NoProfile', '-NonInteractive', '-Command', '1'],
	['aws', '--version'],
].flatMap(([name = '', ...args]) => (spawnSync(name, args, {env: home({})}).status === 0 ? [] : [name]));

/** One script for PowerShell: run as a file in a folder, with variables of its own and its way of handing on arguments. */
export type Case = {
	readonly script: string;
	readonly folder: string;
	readonly env: Readonly<Record<string, string>>;
	readonly passing?: 'Standard' | 'Legacy';
	readonly mode?: 'ConstrainedLanguage';
};
/** How it ended, all that it said, and the variables that it left otherwise than they were. */
export type Ran = {readonly code: number; readonly said: string; readonly changed: readonly string[]};

const driver = `param($File)
foreach ($case in (Get-Content -Raw $File | ConvertFrom-Json)) {
	foreach ($it in $case.env.PSObject.Properties) { Set-Item ('Env:' + $it.Name) $it.Value }
	Set-Location -LiteralPath $case.folder
	$PSNativeCommandArgumentPassing = $case.passing
	$before = @(Get-ChildItem Env: | ForEach-Object { $_.Name + '=' + $_.Value })
	if ($case.mode) { $ExecutionContext.SessionState.LanguageMode = $case.mode }
	$global:LASTEXITCODE = 0
	$said = & $case.script *>&1 | Out-String -Width 1000
	$after = @(Get-ChildItem Env: | ForEach-Object { $_.Name + '=' + $_.Value })
	$changed = @(Compare-Object $before $after | ForEach-Object { $_.InputObject })
	ConvertTo-Json -Compress @{code = $LASTEXITCODE; said = $said; changed = $changed}
}
`;

/** Runs scripts one after the other in one PowerShell: it takes a second to start. A mode stays for those that follow. */
export async function runInPowershell(cases: readonly Case[], env: NodeJS.ProcessEnv): Promise<readonly Ran[]> {
	const folder = mkdtempSync(join(memory, 'nps-kms-pwsh-'));
	try {
		const list = join(folder, 'cases.json');
		writeFileSync(list, JSON.stringify(cases.map(it => ({passing: 'Standard', ...it}))));
		writeFileSync(join(folder, 'driver.ps1'), driver);
		const words = ['-NoProfile', '-NonInteractive', '-File', join(folder, 'driver.ps1'), list];
		const child = spawn(powershell, words, {env: {...home(env), HOME: folder}, stdio: ['ignore', 'pipe', 'pipe']});
		let [out, err] = ['', ''];
		child.stdout.on('data', (it: Buffer) => (out += it.toString()));
		child.stderr.on('data', (it: Buffer) => (err += it.toString()));
		await new Promise(done => child.on('close', done));
		const ran = out.split('\n').flatMap(it => (it.startsWith('{') ? [JSON.parse(it) as Ran] : []));
		if (ran.length !== cases.length) throw new Error(`${ran.length} of ${cases.length} ran\n${out}\n${err}`);
		return ran;
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}
