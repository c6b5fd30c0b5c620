import {type ChildProcess, type ChildProcessByStdio, execFile, spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer, request as httpRequest, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {memory} from '../memory.js';

const program = join(import.meta.dirname, '../../dist/nps-kms.js');
const inventoryScript = join(import.meta.dirname, 'inventory.py');

const missing =
	process.env['MOTO_ENDPOINT'] || spawnSync('python3', ['-c', 'import moto, boto3']).status === 0
		? undefined
		: 'python3 with moto and boto3 is missing';
/** Why these tests are left out, if they are: where CI is set they run, and fail. */
export const left = process.env['CI'] ? undefined : missing;
if (left) console.log(`The set-up is not tested against moto: ${left}`);

/** What a run of the program came to. */
export type Ran = {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly lines: readonly Line[];
};
/** One line of --json. */
export type Line = {readonly type: string; readonly [key: string]: unknown};
/** One call that went through the middle: what it was, and whether it changes anything. */
export type Seen = {readonly action: string; readonly mutating: boolean};
type Verdict =
	| 'pass'
	| 'kill-before'
	| 'kill-after'
	| 'drop-before'
	| 'drop-after'
	| {readonly status: number; readonly code?: string; readonly body?: string};

/** What Node compiled of the program, for all its homes, each of which would begin anew: test/all.js has a place for it. */
const caches = process.env['NODE_COMPILE_CACHE'] ?? mkdtempSync(join(tmpdir(), 'nps-kms-caches-'));
if (!process.env['NODE_COMPILE_CACHE']) process.on('exit', () => rmSync(caches, {recursive: true, force: true}));
/** The emulator that test/all.js started for this worker; what an earlier file left in it is no concern of this one. */
const shared = process.env['NPS_KMS_TEST_EMULATORS']?.split(' ')[Number(process.env['VITEST_POOL_ID']) - 1];

/** An emulator, a middleman who counts and disturbs, and a home for the program. */
export class World {
	readonly calls: Seen[] = [];
	/** Decides about each call; by default all pass. */
	judge: (call: Seen, nth: number) => Verdict | Promise<Verdict> = () => 'pass';
	readonly home = mkdtempSync(join(memory, 'nps-kms-contract-'));
	#running: ChildProcess | undefined;
	#eyes: ChildProcessByStdio<Writable, Readable, null> | undefined;
	#answers: AsyncIterator<string> | undefined;

	private constructor(
		readonly moto: string,
		readonly url: string,
		readonly close: () => Promise<void>,
	) {}

	/** Starts a middleman before an emulator: one that is there, emptied; or one of its own, where it is to be another. */
	static async start(env: NodeJS.ProcessEnv = {}): Promise<World> {
		let child: ChildProcess | undefined;
		let moto = process.env['MOTO_ENDPOINT'] ?? (Object.keys(env).length === 0 ? shared : undefined);
		if (moto) await fetch(`${moto}/moto-api/reset`, {method: 'POST'});
		else {
			child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
				env: {...process.env, ...env},
				stdio: ['ignore', 'pipe', 'pipe'],
			});
			moto = await portOf(child);
		}
		return World.before(moto, () => child?.kill('SIGKILL'));
	}
	/** Another home and another middleman before an emulator that others use too. */
	static async before(moto: string, ending: () => void = () => undefined): Promise<World> {
		let world: World;
		const middle = createServer((asked, answer) => void world.pass(asked, answer));
		await new Promise<void>(done => {
			middle.listen(0, '127.0.0.1', done);
		});
		world = new World(moto, `http://127.0.0.1:${(middle.address() as AddressInfo).port}`, async () => {
			ending();
			world.#eyes?.kill('SIGKILL');
			middle.closeAllConnections();
			await new Promise(done => middle.close(done));
			rmSync(world.home, {recursive: true, force: true});
		});
		return world;
	}

	/** An empty account and an empty home. */
	async reset(): Promise<void> {
		await fetch(`${this.moto}/moto-api/reset`, {method: 'POST'});
		this.forget();
		rmSync(this.home, {recursive: true, force: true});
		spawnSync('mkdir', ['-p', this.home]);
	}
	/** Forgets the calls seen, and lets all pass. */
	forget(): void {
		this.calls.length = 0;
		this.judge = () => 'pass';
	}
	get mutations(): readonly string[] {
		return this.calls.filter(it => it.mutating).map(it => it.action);
	}
	get secretFile(): string {
		return join(this.home, 'secret.csv');
	}
	get recordFile(): string {
		return join(this.home, 'state/setups/nps.json');
	}

	get #env(): NodeJS.ProcessEnv {
		const {PATH} = process.env;
		return {
			PATH,
			HOME: this.home,
			TMPDIR: tmpdir(),
			XDG_CACHE_HOME: caches,
			NPS_KMS_HOME: join(this.home, 'state'),
			NPS_KMS_PATIENCE: '0',
			AWS_ACCESS_KEY_ID: 'operator',
			AWS_SECRET_ACCESS_KEY: 'operator',
			AWS_REGION: 'eu-west-1',
			AWS_DEFAULT_REGION: 'eu-west-1',
		};
	}

	/** Runs the program to its end. */
	run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
		return new Promise(done => {
			const child = execFile(
				process.execPath,
				[program, ...args],
				{env: {...this.#env, AWS_ENDPOINT_URL: this.url, ...env}, maxBuffer: 1 << 24},
				(_error, stdout, stderr) => {
					const lines = stdout.split('\n').flatMap(it => (it.startsWith('{') ? [JSON.parse(it) as Line] : []));
					done({code: child.exitCode, signal: child.signalCode, stdout, stderr, lines});
				},
			);
			this.#running = child;
		});
	}
	/** The set-up without questions, with the secret in its file. */
	setup(...args: readonly string[]): Promise<Ran> {
		return this.run(['setup', '--yes', '--json', '--no-prove', '--secret-file', this.secretFile, ...args]);
	}
	signal(signal: NodeJS.Signals): void {
		this.#running?.kill(signal);
	}

	/** The aws CLI, past the middleman. */
	aws(...args: readonly string[]): unknown {
		const ran = spawnSync('aws', [...args, '--endpoint-url', this.moto, '--output', 'json'], {
			env: this.#env,
			encoding: 'utf8',
		});
		if (ran.status !== 0) throw new Error(ran.stderr);
		return ran.stdout.trim() ? JSON.parse(ran.stdout) : undefined;
	}
	/** Everything in the account, as boto3 sees it. */
	async inventory(): Promise<Inventory> {
		this.#eyes ??= spawn('python3', [inventoryScript], {
			env: {...this.#env, AWS_ENDPOINT_URL: this.moto},
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		const eyes = this.#eyes;
		this.#answers ??= createInterface(eyes.stdout)[Symbol.asyncIterator]();
		eyes.stdin.write('look\n');
		const {value} = (await this.#answers.next()) as {value?: string};
		if (!value) throw new Error('the inventory script ended');
		return JSON.parse(value) as Inventory;
	}
	/** The same without what is random: ids, and the access key's. */
	async picture(): Promise<unknown> {
		const it = await this.inventory();
		const names = new Map<string, string>();
		const secret = this.secret();
		for (const user of Object.values(it.users))
			for (const key of user.accessKeys) names.set(key.id, key.id === secret?.id ? 'ACCESS-KEY-IN-FILE' : 'ACCESS-KEY');
		for (const id of Object.keys(it.keys)) names.set(id, 'KMS-KEY');
		const own = it.policies['NPS_KMS_Policy']?.tags['nps-kms:id'];
		if (own) names.set(own, 'SETUP-ID');
		let text = JSON.stringify(it);
		for (const [id, name] of names) text = text.replaceAll(id, name);
		return JSON.parse(text);
	}
	/** What stands in the secret file. */
	secret(): {readonly id: string; readonly secret: string} | undefined {
		try {
			const [, row = ''] = readFileSync(this.secretFile, 'utf8').split('\r\n');
			const [id = '', secret = ''] = row.split(',');
			return id && secret ? {id, secret} : undefined;
		} catch {
			return undefined;
		}
	}

	/** Lets one call through, or disturbs it. */
	async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of asked) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks);
		const target = asked.headers['x-amz-target'];
		const action =
			typeof target === 'string'
				? (target.split('.')[1] ?? '')
				: (new URLSearchParams(body.toString()).get('Action') ?? '');
		const seen: Seen = {action, mutating: !/^(Get|List|Lookup|Describe|Simulate)/.test(action)};
		this.calls.push(seen);
		const verdict = await this.judge(seen, this.calls.filter(it => it.mutating).length);
		if (verdict === 'kill-before') this.signal('SIGKILL');
		if (verdict === 'kill-before' || verdict === 'drop-before') {
			asked.socket.destroy();
			return;
		}
		if (typeof verdict === 'object') {
			refuse(answer, verdict, typeof target === 'string');
			return;
		}
		const url = new URL(this.moto);
		const onward = httpRequest(
			{host: url.hostname, port: url.port, method: asked.method, path: asked.url, headers: asked.headers},
			reply => {
				const parts: Buffer[] = [];
				reply.on('data', (part: Buffer) => parts.push(part));
				reply.on('end', () => {
					if (verdict === 'kill-after') this.signal('SIGKILL');
					if (verdict === 'pass') {
						const {'transfer-encoding': _coding, connection: _connection, ...headers} = reply.headers;
						answer.writeHead(reply.statusCode ?? 500, headers).end(Buffer.concat(parts));
					} else asked.socket.destroy();
				});
			},
		);
		onward.end(body);
	}
}

