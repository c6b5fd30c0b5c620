import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {setup} from '../../steps/index.js';
import type {Command} from '../command.js';
import {runOf, sharedFlags} from '../course-command.js';

/** Tells where each step of a setup stands. */
export const statusCommand: Command = {
	name: 'status',
	says: 'looks at AWS and says of each step whether it is done, to do or changed since; changes nothing',
	course: setup,
	flags: () => [...sharedFlags(), ...fieldFlags(fieldsOf(setup, 'nps'))],
	async run(flags, host) {
		await host.lines.foldable();
		return (await import('./run-status.js')).status(runOf(setup, flags, host), host.endNow);
	},
};
