import {applyChange, Halted, type Hands, type Refused} from './apply.js';
import type {Course} from './course.js';
import {passingAnswers} from './default-answers.js';
import {factNames} from './facts.js';
import {formOpened} from './form-opened.js';
import {LookAhead} from './look-ahead.js';
import {lookPatiently} from './look-patiently.js';
import {nobodyToSee} from './nobody-to-see.js';
import {holds} from './notes-held.js';
import type {Failure, Front, Ports} from './ports.js';
import type {Choose} from './problem.js';
import {prove} from './proving.js';
import {type Entry, fold, knownFor, type State} from './record.js';
import {notBefore} from './sending.js';
import {
	type Answers,
	type Ask,
	type Change,
	isProblem,
	type Known,
	type Look,
	type Plan,
	type Problem,
	type Step,
} from './step.js';
import type {ThisRun} from './this-run.js';
import {turnedBack} from './turned-back.js';
import {Interrupted} from './waiting.js';
import type {Event, Wizard} from './wizard.js';

/** How often a change that was halted for what another look may find right is looked at again. */
const looks = 3;
/** The effect that belongs to each phase, and the event it comes to. */
export class Effects {
	readonly #doubts = new Map<string, number>();
	readonly #waitedFor = new Set<string>();
	#read: {readonly entries: readonly Entry[]; readonly upTo: number; readonly state: State} | undefined;
	/** How many attempts each step had when the person said to try again. */
	readonly #triedAgain = new Map<string, number>();
	readonly ahead: LookAhead;
	/** Who would make what was approved, looked at beside the look after that. */
	#guarding: Promise<Problem | undefined> | undefined;
	#taken: {readonly change: string; readonly problem: Problem} | undefined;

	constructor(
		readonly course: Course,
		readonly ports: Ports,
		readonly front: Front,
		readonly asking: <T>(ask: Ask, answer: () => Promise<T>) => Promise<T>,
		stopAfter?: string,
	) {
		this.ahead = new LookAhead(course, ports, stopAfter);
	}

	stepOf(wizard: Wizard): Step {
		const step = this.course.steps[wizard.step];
		if (!step) throw new RangeError(`there is no step ${wizard.step}`);
		return step;
	}

