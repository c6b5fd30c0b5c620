import {Option} from 'commander';
import {discard} from '../steps/index.js';
import {courseCommand} from './course-command.js';

/** Takes a setup back. */
export const discardCommand = courseCommand(discard, {
	examples: [
		['nps-kms discard', 'asks before anything goes'],
		['nps-kms discard --dry-run', 'what would go, and what would stay'],
	],
	says: 'takes a setup back: removes what it made, after review; keeps what it only took over',
	yes: 'ask nothing; needs --confirm',
	flags: [new Option('--dry-run', 'show what would go and what would stay, and change nothing')],
});
