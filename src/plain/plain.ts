import {asSimulated, demandOf, inGroups} from '../engine/check.js';
import {keyOf} from '../engine/keys.js';
import {
	type ChangeScene,
	type CheckScene,
	commandsOf,
	newReason,
	type Receipt,
	type Scene,
	standingOf,
} from '../engine/scene.js';
import type {Ask, Confirm, Page, Plan, Problem} from '../engine/step.js';
import {answeredOn, choicesOf, toDo} from '../engine/to-do.js';
import {limitInWords} from '../engine/waiting.js';
import {whatChanged} from '../engine/what-changed.js';
import type {Event} from '../engine/wizard.js';
import {askForm, guideOf, inLines} from './questions.js';
import type {Talk} from './talk.js';

/** One thing to choose by its number, by its key on the screens, or by its label or how that begins. */
type Numbered<T> = {readonly label: string; readonly value: T; readonly key?: string};

/** Asks until one of them is named; no more lines means the last of them. */
export async function askNumber<T>(
	question: string,
	options: readonly Numbered<T>[],
	talk: Talk,
	{initial = 1, approves = false}: {readonly initial?: number; readonly approves?: boolean} = {},
): Promise<T> {
	const told = options.map((it, at) => `${at + 1} ${it.label}`).join(', ');
	for (;;) {
		const line = await talk.ask(`${question} ${told} [${initial}]:`, {approves});
		const chosen =
			line === undefined ? options.at(-1) : named(line === '' ? `${initial}` : line.trim().toLowerCase(), options);
		if (chosen) return chosen.value;
		talk.say(`  Give a number from 1 to ${options.length}, or the word`);
	}
}

/** What a number, a key or a word names; a word only where it begins one label alone. */
function named<T>(line: string, options: readonly Numbered<T>[]): Numbered<T> | undefined {
	const label = (it: Numbered<T>): string => it.label.toLowerCase();
	const begun = line === '' ? [] : options.filter(it => label(it).startsWith(line));
	return (
		options[Number(line) - 1] ??
		options.find(it => it.key === line || label(it) === line) ??
		(begun.length === 1 ? begun[0] : undefined)
	);
}

/** The wizard line by line: nothing is redrawn, nothing moves, every choice has a number. */
export class Plain {
	#step = -1;
	#told = new Map<string, string>();
	#receipts = 0;
	#wait = '';
	#waitTold = 0;
	#leaving = false;

	constructor(readonly talk: Talk) {}

