import type {Scene} from '../engine/scene.js';
import type {Change, Facts} from '../engine/step.js';
import {commandLine, quoted} from './bash-command.js';
import {powershellLine} from './powershell-command.js';
import {psText} from './powershell-text.js';
import type {Shell} from './shell.js';

/** A change as one line: known facts filled in, others as variables that earlier lines set. */
type Line = (change: Change, facts: Facts, needed: ReadonlySet<string>, options?: readonly string[]) => string;

type Language = {
	/** What people call it. */
	readonly name: string;
	readonly line: Line;
	/** A word that may have blanks and quotes in it. */
	word(it: string): string;
	/** The lines before and after what is run only if a command tells this account. */
	only(asks: string, account: string): readonly [string, string];
};
/** The shells, by their names for programs. */
export const shells: Readonly<Record<Shell, Language>> = {
	bash: {
		name: 'bash',
		line: commandLine,
		word: it => quoted([it]),
		only: (asks, account) => [
			`if [ "$(${asks})" = ${account} ]; then`,
			`else echo 'Nothing was run: these are not credentials of account ${account}' >&2; fi`,
		],
	},
	powershell: {
		name: 'PowerShell',
		line: powershellLine,
		word: it => (/^[\w./:=+-]+$/.test(it) ? it : psText([it])),
		only: (asks, account) => [
			`if ((${asks}) -eq '${account}') {`,
			`} else { 'Nothing was run: these are not credentials of account ${account}' }`,
		],
	},
};

/**
 * What keeps commands where they belong: ahead of those of a rehearsal is told that they are; others stand between
 * lines that let them run in their account alone, as the printed script does.
 */
export function runWhere(
	sandbox: boolean,
	account: string | undefined,
	options: readonly string[],
	{word, only}: (typeof shells)[Shell],
): Pick<Scene, 'ahead' | 'only'> {
	if (sandbox) return {ahead: ['A rehearsal: the stand-in takes them while this runs, AWS never.']};
	if (account === undefined) return {};
	const asks = ['aws', ...options, 'sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'];
	return {only: only(asks.map(word).join(' '), account)};
}
