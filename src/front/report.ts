import {inputInWords} from '../aws/policy/input-in-words.js';
import {inWords} from '../aws/policy/policy-documents.js';
import {resolve} from '../engine/apply.js';
import {asSimulated} from '../engine/check.js';
import {asciiJson, visible} from '../engine/control-characters.js';
import {type Course, risksOf} from '../engine/course.js';
import type {Ending} from '../engine/ports.js';
import {
	type Change,
	type Checked,
	type Facts,
	type Known,
	type Plan,
	type Problem,
	type Step,
	textAnswer,
} from '../engine/step.js';
import type {News} from '../engine/waiting.js';
import {whatChanged} from '../engine/what-changed.js';
import type {Outlet} from '../run/run.js';
import {isSinceBound} from '../steps/things/proof-from-elsewhere.js';
import {forPrograms, inThreeLines} from './problem-lines.js';

/** The heading of a review that loosens what this setup set. */
const loosening = ({changes}: Plan): string => (changes.some(it => it.loosens) ? ' This loosens.' : '');
const runes = {create: '+', update: '~', delete: '-'} as const;

/** Tells a headless run as it happens: one JSON object a line for programs, and lines for people. */
export class Report {
	readonly #subjects = new Map<string, Change>();
	#changed: string[] = [];
	readonly #inDoubt = new Set<string>();
	readonly #done: string[] = [];
	#lastWait = '';
	#lastReason: string | undefined;
	#everChanged = false;

	constructor(
		readonly course: Course,
		readonly outlet: Outlet,
		readonly facts: () => Facts,
	) {}

	/** A line for people, and no more than one, whoever wrote what stands in it. */
	say(line = ''): void {
		if (this.outlet.json) this.outlet.err(visible(line));
		else this.outlet.out(visible(line));
	}

	/** An object for programs. */
	line(it: Readonly<Record<string, unknown>>): void {
		if (this.outlet.json) this.outlet.out(asciiJson({v: 1, ...it}));
	}

	/** What a step is going to change. */
	planned(step: Step, plan: Plan, facts: Facts): void {
		const {changes, forecast = [], afterwards = [], stays = [], warns = [], proof} = plan;
		this.line({
			type: 'step',
			step: step.id,
			status: 'planned',
			changes: changes.map(it => shown(it, facts)),
			...(stays.length > 0 && {stays}),
		});
		if (changes.length === 0 && proof)
			this.say(
				`${this.heading(step)}. Nothing changes; with the new access key, calls that must work and calls that ` +
					'must be denied:',
			);
		const all = [...changes, ...forecast];
		if (all.length === 0 && stays.length === 0) return;
		const will = `${loosening(plan)}${forecast.length > 0 ? ' The next steps will:' : ' This step will:'}`;
		this.say(`${this.heading(step)}.${all.length === 0 ? '' : will}`);
		for (const it of all) {
			this.say(`  ${runes[it.verb]} ${it.verb} ${it.subject}${it.why ? ` (${it.why})` : ''}`);
			const words = [...(it.diff ? inWords(it.diff, facts) : []), ...inputInWords(it, facts)];
			for (const line of words) this.say(`      ${line}`);
		}
		for (const it of afterwards) this.say(`  · then, in a review of its own: ${it.verb} ${it.subject}`);
		for (const it of stays) this.say(`  = stays ${it.subject}: ${it.why}`);
		for (const it of warns) this.say(`  ! ${it}`);
	}

	heading(step: Step): string {
		const at = this.course.steps.indexOf(step);
		return at === 0 ? step.title : `Step ${at} of ${this.course.steps.length - 1}: ${step.title}`;
	}

	/** What happens while the course runs. */
	hear(news: News): void {
		switch (news.type) {
			case 'step':
				this.#step(news);
				break;
			case 'change':
				this.line({...news});
				this.#change(news);
				break;
			case 'wait':
				this.line({...news});
				if (this.#lastWait !== `${news.for} ${news.why}`)
					this.say(`  … ${news.for}: ${news.why}; waiting at most ${Math.ceil(news.limitMs / 1000)} s`);
				this.#lastWait = `${news.for} ${news.why}`;
				break;
			case 'trying':
			case 'answered':
				break;
			case 'check': {
				const {type, check, expect, got, ok, because} = news;
				this.line({type, check, by: whoTold(news), expect, got, ok, ...(because && {text: because})});
				// One reason for several is said with the first.
				const why = ok === null && because && because !== this.#lastReason ? ` (${because})` : '';
				if (ok === null) this.#lastReason = because;
				const how = ok === null ? `: can't tell${why}` : asSimulated(news);
				this.say(`  ${ok ? '✔' : ok === null ? '?' : '✖'} ${news.says}${how}`);
				break;
			}
			case 'progress':
				if (news.done % 100 === 0) this.say(`  … looked at ${news.done}`);
		}
	}

	#step(news: Extract<News, {type: 'step'}>): void {
		const step = this.course.steps.find(it => it.id === news.step);
		if (news.status === 'applying') {
			for (const it of news.changes) this.#subjects.set(`${news.step} ${it.id}`, it);
			this.line({type: 'step', step: news.step, status: news.status});
			return;
		}
		this.line({type: 'step', step: news.step, status: news.status, ...(news.says && {text: news.says})});
		if (news.status === 'stopped' || !step) return;
		this.say(`✔ ${step.name.padEnd(16)} ${news.says ?? ''}`.trimEnd());
		for (const it of news.warns ?? []) this.say(`  ! ${it}`);
		this.#done.push(step.name);
		this.#changed = [];
		this.#inDoubt.clear();
	}

