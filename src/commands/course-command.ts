import {Option} from 'commander';
import type {Course} from '../engine/course.js';
import {answeredBy} from '../front/which-front-end.js';
import {fieldFlags, fieldsOf} from '../run/given-answers.js';
import type {Flags, Run} from '../run/run.js';
import {wrongSetupName} from '../run/setup-name.js';
import {usage} from '../run/usage-error.js';
import type {Command, Host} from './command.js';

type Words = {
	/** What it does, as the help says it. */
	readonly says: string;
	readonly examples: Command['examples'];
	/** What --yes means there. */
	readonly yes?: string;
	/** Its flags besides those of every course and of its fields. */
	readonly flags?: readonly Option[];
};
const approves = 'ask nothing; approves creates and updates, removes nothing unnamed';

/** A command that runs a course, asking or by its flags alone. */
export const courseCommand = (course: Course, {says, examples, yes = approves, flags = []}: Words): Command => ({
	name: course.name,
	says,
	examples,
	course,
	runs: true,
	...(course.begins && {byDefault: true}),
	flags: () => [
		...sharedFlags(),
		...(course.needsNoYes ? [] : [new Option('--yes', yes)]),
		...flags,
		...confirmFlags(course),
		...fieldFlags(fieldsOf(course, 'nps')),
	],
	run: (given, host) => answeredBy(runOf(course, given, host), host, host.endNow),
});

/** One run of a course, as it was called. */
export const runOf = (course: Course, flags: Flags, host: Host): Run => ({
	course,
	others: host.courses.filter(it => it !== course),
	commands: host.commands.flatMap(it =>
		it.atHome ? [{name: it.name, ...it.atHome, run: (options: Flags) => it.run(takenBy(it, options), host)}] : [],
	),
	options: flags,
	env: host.env,
	outlet: {json: flags.json === true, out: host.lines.out, err: host.lines.err},
	version: host.version,
	now: new Date(),
});

/** Of what another command was given, what this one takes too; answers to later steps than the first are that one's. */
function takenBy(command: Command, {setup, ...given}: Flags): Flags {
	const namesOf = (flags: readonly Option[]): readonly string[] => flags.map(it => it.attributeName());
	const [, ...later] = command.course?.steps ?? [];
	const answers = command.course ? namesOf(fieldFlags(fieldsOf({...command.course, steps: later}, setup))) : [];
	const own = new Set(namesOf(command.flags()).filter(it => !answers.includes(it)));
	return {setup, ...Object.fromEntries(Object.entries(given).filter(([name]) => own.has(name)))};
}

/** The flags of every command that is about a setup. */
export const sharedFlags = (): readonly Option[] => [
	new Option('--setup <name>', 'name of the setup; one record per name').default('nps').argParser(setupName),
	new Option('--json', 'one JSON object a line on stdout'),
	new Option('--expect-account <id>', 'stop unless the credentials are of this account'),
	new Option('--mfa-code <code>', 'the code that the MFA device of the profile shows now'),
	new Option('--sandbox', 'rehearse against a built-in stand-in: nothing is AWS, nothing leaves this machine'),
	new Option('--plain', 'ask line by line; nothing is redrawn'),
];

const confirmFlags = ({confirms = []}: Course): readonly Option[] =>
	confirms.map(({flag, takes, says}) => new Option(`--${flag} <${takes}>`, says));

function setupName(value: string): string {
	const rule = wrongSetupName(value);
	if (rule) throw usage(`--setup ${value} is not allowed`, rule, 'Give another name');
	return value;
}