	/** Tells what is new in a scene. */
	draw(scene: Scene, receipts: readonly Receipt[]): void {
		for (const it of receipts.slice(this.#receipts)) {
			this.talk.say(`Done: ${it.name}${it.says ? `: ${it.says}` : ''}.`);
			for (const warn of it.warns) this.talk.say(`  Note: ${warn}`);
		}
		this.#receipts = receipts.length;
		if (scene.phase.at === 'review' || scene.phase.at === 'form') this.#told = new Map();
		if (scene.phase.at === 'checking') for (const it of scene.checks) this.#checked(it, scene.checks);
		if (scene.phase.at === 'applying') for (const it of scene.changes) this.#status(it);
		this.#waiting(scene);
		if (scene.leaving && !this.#leaving && scene.phase.at === 'applying')
			this.talk.say('  Finishing this call, then leaving ...');
		this.#leaving = scene.leaving;
	}

	#status({change, status}: ChangeScene): void {
		if (this.#told.get(change.id) === status || status === 'to-do') return;
		this.#told.set(change.id, status);
		const text = `${change.verb} ${change.subject}`;
		const words = {
			sent: `${text} ...`,
			done: `${text} ... done.`,
			refused: `${text} ... refused.`,
			unsettled: `${text} ... no clear answer.`,
		} as const;
		this.talk.say(`  ${words[status]}`);
	}

	#checked(it: CheckScene, all: readonly CheckScene[]): void {
		const {check, result} = it;
		if (!result || this.#told.has(`check ${check.id}`)) return;
		this.#told.set(`check ${check.id}`, result.got);
		const why = newReason(all, it);
		const got = result.ok === null ? `can't tell${why ? ` (${why})` : ''}` : result.ok ? 'ok' : 'FAILED';
		this.talk.say(`  ${got}: ${demandOf(check)}${result.ok === null ? '' : asSimulated(result)}`);
	}

	#waiting({wait}: Scene): void {
		if (!wait) return;
		const fresh = this.#wait !== `${wait.for} ${wait.why}`;
		// The longer it lasts, the less often it is told: after 10 s, 20 s, 40 s, then every 5 minutes.
		const pause = Math.max(10_000, Math.min(this.#waitTold, 300_000));
		if (!fresh && wait.elapsedMs - this.#waitTold < pause) return;
		this.#wait = `${wait.for} ${wait.why}`;
		this.#waitTold = wait.elapsedMs;
		this.talk.say(
			`  Waiting for ${wait.for}: ${wait.why}, ${Math.round(wait.elapsedMs / 1000)} s of at most ` +
				`${limitInWords(wait.limitMs)}.`,
		);
	}

	/** Asks what the scene asks. */
	async ask(scene: Scene): Promise<Event> {
		const {at, last, title} = scene.step;
		if (this.#step !== at) {
			this.talk.say('');
			this.talk.say(
				`${at === 0 ? title : `Step ${at} of ${last}: ${title}`}.${scene.banner ? ` (${scene.banner}.)` : ''}`,
			);
		}
		this.#step = at;
		switch (scene.phase.at) {
			case 'form':
				return askForm(scene, this.talk);
			case 'review':
				return this.#review(scene, scene.phase.plan);
			case 'stopped':
				return this.#stopped(scene, scene.phase.problem);
			default:
				return {type: 'quit'};
		}
	}

	async #review(scene: Scene, plan: Plan): Promise<Event> {
		const {talk} = this;
		if (plan.found) this.#found(scene);
		else if (scene.changes.length === 0) this.#toCome(scene);
		else await this.#changes(scene, plan);
		for (const it of plan.warns ?? []) talk.say(`  Note: ${it}`);
		const question = plan.found
			? plan.found.question
			: plan.forecast
				? 'Go on?'
				: scene.changes.length === 0
					? 'Prove it?'
					: 'Apply?';
		const pages = pagesOf(scene);
		for (;;) {
			const chosen = await askNumber<Event['type'] | Page>(
				question,
				[
					{label: plan.found?.yes ?? 'yes', value: 'approved', key: keyOf('yes')},
					{label: 'edit or go back', value: 'back', key: keyOf('no')},
					...pages.map(it => ({label: it.label, value: it, key: it.key})),
					{label: 'save and quit', value: 'quit', key: keyOf('quit')},
				],
				talk,
				{approves: true},
			);
			if (chosen === 'back' || chosen === 'quit') return {type: chosen};
			if (typeof chosen === 'object') for (const it of chosen.lines) talk.say(`  ${it}`);
			else if (await this.#confirmed(scene, plan.confirm)) return {type: 'approved'};
			else talk.say("  That isn't the word; nothing has changed.");
		}
	}

	async #changes(scene: Scene, {stays = [], afterwards = [], forecast}: Plan): Promise<void> {
		const {talk} = this;
		if (scene.changes.some(it => it.change.loosens)) talk.say('This loosens.');
		talk.say(`Nothing has changed yet. ${forecast ? 'The next steps' : 'This step'} will:`);
		for (const {change, words} of scene.changes) {
			talk.say(`  ${change.verb} ${change.subject}${change.why ? ` (${change.why})` : ''}`);
			for (const it of words) talk.say(`    ${it}`);
		}
		for (const it of afterwards) talk.say(`  then, in a review of its own: ${it.verb} ${it.subject}`);
		for (const it of stays) talk.say(`  stays: ${it.subject} (${it.why})`);
		for (const it of (await scene.telling) ?? []) talk.say(`  ${it}`);
	}

	#found({found}: Scene): void {
		for (const {label, value, note} of found) this.talk.say(`  ${label}: ${value}${note ? ` (${note})` : ''}`);
	}

	#toCome({checks}: Scene): void {
		const {talk} = this;
		talk.say('Nothing will change. With the new access key, three times in a row each:');
		for (const {heading, says} of inGroups(checks.map(it => it.check))) {
			talk.say(`  ${heading}:`);
			for (const it of says) talk.say(`    ${it}`);
		}
		talk.say(
			`  Calls: ${[...new Set(checks.flatMap(it => it.check.probes.map(probe => probe.call.api)))].join(', ')}.`,
		);
		talk.say('  What must be denied shows up as AccessDenied in CloudTrail.');
	}

	/** A secret typed unseen; no line means that there is none. */
	async secret(ask: Ask): Promise<string | undefined> {
		if (ask.kind === 'visit') {
			this.talk.say('To sign in, open this address in a browser, on this machine or another:');
			this.talk.say(`  ${ask.address}`);
			this.talk.say(`It shows the code ${ask.code}. Confirm it only if it is the same. Waiting until you have.`);
			return new Promise(() => undefined);
		}
		if (ask.kind !== 'secret') return undefined;
		this.talk.say(ask.why);
		return (await this.talk.askUnseen(`${ask.label} (Enter if you don't have it):`)) || undefined;
	}

	/** A removal that needs a word gets it typed. */
	async #confirmed({changes}: Scene, confirm: Confirm | undefined): Promise<boolean> {
		if (confirm)
			return confirm.words.includes(
				(await this.talk.ask(`${confirm.says} Type ${confirm.words[0] ?? ''} to go on:`, {approves: true})) ?? '',
			);
		const word = changes.find(it => it.change.confirm)?.change.confirm;
		return (
			word === undefined ||
			(await this.talk.ask(`This removes ${word} and can't be undone. Type ${word} to go on:`, {approves: true})) ===
				word
		);
	}

