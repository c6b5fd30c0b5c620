import {type Known, type Stop, textAnswer} from '../../engine/step.js';

/** Nobody has said to which setup NPS is moved, or it is there already. */
export const noTarget = (known: Known): Stop => ({
	is: 'pause',
	what: 'Which setup is NPS moved to?',
	why:
		textAnswer(known.answers, 'toSetup') === ''
			? 'It is a setup of its own: another name, another KMS key, in whichever region or account'
			: `NPS uses setup ${known.run.setup ?? ''} now: it can't be moved to the same`,
	ways: [{is: 'answer', says: 'name it', field: 'toSetup', flags: '--to-setup NAME'}],
	code: 'NoTarget',
});
