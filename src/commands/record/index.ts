import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {proveAgain, setup} from '../../steps/index.js';
import type {Command} from '../command.js';
import {sharedFlags} from '../course-command.js';
import {mustPrint, outFlags} from '../out-file.js';

/** Prints the change record of a setup. */
export const recordCommand: Command = {
	name: 'record',
	says:
		'prints the change record of a setup for a ticket, as Markdown: who, when, each change, checks, what exists, how ' +
		'to take it back',
	examples: [
		['nps-kms record --out change.md', 'the whole record, for the ticket'],
		['nps-kms record --json', 'the same for a program'],
	],
	course: setup,
	without: ['--mfa-code', '--expect-account', '--plain'],
	flags: () => [...sharedFlags(), ...outFlags(), ...fieldFlags(fieldsOf(proveAgain, 'nps'))],
	async run(flags, {env, lines, courses}) {
		mustPrint(flags, true, '');
		return (await import('./record.js')).record(flags, {env, courses}, lines);
	},
};
