import {Command, CommanderError, Option} from 'commander';
import type {RecordFlags} from './commands/record/record.js';
import {addSandboxOptions, type SandboxFlags, sandbox} from './commands/sandbox.js';
import {wordingOf} from './engine/command-line.js';
import type {Course} from './engine/course.js';
import type {Problem} from './engine/step.js';
import {Trouble, Usage} from './engine/trouble.js';
import {drawsAsciiOnly, inAscii} from './front/ascii.js';
import {forPrograms, heading, inThreeLines, type Outlet} from './front/report.js';
import {frontEndOf, nobodyToAsk} from './front/which-front-end.js';
import {addFieldFlags, fieldsOf} from './run/answers.js';
import {type Called, calledAs} from './run/called-as.js';
import {isGone} from './run/hang-up.js';
import type {Run, SetupOptions} from './run/session.js';
import {wrongSetupName} from './run/setup-name.js';
import {usage} from './run/usage.js';
import {setup as course, discard, proveAgain, replaceAccessKey} from './steps/index.js';

declare const __VERSION__: string;
const version = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0';

const issues = 'the issue tracker of nps-kms';
const write = (text: string): void =>
	void process.stdout.write(drawsAsciiOnly(process.env) && !text.startsWith('{') ? inAscii(text) : text);
const out = (line: string): void => {
	write(`${forPeople(process.stdout, line)}\n`);
};
const err = (line: string): void => {
	const text = forPeople(process.stderr, line);
	process.stderr.write(`${drawsAsciiOnly(process.env) ? inAscii(text) : text}\n`);
};
/**
 * On a terminal, lines break between words; what is longer than a line stays in one piece, to be copied whole. What is
 * for programs and shells stays as it is.
 */
