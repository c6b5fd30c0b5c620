import {Option} from 'commander';
import type {Left, Outcome} from '../engine/outcome.js';
import {Trouble} from '../engine/trouble.js';
import {type Lock, lock} from '../local/lock.js';
import {misnamed} from '../local/place-name.js';
import {wholePath} from '../local/whole-path.js';
import {listenForLeaving} from '../run/leaving.js';
import {usage} from '../run/usage-error.js';
import {type Lags, noLags} from '../sandbox/account/lags.js';
import {type Fault, faultKinds, readFault} from '../sandbox/http/faults.js';
import type {Sandbox} from '../sandbox/index.js';
import type {Command} from './command.js';

/** The flags of `nps-kms sandbox`, read. */
export type SandboxFlags = {
	readonly port: number;
	readonly pageSize: number;
	readonly file?: string;
	readonly late: Partial<Lags>;
	readonly fault: readonly Fault[];
	readonly control?: true;
};
type Lines = {out(line: string): void; err(line: string): void};

/** Serves the sandbox to other clients. */
export const sandboxCommand: Command = {
	name: 'sandbox',
	says: 'serves a stand-in for AWS on this machine, for rehearsals and for other clients',
	examples: [
		['nps-kms sandbox', 'any free port; the account is gone at the end'],
		['nps-kms sandbox --port 4566 --file account.json', 'a port that stays, an account that is kept'],
	],
	flags: () => [
		new Option('--port <number>', 'port on 127.0.0.1; 0 takes any')
			.default(0)
			.argParser(wholeNumber('--port', 0, 65_535)),
		new Option('--file <path>', 'keep the account in this file; without it, it is gone at the end'),
		new Option('--late <what=ms>', `show new things late: ${Object.keys(noLags).join(', ')}; repeatable`)
			.default({})
			.argParser(addLag),
		new Option('--page-size <number>', 'most that a list call tells at once')
			.default(100)
			.argParser(wholeNumber('--page-size', 1, 1000)),
		new Option('--fault <fault>', `such as iam:CreateUser#2=drop-after; kinds: ${faultKinds.join(', ')}; repeatable`)
			.default([])
			.argParser(addFault),
		new Option('--control', 'let POST /_sandbox/… set faults, lags, the clock and states of KMS keys'),
	],
	run: (flags, {lines, endNow}) => sandbox(flags as unknown as SandboxFlags, lines, endNow),
};

/** Serves AWS's stand-in until it is asked to leave. Returns what it came to. */
export async function sandbox(flags: SandboxFlags, lines: Lines, endNow: (how: Left) => void): Promise<Outcome> {
	const leaving = listenForLeaving(endNow);
	const held = flags.file === undefined ? undefined : await holdFile(flags.file);
	try {
		const running = await start(flags, lines);
		for (const it of greeting(running, flags, process.platform)) lines.out(it);
		await new Promise<void>(left => leaving.onHeard(left));
		await running.close().catch(async (error: unknown) => {
			const {BadAccountFile} = await import('../sandbox/index.js');
			if (!(error instanceof BadAccountFile)) throw error;
			lines.err(`The account as it was last can't be kept. ${error.message}`);
		});
		return leaving.heard() ?? 'done';
	} finally {
		leaving.stop();
		await held?.release();
	}
}

/** The file for this process alone: of two sandboxes on one file, either would undo what the other keeps. */
async function holdFile(file: string): Promise<Lock> {
	const why = misnamed(wholePath(file));
	if (why !== undefined) throw usage(`--file "${file}" can't be used`, why, 'Give another --file');
	try {
		return await lock(file, file, new Date());
	} catch (error) {
		if (!(error instanceof Trouble) || error.problem.code !== 'Locked') throw error;
		throw usage(`Another sandbox is using ${file}`, error.problem.why ?? '', 'End that one, or give another --file');
	}
}