	async next(wizard: Wizard, step: Step): Promise<Event> {
		const {phase} = wizard;
		this.ahead.comesTo(wizard);
		try {
			switch (phase.at) {
				case 'looking':
					if (phase.reason === 'applied' && !phase.approved) this.ahead.beside(step, this.#state(), this.#run());
					return await this.#looked(step, phase.reason);
				case 'applying':
					return await this.#apply(step, phase);
				case 'checking':
					return await this.#check(step, phase.plan);
				default:
					return await this.#decided(wizard, step);
			}
		} catch (error) {
			if (error instanceof Interrupted) return {type: 'quit'};
			return {type: 'failed', problem: this.#explain(error, {step, facts: this.#known(step).facts})};
		}
	}

	/** What the record comes to; it is only ever added to, so as long as it is, nothing is read again. */
	#state(): State {
		const entries = this.ports.record.entries();
		if (this.#read?.entries !== entries || this.#read.upTo !== entries.length)
			this.#read = {entries, upTo: entries.length, state: fold(entries)};
		return this.#read.state;
	}

	#run(): ThisRun {
		// A screen may stand open for days: it is as late as it is, not as it was when the run began.
		return {...this.ports.run, now: this.ports.clock.now().at};
	}

	#explain(error: unknown, failure: Omit<Failure, 'run'>): Problem {
		return this.ports.explain(error, {...failure, run: this.#run()});
	}

	#known(step: Step): Known {
		return knownFor(step.id, this.#state(), this.#run());
	}

	async #decided(wizard: Wizard, step: Step): Promise<Event> {
		const event = await this.front.decide(wizard, step, this.#known(step));
		if (event.type === 'approved' && wizard.phase.at === 'review') {
			const {changes, adopts} = wizard.phase.plan;
			await this.ports.record.append({type: 'approved', step: step.id, changes: changes.map(it => it.id)});
			if (adopts) await this.ports.record.append({type: 'adopted', step: step.id, facts: adopts});
		}
		if (event.type === 'submitted') await this.#answered(event.answers, step);
		if (event.type === 'way') await this.#chosen(event.way, step);
		if (event.type === 'retry') this.#triedAgain.set(step.id, this.#known(step).past.length);
		if (event.type === 'back' && wizard.phase.at === 'stopped')
			return this.#backTo(wizard.phase.problem, event, wizard);
		return event;
	}

	/** What a problem is to be answered by may be asked on the form of an earlier step. */
	#backTo(problem: Problem, event: Event & {type: 'back'}, {step: now}: Wizard): Event {
		const {at} = formOpened(problem, now, this.course.steps, it => this.#known(it));
		return at === now ? event : {...event, to: at};
	}

	async #chosen({answers, takesUp}: Choose, step: Step): Promise<void> {
		if (takesUp !== undefined) await this.ports.record.append({type: 'taken-up', setupId: takesUp});
		await this.#answered(answers, step);
	}

	async #answered(answers: Answers, step: Step): Promise<void> {
		const {look, record} = this.ports;
		const {answers: had} = this.#state();
		const fresh = Object.entries(answers).filter(([name, it]) => JSON.stringify(had[name]) !== JSON.stringify(it));
		const once = fresh.filter(([name]) => this.course.once?.includes(name));
		const passing = {
			...Object.fromEntries(once),
			...(await passingAnswers(step, look, this.#known(step), Object.fromEntries(fresh))),
		};
		const kept = fresh.filter(([name]) => passing[name] === undefined);
		if (kept.length > 0) await record.append({type: 'answered', answers: Object.fromEntries(kept)});
		if (Object.keys(passing).length > 0) await record.append({type: 'answered', answers: passing, passing: true});
	}

	/** Once it is approved, it is looked at again, and beside that who would make it. */
	async #looked(step: Step, reason: (Wizard['phase'] & {at: 'looking'})['reason']): Promise<Event> {
		const looking = this.#look(step);
		const guarding = reason === 'approved' ? this.ports.guard() : undefined;
		// What comes of it counts only where it is still the same that would be made.
		guarding?.catch(() => undefined);
		this.#guarding = undefined;
		const event = await looking;
		this.#guarding = guarding;
		return event;
	}

	async #look(step: Step): Promise<Event> {
		const {clock, tell, record} = this.ports;
		const progress: Look['progress'] = (done, of) => tell({type: 'progress', step: step.id, done, ...(of && {of})});
		const plan = await this.ahead.through(look =>
			lookPatiently(step, this.#known(step), {...look, progress}, clock, news => {
				// What is waited for is looked at anew.
				this.ahead.over();
				tell(news);
			}),
		);
		const taken = this.#taken;
		this.#taken = undefined;
		if (isProblem(plan)) {
			const fresh = (plan.reopens ?? []).filter(it => !this.#state().reopened?.includes(it));
			if (fresh.length > 0) await record.append({type: 'answered', answers: {}, reopens: fresh});
			return {type: 'looked', plan};
		}
		if (taken && plan.changes.some(it => it.id === taken.change)) return {type: 'failed', problem: taken.problem};
		const turned = turnedBack(plan, this.#known(step), this.#triedAgain.get(step.id));
		if (turned) return {type: 'failed', problem: turned};
		for (const note of plan.notes ?? []) if (!holds(this.#state(), note)) await record.append(note);
		return {type: 'looked', plan};
	}

	async #apply(step: Step, phase: Wizard['phase'] & {at: 'applying'}): Promise<Event> {
		const {ports, front} = this;
		const [change] = phase.left;
		if (!change) return {type: 'look-again'};
		const {deliver} = front;
		const {keeps} = change;
		if (keeps?.place === null && !deliver) return {type: 'failed', problem: nobodyToSee(ports.run, keeps)};
		if (!phase.guarded) {
			const guarding = this.#guarding ?? ports.guard();
			this.#guarding = undefined;
			const problem = await guarding;
			if (problem) return {type: 'failed', problem};
			ports.tell({type: 'step', step: step.id, status: 'applying', changes: phase.left});
		}
		// What was looked at may not be so any more: after the wait it is looked at again.
		if (!this.#waitedFor.has(change.id) && (await notBefore(step.id, change, ports))) {
			this.#waitedFor.add(change.id);
			return {type: 'doubt'};
		}
		const state = this.#state();
		const facts = {...this.#known(step).facts, ...phase.facts};
		const hands: Hands = {
			...ports,
			append: entry => ports.record.append(entry),
			deliver: (subject, row, revealed) =>
				this.asking({kind: 'deliver', subject, columns: Object.keys(row)}, async () =>
					deliver?.call(front, row, revealed),
				),
		};
		const applied = await applyChange(step.id, change, facts, state.nextId, state.claimed, hands);
		if (applied.is === 'done') return {type: 'changed', change: change.id};
		const failure: Omit<Failure, 'run'> = {
			step,
			change,
			facts: {...facts, ...(applied.is === 'unkept' ? applied.learned : {})},
		};
		if (applied.is === 'refused') return this.#refused(change, applied.error, failure);
		if (applied.is === 'unkept' && applied.error instanceof Interrupted) return {type: 'quit'};
		return applied.is === 'unkept'
			? {type: 'failed', problem: this.#explain(applied.error, {...failure, doubt: true})}
			: this.#doubted(change, applied.error, failure);
	}

	async #refused(change: Change, error: Refused, failure: Omit<Failure, 'run'>): Promise<Event> {
		const problem = this.#explain(error, failure);
		if (error instanceof Halted && error.again && this.#counted(change) < looks) {
			// Whose eyes it would be is asked before anything is looked at.
			const other = await this.ports.guard();
			return other ? {type: 'failed', problem: other} : {type: 'doubt'};
		}
		if (!change.lookAgainOn?.includes(error.code)) return {type: 'failed', problem};
		this.#taken = {change: change.id, problem};
		return {type: 'look-again'};
	}

	/** A lost answer is looked after once; lost again, the person decides. */
	#doubted(change: Change, error: unknown, failure: Omit<Failure, 'run'>): Event {
		const count = this.#counted(change);
		const problem = this.#explain(error, {...failure, doubt: true});
		return count > 1 ? {type: 'failed', problem} : {type: 'doubt'};
	}

	/** How often it went wrong by now. */
	#counted({id}: Change): number {
		const count = (this.#doubts.get(id) ?? 0) + 1;
		this.#doubts.set(id, count);
		return count;
	}

	async #check(step: Step, plan: Plan): Promise<Event> {
		const {ports, front} = this;
		const {proof: asked} = plan;
		if (!asked || asked.checks.length === 0) return this.#complete(step, plan);
		const secret = (ask: Ask): Promise<string | undefined> =>
			this.asking(ask, async () => (await front.secret?.(ask)) || undefined);
		const facts = {...this.#known(step).facts, ...plan.facts};
		const proof = await prove(step.id, asked, facts, {
			...ports,
			append: entry => ports.record.append(entry),
			secret,
		});
		if (proof.problem) return {type: 'failed', problem: proof.problem};
		return this.#complete(step, {...plan, says: proof.says, warns: [...(plan.warns ?? []), ...proof.warns]});
	}

	async #complete(step: Step, plan: Plan): Promise<Event> {
		const {record, tell} = this.ports;
		const {steps, recurs} = this.course;
		const state = this.#state();
		// Where nothing was missing there was nothing to approve: the answer that takes it over is the yes.
		if (plan.adopts) await record.append({type: 'adopted', step: step.id, facts: plan.adopts});
		const facts = plan.facts ?? {};
		const ends = plan.ends ?? (step === steps.at(-1) ? recurs : undefined);
		const fresh =
			plan.ends !== undefined ||
			factNames(facts).some(name => state.facts[name] !== facts[name]) ||
			(plan.left !== undefined && plan.left !== state.left);
		const open = (state.past[step.id] ?? []).some(it => !it.outcome);
		if (fresh || open || !state.done[this.course.name]?.includes(step.id))
			await record.append({
				type: 'completed',
				step: step.id,
				facts,
				...(plan.left && {left: plan.left}),
				...(ends && {ends}),
			});
		if (step === steps[0]) this.ahead.begin(this.#state(), this.#run());
		tell({
			type: 'step',
			step: step.id,
			status: plan.skipped ? 'skipped' : 'done',
			...(plan.says && {says: plan.says}),
			// What was read of later steps is theirs to tell again.
			...(plan.warns && !plan.forecast && {warns: plan.warns}),
		});
		return {type: 'checked'};
	}
}
