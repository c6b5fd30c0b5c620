import type {Option, Command as Reader} from 'commander';
import {closest, distance} from 'fastest-levenshtein';
import {asTyped, commandLine} from '../engine/command-line.js';
import type {Outcome} from '../engine/outcome.js';
import {usage} from '../run/usage-error.js';
import type {Command} from './command.js';
import {topics} from './help-topics.js';

const ofAws = ['profile', 'region', 'expect-account', 'mfa-code', 'sandbox', 'from-nps'];
const ofOutput = ['json', 'out', 'force', 'shell'];
/** Under which heading a flag stands, where it isn't an answer. */
function headingOf({long, helpGroupHeading}: Option): string {
	const name = long?.slice(2) ?? '';
	if (ofAws.includes(name)) return 'AWS:';
	return ofOutput.includes(name) ? 'Output:' : (helpGroupHeading ?? 'How it runs:');
}
const order = ['What it asks:', 'How it runs:', 'AWS:', 'Output:'];
/** Its flags under their headings, in the order in which these stand. */
export const inGroups = (flags: readonly Option[], without: readonly string[] = []): readonly Option[] =>
	flags
		.map(it => it.helpGroup(headingOf(it)).hideHelp(it.hidden || without.includes(it.long ?? '')))
		.sort((one, other) => order.indexOf(headingOf(one)) - order.indexOf(headingOf(other)));

const ends: readonly (readonly [Outcome, number, string])[] = [
	['done', 0, 'done, or paused on purpose'],
	['stopped', 1, 'stopped on a problem, which says how to go on'],
	['usage', 2, 'the command line is not understood; nothing was called'],
	['differs', 3, ''],
	['interrupted', 130, 'left by Ctrl+C or q'],
];
/** Puts below a command's flags how it is called, what its exit codes tell, and where to read on. */
export function helpBelow(reader: Reader, it: Command): void {
	const lines = it.examples.map(([line, does]) => [asTyped(line), does] as const);
	const wide = Math.max(...lines.map(([line]) => line.length));
	const fits = lines.every(([, does]) => wide + does.length < 74);
	const examples = lines.flatMap(([line, does]) =>
		fits ? [`  ${line.padEnd(wide)}   ${does}`] : [`  ${line}`, `      ${does}`],
	);
	const codes = ends.flatMap(([outcome, code, says]) => {
		const told = it.ends?.[outcome] ?? says;
		return told === '' ? [] : [`  ${String(code).padEnd(4)} ${told}`];
	});
	reader.addHelpText(
		'after',
		[
			'',
			'Examples:',
			...examples,
			'',
			'Exit codes:',
			...codes,
			'',
			`Read on: ${asTyped(`nps-kms help ${topicNames}`)}`,
		].join('\n'),
	);
}
const topicNames = Object.keys(topics).join(' | ');
/** Puts below the list of commands which topics there are. */
export const topicsBelow = (root: Reader): Reader =>
	root.addHelpText('after', `\nTopics: ${asTyped(`nps-kms help ${topicNames}`)}`);

/** The lines of the topic that a command line asks for, if it does. */
export const topicOf = ([first, second = '']: readonly string[]): readonly string[] | undefined =>
	first === 'help' && Object.hasOwn(topics, second) ? topics[second]?.map(asTyped) : undefined;

/**
 * Refuses a word that is no command by its name, rather than as an argument too many of the default one; `help` of such
 * a word as well.
 */
export function mustBeCommand(names: readonly string[], [first, second]: readonly string[]): void {
	const word = first === 'help' ? second : first;
	if (!word || word.startsWith('-') || [...names, 'help'].includes(word)) return;
	const all = first === 'help' ? [...names, ...Object.keys(topics)] : names;
	throw usage(
		first === 'help' ? `There is no help about ${word}` : `There is no command ${word}`,
		`${first === 'help' ? 'There is help about' : 'The commands are'} ${all.join(', ')}`,
		nearest(word, all) ?? `See ${commandLine({}, '', '--help')}`,
	);
}
/** What may have been meant, if anything is near. */
function nearest(word: string, all: readonly string[]): string | undefined {
	const it = closest(word, [...all]);
	return distance(word, it) <= Math.max(1, Math.min(3, Math.floor(word.length / 2)))
		? `Did you mean ${it}?`
		: undefined;
}

/** Whether a command line asks for the version as a program reads it. */
export const asksVersionForPrograms = (args: readonly string[]): boolean =>
	args.length === 2 && args.includes('--version') && args.includes('--json');
