import {commandLine} from '../../engine/command-line.js';
import type {Facts, Known, Stop} from '../../engine/step.js';
import {disabledSince, lastDone, restsSince} from './standing.js';

type Held = {readonly facts: Facts};
/** Whether the setup is being ended, or was. */
export const isRetiring = ({facts}: Held): boolean =>
	facts.retiring !== undefined && facts.retiring === facts.accessKeyId;
/**
 * Whether it was ended, and nobody has turned that round since; taking it back deletes the access key, and may be cut
 * off after that.
 */
export const isRetired = ({facts: {retired = ''}}: Held): boolean => retired !== '';
/** What has an access key for NPS again is retired no more. */
export const retiredNoMore = (it: Held): Facts => (isRetired(it) ? {retired: ''} : {});

/** How far it is, as the record holds it. */
export const stageInWords = ({facts: {retired = '', retiring = '', backupsUntil = ''}}: Held): string =>
	retired === ''
		? `access key ${retiring} was set Inactive`
		: `retired on ${retired.slice(0, 10)}, its KMS key kept; a backup may need it until ${backupsUntil}`;

/** A set-up that ends is not set going again by the way. */
export const beingRetired = (known: Known): Stop => ({
	is: 'problem',
	what: `Setup ${known.run.setup ?? ''} is being retired`,
	why: `As the record holds it: ${stageInWords(known)}`,
	ways: [
		{is: 'run', says: 'go on with that', command: commandLine(known.run, 'retire')},
		{is: 'run', says: 'turn it round', command: commandLine(known.run, 'retire', ...wayBack(known))},
	],
	code: 'BeingRetired',
});
/** What sets going again all that was switched off; a deleted access key is made anew after it. */
function wayBack(known: Known): readonly string[] {
	const {accessKeyId = '', keyId = ''} = known.facts;
	const rests = restsSince(known, accessKeyId) !== undefined && lastDone(known, `delete-${accessKeyId}`) === undefined;
	return [
		...(rests ? ['--reactivate-access-key', accessKeyId] : []),
		...(rests && disabledSince(known) === undefined ? [] : ['--enable-kms-key', keyId]),
	];
}
