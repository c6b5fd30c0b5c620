import {commandLine} from '../../engine/command-line.js';
import type {AtHome, Course, Ended, Offer} from '../../engine/course.js';
import {connect} from '../connect.js';
import {removeAccessKey, restAccessKey} from './access-key.js';
import {backups} from './backups.js';
import {disableKmsKey, watchKmsKey} from './kms-key.js';
import {isRetiring, stageInWords} from './stage.js';
import {unused} from './unused.js';

/** Ends a set-up that NPS used, in stages over weeks; each can be turned round. */
export const retire: Course = {
	name: 'retire',
	steps: [connect, backups, unused, restAccessKey, removeAccessKey, disableKmsKey, watchKmsKey],
	confirms: [
		{flag: 'confirm-account', takes: 'id', says: 'the account of the setup that ends'},
		{flag: 'confirm-alias', takes: 'alias', says: 'the alias of its KMS key'},
	],
	offers,
	lastWords,
};

/** What the retirement offers on the first screen: to go on with one that was begun. */
function offers({state, finished}: AtHome): Offer | undefined {
	if (!finished || !isRetiring(state)) return undefined;
	return {
		label: 'Go on retiring it',
		note: 'looks at AWS first, then continues',
		lines: [`It is being retired: ${stageInWords(state)}.`],
		first: true,
	};
}
/** How a run ended, and where the next one goes on. */
function lastWords({status, problem, goesOn, known: {run}}: Ended): string {
	if (status === 'complete') return `Done. Setup ${run.setup ?? ''} is retired: its KMS key is Disabled, and kept.`;
	return (
		`Saved. Run ${commandLine(run, 'retire')} to carry on ` +
		`${problem?.is === 'pause' ? 'from here' : goesOn}, today or another day.`
	);
}
