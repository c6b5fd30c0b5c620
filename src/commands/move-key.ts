import {Option} from 'commander';
import {moveKey} from '../steps/index.js';
import {courseCommand} from './course-command.js';

/** Moves NPS to the KMS key of another setup. */
export const moveKeyCommand = courseCommand(moveKey, {
	examples: [
		['nps-kms move-key --to-setup berlin', 'asks, and carries on at the next gate each time'],
		['nps-kms move-key --yes --nps-rotated', 'without questions, once SbPAM.RotateAwsKey has run'],
	],
	says: 'guides NPS to another KMS key (another region or account, too), gate by gate; nothing is lost on the way',
	yes: 'ask nothing; waits at each gate unless its flag is given',
	flags: [new Option('--answers <file>', 'answers as a JSON object')],
});
