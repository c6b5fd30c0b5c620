import type {Option} from 'commander';
import type {Command} from '../command.js';

/** What may follow a flag: nothing, known words, a file, the name of a setup, or what only a person knows. */
export type Value = 'none' | 'file' | 'name of a setup' | 'other' | readonly string[];
/** A flag as it is completed. */
export type FlagWord = {readonly flag: string; readonly says: string; readonly value: Value};
/** A command as it is completed: the words it takes, and its flags. */
export type CommandWord = {
	readonly name: string;
	readonly says: string;
	readonly takes: readonly string[];
	readonly flags: readonly FlagWord[];
	readonly byDefault: boolean;
};

/** All that a shell can complete without asking. */
export const wordsOf = (commands: readonly Command[]): readonly CommandWord[] =>
	commands.map(it => ({
		name: it.name,
		says: it.says,
		takes: it.takes?.().argChoices ?? [],
		flags: [...it.flags().flatMap(flagOf), {flag: '--help', says: 'what it does, and its flags', value: 'none'}],
		byDefault: it.byDefault === true,
	}));

const flagOf = (it: Option): readonly FlagWord[] =>
	it.hidden ? [] : [{flag: it.long ?? '', says: it.description, value: valueFor(it)}];
function valueFor({long, flags, argChoices}: Option): Value {
	if (argChoices) return argChoices;
	if (long === '--setup') return 'name of a setup';
	const [, takes] = /<(.+)>/.exec(flags) ?? [];
	if (takes === undefined) return 'none';
	return ['file', 'path', 'folder'].includes(takes) ? 'file' : 'other';
}
