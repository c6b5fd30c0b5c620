// What users wait for, as medians, each beside its yardstick from the same run: npm run bench
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';

const runs = Number(process.argv[2] ?? 15);
const program = join(process.cwd(), 'dist', 'nps-kms.js');
const folder = mkdtempSync(join(tmpdir(), 'nps-kms-bench-'));
/** Tells the most memory that a process ever had, in its last line on stderr. */
const preload = join(folder, 'rss.cjs');
writeFileSync(preload, "process.on('exit', () => process.stderr.write('\\nmaxRSS ' + process.resourceUsage().maxRSS));");

type Measured = {readonly ms: number; readonly rssMb: number};
async function time(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Measured> {
	const start = performance.now();
	const child = spawn(process.execPath, ['--require', preload, ...args], {env: {...process.env, ...env}, stdio: ['ignore', 'ignore', 'pipe']});
	let said = '';
	child.stderr.on('data', (it: Buffer) => (said += it.toString()));
	const code = await new Promise<number | null>(done => child.on('close', done));
	const ms = performance.now() - start;
	if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
	return {ms, rssMb: Number(/maxRSS (\d+)/.exec(said)?.[1] ?? 0) / 1024};
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Row = {readonly what: string; readonly ms: number; readonly rssMb: number; readonly requests: number | undefined};
const rows: Row[] = [];
async function measure(what: string, once: () => Promise<Measured>, requests?: () => number): Promise<void> {
	const seen: Measured[] = [];
	for (let turn = 0; turn < runs; turn++) seen.push(await once());
	rows.push({what, ms: median(seen.map(it => it.ms)), rssMb: Math.max(...seen.map(it => it.rssMb)), requests: requests?.()});
}

let requests = 0;
let home = 0;
const newHome = (): string => join(folder, `home-${++home}`);
async function withSandbox<T>(use: (sandbox: Sandbox, env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
	const sandbox = await startSandbox({onRequest: () => void (requests += 1)});
	try {
		return await use(sandbox, {
			AWS_ENDPOINT_URL: sandbox.url,
			AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
			AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
			AWS_REGION: 'eu-west-1',
			NPS_KMS_PATIENCE: '0.01',
		});
	} finally {
		await sandbox.close();
	}
}
/** A set-up of its own each time: other account, other home. */
const fresh = (...flags: readonly string[]): Promise<Measured> =>
	withSandbox(async (_sandbox, env) => {
		requests = 0;
		const NPS_KMS_HOME = newHome();
		return time([program, 'setup', '--yes', '--json', '--secret-file', join(NPS_KMS_HOME, 's.csv'), ...flags], {...env, NPS_KMS_HOME});
	});

await measure('node -e 0', () => time(['-e', '0']));
await measure('--version', () => time([program, '--version']));
await measure('--help', () => time([program, '--help']));
await measure(
	'setup, without proof',
	() => fresh('--no-prove'),
	() => requests,
);
await measure(
	'setup, with proof',
	() => fresh(),
	() => requests,
);
await withSandbox(async (_sandbox, env) => {
	const NPS_KMS_HOME = newHome();
	const again = (...flags: readonly string[]): Promise<Measured> => {
		requests = 0;
		return time([program, ...flags, '--json'], {...env, NPS_KMS_HOME});
	};
	await again('setup', '--yes', '--stop-after', 'access-key', '--secret-file', join(NPS_KMS_HOME, 's.csv'));
	await measure(
		'setup --dry-run, at step 4',
		() => again('setup', '--dry-run'),
		() => requests,
	);
	await again('setup', '--yes');
	await measure(
		'setup, finished already',
		() => again('setup', '--yes'),
		() => requests,
	);
	await measure(
		'prove',
		() => again('prove'),
		() => requests,
	);
});
rmSync(folder, {recursive: true, force: true});

const yardstick = rows[0]?.ms ?? 1;
console.log(`medians of ${runs} runs, Node ${process.version}, against the sandbox in this process\n`);
console.log(`${'what'.padEnd(28)}${'ms'.padStart(8)}${'× node -e 0'.padStart(14)}${'requests'.padStart(11)}${'max RSS MB'.padStart(13)}`);
for (const {what, ms, rssMb, requests: made} of rows)
	console.log(
		`${what.padEnd(28)}${ms.toFixed(0).padStart(8)}${(ms / yardstick).toFixed(1).padStart(14)}${String(made ?? '').padStart(11)}${rssMb.toFixed(0).padStart(13)}`,
	);
