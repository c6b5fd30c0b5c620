import {commandLine} from '../../engine/command-line.js';
import type {AtHome, Ended, Offer} from '../../engine/course.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {ageInDays, dueDay, dueSoon, stageOf} from '../things/access-key-age.js';

/** What the replacement offers on the first screen: to go on with it, or to begin; first of all once the key is old. */
export function offers({state: {facts, delivered}, now, finished}: AtHome): Offer | undefined {
	if (!finished) return undefined;
	const {replacing, accessKeyId, newAccessKeyId: fresh} = facts;
	const seenAt = delivered.find(it => it.id === fresh)?.seenAt;
	if (replacing !== undefined)
		return {
			label: 'Go on replacing the access key',
			note: 'looks at AWS first, then continues',
			lines: [
				`Access key ${replacing} is being replaced: ${stageOf(facts)}.`,
				...(seenAt === undefined || accessKeyId === fresh
					? []
					: [`NPS used ${fresh ?? ''}: ${timeInWords(new Date(seenAt))}, as AWS shows.`]),
			],
			first: true,
		};
	const from = delivered.find(it => it.id === accessKeyId)?.deliveredAt;
	const days = from === undefined ? 0 : ageInDays(new Date(from), now);
	if (accessKeyId === undefined) return undefined;
	const offer = {
		label: 'Replace the access key',
		note: 'a new one for NPS, then the old one retired',
	};
	if (days < dueSoon) return offer;
	return {
		...offer,
		lines: [
			`Access key ${accessKeyId ?? ''} is ${days} days old; it is to be replaced by ${dueDay(new Date(from ?? ''))}.`,
		],
		first: true,
	};
}

/** How the replacement ended, and where it goes on. */
export const lastWords = ({status, problem, goesOn, known: {run}}: Ended): string =>
	status === 'complete'
		? 'Done. The access key is replaced.'
		: `Saved. Run ${commandLine(run, 'replace-access-key')} to carry on ` +
			`${problem?.is === 'pause' ? 'from here' : goesOn}, today or another day.`;
