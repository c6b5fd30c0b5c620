import type {Change, Facts} from '../engine/step.js';
import {commandLine, quoted} from './bash-command.js';
import {powershellLine} from './powershell-command.js';
import {psText} from './powershell-text.js';
import type {Shell} from './shell.js';

/** A change as one line: known facts filled in, others as variables that earlier lines set. */
type Line = (change: Change, facts: Facts, needed: ReadonlySet<string>, options?: readonly string[]) => string;

/** How a shell is called by people, how a change is told to it, and a word that may have blanks and quotes in it. */
export const shells: Readonly<Record<Shell, {name: string; line: Line; word(it: string): string}>> = {
	bash: {name: 'bash', line: commandLine, word: it => quoted([it])},
	powershell: {name: 'PowerShell', line: powershellLine, word: it => (/^[\w./:=+-]+$/.test(it) ? it : psText([it]))},
};

/** The options that have a value; what a person typed for one run is none. What stands in for AWS stands there, too. */
export const optionsOf = (given: Readonly<Record<string, unknown>>): readonly string[] =>
	Object.entries(given).flatMap(([name, it]) =>
		typeof it === 'string' && it !== '' && !it.startsWith(':') ? [`--${name}`, it] : [],
	);

/** What to know before the commands are run: that they are a rehearsal's, or which account they are meant for. */
export function toldAhead(
	sandbox: boolean,
	account: string | undefined,
	options: readonly string[],
	{word}: (typeof shells)[Shell],
): readonly string[] {
	if (sandbox) return ['A rehearsal: the stand-in takes them while this runs, AWS never.'];
	if (account === undefined) return [];
	const asks = ['aws', ...options, 'sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'];
	return [`Only where this tells ${account}:`, `  ${asks.map(word).join(' ')}`];
}