/** The account, as inventory.py tells it. */
export type Inventory = {
	readonly policies: Readonly<
		Record<
			string,
			{
				versions: Record<string, {default: boolean; document: Document}>;
				description: string;
				tags: Record<string, string>;
			}
		>
	>;
	readonly users: Readonly<
		Record<
			string,
			{
				tags: Record<string, string>;
				attached: string[];
				inline: string[];
				groups: unknown[];
				accessKeys: {id: string; status: string}[];
				signsIn: boolean;
			}
		>
	>;
	readonly keys: Readonly<
		Record<
			string,
			{
				state: string;
				spec: string;
				usage: string;
				description: string;
				rotates: boolean;
				policy: Document;
				tags: Record<string, string>;
			}
		>
	>;
	readonly aliases: Readonly<Record<string, string>>;
};
type Document = {Statement: {Sid?: string; Action: unknown; Resource: unknown; Principal?: unknown}[]};

/** AWS's way to say no (with a code), or some other server's page (with a body). */
function refuse(
	answer: ServerResponse,
	{status, code, body}: {status: number; code?: string; body?: string},
	json: boolean,
): void {
	if (body !== undefined) answer.writeHead(status, {'content-type': 'text/html'}).end(body);
	else if (json)
		answer
			.writeHead(status, {'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r-1'})
			.end(JSON.stringify({__type: `${code}Exception`, message: `no: ${code}`}));
	else
		answer
			.writeHead(status, {'content-type': 'text/xml', 'x-amzn-requestid': 'r-1'})
			.end(
				`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no: ${code}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
			);
}

function portOf(child: ChildProcess): Promise<string> {
	return new Promise((done, failed) => {
		child.once('exit', () => failed(new Error('moto ended')));
		for (const stream of [child.stdout, child.stderr]) {
			if (!stream) continue;
			createInterface(stream).on('line', line => {
				const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
				if (url) done(url);
			});
		}
	});
}
