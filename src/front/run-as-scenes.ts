import {optionsOf} from '../aws/by-hand.js';
import {inputInWords} from '../aws/policy/input-in-words.js';
import {inWords} from '../aws/policy/policy-documents.js';
import {docsPage} from '../aws/rules/regions.js';
import {resolve} from '../engine/apply.js';
import {demandOf} from '../engine/check.js';
import {type Course, risksOf} from '../engine/course.js';
import {defaultAnswers} from '../engine/default-answers.js';
import {formOpened} from '../engine/form-opened.js';
import {eyesWhile} from '../engine/look.js';
import {knownFor, type State} from '../engine/record.js';
import type {Front} from '../engine/run.js';
import type {ChangeScene, CheckScene, FieldScene, Receipt, Scene, Told, WaitScene} from '../engine/scene.js';
import type {Ask, Change, Choice, Facts, Field, Known, Line, Look, Step, ThisRun} from '../engine/step.js';
import type {News} from '../engine/waiting.js';
import type {Event, Wizard} from '../engine/wizard.js';
import {settledFields} from '../run/given-answers.js';
import {factsAt, neededBy} from '../script/printed-steps.js';
import {shellOf} from '../script/shell.js';
import {runWhere, shells} from '../script/shell-lines.js';
import {documentPages} from './document-pages.js';
import {asTheyCome, comingOf} from './fields-to-come.js';
import {shownIn, stillAsked, tidied} from './form-answers.js';

/** One who draws scenes and gets a person's answer to them. */
export type Person = {
	draw(scene: Scene, receipts: readonly Receipt[]): void;
	/** The person's event for the scene drawn last. */
	ask(scene: Scene): Promise<Event>;
	/** Where something can be shown that leaves nothing behind. */
	deliver?: NonNullable<Front['deliver']>;
	secret?: NonNullable<Front['secret']>;
};
type Sources = {
	readonly course: Course;
	readonly look: Look;
	readonly thisRun: ThisRun;
	state(): State;
	banner?(): string | undefined;
	endpoint?(): string | undefined;
	readonly platform?: NodeJS.Platform;
};

/** Turns what a run does into scenes, and a person's answers into its events. Screens and lines share it. */
export class Scenes implements Front {
	#id = 0;
	#scene: Scene | undefined;
	readonly #receipts: Receipt[] = [];
	#changes: readonly Change[] = [];
	#statuses = new Map<string, ChangeScene['status']>();
	#changed: string[] = [];
	#wait: WaitScene | undefined;
	#looked: number | undefined;
	#last: Event['type'] = 'next';
	#checks: readonly CheckScene[] = [];
	readonly deliver?: NonNullable<Front['deliver']>;
	readonly #shell: (typeof shells)[keyof typeof shells];

	constructor(
		readonly from: Sources,
		readonly person: Person,
	) {
		this.#shell = shells[shellOf(from.platform ?? process.platform)];
		if (person.deliver) this.deliver = person.deliver.bind(person);
	}

	async secret(ask: Ask): Promise<string | undefined> {
		return this.person.secret?.(ask);
	}

	/** Draws what the wizard does by itself; forms are drawn when they are asked. */
	show(wizard: Wizard): void {
		const {phase} = wizard;
		this.#wait = undefined;
		this.#looked = undefined;
		if (phase.at === 'form') return;
		if (phase.at === 'review') this.#take([...phase.plan.changes, ...(phase.plan.forecast ?? [])]);
		if (phase.at === 'looking') this.#checks = [];
		if (phase.at === 'review' || phase.at === 'checking')
			this.#checks = (phase.plan.proof?.checks ?? []).map(check => ({check, now: false, passed: 0, of: 0}));
		this.#draw(this.#sceneOf(wizard));
	}

	async decide(wizard: Wizard, step: Step, known: Known): Promise<Event> {
		const event =
			wizard.phase.at === 'form'
				? await this.#form(wizard, step, known)
				: wizard.phase.at === 'done'
					? ({type: 'next'} as const)
					: await this.#ask(wizard, this.#told(wizard, step, known));
		this.#last = event.type;
		return event;
	}

