import {Option} from 'commander';
import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {usage} from '../../run/usage-error.js';
import {setup} from '../../steps/index.js';
import {adoptFlag} from '../adopt-flag.js';
import type {Command} from '../command.js';
import {runOf, sharedFlags} from '../course-command.js';
import {mustPrint, outFlags} from '../out-file.js';
import {whoLooks} from './who-looks.js';

/** The commands whose policy takes nothing over. */
const looking = Object.keys(whoLooks);
const forFlag = (): Option =>
	new Option('--for <command>', 'the command that it is for').choices(['setup', ...looking]).default('setup');

/** Prints what the remaining steps need to be allowed. */
export const permissionsCommand: Command = {
	name: 'permissions',
	says: 'prints the smallest IAM policy (JSON) that the remaining steps need, to send to whoever can grant it',
	examples: [
		['nps-kms permissions --out policy.json', 'what the rest of the set-up needs, to send to whoever grants it'],
		['nps-kms permissions --setup berlin --profile prod', 'of another setup, in that account'],
		['nps-kms permissions --for status', 'for whoever only watches: it reads, and changes nothing'],
		['nps-kms permissions --for discard', 'for whoever takes the set-up back'],
	],
	course: setup,
	without: ['--plain'],
	flags: () => [...sharedFlags(), forFlag(), adoptFlag(), ...outFlags(), ...fieldFlags(fieldsOf(setup, 'nps'))],
	async run(flags, host) {
		mustPrint(flags, true, '');
		if (looking.includes(String(flags['for'])) && flags.adopt !== undefined)
			throw usage(
				`--adopt doesn't go with --for ${String(flags['for'])}`,
				`${String(flags['for'])} takes nothing over`,
				'Leave one of them out',
			);
		await host.lines.foldable();
		return (await import('./needed-policy.js')).permissions(runOf(setup, flags, host), host.endNow);
	},
};
