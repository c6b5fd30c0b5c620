import type {Scene} from '../src/engine/scene.js';
import type {Confirm} from '../src/engine/step.js';
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

/** The keys that work now. */
export function keysOf(here: Here): readonly Binding[] {
	const {scene, overlay, confirmed, pages, acts} = here;
	if (overlay === 'confirm')
		return [
			...(confirmed
				? [{key: 'return', label: 'apply', run: () => acts.approve(() => acts.event({type: 'approved'}))}]
				: []),
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

const quitBy = (acts: Acts): Binding => ({key: 'q', label: 'save and quit', run: () => acts.event({type: 'quit'})});
const backBy = (acts: Acts): Binding => ({key: 'escape', label: 'back', run: () => acts.event({type: 'back'})});
const openBy = (pages: readonly Drawn[], acts: Acts): readonly Binding[] =>
	pages.map(({key, label}) => ({key, label, run: () => acts.open(key)}));

function ofPage(page: Drawn, acts: Acts): readonly Binding[] {
	const close = (): void => acts.open(undefined);
	return [
		{key: 'y', label: page.key === '?' ? 'copy the links' : 'copy', run: () => acts.copy(page)},
		{key: 'w', label: 'write above, to copy', run: () => acts.write(page.lines)},
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
					{key: 'y', label: 'copy', run: acts.copyNext},
					{
						key: 'w',
						label: 'write above',
						run: () => acts.write(sheet.map(({label, value}) => `${label.padEnd(12)} ${value}`)),
					},
				]
			: [];
	const quit = letters ? quitBy(acts) : {key: '^C', label: 'save and quit', run: acts.leave};
	// Beside the sheet stands what NPS was given.
	const own = form.bindings.map(it => (it.approves ? {...it, run: () => acts.approve(it.run)} : it));
	return [...copies, ...own, ...(step.at > 0 ? [backBy(acts)] : []), quit];
}

function ofReview({scene, pages, acts}: Here): readonly Binding[] {
	const {phase, changes} = scene;
	const must = confirmOf(scene) !== undefined;
	const plan = phase.at === 'review' ? phase.plan : undefined;
	const label = plan?.found?.yes ?? (changes.length === 0 ? 'prove it' : plan?.forecast ? 'go on' : 'apply');
	const yes = (): void => acts.approve(() => (must ? acts.open('confirm') : acts.event({type: 'approved'})));
	const edit: Binding = {key: 'e', run: () => acts.event({type: 'back'})};
	// What it means is part of what is approved.
	const known = scene.tells !== undefined;
	return [
		...(known ? [{key: 'return', label: must ? `${label}, after a word typed` : label, run: yes}] : []),
		...openBy(pages, acts),
		edit,
		backBy(acts),
		quitBy(acts),
	];
}

function ofProblem({scene, pages, acts}: Here): readonly Binding[] {
	const {phase} = scene;
	const ways = phase.at === 'stopped' ? (phase.problem.ways ?? []) : [];
	const field = phase.at === 'stopped' ? phase.problem.field : undefined;
	return [
		...ways.map(
			(way): Binding => ({
				key: way.key,
				label: way.label,
				approves: true,
				run: () => acts.approve(() => acts.event({type: 'way', way})),
			}),
		),
		...(field ? [{key: 'e', label: 'answer otherwise', run: () => acts.event({type: 'back'})}] : []),
		{key: 'r', label: 'try again', run: () => acts.event({type: 'retry'})},
		...openBy(pages, acts),
		backBy(acts),
		quitBy(acts),
	];
}