	async #stopped(scene: Scene, problem: Problem): Promise<Event> {
		const {what, why, code, is} = problem;
		const {talk} = this;
		for (const it of scene.risks ?? []) talk.say(`Note: ${it}`);
		talk.say(`${is === 'pause' ? 'Waiting' : 'Stopped'}: ${what}${what.endsWith('?') ? '' : '.'}`);
		talk.say(`  ${why}${code ? ` [${code}]` : ''}`);
		talk.say(`  To do: ${toDo(problem, inLines(answeredOn(scene.opens, 'back')))}.`);
		for (const it of whatChanged(standingOf(scene))) talk.say(`  ${it}`);
		const options: Numbered<Event | Page>[] = [
			{label: 'try again', value: {type: 'retry'}, key: keyOf('retry')},
			...choicesOf(problem).map(way => ({label: way.label, value: {type: 'way', way} as const, key: way.key})),
			...pagesOf(scene).map(it => ({label: it.label, value: it, key: it.key})),
			{label: 'back', value: {type: 'back'}, key: keyOf('back')},
			{label: 'save and quit', value: {type: 'quit'}, key: keyOf('quit')},
		];
		for (;;) {
			const chosen = await askNumber('What now?', options, talk, {initial: options.length, approves: true});
			if ('type' in chosen) return chosen;
			for (const it of chosen.lines) talk.say(`  ${it}`);
		}
	}
}

/** All that can be read before an answer. */
const pagesOf = (scene: Scene): readonly Page[] => [
	...(scene.changes.length > 0
		? [{key: keyOf('commands'), label: 'show commands', lines: [...(scene.ahead ?? []), ...commandsOf(scene)]}]
		: []),
	...scene.pages.map(it => ({...it, label: `show ${it.label}`})),
	{key: keyOf('guide'), label: 'guide', lines: guideOf(scene.step.guide)},
];