	async #form(wizard: Wizard, step: Step, known: Known): Promise<Event> {
		const {course, look, state} = this.from;
		const back = this.#last === 'back';
		this.#take([]);
		if (!back) this.#changed = [];
		const defaults = await defaultAnswers(step, look, known);
		const all = (step.fields?.(known) ?? []).filter(it => it.asked !== 'by-flag');
		const fields = all.filter(it => it.asked !== 'on-screen' || this.deliver);
		// What can't be done here isn't asked, and its answer is the usual one.
		const usual = Object.fromEntries(
			all.filter(it => !fields.includes(it)).flatMap(it => (it.initial === undefined ? [] : [[it.name, it.initial]])),
		);
		// A step that asks nothing is passed in the direction the person goes.
		if (fields.length === 0) return back && wizard.step > 0 ? {type: 'back'} : {type: 'submitted', answers: {}};
		const done = !fields.some(it => it.settles === 'each-run') && Object.values(state().done).flat().includes(step.id);
		if (done && !back && wizard.step < course.steps.length - 1) return {type: 'submitted', answers: defaults};
		const settled = settledFields(course, state());
		const seen = await shownIn(fields, look, known);
		const answers = {...known.answers, ...defaults, ...usual, ...seen.answers};
		const shut = done && back && wizard.phase.at === 'form' && !wizard.phase.problem;
		// One of several can't be asked before they are known; many of many are looked for while the form is there.
		const listed = (field: Field): Promise<readonly Choice[] | undefined> | undefined =>
			field.kind === 'one' ? field.choices?.(look, known).catch(() => undefined) : undefined;
		let stands = true;
		const eyes = eyesWhile(look, () => stands);
		const scenes = await Promise.all(
			stillAsked(fields, answers, seen.words).map(async (field): Promise<FieldScene> => {
				const choices = await listed(field);
				const {name, settles} = field;
				const shown = seen.words.get(name);
				const kept = settled.has(name) || (shut && settles !== 'never') || shown !== undefined;
				const given = answers[name] !== undefined && kept;
				return {field, settled: given, shown, ...(choices && {choices}), ...(!given && comingOf(field, eyes, known))};
			}),
		);
		const scene: Scene = {...this.#sceneOf(wizard), answers, fields: scenes};
		this.#id = scene.id;
		this.#choices(scene);
		const event = await this.#ask(wizard, scene);
		stands = false;
		return event.type === 'submitted'
			? {...event, answers: tidied(fields, {...defaults, ...usual, ...event.answers})}
			: event;
	}

	/** What can be chosen is looked for while the form is already there; where it can't be looked at, it is typed. */
	#choices(scene: Scene): void {
		asTheyCome(scene.fields, (name, came) => {
			if (this.#scene?.id !== scene.id || this.#scene.phase.at !== 'form') return;
			const fields = this.#scene.fields.map(it => (it.field.name === name ? {...it, ...came} : it));
			this.#draw({...this.#scene, fields});
		});
	}

