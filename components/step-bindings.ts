import {keyOf} from '../src/engine/keys.js';
import type {Scene} from '../src/engine/scene.js';
import type {Confirm} from '../src/engine/step.js';
import {choicesOf, fieldOf} from '../src/engine/to-do.js';
import type {Event} from '../src/engine/wizard.js';
import {type Form, takesText} from './form.js';
import type {Binding} from './keyboard-hints.js';
import type {Drawn} from './pages-by-key.js';

/** What a person can do on a step's screen, besides filling in its form. */
export type Acts = {
	event(event: Event): void;
	/** Does what only somebody may who has read what is on the screen. */
	approve(yes: () => void): void;
	leave(): void;
	/** Opens a page, the typed confirmation, or neither. */
	open(overlay: string | undefined): void;
	/** Copies the text of a page. */
	copy(page: Drawn): void;
	/** Writes a page's lines past the frame, where the terminal keeps them whole. */
	write(lines: readonly string[]): void;
	/** Copies the next value of the sheet. */
	copyNext(): void;
};
type Here = {
	readonly scene: Scene;
	readonly form: Form;
	readonly pages: readonly Drawn[];
	readonly overlay: string | undefined;
	readonly confirmed: boolean;
	readonly acts: Acts;
};

/** The words of which one must be typed before the plan is applied, and what that means. */
export function confirmOf({changes, phase}: Scene): Pick<Confirm, 'words' | 'says'> | undefined {
	if (phase.at === 'review' && phase.plan.confirm) return phase.plan.confirm;
	const word = changes.find(it => it.change.confirm)?.change.confirm;
	return word === undefined ? undefined : {words: [word], says: `This removes ${word}. It can't be undone.`};
}

/** The keys that work before what is told above a form was read: none that fill it in. */
export const readingKeysOf = (here: Here): readonly Binding[] =>
	keysOf({...here, form: {...here.form, bindings: here.form.bindings.filter(it => it.key === '?')}});

/** The keys that work now. */
export function keysOf(here: Here): readonly Binding[] {
	const {scene, overlay, confirmed, pages, acts} = here;
	if (overlay === 'confirm')
		return [
			confirmed ? saysYes('return', 'apply', acts, () => acts.event({type: 'approved'})) : notYet,
			{key: 'escape', label: 'back', run: () => acts.open(undefined)},
			{key: '^C', label: 'save and quit', run: acts.leave},
		];
	const page = pages.find(it => it.key === overlay);
	if (page) return ofPage(page, acts);
	switch (scene.phase.at) {
		case 'form':
			return ofForm(here);
		case 'review':
			return ofReview(here);
		case 'stopped':
			return ofProblem(here);
		case 'asking':
			return [];
		case 'looking':
			return scene.wait
				? [
						{key: keyOf('quit'), label: 'save and quit', run: acts.leave},
						{key: '^C', run: acts.leave},
					]
				: [{key: '^C', label: 'save and quit', run: acts.leave}];
		default:
			return [
				{
					key: '^C',
					label: scene.phase.at === 'applying' ? 'finish this call, save and quit' : 'save and quit',
					run: acts.leave,
				},
			];
	}
}

/** A key that says yes to what is on the screen. */
const saysYes = (key: Binding['key'], label: string, acts: Acts, yes: () => void): Binding => ({
	key,
	label,
	approves: true,
	run: () => acts.approve(yes),
});
/** There will be one: what it is said to is read until then. */
const notYet: Binding = {key: 'return', approves: true, run: () => undefined};
const quitBy = (acts: Acts): Binding => ({
	key: keyOf('quit'),
	label: 'save and quit',
	run: () => acts.event({type: 'quit'}),
});
const backBy = (acts: Acts): Binding => ({key: 'escape', label: 'back', run: () => acts.event({type: 'back'})});
const openBy = (pages: readonly Drawn[], acts: Acts): readonly Binding[] =>
	pages.map(({key, label}) => ({key, label, run: () => acts.open(key)}));

function ofPage(page: Drawn, acts: Acts): readonly Binding[] {
	const close = (): void => acts.open(undefined);
	return [
		{key: keyOf('copy'), label: page.key === keyOf('guide') ? 'copy the links' : 'copy', run: () => acts.copy(page)},
		{key: keyOf('write'), label: 'write above, to copy', run: () => acts.write(page.lines)},
		{key: 'escape', label: 'back', run: close},
		{key: 'return', run: close},
		{key: page.key, run: close},
		quitBy(acts),
	];
}

function ofForm({scene, form, acts}: Here): readonly Binding[] {
	const {sheet, step} = scene;
	const letters = !takesText(form);
	const copies: readonly Binding[] =
		letters && sheet.some(it => it.copy)
			? [
					{key: keyOf('copy'), label: 'copy', run: acts.copyNext},
					{
						key: keyOf('write'),
						label: 'write above',
						run: () => acts.write(sheet.map(({label, value}) => `${label.padEnd(12)} ${value}`)),
					},
				]
			: [];
	const quit: Binding = letters ? quitBy(acts) : {key: '^C', label: 'save and quit', run: acts.leave};
	// Beside the sheet stands what NPS was given.
	const own = form.bindings.map(it => (it.approves ? saysYes(it.key, it.label ?? '', acts, it.run) : it));
	return [...copies, ...own, ...(step.at > 0 ? [backBy(acts)] : []), quit];
}

function ofReview({scene, pages, acts}: Here): readonly Binding[] {
	const {phase, changes} = scene;
	const must = confirmOf(scene) !== undefined;
	const plan = phase.at === 'review' ? phase.plan : undefined;
	const label = plan?.found?.yes ?? (changes.length === 0 ? 'prove it' : plan?.forecast ? 'go on' : 'apply');
	const yes = (): void => (must ? acts.open('confirm') : acts.event({type: 'approved'}));
	const edit: Binding = {key: keyOf('otherwise'), run: () => acts.event({type: 'back'})};
	// What it means is part of what is approved.
	const known = scene.tells !== undefined;
	return [
		known ? saysYes('return', must ? `${label}, after a word typed` : label, acts, yes) : notYet,
		...openBy(pages, acts),
		edit,
		backBy(acts),
		quitBy(acts),
	];
}

function ofProblem({scene, pages, acts}: Here): readonly Binding[] {
	const {phase} = scene;
	const ways = phase.at === 'stopped' ? choicesOf(phase.problem) : [];
	const field = phase.at === 'stopped' ? fieldOf(phase.problem) : undefined;
	return [
		...ways.map(way => saysYes(way.key, way.label, acts, () => acts.event({type: 'way', way}))),
		...(field ? [{key: keyOf('otherwise'), label: 'answer otherwise', run: () => acts.event({type: 'back'})}] : []),
		{key: keyOf('retry'), label: 'try again', run: () => acts.event({type: 'retry'})},
		...openBy(pages, acts),
		backBy(acts),
		quitBy(acts),
	];
}
