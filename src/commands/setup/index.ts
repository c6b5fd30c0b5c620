import {Option} from 'commander';
import {shellOf} from '../../script/shell.js';
import {setup} from '../../steps/index.js';
import {adoptFlag} from '../adopt-flag.js';
import type {Command} from '../command.js';
import {courseCommand, runOf} from '../course-command.js';
import {mustPrint, outFlags} from '../out-file.js';

const course = courseCommand(setup, {
	examples: [
		['nps-kms', 'asks step by step, and carries on where it stopped'],
		['nps-kms setup --sandbox', 'the same screens against a stand-in'],
		['nps-kms setup --yes --profile prod --secret-file nps.csv', 'without questions'],
	],
	says: 'the documented set-up; without --yes and --dry-run it asks',
	flags: [
		new Option('--answers <file>', 'answers as a JSON object'),
		new Option('--dry-run', 'show the plan of every remaining step and change nothing'),
		new Option(
			'--print-commands',
			'print the remaining steps as a script for someone else to run; change nothing',
		).conflicts(['dryRun', 'json']),
		new Option('--shell <shell>', 'what the script is for')
			.choices(['bash', 'powershell'])
			.default(shellOf(process.platform)),
		...outFlags(),
		new Option('--stop-after <step>', 'finish that step, then stop')
			.choices(setup.steps.map(it => it.id))
			.argParser(String),
		adoptFlag(),
		new Option('--recover', "take up the setup of this name that AWS's tags tell of"),
		new Option('--restore <steps>', 'give back what somebody took away since these steps were done, in this run'),
		new Option('--remove-access-key <id>', 'remove this access key of the NPS user'),
		new Option('--despite-denials', "go on though IAM's simulator says that a later step is denied"),
		new Option('--no-prove', 'leave the proof out'),
	],
});

/** The vendor's procedure; or the script that does it. */
export const setupCommand: Command = {
	...course,
	async run(flags, host) {
		mustPrint(flags, flags.printCommands === true, 'give --print-commands as well');
		if (!flags.printCommands) return course.run(flags, host);
		return (await import('./print-commands.js')).printCommands(runOf(setup, flags, host), host.endNow);
	},
};
