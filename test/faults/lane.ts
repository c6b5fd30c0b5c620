import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {join} from 'node:path';
import type {Course} from '../../src/engine/course.js';
import type {Entry} from '../../src/engine/record.js';
import {ask, type MakeAsking} from '../../src/front/asking.js';
import {runUnasked as headless} from '../../src/front/headless.js';
import type {Run} from '../../src/run/run.js';
import type {Account} from '../../src/sandbox/account/account.js';
import type {Fault} from '../../src/sandbox/http/faults.js';
import {type Heard, type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import {exitCode} from '../exit-codes.js';
import {memory} from '../memory.js';

/** One object that a run says to programs. */
export type Line = {readonly type: string; readonly [key: string]: unknown};
/** How a run ended, what it said, what was asked of AWS, and how many calls had been made when a step was done. */
export type Ran = {
	readonly code: number;
	readonly lines: readonly Line[];
	readonly result: Line;
	readonly said: string;
	readonly heard: readonly Heard[];
	readonly doneAt: ReadonlyMap<string, number>;
};
/** How a run goes: what goes wrong on its way, and where it differs from others. */
export type How = {
	readonly faults?: readonly Fault[];
	readonly course?: Course;
	readonly timeoutMs?: number;
	/** Another operator's, on another machine. */
	readonly home?: string;
};
/** All that outlives a run: the account, and the files of its home. */
export type Standing = {readonly account: Account; readonly files: Readonly<Record<string, string>>};

/** An account and a home, for runs of this very process over real HTTP. Several lanes run side by side: each has a profile of its own. */
export class Lane {
	#heard: Heard[] = [];
	#closed = false;
	/** Connections that lie idle. */
	readonly #idle = new Set<Socket>();
	/** The account with nothing in it. */
	readonly blank: Account;

	private constructor(
		readonly profile: string,
		readonly home: string,
		readonly sandbox: Sandbox,
		/** Called once it is closed. */
		private readonly left: () => void,
	) {
		this.blank = structuredClone(sandbox.account);
	}

	/** Opens lanes, each on an account made by `make`. The profiles are all there are in this process. */
	static async open(count: number, homes?: string, ids: readonly string[] = []): Promise<readonly Lane[]> {
		const base = mkdtempSync(join(memory, 'nps-kms-faults-'));
		const left = (): void => {
			if (lanes.every(it => it.#closed)) rmSync(base, {recursive: true, force: true});
		};
		const lanes: Lane[] = [];
		for (let at = 0; at < count; at++) {
			const profile = `lane-${at}`;
			const accountId = ids[at];
			const sandbox = await startSandbox({onRequest: it => lanes[at]?.hear(it), ...(accountId && {accountId})});
			lanes.push(new Lane(profile, join(homes ?? base, profile), sandbox, left));
		}
		const config = lanes.map(({profile, sandbox: {operator}}) =>
			[
				`[${profile}]`,
				`aws_access_key_id = ${operator.accessKeyId}`,
				`aws_secret_access_key = ${operator.secretAccessKey}`,
			].join('\n'),
		);
		writeFileSync(join(base, 'credentials'), config.join('\n\n'));
		const url = await crossing(lanes);
		for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
		Object.assign(process.env, {
			AWS_ENDPOINT_URL: url,
			AWS_REGION: 'eu-west-1',
			AWS_CONFIG_FILE: join(base, 'none'),
			AWS_SHARED_CREDENTIALS_FILE: join(base, 'credentials'),
		});
		return lanes;
	}

	/** Called with each request once its effect stands, before the answer goes out. */
	onHeard: (it: Heard) => void = () => undefined;
	hear(it: Heard): void {
		this.#heard.push(it);
		this.onHeard(it);
	}

	/** Called with each line for programs as it comes. */
	onLine: (it: Line) => void = () => undefined;

	/** Runs a course without asking, with faults on the way. */
	async run(options: object = {}, how: How = {}): Promise<Ran> {
		const lines: Line[] = [];
		const said: string[] = [];
		const doneAt = new Map<string, number>();
		this.#heard = [];
		this.sandbox.setFaults(how.faults ?? []);
		const out = (text: string): void => {
			const line = JSON.parse(text) as Line;
			lines.push(line);
			if (line.type === 'step' && line['status'] === 'done') doneAt.set(String(line['step']), this.#heard.length);
			this.onLine(line);
		};
		const outlet = {json: true, out, err: (it: string) => void said.push(it)};
		const code =
			exitCode[await headless(this.#runOf({yes: true, json: true, ...options}, how, outlet), () => undefined)];
		this.#over();
		return {code, lines, result: lines.at(-1) ?? {type: 'nothing'}, said: said.join('\n'), heard: this.#heard, doneAt};
	}
	/** Runs the set-up with somebody who is asked. Returns the exit code. */
	async ask(make: MakeAsking, options: object = {}, how: How = {}): Promise<number> {
		this.sandbox.setFaults(how.faults ?? []);
		const silent = {json: false, out: () => undefined, err: () => undefined};
		const code = exitCode[await ask(this.#runOf(options, how, silent), make, () => undefined)];
		this.#over();
		return code;
	}
	/** A process that ends takes its connections along; here thousands of them would be left. */
	#over(): void {
		this.sandbox.setFaults([]);
		for (const it of this.#idle) it.destroy();
	}
	/** Takes a connection on, the first part of which has come, to this lane. */
	take(here: Socket, first: string): void {
		const there = connect(Number(new URL(this.sandbox.url).port), '127.0.0.1');
		there.on('error', () => there.destroy());
		there.write(Buffer.from(first, 'latin1'));
		here.on('data', () => this.#idle.delete(here));
		there.on('data', () => this.#idle.add(here));
		here.pipe(there).pipe(here);
		here.on('close', () => {
			this.#idle.delete(here);
			there.destroy();
		});
		there.on('close', () => here.destroy());
	}
	#runOf(options: object, {course = setup, timeoutMs, home = this.home}: How, outlet: Run['outlet']): Run {
		return {
			course,
			others: [],
			options: {setup: 'nps', profile: this.profile, ...options},
			env: {...process.env, NPS_KMS_HOME: home, NPS_KMS_PATIENCE: '0'},
			outlet,
			version: '0.0.0',
			now: new Date(),
			...(timeoutMs !== undefined && {timeoutMs}),
		};
	}
	/** The entries of the record; none before there is one. */
	entries(): readonly Entry[] {
		const file = join(this.home, 'setups', 'nps.json');
		return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as {entries: Entry[]}).entries : [];
	}

	/** How everything stands now. */
	standing(): Standing {
		const files = existsSync(this.home)
			? readdirSync(this.home, {recursive: true, withFileTypes: true}).filter(
					// Who holds what at the moment is no part of it.
					it => it.isFile() && !it.parentPath.includes('.lock'),
				)
			: [];
		return {
			account: structuredClone(this.sandbox.account),
			files: Object.fromEntries(
				files.map(it => join(it.parentPath, it.name)).map(file => [file, readFileSync(file, 'utf8')]),
			),
		};
	}
	/** Everything is again as it stood. */
	back({account, files}: Standing): void {
		const now = this.sandbox.account as Record<keyof Account, unknown>;
		Object.assign(now, structuredClone(account));
		rmSync(this.home, {recursive: true, force: true});
		mkdirSync(join(this.home, 'setups'), {recursive: true});
		for (const [file, text] of Object.entries(files)) writeFileSync(file, text, {mode: 0o600});
	}
	/** How everything stands in another lane, as it would stand here: under this home and profile, with this operator. */
	from(other: Lane, standing: Standing): Standing {
		const text = JSON.stringify(standing).replaceAll(other.home, this.home).replaceAll(other.profile, this.profile);
		// By the access key that signs, the one address for all lanes tells whose call it is.
		const delivered = Object.entries(standing.files).flatMap(([file, it]) =>
			file.endsWith('.csv') ? [/^(AKIA\w{16}),/m.exec(it)?.[1] ?? ''] : [],
		);
		const own = (id: string): string => `${id.slice(0, -3)}${this.profile.replace(/\D/g, '').padStart(3, 'Z')}`;
		const mine = delivered.filter(Boolean).reduce((all, id) => all.replaceAll(id, own(id)), text);
		const {account, files} = JSON.parse(mine) as Standing;
		const {admin} = this.blank.users;
		return {account: {...account, users: {...account.users, ...(admin && {admin})}}, files};
	}
	async close(): Promise<void> {
		await this.sandbox.close();
		rmSync(this.home, {recursive: true, force: true});
		this.#closed = true;
		this.left();
	}
}

/** One address for all lanes, for a process has one endpoint: a connection goes on to the lane whose access key signs its first request. */
async function crossing(lanes: readonly Lane[]): Promise<string> {
	const laneOf = (id: string): Lane | undefined =>
		lanes.find(({sandbox: {account}}) =>
			Object.values(account.users).some(user => user.accessKeys.some(it => it.id === id)),
		);
	const server = createServer(here => {
		let first = '';
		here.on('error', () => here.destroy());
		here.on('data', function begin(part: Buffer) {
			first += part.toString('latin1');
			const id = /Credential=(\w+)\//.exec(first)?.[1];
			if (id === undefined) return;
			here.off('data', begin);
			const lane = laneOf(id);
			if (lane) lane.take(here, first);
			else here.destroy();
		});
	});
	await new Promise<void>(done => {
		server.listen(0, '127.0.0.1', done);
	});
	server.unref();
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What stands in the account and in the secret's places, without what is random. */
export function pictureOf({account, files}: Standing, home: string): string {
	const idsIn = (name: string): readonly (string | undefined)[] =>
		(files[join(home, name)] ?? '').split('\r\n').map(it => it.split(',')[0]);
	const held = new Map(['secret.csv', 'second.csv'].map(name => [idsIn(name)[1], `KEY-IN-${name}`]));
	const names = new Map<string, string>();
	for (const user of Object.values(account.users)) {
		names.set(user.id, `ID-OF-${user.name}`);
		for (const key of user.accessKeys) names.set(key.id, held.get(key.id) ?? 'OTHER-KEY');
	}
	for (const policy of Object.values(account.policies)) names.set(policy.id, `ID-OF-${policy.name}`);
	for (const key of Object.values(account.keys)) names.set(key.id, 'KMS-KEY');
	const own = /"nps-kms:(?:id|adopted-by)","Value":"([^"]+)"/.exec(JSON.stringify(account))?.[1];
	if (own) names.set(own, 'SETUP-ID');
	const skip = new Set([
		'created',
		'updated',
		'since',
		'at',
		'lastUsed',
		'changed',
		'material',
		'secret',
		'password',
		'passwordChanged',
		'before',
	]);
	const text = JSON.stringify(
		{
			users: account.users,
			policies: Object.fromEntries(Object.entries(account.policies).filter(([arn]) => !arn.includes(':iam::aws:'))),
			keys: account.keys,
			aliases: account.aliases,
			secret: idsIn('secret.csv').length,
			second: idsIn('second.csv'),
			password: (files[join(home, 'password.csv')] ?? '').split('\r\n').length,
		},
		(key, value: unknown) => (skip.has(key) ? undefined : value),
		1,
	);
	return [...names].reduce((all, [id, name]) => all.replaceAll(id, name), text);
}
