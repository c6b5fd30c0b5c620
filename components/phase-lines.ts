import type {Scene, Told} from '../src/engine/scene.js';
import {progressLines, reviewLines, waitLines} from './changes.js';
import {checkLines, checksToCome} from './checks.js';
import {problemLines} from './problem.js';
import type {TextLine} from './text-lines.js';
import {spinner} from './theme.js';

/** What moves while something is under way: the spinner's frame, and for how long it has been. */
export type Motion = {readonly frame: number; readonly elapsedMs: number};

/** What the screen shows of a phase. */
export function bodyLines(scene: Scene, motion: Motion): readonly TextLine[] {
	const {phase, changes, checks, wait, leaving} = scene;
	switch (phase.at) {
		case 'form':
			return [
				...(phase.problem && phase.problem.is !== 'pause'
					? [{text: `   ✖ ${phase.problem.what}: ${phase.problem.why}`, tone: 'bad' as const}]
					: []),
				...sheetLines(scene),
			];
		case 'looking':
			return [
				{text: `   ${turn(motion)} ${lookingWords[phase.reason]} …${looked(scene)}${lasting(motion)}`, tone: 'accent'},
				...waitLines(wait),
			];
		case 'checking':
			return checks.length > 0
				? checkLines(checks, wait, motion.frame)
				: [{text: '   As it should be', tone: 'good'}, ...waitLines(wait)];
		case 'review':
			if (phase.plan.found) return foundLines(scene.found, phase.plan.found.question, phase.plan.warns);
			return changes.length === 0 ? checksToCome(checks) : reviewLines(changes, phase.plan, scene.tells);
		case 'applying':
			return [
				...progressLines(changes, wait, motion.frame),
				...(leaving ? [{text: '   Finishing this call, then leaving …', tone: 'warn' as const}] : []),
			];
		case 'stopped':
			return problemLines(phase.problem, scene);
		case 'asking':
			return [];
		case 'done':
			return [{text: `   ✔ ${phase.plan.says ?? 'Done'}`, tone: 'good'}, ...waitLines(wait)];
	}
}

const lookingWords = {
	review: 'Looking at what is there',
	approved: 'Looking once more before anything changes',
	applied: 'Looking whether it is as it should be',
} as const;
const turn = ({frame}: Motion): string => spinner[frame % spinner.length] ?? '';
const looked = ({looked: count}: Scene): string => (count ? ` ${count} looked at` : '');
const lasting = ({elapsedMs}: Motion): string => (elapsedMs >= 2000 ? ` ${Math.floor(elapsedMs / 1000)} s` : '');

/** What was found, and the question whether that is meant. */
function foundLines(found: readonly Told[], question: string, warns: readonly string[] = []): readonly TextLine[] {
	const wide = Math.max(0, ...found.map(it => it.label.length)) + 3;
	return [
		...found.map(
			({label, value, note}): TextLine => ({text: `   ${label.padEnd(wide)}${value}${note ? `   ${note}` : ''}`}),
		),
		...warns.map((text): TextLine => ({text: `   ! ${text}`, tone: 'warn'})),
		{text: ''},
		{text: `   ${question}`, bold: true},
	];
}

/**
 * The sheet above the last question. An ARN stands on a line of its own under its label, further left only where it
 * would be cut.
 */
const sheetLines = ({sheet, intro = []}: Scene): readonly TextLine[] =>
	sheet.length === 0
		? []
		: [
				...intro.map(text => ({text: `   ${text}`})),
				...sheet.flatMap(({label, value}): readonly TextLine[] =>
					value.startsWith('arn:')
						? [{text: `     ${label}`}, {text: `${' '.repeat(Math.max(0, Math.min(5, 80 - value.length)))}${value}`}]
						: [{text: `     ${label.padEnd(12)} ${value}`}],
				),
			];
/** What stands above a form: where there is no room for all, its heading goes first. */
export const aboveForm = (body: readonly TextLine[], room: number): readonly TextLine[] =>
	body.length > room && body.length > 2 ? body.slice(1, 1 + Math.max(0, room)) : body.slice(0, Math.max(room, 2));