	/** The scene of a question, with what its plan means once that has been looked for. */
	#told(wizard: Wizard, step: Step, known: Known): Scene {
		const scene = this.#sceneOf(wizard);
		const {phase} = wizard;
		if (phase.at !== 'review' || phase.plan.changes.length === 0 || !step.tells) return scene;
		const now = (): boolean => this.#scene?.id === scene.id;
		const {tells} = step;
		// Only after the question is drawn: eyes close when it isn't there.
		const telling = Promise.resolve()
			.then(() => tells(eyesWhile(this.from.look, now), known, phase.plan))
			.catch((): readonly string[] => []);
		void telling.then(lines => {
			if (now()) this.#draw({...scene, tells: lines});
		});
		return {...scene, tells: undefined, telling};
	}

	async #ask(wizard: Wizard, scene = this.#sceneOf(wizard)): Promise<Event> {
		this.#draw(scene);
		return this.person.ask(scene);
	}

	/** The person wants to leave: that is said at once, though a change that is out is waited for. */
	left(): void {
		if (this.#scene) this.#draw({...this.#scene, leaving: true});
	}

	/** What happens between two questions. */
	hear(news: News): void {
		switch (news.type) {
			case 'step':
				if (news.status === 'applying') this.#take(news.changes);
				else if (news.status !== 'stopped') this.#receipt(news.step, news.says ?? '', news.warns ?? []);
				break;
			case 'change': {
				this.#wait = undefined;
				this.#statuses.set(news.change, news.status);
				const change = this.#changes.find(it => it.id === news.change);
				if (change && news.status === 'done') this.#changed.push(`${change.verb} ${change.subject}`);
				break;
			}
			case 'wait':
			case 'answered':
				this.#wait = news.type === 'wait' ? news : undefined;
				break;
			case 'trying':
				this.#check(news.check, {now: true, passed: news.passed, of: news.of});
				break;
			case 'check':
				this.#check(news.check, {now: false, result: news});
				break;
			case 'progress':
				this.#looked = news.done;
		}
		// A form is the person's: what it looks up for itself doesn't disturb them.
		if (this.#scene && this.#scene.phase.at !== 'form')
			this.#draw({
				...this.#scene,
				changes: this.#changeScenes(this.#scene.facts),
				changed: this.#changed,
				checks: this.#checks,
				wait: this.#wait,
				looked: this.#looked,
			});
	}

	#check(id: string, change: Partial<CheckScene>): void {
		// What else is waited for goes on.
		if (this.#checks.some(it => it.check.id === id && demandOf(it.check) === this.#wait?.for)) this.#wait = undefined;
		this.#checks = this.#checks.map(it => (it.check.id === id ? {...it, ...change} : it));
	}

	#take(changes: readonly Change[]): void {
		this.#changes = changes;
		this.#statuses = new Map();
	}

	#receipt(id: string, says: string, warns: readonly string[]): void {
		const name = this.from.course.steps.find(it => it.id === id)?.name ?? id;
		this.#changed = [];
		// Going over a step again that is as it was adds no line.
		if (this.#receipts.findLast(it => it.name === name)?.says !== says)
			this.#receipts.push({id: this.#receipts.length, name, says, warns});
	}

	#draw(scene: Scene): void {
		this.#scene = scene;
		this.person.draw(scene, [...this.#receipts]);
	}

	#changeScenes(facts: Facts): readonly ChangeScene[] {
		const needed = neededBy(this.#changes, facts);
		const at = factsAt(this.#changes, facts);
		return this.#changes.map((change, nth) => ({
			change,
			words: [...(change.diff ? inWords(change.diff, facts) : []), ...inputInWords(change, facts)],
			command: this.#shell.line(change, at[nth] ?? facts, needed, this.#options(facts)),
			status: this.#statuses.get(change.id) ?? 'to-do',
		}));
	}

	#options(facts: Facts): readonly string[] {
		return optionsOf({...facts, ...this.from.state().answers}, this.from.endpoint?.());
	}

	#sceneOf({phase, step: at, leaving}: Wizard): Scene {
		const {course, thisRun, state} = this.from;
		const step = course.steps[at];
		if (!step) throw new RangeError(`there is no step ${at}`);
		const {title, name, guide} = step;
		const known = knownFor(step.id, state(), thisRun);
		const facts = {
			...known.facts,
			...('plan' in phase ? phase.plan.facts : phase.at === 'applying' ? phase.facts : {}),
		};
		const shows = phase.at === 'form' ? step.shows?.(known) : undefined;
		const told = (it: Line): Told => ({...it, value: String(resolve(it.value, {facts}, false))});
		const more = 'problem' in phase ? phase.problem?.pages : 'plan' in phase ? phase.plan.pages : undefined;
		this.#id += 1;
		return {
			id: this.#id,
			phase,
			banner: this.from.banner?.(),
			leaving: leaving !== undefined,
			answers: known.answers,
			fields: [],
			facts,
			changed: this.#changed,
			risks: phase.at === 'stopped' ? risksOf(course, known) : [],
			...(phase.at === 'stopped' && {
				opens: formOpened(phase.problem, at, course.steps, it => knownFor(it.id, state(), thisRun)).asks,
			}),
			step: {at, last: course.steps.length - 1, title, name, guide: guideIn(guide, facts.partition)},
			done: course.steps.slice(0, at).map(it => it.name),
			changes: this.#changeScenes(facts),
			shell: this.#shell.name,
			...runWhere(thisRun.sandbox === true, facts.account, this.#options(facts), this.#shell),
			checks: this.#checks,
			intro: shows?.intro,
			sheet: (shows?.lines ?? []).map(told),
			found: phase.at === 'review' ? (phase.plan.found?.lines ?? []).map(told) : [],
			pages: [...(phase.at === 'review' ? documentPages(this.#changes, facts) : []), ...(more ?? [])],
			tells: [],
		};
	}
}

/** The guide with the links of the partition at hand. */
const guideIn = (guide: Step['guide'], partition: string | undefined): Step['guide'] => ({
	...guide,
	links: guide.links.map(it => docsPage(it, partition)),
});
