import {join} from 'node:path';
import {commandLine} from '../../engine/command-line.js';
import {type Kept, type Known, type Look, type Stop, textAnswer} from '../../engine/step.js';
import {listAccessKeys} from './access-keys.js';

/** The columns of the console's own CSV file. */
export const columns = ['Access key ID', 'Secret access key'] as const;
/** The answer that the secret is shown once, and kept nowhere. */
export const once = 'once';

/** The file that the secret goes to; null where it is shown once. */
export const placeOf = ({answers}: Known): string | null =>
	answers['secretTo'] === once ? null : textAnswer(answers, 'secretFile');
/** Where the secret of an access key is, in words. */
export function whereIs(id: string, known: Known): string {
	const held = known.delivered.find(it => it.id === id);
	const place = held ? held.place : placeOf(known);
	return place === null ? 'shown once, and stored by you' : `in ${place}`;
}

/**
 * The console's file name in the home folder; with the day in it, and counted, if that name is taken by anything but a
 * live key of this user.
 */
export async function freePlace(look: Look, known: Known): Promise<string> {
	const {homeFolder = '.', today = ''} = known.run;
	const user = textAnswer(known.answers, 'userName');
	const all = ['', `_${today}`, ...Array.from({length: 20}, (_, at) => `_${today}-${at + 2}`)].map(it =>
		join(homeFolder, `${user}_accessKeys${it}.csv`),
	);
	for (const place of all) {
		const there = await look.kept(place, columns, columns[0]);
		if (there.is === 'absent') return place;
		if (there.is === 'row' && (await listAccessKeys(look, user)).some(it => it.id === there.value)) return place;
	}
	return all[0] ?? '';
}

/** Why the secret can't go there, if it can't. */
export function unusable(place: string, there: Kept, known: Known): Stop | undefined {
	const problem = (why: string, code: string): Stop => ({
		is: 'problem',
		what: `The secret can't go to ${place}`,
		why,
		ways: [
			{is: 'answer', says: 'choose another file', field: 'secretFile', flags: '--secret-file FILE'},
			{is: 'by-hand', says: 'mend that'},
		],
		again: commandLine(known.run),
		code,
	});
	if (there.is === 'absent') return there.unwritable && problem(there.unwritable.why, there.unwritable.code);
	if ((there.is === 'empty' || there.is === 'half') && known.claimed.includes(place)) return undefined;
	if (there.is !== 'row') return problem('Something is there already that this setup did not make', 'EEXIST');
	return {
		...problem(`The file holds access key ${there.value}, which this user does not have`, 'EEXIST'),
		mayBeLate: true,
		...(known.delivered.some(it => it.id === there.value && it.place === place) && {
			reopens: ['secretFile', 'secretTo'],
		}),
	};
}
