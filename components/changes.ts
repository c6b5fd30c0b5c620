import type {ChangeScene, WaitScene} from '../src/engine/scene.js';
import type {Plan} from '../src/engine/step.js';
import {limitInWords} from '../src/engine/waiting.js';
import type {TextLine} from './text-lines.js';
import {runes, spinner, type Tone} from './theme.js';

const toneOf: Readonly<Record<keyof typeof runes, Tone>> = {create: 'good', update: 'warn', delete: 'bad'};

/** What a step will change, to be read before it does: every change first, then their documents. */
export function reviewLines(
	changes: readonly ChangeScene[],
	{warns = [], stays = [], afterwards = [], forecast}: Plan,
	tells: readonly string[] | undefined,
): readonly TextLine[] {
	const documents = changes
		.filter(it => it.words.length > 0)
		.flatMap(({change, words}): TextLine[] => [
			...(changes.length > 1 ? [{text: `   ${change.subject}:`}] : []),
			...words.map(text => ({
				text: `       ${text}`,
				tone: text.startsWith('- ') ? ('bad' as const) : text.startsWith('+ ') ? ('good' as const) : undefined,
			})),
		]);
	const known: readonly TextLine[] = [
		...(tells ?? ['Looking what that means …']).map(
			(text): TextLine => ({text: `   ${text}`, tone: tells ? undefined : 'dim'}),
		),
		...warns.map((text): TextLine => ({text: `   ! ${text}`, tone: 'warn'})),
	];
	return [
		...(changes.some(it => it.change.loosens) ? [{text: '   This loosens', tone: 'warn' as const}] : []),
		{text: `   Nothing has changed yet. ${forecast ? 'The next steps' : 'This step'} will:`},
		...changes.map(
			({change}): TextLine => ({
				text: `   ${runes[change.verb]} ${change.verb} ${change.subject}${change.why ? ` (${change.why})` : ''}`,
				tone: toneOf[change.verb],
			}),
		),
		...afterwards.map(
			({verb, subject}): TextLine => ({text: `   · then, in a review of its own: ${verb} ${subject}`, tone: 'dim'}),
		),
		...stays.map(({subject, why}): TextLine => ({text: `   = stays ${subject}: ${why}`, tone: 'dim'})),
		...(changes.length > 1 ? [...known, ...documents] : [...documents, ...known]),
	];
}

/** How far the changes are, with the wait under way. */
export function progressLines(
	changes: readonly ChangeScene[],
	wait: WaitScene | undefined,
	frame: number,
): readonly TextLine[] {
	// Before the first call goes out, it is looked who makes it.
	const before = changes.every(it => it.status !== 'sent') ? waitLines(wait) : [];
	const lines = changes.flatMap(({change, status}): TextLine[] => {
		const text = `${change.verb} ${change.subject}`;
		switch (status) {
			case 'done':
				return [{text: `   ✔ ${text}`, tone: 'good'}];
			case 'refused':
				return [{text: `   ✖ ${text}: refused`, tone: 'bad'}];
			case 'unsettled':
				return [{text: `   ? ${text}: no clear answer`, tone: 'warn'}];
			case 'sent':
				return [{text: `   ${spinner[frame % spinner.length] ?? ''} ${text}`, tone: 'accent'}, ...waitLines(wait)];
			case 'to-do':
				return [{text: `   · ${text}`, tone: 'dim'}];
		}
	});
	return [...lines, ...before];
}

/** What is waited for, why, and for how long at most. */
export const waitLines = (wait: WaitScene | undefined): readonly TextLine[] =>
	wait
		? [
				{text: `     waiting: ${wait.why}`, tone: 'dim'},
				{
					text: `     ${Math.round(wait.elapsedMs / 1000)} s of at most ${limitInWords(wait.limitMs)}`,
					tone: 'dim',
				},
			]
		: [];
