import {Argument} from 'commander';
import {usage} from '../../run/usage-error.js';
import type {Command} from '../command.js';
import {completionOf, type Shell, shells} from './shells.js';
import {wordsOf} from './words.js';

/** What its scripts ask for. */
const setups = 'setups';

/** Prints what has a shell complete commands, flags, and the names of setups. */
export const completionCommand: Command = {
	name: 'completion',
	says: 'prints the script that has a shell complete commands, flags and the names of setups',
	examples: [
		['source <(nps-kms completion bash)', 'in ~/.bashrc'],
		['nps-kms completion fish | source', 'in ~/.config/fish/config.fish'],
		['nps-kms completion powershell | Out-String | Invoke-Expression', 'in $PROFILE'],
	],
	takes: () => new Argument('<shell>', 'the shell that it is for').choices(shells).argParser(shellOf),
	flags: () => [],
	async run({shell}, {env, lines, commands}) {
		if (shell !== setups) lines.out(completionOf(shell as Shell, wordsOf(commands)));
		else for (const it of (await import('./names-of-setups.js')).namesOfSetups(env)) lines.out(it);
		return 'done';
	},
};

function shellOf(given: string): Shell | typeof setups {
	const known = [...shells, setups] as const;
	const it = known.find(name => name === given);
	if (it) return it;
	throw usage(`There is no completion for ${given}`, `It is written for ${shells.join(', ')}`, 'Name one of these');
}
