import {temporaryRefusals} from '../aws/problems/temporary-refusals.js';
import type {Change, Wait} from '../engine/step.js';
import type {Procedure} from './printed-steps.js';
import {escaped} from './shell-words.js';

/** What a script is made for, and how to go on after it. */
export type Occasion = {
	readonly setup: string;
	readonly setupId: string;
	readonly account: string;
	readonly region: string;
	/** What must be seen wherever something shows itself: that it isn't AWS that was talked to. */
	readonly banner?: string | undefined;
	readonly version: string;
	readonly on: string;
	/** The command that carries on, and the machine that holds the record. */
	readonly next: string;
	readonly host: string;
};

const runes = {create: '+', update: '~', delete: '-'} as const;
/** A change in words, without what isn't plain to see. */
export const toldOf = ({verb, subject}: Change): string => escaped(`${verb} ${subject}`);

/** What a script says before it does anything. */
export function announcement({steps, left}: Procedure): readonly string[] {
	const lines = steps.flatMap(({title, changes, warns}) => [
		title,
		...changes.flatMap(({change, words}) => [
			`  ${runes[change.verb]} ${toldOf(change)}${change.why ? ` (${change.why})` : ''}`,
			...words.map(it => `      ${it}`),
		]),
		...warns.map(it => `  ! ${it}`),
	]);
	return [
		...(lines.length > 0 ? lines : ['Nothing is left to change.']),
		...left.map(it => `Left to nps-kms: ${it}`),
	].map(it => escaped(it));
}

/** What is said at the end, and when a script is stopped: how to go on. */
export const onward = ({next, host, setupId}: Occasion, {places}: Procedure): readonly string[] =>
	[
		`To go on, on ${host}: ${next}`,
		`It finds what is made by the tag nps-kms:id ${setupId}, makes nothing twice, and tries the new credentials.`,
		...(Object.keys(places).length > 0
			? ["If a secret's file isn't on that machine, take it there and name it with --secret-file."]
			: []),
	].map(it => escaped(it));

/** Refusals that pass, as one pattern for the CLI's words: An error occurred (Code) when calling … */
export const patternOf = (waits: readonly Wait[]): string =>
	[...new Set(waits.map(it => it.says))]
		.map(says => {
			const codes = waits.filter(it => it.says === says).map(it => it.code);
			return `\\((${codes.join('|')})\\)${says ? `.*${says}` : ''}`;
		})
		.join('|');
export const temporaryPattern = patternOf(temporaryRefusals);
/** AWS's answers that are no refusals: what failed on its side may have been done. */
export const unclearPattern =
	'\\((5[0-9][0-9]|[A-Za-z]*Internal[A-Za-z]*|[A-Za-z]*Unavailable[A-Za-z]*|ServiceFailure|DependencyTimeout[A-Za-z]*)\\)';

/** A change's own waits, by how long they are worth it. */
export function waitsOf({
	waits = [],
}: Change): readonly {readonly atMost: number; readonly pattern: string; readonly why: string}[] {
	return [...new Set(waits.map(it => it.atMost))].map(atMost => {
		const group = waits.filter(it => it.atMost === atMost);
		return {atMost, pattern: patternOf(group), why: [...new Set(group.map(it => it.why))].join('; ')};
	});
}
