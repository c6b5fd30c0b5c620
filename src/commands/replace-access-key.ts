import {Option} from 'commander';
import {replaceAccessKey} from '../steps/index.js';
import {courseCommand} from './course-command.js';

/** Replaces the access key that NPS uses. */
export const replaceAccessKeyCommand = courseCommand(replaceAccessKey, {
	examples: [
		['nps-kms replace-access-key', 'asks, and carries on at the next gate each time'],
		['nps-kms replace-access-key --yes --nps-rotated', 'without questions, once NPS has moved'],
	],
	says: 'replaces the access key that NPS uses, in steps that may take days; nothing is retired before NPS has moved',
	yes: 'ask nothing; waits at each gate unless its flag is given',
	flags: [new Option('--answers <file>', 'answers as a JSON object'), new Option('--no-prove', 'leave the proof out')],
});
