import {bodyLines} from '../../components/phase-lines.js';
import {confirmOf} from '../../components/step-bindings.js';
import type {SentCall} from '../../src/engine/apply.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Change} from '../../src/engine/step.js';
import type {Event} from '../../src/engine/wizard.js';
import type {Emulated, Shown} from './emulated.js';

/** What was typed or pasted: when, and which screen stood then. */
type Key = {readonly at: number; readonly text: string; readonly shown: number};
type Line = readonly [string, ...string[]];

const [readable, alone] = [500, 150];
/** One press of Enter, in every form that terminals have for it. */
const enters = ['\r', '\u001B[13u', '\u001BOM'];
const flat = (text: string): string => text.replaceAll(/\s+/g, '');

/** The lines of these screens, each as its words. */
const linesOf = (screens: readonly Shown[]): readonly Line[] => {
	const lines = new Set(screens.flatMap(it => it.text.split('\n').map(line => line.trim())));
	return [...lines].map(it => it.split(/\s+/)).flatMap(([first, ...more]) => (first ? [[first, ...more]] : []));
};
/** Whether a word stood on one of these lines; a long one is cut where lines end, and may go on over several pages. */
const isDrawn = (word: string, lines: readonly Line[]): boolean =>
	lines.some(it => {
		const last = it.at(-1) ?? it[0];
		return it.includes(word) || (word.startsWith(last) && goesOn(word.slice(last.length), lines));
	});
/** Whether lines begin with that: one with all of it, or one that is only a piece of it, and then others. */
const goesOn = (rest: string, lines: readonly Line[]): boolean =>
	lines.some(
		([first, ...more]) =>
			first === rest || (more.length === 0 && rest.startsWith(first) && goesOn(rest.slice(first.length), lines)),
	);

/** Sees what is typed and what is drawn, and says what was approved that shouldn't have been. */
export class Witness {
	readonly wrong: string[] = [];
	approvals = 0;
	changes = 0;
	readonly #keys: Key[] = [];
	#approved: Change[] = [];
	/** The first screen of what is asked now. */
	#since = 0;

	constructor(readonly terminal: Emulated) {}

	typed(text: string): void {
		const last = this.#keys.at(-1);
		const key = {at: this.terminal.now, text, shown: this.terminal.shown.length - 1};
		// A key may come in two pieces.
		const whole = last && key.at - last.at < 50 && enters.includes(last.text + text);
		if (whole) this.#keys.splice(-1, 1, {...key, text: last.text + text});
		else this.#keys.push(key);
	}
	/** Another question is asked from here on. */
	asked(): void {
		// It may look as what stood before.
		this.#since = Math.max(0, this.terminal.shown.length - 1);
	}
	/** The person is said to have answered that. */
	answered(scene: Scene | undefined, event: Event): void {
		if (!scene) return;
		if (event.type === 'approved') {
			this.#approve(scene, enters);
			this.#approved = scene.phase.at === 'review' ? [...scene.phase.plan.changes] : [];
		} else if (event.type === 'way') this.#approve(scene, [event.way.key]);
		else if (event.type === 'submitted' && scene.sheet.length > 0) this.#approve(scene, enters);
	}
	/** The secret that was shown once is said to be stored. */
	stored(): void {
		const key = this.#meant('the secret is stored', ['s']);
		const {shown} = this.terminal;
		const since = shown[key?.shown ?? 0]?.at ?? 0;
		if (key && key.at - since < readable)
			this.wrong.push(`stored after ${key.at - since} ms: ${shown[key.shown]?.text}`);
		// Six lines have room for the first keys only.
		const tells = this.terminal.buffer.cols < 40 || shown[key?.shown ?? 0]?.text.includes('I have stored it');
		if (key && !tells) this.wrong.push('stored unseen');
	}
	/** A change goes out. */
	sent(call: SentCall): void {
		this.changes++;
		const at = this.#approved.findIndex(it => it.call.api === call.api);
		if (at < 0) this.wrong.push(`${call.api} goes out unapproved`);
		else this.#approved.splice(at, 1);
	}

	#approve(scene: Scene, keys: readonly string[]): void {
		this.approvals++;
		const what = `${scene.step.title}, ${scene.phase.at}`;
		const key = this.#meant(what, keys);
		if (!key) return;
		// At the end it is a question that is answered; what NPS is given may stand elsewhere.
		const isForm = scene.phase.at === 'form';
		const lines = isForm
			? ['▸']
			: [...bodyLines(scene, {frame: 0, elapsedMs: 0}).map(it => it.text), confirmOf(scene)?.says ?? ''];
		const {shown} = this.terminal;
		const drawn = linesOf(shown.slice(this.#since, key.shown + 1));
		const unseen = lines
			.join(' ')
			.split(/\s+/)
			.filter(word => word !== '' && !isDrawn(word, drawn));
		if (unseen.length > 0)
			this.wrong.push(`${what}: approved, never drawn: ${unseen.join(' ')}\n${shown[key.shown]?.text}`);
		// Of the screen, what it says: hints and what was said last may come and go.
		const all = flat(lines.join(''));
		const said = (nth: number): string =>
			(shown[nth]?.text ?? '')
				.split('\n')
				.map(flat)
				.filter(it => it !== '' && (isForm ? it.startsWith('▸') : all.includes(it)))
				.join('\n');
		let first = key.shown;
		while (first > this.#since && said(first - 1) === said(key.shown)) first--;
		const stood = key.at - (shown[first]?.at ?? key.at);
		if (stood < readable || said(key.shown) === '')
			this.wrong.push(`${what}: approved after ${stood} ms:\n${shown[key.shown]?.text}`);
	}
	/** The key that was meant, if one was pressed alone. */
	#meant(what: string, keys: readonly string[]): Key | undefined {
		const [before, key] = this.#keys.slice(-2).length === 2 ? this.#keys.slice(-2) : [undefined, this.#keys.at(-1)];
		if (!key || !keys.includes(key.text)) this.wrong.push(`${what}: approved by ${JSON.stringify(key?.text)}`);
		else if (before && key.at - before.at < alone)
			this.wrong.push(`${what}: approved ${key.at - before.at} ms after ${JSON.stringify(before.text)}`);
		else return key;
		return undefined;
	}
}
