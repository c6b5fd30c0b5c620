import {CommanderError, Command as Reader} from 'commander';
import type {Command} from './commands/command.js';
import {asksVersionForPrograms, helpBelow, inGroups, mustBeCommand, topicOf, topicsBelow} from './commands/help.js';
import {commands} from './commands/index.js';
import {type Call, notUnderstood, refused} from './commands/refusal.js';
import {endUnheard, hearStrays} from './commands/stray-errors.js';
import {linesOn, type TerminalLines} from './commands/terminal-lines.js';
import {asTyped, startedIn} from './engine/command-line.js';
import type {Outcome} from './engine/outcome.js';

declare const __VERSION__: string;
const version = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0';
declare const __ADDRESS__: string | null;
const address = typeof __ADDRESS__ === 'string' ? __ADDRESS__ : null;
/** Where a bug is reported is said only once it is known. */
const report =
	address === null ? 'Report it with the lines below' : `Report it at ${address}/issues with the lines below`;
/** The exit code that each outcome is for whoever started the program. */
export const exitCodes: Readonly<Record<Outcome, number>> = {
	done: 0,
	stopped: 1,
	usage: 2,
	differs: 3,
	warning: 1,
	critical: 2,
	unknown: 3,
	'hung-up': 129,
	interrupted: 130,
	terminated: 143,
};

/** Runs the program as it was called, and sets the exit code. */
export async function main(argv: readonly string[], list: readonly Command[] = commands): Promise<void> {
	startedIn(process.env);
	// The run that ends in order then has an outcome of its own.
	const monitored = argv.includes('status') && argv.includes('--monitor');
	const failed = monitored ? exitCodes.unknown : exitCodes.stopped;
	const fails = (): void => void process.once('exit', () => (process.exitCode = failed));
	const lines: TerminalLines = linesOn(process, process.env, what => {
		fails();
		endUnheard(what, lines);
	});
	const call: Call = {json: argv.includes('--json'), monitored};
	hearStrays(call, lines, {fails, tellBug: it => tellBug(it, call, lines), endNow: () => process.exit(failed)});
	try {
		process.exitCode = exitCodes[await outcomeOf(argv, list, call, lines)];
	} catch (error) {
		tellBug(error, call, lines);
		process.exitCode = failed;
	}
}

function tellBug(error: unknown, {monitored}: Call, lines: TerminalLines): void {
	if (monitored) lines.out(`UNKNOWN: this is a bug in nps-kms ${version}`);
	lines.err(`This is a bug in nps-kms ${version}. The record is kept. ${report}.`);
	const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
	for (const it of stack.split('\n')) lines.err(it);
}

async function outcomeOf(
	argv: readonly string[],
	list: readonly Command[],
	call: Call,
	lines: TerminalLines,
): Promise<Outcome> {
	let outcome: Outcome = 'done';
	const reader = readerOf(list, call, lines, ended => (outcome = ended));
	try {
		const args = argv.slice(2);
		const told = asksVersionForPrograms(args)
			? [(await import('./commands/version.js')).versionForPrograms(version, process.env)]
			: topicOf(args);
		if (told) {
			for (const it of told) lines.out(it);
			return 'done';
		}
		mustBeCommand(
			list.map(it => it.name),
			argv.slice(2),
		);
		await reader.parseAsync(argv);
		return outcome;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return 'done';
		const named = list.find(it => it.name === argv[2]) ?? list.find(it => it.byDefault);
		const why = error instanceof CommanderError ? notUnderstood(error, named?.name ?? '') : error;
		const told = await refused(why, call, lines);
		if (told === undefined) throw error;
		return told;
	}
}

/** Reads the command line, and runs the command that it names. */
function readerOf(
	list: readonly Command[],
	call: Call,
	lines: TerminalLines,
	ended: (outcome: Outcome) => void,
): Reader {
	const says = 'Sets up AWS KMS for Netwrix Privilege Secure, step by step.';
	const root = topicsBelow(new Reader(asTyped('nps-kms ').trim()).description(says));
	const {env, stdin, stdout, stderr} = process;
	const courses = list.flatMap(it => (it.runs && it.course ? [it.course] : []));
	const endNow = (how: Outcome): void => process.exit(exitCodes[how]);
	for (const it of list) {
		const command = root.command(it.name, {isDefault: it.byDefault === true}).description(it.says);
		for (const flag of inGroups(it.flags(), it.without)) command.addOption(flag);
		helpBelow(command, it);
		const takes = it.takes?.();
		if (takes) command.addArgument(takes);
		command.action(async () => {
			const flags: Parameters<Command['run']>[0] = {
				...command.opts<Parameters<Command['run']>[0]>(),
				...(takes && {[takes.name()]: command.args[0]}),
			};
			Object.assign(call, {course: it.course, flags});
			ended(await it.run(flags, {env, stdin, stdout, stderr, lines, version, courses, commands: list, endNow}));
		});
	}
	for (const it of [root, ...root.commands])
		it.version(version, '--version')
			.exitOverride()
			.configureOutput({writeErr: () => undefined})
			.showSuggestionAfterError(true);
	return root;
}
