import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {setup} from '../../steps/index.js';
import {adoptFlag} from '../adopt-flag.js';
import type {Command} from '../command.js';
import {runOf, sharedFlags} from '../course-command.js';

/** Prints what the remaining steps need to be allowed. */
export const permissionsCommand: Command = {
	name: 'permissions',
	says: 'prints the smallest IAM policy (JSON) that the remaining steps need, to send to whoever can grant it',
	course: setup,
	flags: () => [...sharedFlags(), adoptFlag(), ...fieldFlags(fieldsOf(setup, 'nps'))],
	async run(flags, host) {
		await host.lines.foldable();
		return (await import('./needed-policy.js')).permissions(runOf(setup, flags, host), host.endNow);
	},
};
