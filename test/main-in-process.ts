import {join} from 'node:path';
import {Readable} from 'node:stream';
import {vi} from 'vitest';
import {main} from '../src/cli.js';
import type {Sandbox} from '../src/sandbox/index.js';
import type {Line, Ran} from './contract/account-and-home.js';

type How = {
	/** The commands there are, where they aren't the program's own. */
	readonly list?: Parameters<typeof main>[1];
	/** What somebody who is no terminal types. */
	readonly typed?: readonly string[];
};
/**
 * Runs the program in this process against a sandbox, with an empty home; `told` is what both outputs say, in order.
 * Spies and variables are the caller's to restore.
 */
export async function runMain(
	args: readonly string[],
	{url, operator}: Sandbox,
	home: string,
	{list, typed}: How = {},
): Promise<Ran & {readonly told: string}> {
	const env = {
		...{HOME: home, NPS_KMS_HOME: join(home, 'state'), NPS_KMS_PATIENCE: '0', AWS_PROFILE: '', AWS_REGION: 'eu-west-1'},
		...{
			AWS_ENDPOINT_URL: url,
			AWS_ACCESS_KEY_ID: operator.accessKeyId,
			AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
		},
	};
	for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
	const told = {stdout: '', stderr: '', told: ''};
	const streams = ['stdout', 'stderr'] as const;
	const listeners = streams.map(name => process[name].listeners('error'));
	const forget = straysKept();
	for (const name of streams)
		vi.spyOn(process[name], 'write').mockImplementation((text: unknown): boolean => {
			told[name] += String(text);
			told.told += String(text);
			return true;
		});
	if (typed) vi.spyOn(process, 'stdin', 'get').mockReturnValue(linesTyped(typed));
	try {
		await main([process.execPath, 'nps-kms', ...args], list);
		const code = Number(process.exitCode ?? 0);
		const lines = told.stdout.split('\n').flatMap(it => (it.startsWith('{') ? [JSON.parse(it) as Line] : []));
		return {code, signal: null, ...told, lines};
	} finally {
		process.exitCode = undefined;
		vi.restoreAllMocks();
		for (const [at, name] of streams.entries())
			for (const it of process[name].listeners('error'))
				if (!listeners[at]?.includes(it)) process[name].off('error', it as () => void);
		forget();
	}
}

/** Takes back, when it is called, what listens to errors that nobody waits for since then. */
export function straysKept(): () => void {
	const before = process.listeners('uncaughtException');
	return () => {
		for (const it of process.listeners('uncaughtException'))
			if (!before.includes(it)) process.off('uncaughtException', it);
	};
}

const linesTyped = (typed: readonly string[]): typeof process.stdin =>
	Readable.from(typed.map(it => `${it}\n`)) as unknown as typeof process.stdin;
