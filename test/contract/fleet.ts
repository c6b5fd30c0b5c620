import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {type Inventory, type Line, type Ran, World} from './account-and-home.js';

/** Many accounts of one emulator, each with a middleman and a home of its own, so that tests can run side by side. */
export class Fleet {
	readonly #worlds: World[];
	readonly #accounts = new Map<World, string>();
	readonly #eyes: Eyes = new Eyes();

	private constructor(readonly first: World) {
		this.#worlds = [first];
	}

	static async start(env: NodeJS.ProcessEnv = {}): Promise<Fleet> {
		return new Fleet(await World.start(env));
	}

	/** A world in an account where nothing is. */
	async world(): Promise<World> {
		const world = await World.before(this.first.moto);
		// Unique in this emulator, also where several files share one.
		const account =
			String(process.pid % 10_000).padStart(4, '1') +
			String(Math.floor(performance.now() * 1000) % 1e6).padStart(6, '0') +
			String(this.#worlds.length % 100).padStart(2, '0');
		const pass = world.pass.bind(world);
		world.pass = (asked, answer) => {
			asked.headers['x-moto-account-id'] ??= account;
			return pass(asked, answer);
		};
		this.#worlds.push(world);
		this.#accounts.set(world, account);
		return world;
	}

	account(world: World): string {
		return this.#accounts.get(world) ?? '123456789012';
	}

	/** Everything in the world's account. What was counted before is forgotten. */
	async inventory(world: World): Promise<Inventory> {
		world.forget();
		const seen = await this.#eyes.look(world.url);
		world.forget();
		return seen;
	}

	/** The same without what is random. */
	async picture(world: World): Promise<unknown> {
		const seen = await this.inventory(world);
		world.inventory = async () => seen;
		return JSON.parse(JSON.stringify(await world.picture()).replaceAll(this.account(world), 'ACCOUNT'));
	}

	async close(): Promise<void> {
		this.#eyes.close();
		for (const world of this.#worlds.reverse()) await world.close();
	}
}

/** boto3, kept running: it looks by inventory.py wherever it is told to. */
class Eyes {
	#child: ChildProcess | undefined;
	readonly #waiting: {done(it: Inventory): void; failed(error: Error): void}[] = [];

	look(url: string): Promise<Inventory> {
		const child = (this.#child ??= this.#start());
		return new Promise((done, failed) => {
			this.#waiting.push({done, failed});
			child.stdin?.write(`${url}\n`);
		});
	}

	close(): void {
		this.#child?.kill('SIGKILL');
	}

	#start(): ChildProcess {
		const child = spawn('python3', ['-c', looking, join(import.meta.dirname, 'inventory.py')], {
			env: {
				PATH: process.env['PATH'],
				AWS_ACCESS_KEY_ID: 'eyes',
				AWS_SECRET_ACCESS_KEY: 'eyes',
				AWS_DEFAULT_REGION: 'eu-west-1',
				HOME: '/nonexistent',
				TMPDIR: tmpdir(),
			},
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		createInterface(child.stdout).on('line', line => this.#waiting.shift()?.done(JSON.parse(line) as Inventory));
		child.stdin.on('error', () => undefined);
		child.on('exit', () => {
			this.#child = undefined;
			for (const it of this.#waiting.splice(0)) it.failed(new Error('inventory.py ended'));
		});
		return child;
	}
}
const looking = `
import contextlib, io, os, runpy, sys
urls = sys.stdin
for line in urls:
    os.environ["AWS_ENDPOINT_URL"] = line.strip()
    out = io.StringIO()
    sys.stdin = io.StringIO("look\\n")
    with contextlib.redirect_stdout(out):
        runpy.run_path(sys.argv[1], run_name="__main__")
    print(out.getvalue().strip(), flush=True)
`;

/** The problem of the last line. */
export const problemOf = ({lines}: Ran): {what: string; why: string; todo: string; code?: string} | undefined =>
	lines.at(-1)?.['problem'] as {what: string; why: string; todo: string; code?: string} | undefined;
/** The result: the last line. */
export const resultOf = ({lines}: Ran): Line => lines.at(-1) ?? {type: 'nothing was told'};

/** What every run owes, however it ends: only JSON on stdout, one result as its last line, no stack. */
export function faults({lines, stdout, stderr}: Ran): readonly string[] {
	const found: string[] = [];
	if (stdout.split('\n').filter(Boolean).length !== lines.length) found.push(`stdout holds more than JSON: ${stdout}`);
	if (lines.some(it => it['v'] !== 1)) found.push('a line lacks v:1');
	if (lines.filter(it => it.type === 'result').length !== 1 || lines.at(-1)?.type !== 'result')
		found.push('there is not one result, as the last line');
	if (/\n\s+at .*:\d+:\d+|This is a bug/.test(stderr)) found.push(`a stack was printed: ${stderr}`);
	if (lines.at(-1)?.['status'] === 'stopped' && !/✖ .+\n {2}\S.*\n {2}→ .+\n {2}\S.*/.test(stderr))
		found.push(`the problem is not told in its lines: ${stderr}`);
	return found;
}

/** Every file under a folder with its contents; nothing if there is no folder. */
export function filesOf(dir: string): Readonly<Record<string, string>> {
	if (!existsSync(dir)) return {};
	const entries = readdirSync(dir, {recursive: true, withFileTypes: true}).filter(it => it.isFile());
	return Object.fromEntries(
		entries.map(it => join(it.parentPath, it.name)).map(file => [file, readFileSync(file, 'utf8')]),
	);
}