const forPeople = ({isTTY, columns}: NodeJS.WriteStream, line: string): string =>
	isTTY && !/^[{#]/.test(line) ? folded(line, columns || 80) : line;
/** Breaks a line between words, once what it needs for that is loaded: the first lines are short. */
let folded = (line: string, _columns: number): string => line;
async function loadFolding(): Promise<void> {
	const {default: wrap} = await import('wrap-ansi');
	folded = (line, columns) => wrap(line, columns, {hard: false, trim: false});
}

function program(): Command {
	const root = new Command('nps-kms')
		.description('Sets up AWS KMS for Netwrix Privilege Secure, step by step.')
		.version(version, '--version');
	const it = root
		.command('setup', {isDefault: true})
		.description('the documented set-up; without --yes and --dry-run it asks');
	common(it)
		.option('--yes', 'ask nothing; approves creates and updates, removes nothing unnamed')
		.option('--answers <file>', 'answers as a JSON object')
		.option('--dry-run', 'show the plan of every remaining step and change nothing')
		.addOption(
			new Option(
				'--print-commands',
				'print the remaining steps as a script for someone else to run; change nothing',
			).conflicts(['dryRun', 'json']),
		)
		.addOption(new Option('--shell <shell>', 'what the script is for').choices(['bash', 'powershell']).default('bash'))
		.option('--stop-after <step>', 'finish that step, then stop')
		.option('--adopt <things>', 'take over what bears the name but is not ours: policy,user,key')
		.option('--recover', "take up the setup of this name that AWS's tags tell of")
		.option('--remove-access-key <id>', 'remove this access key of the NPS user')
		.option('--no-prove', 'leave the proof out');
	addFieldFlags(it, fieldsOf(course, 'nps'));
	it.action(async (options: SetupOptions) => {
		process.exitCode = await answeredBy(runOf(course, options), code => process.exit(code));
	});
	const back = common(
		root
			.command('discard')
			.description('takes a setup back: removes what it made, after review; keeps what it only took over'),
	)
		.option('--yes', 'ask nothing; needs --confirm')
		.option('--dry-run', 'show what would go and what would stay, and change nothing')
		.option('--confirm <name>', 'the name of the setup: yes, this one')
		.option('--confirm-alias <alias>', 'the alias of its KMS key: needed where NPS may be using it');
	addFieldFlags(back, fieldsOf(discard, 'nps'));
	back.action(async (options: SetupOptions) => {
		process.exitCode = await answeredBy(runOf(discard, options), code => process.exit(code));
	});
	const replacing = common(
		root
			.command('replace-access-key')
			.description(
				'replaces the access key that NPS uses, in steps that may take days; nothing is retired before NPS has moved',
			),
	)
		.option('--yes', 'ask nothing; waits at each gate unless its flag is given')
		.option('--answers <file>', 'answers as a JSON object')
		.option('--no-prove', 'leave the proof out');
	addFieldFlags(replacing, fieldsOf(replaceAccessKey, 'nps'));
	replacing.action(async (options: SetupOptions) => {
		process.exitCode = await answeredBy(runOf(replaceAccessKey, options), code => process.exit(code));
	});
	const proof = common(
		root
			.command('prove')
			.description('tries again, with the credentials of a finished setup, that they work and that they are limited'),
	);
	addFieldFlags(proof, fieldsOf(proveAgain, 'nps'));
	proof.action(async (options: SetupOptions) => {
		const asked = process.stdin.isTTY && options.json !== true;
		process.exitCode = await answeredBy(runOf(proveAgain, {...options, yes: !asked}), code => process.exit(code));
	});
	const looking = common(
		root
			.command('status')
			.description('looks at AWS and says of each step whether it is done, to do or changed since; changes nothing'),
	);
	addFieldFlags(looking, fieldsOf(course, 'nps'));
	looking.action(async (options: SetupOptions) => {
		await loadFolding();
		const {status} = await import('./commands/status/status.js');
		process.exitCode = await status(runOf(course, options), code => process.exit(code));
	});
	const needed = common(
		root
			.command('permissions')
			.description(
				'prints the smallest IAM policy (JSON) that the remaining steps need, to send to whoever can grant it',
			),
	);
	addFieldFlags(needed, fieldsOf(course, 'nps'));
	needed.action(async (options: SetupOptions) => {
		await loadFolding();
		const {permissions} = await import('./commands/permissions.js');
		process.exitCode = await permissions(runOf(course, options), code => process.exit(code));
	});
	const telling = common(
		root
			.command('record')
			.description(
				'prints the change record of a setup for a ticket, as Markdown: who, when, each change, checks, what ' +
					'exists, how to take it back',
			),
	);
	addFieldFlags(telling, fieldsOf(proveAgain, 'nps'));
	telling.action(async (flags: RecordFlags) => {
		called = {course, options: flags};
		const {record} = await import('./commands/record/record.js');
		process.exitCode = record(flags, process.env, {out});
	});
	addSandboxOptions(
		root
			.command('sandbox')
			.description('serves a stand-in for AWS on this machine, for rehearsals and for other clients'),
	).action(async (flags: SandboxFlags) => {
		process.exitCode = await sandbox(flags, {out, err}, code => process.exit(code));
	});
	return root;
}

const nameOption = (): Option =>
	new Option('--setup <name>', 'name of the setup; one record per name').default('nps').argParser(setupName);
/** The flags of every command that runs steps. */
const common = (it: Command): Command =>
	it
		.addOption(nameOption())
		.option('--json', 'one JSON object a line on stdout')
		.option('--expect-account <id>', 'stop unless the credentials are of this account')
		.option('--mfa-code <code>', 'the code that the MFA device of the profile shows now')
		.option('--sandbox', 'rehearse against a built-in stand-in: nothing is AWS, nothing leaves this machine')
		.option('--plain', 'ask line by line; nothing is redrawn');

/** How this run was called, once that is understood. */
let called: Called | undefined;
const runOf = (of: Course, options: SetupOptions): Run => {
	called = {course: of, options};
	return {
		course: of,
		others: [discard, replaceAccessKey],
		options,
		env: process.env,
		outlet: outlet(options.json === true),
		version,
		now: new Date(),
	};
};

/** Runs with the front end that this terminal, these flags and this environment call for. */
async function answeredBy(run: Run, endNow: (code: number) => void): Promise<number> {
	if (run.options.printCommands) return (await import('./commands/setup/print-commands.js')).printCommands(run, endNow);
	const end =
		run.options.json && !run.options.yes && !run.options.dryRun
			? undefined
			: frontEndOf(run.options, run.env, process.stdin, process.stdout);
	if (end === undefined) throw await nobodyToAsk(run.options, run.env, run.course);
	if (end !== 'headless') process.stdin.on('error', unlessGone);
	// A person sees this before anything else is loaded: on a slow machine that takes a moment.
	if (end !== 'headless') out(heading(version));
	await loadFolding();
	if (end === 'headless') return (await import('./front/headless.js')).setup(run, endNow);
	const asking =
		end === 'plain'
			? (await import('./front/line-by-line.js')).inLines({stdin: process.stdin, stdout: process.stdout, write})
			: (await import('./front/screens.js')).onScreens({stdin: process.stdin, stdout: process.stdout});
	return (await import('./front/asking.js')).ask(run, asking, endNow);
}

/** Nobody may be at the other end any more: that ends nothing by itself. */
function unlessGone(error: Error): void {
	if (!isGone(error)) throw error;
}

function setupName(value: string): string {
	const rule = wrongSetupName(value);
	if (rule) throw usage(`--setup ${value} is not allowed`, rule, 'Give another name');
	return value;
}

const outlet = (json: boolean): Outlet => ({json, out, err});

/**
 * Refuses a word that is no command by its name, rather than as an argument too many of `setup`; `help` of such a word
 * as well.
 */
function knownCommand({commands}: Command, [, , first, second]: readonly string[]): void {
	const word = first === 'help' ? second : first;
	const names = commands.map(it => it.name());
	if (!word || word.startsWith('-') || [...names, 'help'].includes(word)) return;
	throw usage(`There is no command ${word}`, `The commands are ${names.join(', ')}`, 'See nps-kms --help');
}

async function main(argv: readonly string[]): Promise<void> {
	const json = argv.includes('--json');
	const stopped = async (problem: Problem): Promise<void> => {
		await loadFolding();
		for (const line of [...inThreeLines(problem), '  Nothing changed.']) err(line);
		if (json)
			out(JSON.stringify({v: 1, type: 'result', status: 'stopped', proven: false, problem: forPrograms(problem)}));
	};
	const commands = program();
	for (const it of commands.commands) it.version(version, '--version');
	for (const it of [commands, ...commands.commands])
		it.exitOverride()
			.configureOutput({writeErr: () => undefined})
			.showSuggestionAfterError(true);
	try {
		knownCommand(commands, argv);
		await commands.parseAsync(argv);
	} catch (error) {
		if (error instanceof CommanderError) {
			if (error.exitCode === 0) return;
			// What an unknown flag was given may be a secret.
			const what = error.message
				.replace(/^error: /, '')
				.replace(/\n(?=\(Did you mean)/, ' ')
				.replace(/('-[^'=]*)=.*'/su, "$1'");
			const command = commands.commands.find(it => it.name() === argv[2])?.name() ?? 'setup';
			await stopped(usage(what, 'The command line is not understood', `See nps-kms ${command} --help`).problem);
			process.exitCode = 2;
		} else if (error instanceof Usage || error instanceof Trouble) {
			await stopped(error instanceof Trouble && called ? error.worded(wordingOf(calledAs(called))) : error.problem);
			process.exitCode = error instanceof Usage ? 2 : 1;
		} else throw error;
	}
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessGone);
try {
	await main(process.argv);
} catch (error) {
	err(`This is a bug in nps-kms ${version}. The record is kept. Report it to ${issues} with the lines below.`);
	err(error instanceof Error ? (error.stack ?? error.message) : String(error));
	process.exitCode = 1;
}
