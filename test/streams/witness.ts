import {bodyLines} from '../../components/phase-lines.js';
import {confirmOf} from '../../components/step-bindings.js';
import type {SentCall} from '../../src/engine/apply.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Change} from '../../src/engine/step.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {Event} from '../../src/engine/wizard.js';
import {neverDrawn} from './drawn.js';
import type {Emulated} from './emulated.js';

/** What was typed or pasted: when, and which screen stood then. */
type Key = {readonly at: number; readonly text: string; readonly shown: number};

const [readable, alone] = [500, 150];
/** One press of Enter, in every form that terminals have for it. */
const enters = ['\r', '\u001B[13u', '\u001BOM'];
const flat = (text: string): string => text.replaceAll(/\s+/g, '');

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
		if (key && !shown[key.shown]?.text.includes('I have stored it')) this.wrong.push('stored unseen');
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
		// Beside what NPS is given stands the question whether it was.
		const isForm = scene.phase.at === 'form';
		const ways = scene.phase.at === 'stopped' ? choicesOf(scene.phase.problem) : [];
		const lines = [
			...bodyLines(scene, {frame: 0, elapsedMs: 0}).map(it => it.text),
			isForm ? '▸' : (confirmOf(scene)?.says ?? ''),
			...ways.filter(it => keys.includes(it.key)).map(it => it.label),
		];
		const {shown} = this.terminal;
		const screens = shown.slice(this.#since, key.shown + 1).map(it => it.text);
		const unseen = neverDrawn(lines.join(' '), screens);
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
