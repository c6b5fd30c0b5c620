import type {Course} from '../../engine/course.js';
import {historyOf} from '../../engine/history.js';
import type {Entry} from '../../engine/record.js';
import type {Answer} from '../../engine/step.js';
import {everyField} from '../../run/given-answers.js';

/** What a run of a course that takes weeks wrote down: what was said, got past, was changed, and is waited for. */
export type Told = {readonly at: string} & (
	| {readonly is: 'said'; readonly field: string; readonly label: string; readonly answer: Answer}
	| {readonly is: 'passed'; readonly step: string; readonly title: string}
	/** A round ended before its last step: what follows is another. */
	| {readonly is: 'over'}
	/** `change` counts as the list of all changes does, from one. */
	| {readonly is: 'changed'; readonly change: number; readonly verb: string; readonly subject: string}
	| {readonly is: 'waits'; readonly status: string; readonly why: string}
);
/** One such run; `run` counts as the list of all runs does, from one. By whom is known once AWS was asked that. */
export type ToldRun = {
	readonly run: number;
	readonly course: string;
	readonly at: string;
	readonly by?: string;
	readonly told: readonly Told[];
};

/** What the runs of a course tell, in their order; what the one before told already is left out. */
export function toldOf(entries: readonly Entry[], course: Course): readonly ToldRun[] {
	const teller = new Teller(course, entries);
	let by: string | undefined;
	let changes = 0;
	return runsIn(entries).flatMap(({at, name, all}, index) => {
		by = all.flatMap(it => callerIn(it) ?? []).at(-1) ?? by;
		const told = all.flatMap(it => {
			if (it.type === 'intent') changes++;
			return name === course.name ? teller.tell(it, changes) : [];
		});
		const asked = all.some(it => it.type === 'completed' || it.type === 'intent' || isPaused(it));
		return told.length > 0 ? [{run: index + 1, course: name, at, ...(by !== undefined && asked && {by}), told}] : [];
	});
}
const isPaused = (it: Entry): boolean => it.type === 'ended' && /^(paused|complete)$/.test(it.status);

type Run = {readonly at: string; readonly name: string; readonly all: Entry[]};
function runsIn(entries: readonly Entry[]): readonly Run[] {
	const runs: Run[] = [];
	for (const it of entries)
		if (it.type === 'started') runs.push({at: it.at, name: it.course, all: []});
		else runs.at(-1)?.all.push(it);
	return runs;
}
/** The first step writes down who it is whenever that is another. */
const callerIn = (it: Entry): string | undefined =>
	it.type === 'connected' ? it.caller : it.type === 'completed' ? it.facts.caller : undefined;

/** Tells each thing once, until it is otherwise. */
class Teller {
	readonly #fields;
	readonly #steps;
	readonly #done;
	readonly #had = new Map<string, string>();

	constructor(course: Course, entries: readonly Entry[]) {
		const {changes} = historyOf(entries);
		this.#done = new Set(changes.flatMap(({outcome}, at) => (/^(done|found)$/.test(outcome) ? [at + 1] : [])));
		// What names a thing by its id is told by the change that it leads to.
		const fields = everyField(course, 'nps').filter(it => it.kind !== 'text' || it.asked !== 'by-flag');
		this.#fields = new Map(fields.map(it => [it.name, it]));
		this.#steps = new Map(course.steps.slice(1).map(it => [it.id, it.title]));
	}

	tell(it: Entry, change: number): readonly Told[] {
		const {at} = it;
		switch (it.type) {
			case 'answered':
				return Object.entries(it.answers).flatMap(([field, answer]): readonly Told[] => {
					const label = this.#fields.get(field)?.label;
					const isNew = label !== undefined && this.#isNew(field, answer);
					return isNew && answer !== '' && answer !== false ? [{is: 'said', at, field, label, answer}] : [];
				});
			case 'completed': {
				const title = this.#steps.get(it.step);
				if (it.ends && title !== undefined) {
					this.#had.clear();
					return [{is: 'over', at}];
				}
				const {silentUntil: _moves, ...facts} = it.facts;
				return title !== undefined && this.#isNew(it.step, facts) ? [{is: 'passed', at, step: it.step, title}] : [];
			}
			case 'intent': {
				if (!this.#done.has(change)) return [];
				// Whatever was got past before is got past anew.
				for (const step of this.#steps.keys()) this.#had.delete(step);
				const {verb, subject, record} = it.change;
				for (const field of record?.asksAnew ?? []) this.#had.delete(field);
				return [{is: 'changed', at, change, verb, subject}];
			}
			case 'ended': {
				const {status, why} = it;
				return why !== undefined && this.#isNew('', why) ? [{is: 'waits', at, status, why}] : [];
			}
			default:
				return [];
		}
	}
	#isNew(what: string, it: unknown): boolean {
		const text = JSON.stringify(it);
		const had = this.#had.get(what);
		this.#had.set(what, text);
		return had !== text;
	}
}

const waits: Readonly<Record<string, string>> = {paused: 'waits', interrupted: 'left'};
/** The same for people. */
export function toldInWords(it: Told): string {
	switch (it.is) {
		case 'said': {
			const colon = it.label.endsWith('?') ? '' : ':';
			return `answered: ${it.label}${colon} ${it.answer === true ? 'yes' : String(it.answer)}`;
		}
		case 'passed':
			return `passed: ${it.title}`;
		case 'over':
			return 'over: NPS went back';
		case 'changed':
			return `${it.verb} ${it.subject} (change ${it.change})`;
		default:
			return `${waits[it.status] ?? it.status}: ${it.why}`;
	}
}
