import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Course} from '../../src/engine/course.js';
import {runUnasked as headless} from '../../src/front/headless.js';
import type {Account} from '../../src/sandbox/account/account.js';
import {type Heard, type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import {exitCode} from '../exit-codes.js';
import {memory} from '../memory.js';

/** One object that a run says to programs. */
export type Line = {readonly type: string; readonly [key: string]: unknown};
/** How a run ended, and what it said. */
export type Ran = {
	readonly code: number;
	readonly lines: readonly Line[];
	readonly result: Line;
	readonly said: string;
};

/** A sandbox and a home folder: headless runs in this very process, over real HTTP. */
export class Bench {
	readonly heard: Heard[] = [];
	/** Milliseconds that the account's clock moves at each request. */
	pace = 0;
	/** How patient runs are. */
	patience = 0.0001;
	#now = Date.now();

	private constructor(
		readonly home: string,
		readonly sandbox: Sandbox,
	) {}

	static async start(options: {readonly control?: boolean} = {}): Promise<Bench> {
		const home = mkdtempSync(join(memory, 'nps-kms-'));
		const holder: {bench?: Bench} = {};
		const sandbox = await startSandbox({
			...options,
			now: () => holder.bench?.time() ?? Date.now(),
			onRequest: it => holder.bench?.hear(it),
		});
		holder.bench = new Bench(home, sandbox);
		Object.assign(process.env, {
			AWS_ENDPOINT_URL: sandbox.url,
			AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
			AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
			AWS_REGION: 'eu-west-1',
		});
		return holder.bench;
	}

	time(): number {
		return this.#now;
	}
	/** Lets time pass. */
	pass(ms: number): void {
		this.#now += ms;
	}
	hear(it: Heard): void {
		this.heard.push(it);
		this.#now += this.pace;
	}

	/** Runs a course without asking. */
	async run(course: Course = setup, options: object = {}): Promise<Ran> {
		const lines: Line[] = [];
		const said: string[] = [];
		const outlet = {
			json: true,
			out: (it: string) => void lines.push(JSON.parse(it) as Line),
			err: (it: string) => void said.push(it),
		};
		const env = {...process.env, NPS_KMS_HOME: this.home, NPS_KMS_PATIENCE: String(this.patience)};
		const code =
			exitCode[
				await headless(
					{
						course,
						others: [],
						options: {setup: 'nps', yes: true, json: true, secretFile: join(this.home, 'secret.csv'), ...options},
						env,
						outlet,
						version: '0.0.0',
						now: new Date(),
					},
					() => undefined,
				)
			];
		return {code, lines, result: lines.at(-1) ?? {type: 'none'}, said: said.join('\n')};
	}

	/** The account and the record as they are now, to come back to. */
	keep(): () => void {
		const kept = structuredClone(this.sandbox.account);
		const file = join(this.home, 'setups', 'nps.json');
		const record = readFileSync(file);
		return () => {
			const account = this.sandbox.account as Record<keyof Account, unknown>;
			Object.assign(account, structuredClone(kept));
			writeFileSync(file, record, {mode: 0o600});
		};
	}

	async end(): Promise<void> {
		await this.sandbox.close();
		rmSync(this.home, {recursive: true, force: true});
	}
}
