import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire, syncBuiltinESMExports} from 'node:module';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {runMain} from '../main-in-process.js';
import {machine, resultOf} from './program.js';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => sandbox.close());
const exported = (): NodeJS.ProcessEnv => ({
	...{AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'eu-west-1'},
	AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
	AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
});
const bug = /This is a bug|\n\s+at /;
const setUp = ['setup', '--yes', '--json', '--no-prove'];

describe('what a person can mend is called no bug', () => {
	test('an endpoint that is no address', async () => {
		const ran = await machine().run(setUp, {...exported(), AWS_ENDPOINT_URL: 'not a url'});
		expect(ran.code).toBeGreaterThan(0);
		expect(ran.stderr).not.toMatch(bug);
		expect(JSON.stringify(resultOf(ran).problem)).toContain('not a url');
	});
	test('FIPS together with an endpoint of its own', async () => {
		const ran = await machine().run(['setup', '--dry-run', '--json'], {...exported(), AWS_USE_FIPS_ENDPOINT: 'true'});
		expect(ran.stderr).not.toMatch(bug);
		if (ran.code !== 0) expect(resultOf(ran).problem?.['what']).toBeTruthy();
	});
	test('a relative secret file in a folder that is gone', async () => {
		const at = machine();
		const gone = join(at.home, 'gone');
		mkdirSync(gone);
		const program = join(import.meta.dirname, '../../dist/nps-kms.js');
		const line = `cd "${gone}" && rmdir "${gone}" && exec "$0" "${program}" ${setUp.join(' ')} --secret-file k.csv`;
		const ran = await at.start('sh', ['-c', line, process.execPath], {
			...exported(),
			...{NPS_KMS_HOME: join(at.home, 'state'), NPS_KMS_PATIENCE: '0'},
		});
		expect([1, 2]).toContain(ran.code);
		expect(ran.stderr).not.toMatch(bug);
	});
	test('a state folder that is named from a folder that is gone', async () => {
		const at = machine();
		const gone = join(at.home, 'gone');
		mkdirSync(gone);
		const program = join(import.meta.dirname, '../../dist/nps-kms.js');
		const line = `cd "${gone}" && rmdir "${gone}" && exec "$0" "${program}" status`;
		const ran = await at.start('sh', ['-c', line, process.execPath], {...exported(), NPS_KMS_HOME: 'state'});
		expect([ran.code, bug.test(ran.stderr)]).toEqual([1, false]);
		expect(ran.stderr).toContain('the current folder');
	});
	test('a record with a bad date, and --recover where its folder can’t be written', async () => {
		const at = machine();
		const env = exported();
		await at.run([...setUp, '--stop-after', 'connect', '--secret-file', join(at.home, 'k.csv')], env);
		const file = join(at.home, 'state/setups/nps.json');
		const good = readFileSync(file, 'utf8');
		writeFileSync(file, good.replace(/"at": "[^"]*"/, '"at": "yesterday"'));
		const ran = await at.run(setUp, env);
		expect([ran.code, resultOf(ran).problem], ran.stderr).toEqual([
			1,
			expect.objectContaining({
				code: 'RecordDamaged',
				why: expect.stringContaining('"yesterday" is no time') as string,
			}),
		]);
		expect(readFileSync(file, 'utf8')).toContain('yesterday');
		// As the superuser every folder can be written to: then a file stands in the way.
		rmSync(join(at.home, 'state'), {recursive: true});
		writeFileSync(join(at.home, 'state'), '');
		const recovering = await at.run([...setUp, '--recover'], env);
		expect([recovering.code, resultOf(recovering).problem?.['code']], recovering.stderr).toEqual([
			1,
			expect.stringMatching(/^E[A-Z]+$/),
		]);
		expect(recovering.stderr).not.toMatch(bug);
	});
});

const require = createRequire(import.meta.url);
type Calls = Record<string, unknown>;
/** Node's modules that ask the system, and of each the functions that this program could call. */
const modules: Readonly<Record<string, Calls>> = Object.fromEntries(
	['fs', 'fs/promises', 'net', 'tls', 'dns', 'os'].map(name => [name, require(`node:${name}`) as Calls]),
);
const asks = (module: string, name: string): boolean =>
	module === 'os'
		? /^(hostname|homedir|tmpdir|userInfo)$/.test(name)
		: module === 'tls'
			? /^(connect|createSecureContext)$/.test(name)
			: module === 'net'
				? /^(connect|createConnection|createServer)$/.test(name)
				: module === 'dns'
					? name === 'lookup'
					: /^(open|read|write|stat|lstat|fstat|mkdir|rm|rename|unlink|realpath|readdir|access|chmod|fchmod|fsync|ftruncate|close|exists)/.test(
							name,
						) && !/Stream$|^realpathSync\.|^openAsBlob/.test(name);
const errors = ['EIO', 'EACCES', 'ENOSPC', 'EMFILE', 'EBUSY'] as const;

/** Where in our sources a call comes from: the first frame of ours. */
const siteOf = (): string | undefined =>
	/\/src\/((?!sandbox\/)[\w/.-]+\.tsx?:\d+)/.exec(new Error('where').stack?.split('\n').slice(3).join('\n') ?? '')?.[1];

/** Replaces the functions for as long as something runs; each call of ours is first told to whoever may refuse it. */
async function watched<T>(
	refuse: (call: string, site: string) => string | undefined,
	run: () => Promise<T>,
): Promise<T> {
	const real: (() => void)[] = [];
	for (const [module, calls] of Object.entries(modules))
		for (const [name, call] of Object.entries(calls)) {
			if (typeof call !== 'function' || !asks(module, name)) continue;
			real.push(() => (calls[name] = call));
			const wrapped = function (this: unknown, ...given: unknown[]): unknown {
				const site = siteOf();
				const code = site === undefined ? undefined : refuse(`${module}.${name}`, site);
				if (code === undefined) return (call as (...given: unknown[]) => unknown).apply(this, given);
				const path = typeof given[0] === 'string' ? {path: given[0]} : {};
				const error = Object.assign(new Error(`${code}: refused, ${name}`), {code, syscall: name, ...path});
				if (module === 'fs/promises') return Promise.reject(error);
				throw error;
			};
			calls[name] = Object.assign(wrapped, call);
		}
	syncBuiltinESMExports();
	try {
		return await run();
	} finally {
		for (const back of real) back();
		syncBuiltinESMExports();
	}
}

describe('whatever the system refuses, at each place that asks it', () => {
	const commands: readonly (readonly [string, (home: string) => readonly string[]])[] = [
		['setup', home => [...setUp, '--secret-file', join(home, 'k.csv')]],
		['status', () => ['status', '--json']],
		['record', () => ['record', '--json']],
		['replace-access-key', home => ['replace-access-key', ...setUp.slice(1), '--secret-file', join(home, 'l.csv')]],
	];
	/** The places that an earlier command has tried already. */
	const tried = new Set<string>();
	test.each(commands)(
		'%s ends with the thing named, or goes on without it: never as a bug',
		async (name, args) => {
			const fresh = async (): Promise<string> => {
				const {home} = machine();
				if (name !== 'setup') {
					const {code, stderr} = await runMain([...setUp, '--secret-file', join(home, 'k.csv')], sandbox, home);
					expect(code, stderr).toBe(0);
				}
				return home;
			};
			const blank = structuredClone(sandbox.account);
			const back = (): object => Object.assign(sandbox.account, structuredClone(blank));
			const sites = new Map<string, string>();
			const first = await fresh();
			await watched(
				(call, site) => void sites.set(`${call} ${site}`, site),
				() => runMain(args(first), sandbox, first),
			);
			expect(sites.size).toBeGreaterThan(3);
			const wrong: string[] = [];
			for (const [at, place] of [...sites.keys()].filter(it => !tried.has(it)).entries()) {
				tried.add(place);
				back();
				const home = await fresh();
				const code = errors[at % errors.length] ?? 'EIO';
				let met = 0;
				const ran = await watched(
					(call, site) => (`${call} ${site}` === place && met++ === 0 ? code : undefined),
					() => runMain(args(home), sandbox, home),
				).catch((error: unknown) => ({code: -1, stdout: '', stderr: String(error)}));
				if (bug.test(ran.stderr) || ran.code === -1) wrong.push(`${place} ${code}: ${ran.stderr.slice(0, 300)}`);
				else if (ran.code !== 0 && !/✖/.test(ran.stderr)) wrong.push(`${place} ${code}: ${ran.code}, ${ran.stderr}`);
			}
			back();
			expect(wrong).toEqual([]);
		},
		300_000,
	);
});