	#change(news: Extract<News, {type: 'change'}>): void {
		const change = this.#subjects.get(`${news.step} ${news.change}`);
		const subject = change ? `${change.verb} ${change.subject}` : news.change;
		if (news.status === 'unsettled') this.#inDoubt.add(subject);
		else this.#inDoubt.delete(subject);
		if (news.status === 'done') {
			this.#changed.push(subject);
			this.#everChanged = true;
			this.say(`  ${subject} … done`);
		}
		if (news.status === 'refused') this.say(`  ${subject} … refused`);
		if (news.status === 'unsettled') this.say(`  ${subject} … no clear answer`);
	}

	/** Whether this run changed anything. */
	changed(): boolean {
		return this.#everChanged;
	}

	/** A problem in three lines, and what did and did not change. */
	problem(problem: Problem, step?: Step): void {
		for (const line of inThreeLines(problem)) this.outlet.err(line);
		if (!step) {
			this.outlet.err('  Nothing changed.');
			return;
		}
		this.outlet.err(
			`  ${whatChanged({changed: this.#changed, inDoubt: [...this.#inDoubt], done: this.#done}).join(' ')}`,
		);
	}

	/** The sheet of the last step, and what to know of the steps that left something open. */
	sheet(step: Step, known: Known): void {
		const sheet = step.shows?.(known);
		if (!sheet) return;
		this.say();
		for (const it of sheet.inFull) this.say(it);
		for (const it of sheet.lines)
			this.say(`  ${it.label.padEnd(12)} ${String(resolve(it.value, {facts: known.facts}, false))}`);
		this.say();
		for (const it of sheet.warns) this.say(`  ${it}`);
	}

	/** The last line: how it ended, with everything known by then. */
	result(status: string, known: Known, ending?: Ending): void {
		const {step, problem} = ending ?? {};
		const stopped = status === 'stopped' || status === 'paused' || status === 'interrupted';
		const risks = stopped ? risksOf(this.course, known) : [];
		this.line({
			type: 'result',
			status,
			...resultOf(known),
			proven: known.proof?.proven === true && isSinceBound(known.proof, known),
			checks: (known.proof?.checks ?? []).map(it => {
				const {check, expect, got, ok} = it;
				return {check, by: whoTold(it), expect, got, ok};
			}),
			...this.course.results?.(known),
			...(stopped && step && {step: step.id}),
			...(risks.length > 0 && {risks}),
			...(problem && {[problem.is === 'pause' ? 'waitsFor' : 'problem']: forPrograms(problem)}),
		});
	}
}

/** What was never tried with the new credentials is IAM's simulation of it. */
const whoTold = ({by, untried}: Pick<Checked, 'by' | 'untried'>): Checked['by'] | 'simulation' =>
	by === 'new-user' && untried ? 'simulation' : by;
/** A change as programs see it: known facts filled in, the rest by name; documents as the JSON text that AWS gets. */
const shown = ({id, verb, subject, call}: Change, facts: Facts): unknown => ({
	id,
	verb,
	subject,
	call: {api: call.api, input: resolve(call.input, {facts}, false)},
});

function resultOf({facts, answers, delivered, run}: Known): Readonly<Record<string, unknown>> {
	const {account, partition, region, policyArn, userName, userArn, accessKeyId, keyId, keyArn, keyAlias} = facts;
	const held = delivered.find(it => it.id === accessKeyId);
	const secretFile = held
		? held.place
		: facts.secretKnown === 'no' || answers['secretTo'] === 'once'
			? null
			: textAnswer(answers, 'secretFile') || undefined;
	return {
		setup: run.setup,
		account,
		partition,
		region,
		policyArn,
		userName,
		userArn,
		accessKeyId,
		secretFile,
		keyId,
		keyArn,
		alias: keyAlias,
	};
}
