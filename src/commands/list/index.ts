import {Option} from 'commander';
import type {Command} from '../command.js';
import {outFlags} from '../out-file.js';

/** Lists the setups of this machine. */
export const listCommand: Command = {
	name: 'list',
	says: 'lists the setups of this machine, and where each stands by its record; asks AWS nothing',
	examples: [
		['nps-kms list', 'one line a setup'],
		['nps-kms list --sandbox', 'those of rehearsals alone'],
		['nps-kms list --json', 'the same for a program'],
	],
	flags: () => [
		new Option('--sandbox', 'the rehearsals alone'),
		new Option('--json', 'one JSON object on stdout'),
		...outFlags(),
	],
	async run(flags, host) {
		return (await import('./list.js')).list(flags, host);
	},
};
