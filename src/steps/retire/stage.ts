import {commandLine} from '../../engine/command-line.js';
import type {Facts, Known, Stop} from '../../engine/step.js';

type Held = {readonly facts: Facts};
/** Whether the setup is being ended, or was. */
export const isRetiring = ({facts}: Held): boolean =>
	facts.retiring !== undefined && facts.retiring === facts.accessKeyId;
/** Whether it was ended, and nobody has turned that round since. */
export const isRetired = (it: Held): boolean => isRetiring(it) && it.facts.retired !== undefined;

/** How far it is, as the record holds it. */
export const stageInWords = ({facts: {retired, retiring = '', backupsUntil = ''}}: Held): string =>
	retired === undefined
		? `access key ${retiring} was set Inactive`
		: `retired on ${retired.slice(0, 10)}, its KMS key kept; a backup may need it until ${backupsUntil}`;

/** A set-up that ends is not set going again by the way. */
export const beingRetired = ({facts: held, run}: Known): Stop => ({
	is: 'problem',
	what: `Setup ${run.setup ?? ''} is being retired`,
	why: `As the record holds it: ${stageInWords({facts: held})}`,
	ways: [
		{is: 'run', says: 'go on with that', command: commandLine(run, 'retire')},
		{
			is: 'run',
			says: 'or turn it round',
			command: commandLine(run, 'retire', `--enable-kms-key ${held.keyId ?? ''}`),
		},
	],
	code: 'BeingRetired',
});
