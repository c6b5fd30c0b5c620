import {Option} from 'commander';
import {replaceAccessKey} from '../steps/index.js';
import {courseCommand} from './course-command.js';

/** Replaces the access key that NPS uses. */
export const replaceAccessKeyCommand = courseCommand(replaceAccessKey, {
	says: 'replaces the access key that NPS uses, in steps that may take days; nothing is retired before NPS has moved',
	yes: 'ask nothing; waits at each gate unless its flag is given',
	flags: [new Option('--answers <file>', 'answers as a JSON object'), new Option('--no-prove', 'leave the proof out')],
});