async function start({port, pageSize, file, late, fault, control}: SandboxFlags, {err}: Lines): Promise<Sandbox> {
	// Only this command and rehearsals load the stand-in.
	const {BadAccountFile, startSandbox} = await import('../sandbox/index.js');
	try {
		return await startSandbox({
			port,
			pageSize,
			lags: late,
			faults: fault,
			control: control === true,
			...(file !== undefined && {file}),
			onBug: error => err(error instanceof Error ? (error.stack ?? error.message) : String(error)),
		});
	} catch (error) {
		const {code = '', message} = error as NodeJS.ErrnoException;
		if (error instanceof BadAccountFile)
			throw usage("The sandbox's account can't be read", message, 'Give another --file, or remove that one');
		if (code === 'EADDRINUSE' || code === 'EACCES')
			throw usage(
				`Port ${port} can't be had`,
				code === 'EACCES' ? 'The system refuses it' : 'Something listens there already',
				'Give another --port',
			);
		if (file !== undefined && code !== '')
			throw usage(`--file ${file} can't be used`, message, 'Give a file in a folder you can write to');
		throw error;
	}
}

/** The first lines: where it is, and what to paste to use it. */
export function greeting(
	{url, operator, account}: Sandbox,
	{file, control}: SandboxFlags,
	platform: NodeJS.Platform,
): readonly string[] {
	const names = {
		AWS_ENDPOINT_URL: url,
		AWS_ACCESS_KEY_ID: operator.accessKeyId,
		AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
		AWS_REGION: 'eu-west-1',
		AWS_DEFAULT_REGION: 'eu-west-1',
	};
	const windows = platform === 'win32';
	const lines = (set: (name: string, value: string) => string): readonly string[] =>
		Object.entries(names).map(([name, value]) => set(name, value));
	return [
		`Sandbox: nothing here is AWS. IAM, STS, KMS and CloudTrail of the made-up account ${account.id} at ${url}`,
		file === undefined ? 'The account is gone when this ends.' : `The account is kept in ${file}.`,
		...(control === true ? [`POST ${url}/_sandbox/faults, /lags, /clock, /key-states and /account are open.`] : []),
		'',
		`To use it in another terminal${windows ? ', in PowerShell' : ''}:`,
		...lines((name, value) => (windows ? `$env:${name} = '${value}'` : `export ${name}=${value}`)),
		windows
			? 'Remove-Item Env:AWS_SESSION_TOKEN, Env:AWS_PROFILE -ErrorAction Ignore'
			: 'unset AWS_SESSION_TOKEN AWS_PROFILE',
		...(windows
			? [
					'',
					'or in a command prompt (cmd):',
					...lines((name, value) => `set "${name}=${value}"`),
					'set "AWS_SESSION_TOKEN="',
					'set "AWS_PROFILE="',
				]
			: []),
		'',
		'Ctrl+C ends it.',
	];
}

const wholeNumber =
	(flag: string, least: number, most: number) =>
	(text: string): number => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || value < least || value > most)
			throw usage(
				`${flag} ${text} is not understood`,
				`It takes a whole number from ${least} to ${most}`,
				'Give such a number',
			);
		return value;
	};
function addLag(text: string, before: Partial<Lags>): Partial<Lags> {
	const [, name = '', ms] = /^(\w+)=(\d{1,9})$/.exec(text) ?? [];
	if (ms === undefined || !Object.hasOwn(noLags, name))
		throw usage(
			`--late ${text} is not understood`,
			`It takes milliseconds for one of ${Object.keys(noLags).join(', ')}`,
			'Give, say, --late principals=2000',
		);
	return {...before, [name]: Number(ms)};
}
function addFault(text: string, before: readonly Fault[]): readonly Fault[] {
	const fault = readFault(text);
	if (!fault)
		throw usage(
			`--fault ${text} is not understood`,
			`The kinds are ${faultKinds.join(', ')}`,
			'Give, say, --fault iam:CreateUser#2=drop-after',
		);
	return [...before, fault];
}
