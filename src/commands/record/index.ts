import {Option} from 'commander';
import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {proveAgain, setup} from '../../steps/index.js';
import type {Command} from '../command.js';
import {runOf, sharedFlags} from '../course-command.js';
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
		['nps-kms record --compliance', 'looks at AWS besides: which Security Hub controls hold today'],
	],
	atHome: {label: 'Record', note: 'prints what was changed, for a ticket'},
	course: setup,
	without: ['--plain'],
	flags: () => [
		...sharedFlags(),
		new Option('--compliance', 'look at AWS, and tell which Security Hub controls and CIS sections hold'),
		...outFlags(),
		...fieldFlags(fieldsOf(proveAgain, 'nps')),
	],
	async run(flags, host) {
		mustPrint(flags, true, '');
		const {env, lines, courses} = host;
		const compliance = flags['compliance']
			? await (await import('./compliance.js')).lookAtCompliance(runOf(setup, flags, host), host.endNow)
			: undefined;
		return (await import('./record.js')).record(flags, {env, courses}, lines, compliance);
	},
};
