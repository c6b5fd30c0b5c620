import {Option} from 'commander';
import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {setup} from '../../steps/index.js';
import type {Command} from '../command.js';
import {runOf, sharedFlags} from '../course-command.js';
import {mustPrint, outFlags} from '../out-file.js';
import {watchedOf, watchFlags} from './watch-flags.js';

/** Tells where each step of a setup stands. */
export const statusCommand: Command = {
	name: 'status',
	says: 'looks at AWS and says of each step whether it is done, to do or changed since; changes nothing',
	examples: [
		['nps-kms status', 'each step, and what differs'],
		['nps-kms status --all', 'every setup of this machine, a line each'],
		['nps-kms status --json', 'the same for a program; exit code 3 if something differs'],
		['nps-kms status --all --monitor', 'one line for a monitoring system, which reads the exit code'],
	],
	ends: {stopped: "nothing differs, but something couldn't be looked at", differs: 'something differs, or is to do'},
	atHome: {label: 'Status', note: 'looks where each step stands, and what differs'},
	course: setup,
	without: ['--plain'],
	flags: () => [
		...sharedFlags(),
		new Option('--all', 'look at every setup of this machine, a line each'),
		...watchFlags(),
		...outFlags(),
		...fieldFlags(fieldsOf(setup, 'nps')),
	],
	async run(flags, host) {
		mustPrint(flags, flags.json === true, 'give --json as well');
		const watched = watchedOf(flags);
		if (watched) {
			const run = runOf(setup, flags, host);
			if (watched.ofAll) (await import('./status-of-all.js')).mustBeOfAll(run, Object.keys(flags));
			return (await import('./watch.js')).watch(run, watched, host);
		}
		await host.lines.foldable();
		if (flags['all']) {
			const {mustBeOfAll, statusOfAll} = await import('./status-of-all.js');
			mustBeOfAll(runOf(setup, flags, host), Object.keys(flags));
			return statusOfAll(runOf(setup, flags, host), host.endNow);
		}
		return (await import('./run-status.js')).status(runOf(setup, flags, host), host.endNow);
	},
};
