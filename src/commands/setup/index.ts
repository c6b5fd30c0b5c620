import {Option} from 'commander';
import {setup} from '../../steps/index.js';
import {adoptFlag} from '../adopt-flag.js';
import type {Command} from '../command.js';
import {courseCommand, runOf} from '../course-command.js';

const course = courseCommand(setup, {
	says: 'the documented set-up; without --yes and --dry-run it asks',
	flags: [
		new Option('--answers <file>', 'answers as a JSON object'),
		new Option('--dry-run', 'show the plan of every remaining step and change nothing'),
		new Option(
			'--print-commands',
			'print the remaining steps as a script for someone else to run; change nothing',
		).conflicts(['dryRun', 'json']),
		new Option('--shell <shell>', 'what the script is for').choices(['bash', 'powershell']).default('bash'),
		new Option('--stop-after <step>', 'finish that step, then stop'),
		adoptFlag(),
		new Option('--recover', "take up the setup of this name that AWS's tags tell of"),
		new Option('--restore <steps>', 'give back what somebody took away since these steps were done, in this run'),
		new Option('--remove-access-key <id>', 'remove this access key of the NPS user'),
		new Option('--no-prove', 'leave the proof out'),
	],
});

/** The vendor's procedure; or the script that does it. */
export const setupCommand: Command = {
	...course,
	async run(flags, host) {
		if (!flags.printCommands) return course.run(flags, host);
		return (await import('./print-commands.js')).printCommands(runOf(setup, flags, host), host.endNow);
	},
};
