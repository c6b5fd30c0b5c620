import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect} from 'vitest';
import type {Key} from '../../src/sandbox/account/account.js';
import {setup} from '../../src/steps/index.js';
import {Bench, type Ran} from '../contract/in-process.js';

/** One statement of a policy. */
export type Statement = {
	readonly Sid: string;
	readonly Condition?: object | undefined;
	readonly [key: string]: unknown;
};
/** The statements of a document. */
export const statementsOf = (text: string): readonly Statement[] =>
	(JSON.parse(text) as {readonly Statement: readonly Statement[]}).Statement;

/** For each test of a file an account and a home folder, the set-up with answers that all of it shares, and what came of it. */
export class StrictBench {
	#bench: Bench | undefined;

	/** To be made while a file is read, for it opens and closes a bench around each test. */
	constructor(
		readonly usual: object = {},
		options: Parameters<typeof Bench.start>[0] = {},
	) {
		beforeEach(async () => {
			this.#bench = await Bench.start(options);
		});
		afterEach(() => this.#bench?.end());
	}

	get bench(): Bench {
		return this.#bench ?? expect.fail('no test runs');
	}
	run = (options: object = {}): Promise<Ran> => {
		this.bench.heard.length = 0;
		return this.bench.run(setup, {prove: false, ...this.usual, ...options});
	};
	/** What was sent that changes something. */
	writes = (): readonly string[] =>
		this.bench.heard.map(it => it.api).filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it));
	key = (): Key =>
		Object.values(this.bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('no key');
	/** The statements of the key policy. */
	statements = (): readonly Statement[] => statementsOf(this.key().policy);
	/** Somebody else edits the key policy. */
	edit = (how: (all: readonly Statement[]) => readonly Statement[]): void => {
		const key = this.key();
		key.policy = JSON.stringify({...(JSON.parse(key.policy) as object), Statement: how(this.statements())});
	};
	/** The record is lost. */
	forget = (): void => rmSync(join(this.bench.home, 'setups'), {recursive: true});
	/** The record is lost, and so is every tag: what is there is a stranger's. */
	orphan = (): void => {
		this.forget();
		const {policies, users} = this.bench.sandbox.account;
		for (const it of [this.key(), ...Object.values(policies), ...Object.values(users)] as {tags: unknown[]}[])
			it.tags = [];
	};
}
