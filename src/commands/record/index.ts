import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {proveAgain, setup} from '../../steps/index.js';
import type {Command} from '../command.js';
import {sharedFlags} from '../course-command.js';

/** Prints the change record of a setup. */
export const recordCommand: Command = {
	name: 'record',
	says:
		'prints the change record of a setup for a ticket, as Markdown: who, when, each change, checks, what exists, how ' +
		'to take it back',
	course: setup,
	flags: () => [...sharedFlags(), ...fieldFlags(fieldsOf(proveAgain, 'nps'))],
	async run(flags, {env, lines, courses}) {
		return (await import('./record.js')).record(flags, {env, courses}, lines);
	},
};
