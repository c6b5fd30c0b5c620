import {findSources} from '../aws/sign-in/profiles.js';
import {commandLine, wordingOf} from '../engine/command-line.js';
import type {Course} from '../engine/course.js';
import type {Left, Outcome} from '../engine/outcome.js';
import type {Usage} from '../engine/trouble.js';
import {calledAs} from '../run/called-as.js';
import {isGone} from '../run/hang-up.js';
import type {Flags, Run} from '../run/run.js';
import {usage} from '../run/usage-error.js';
import {heading} from './heading.js';

/** Who answers: a person at screens, a person line by line, or flags alone. */
export type FrontEnd = 'screens' | 'plain' | 'headless';
/** What is known of a stream before anything is drawn on it. */
export type Terminal = {readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number};

/** Which front end a run gets, decided before anything is drawn; undefined where nobody could answer. */
export function frontEndOf(
	{yes, dryRun, plain}: Flags,
	env: NodeJS.ProcessEnv,
	stdin: Terminal,
	stdout: Terminal,
	stderr: Terminal = stdout,
): FrontEnd | undefined {
	if (yes || dryRun) return 'headless';
	// Who types at a terminal has to see there what is asked.
	if (stdin.isTTY && !stdout.isTTY && !stderr.isTTY) return undefined;
	if (plain) return 'plain';
	if (!stdin.isTTY) return undefined;
	const small = (stdout.columns || 80) < 40 || (stdout.rows || 24) < 12;
	return !stdout.isTTY || env['TERM'] === 'dumb' || (env['ACCESSIBLE'] ?? '0') !== '0' || small ? 'plain' : 'screens';
}

/** What a front end talks over. */
export type Conversation = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly lines: {write(text: string): void; writeBeside(text: string): void; foldable(): Promise<void>};
};
/** Runs a course with the front end that this terminal, these flags and this environment call for. */
export async function answeredBy(
	asked: Run,
	{stdin, stdout, stderr, lines}: Conversation,
	endNow: (how: Left) => void,
): Promise<Outcome> {
	const {course, options: flags, env, outlet, version} = asked;
	const silent = course.needsNoYes && (!stdin.isTTY || flags.json === true);
	const options: Flags = silent ? {...flags, yes: true} : flags;
	const run: Run = {...asked, options};
	const end =
		options.json && !options.yes && !options.dryRun ? undefined : frontEndOf(options, env, stdin, stdout, stderr);
	if (end === undefined) throw await nobodyToAsk(options, env, course, stdin.isTTY);
	if (end === 'headless') {
		await lines.foldable();
		return (await import('./headless.js')).runUnasked(run, endNow);
	}
	stdin.on('error', unlessGone);
	// A person sees this before anything else is loaded: on a slow machine that takes a moment.
	outlet.out(heading(version));
	await lines.foldable();
	const asking =
		end === 'plain'
			? (await import('./line-by-line.js')).inLines({
					stdin,
					stdout,
					// Where the output goes elsewhere, it is asked beside it, at the terminal.
					write: stdin.isTTY && !stdout.isTTY ? lines.writeBeside : lines.write,
				})
			: (await import('./screens.js')).onScreens({stdin, stdout});
	return (await import('./asking.js')).ask(run, asking, endNow);
}

/** Nobody may be at the other end any more: that ends nothing by itself. */
function unlessGone(error: Error): void {
	if (!isGone(error)) throw error;
}

/** Nobody can answer: the line that would work. */
export async function nobodyToAsk(
	options: Flags,
	env: NodeJS.ProcessEnv,
	course: Course,
	hears = false,
): Promise<Usage> {
	const {json, sandbox} = options;
	const run = wordingOf(calledAs({course, options}));
	const {name, confirms = []} = course;
	const yes = ['--yes', ...confirms.filter(it => it.namesSetup).map(it => `--${it.flag} ${options.setup}`)].join(' ');
	if (json)
		return usage(
			'--json asks nothing',
			'Only a run that asks nothing can speak to a program',
			`Run ${run(name, yes, '--json')}`,
		);
	const {profiles, environment} = await findSources(env);
	const region = env['AWS_REGION'] || sandbox || options['region'] ? [] : ['--region eu-west-1'];
	const how =
		environment || profiles.length > 0 || sandbox
			? `Run ${run()} in a terminal, or ${run(name, yes, ...region)}, or ${run(name, '--plain')} to answer line ` +
				'by line'
			: `Run ${run()} in a terminal. No AWS credentials are found either: set AWS_ACCESS_KEY_ID and ` +
				'AWS_SECRET_ACCESS_KEY, or rehearse against a built-in stand-in: ' +
				`${commandLine({setup: options.setup, sandbox: true}, 'setup', '--yes')}`;
	return usage(
		`nps-kms ${name} asks questions, and nobody is there to answer`,
		hears
			? 'Neither output is a terminal: what is asked would be seen by nobody'
			: 'The input is no terminal, and neither --yes nor --plain is given',
		how,
	);
}
