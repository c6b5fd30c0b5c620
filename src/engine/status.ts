import type {Course} from './course.js';
import {defaultAnswers} from './default-answers.js';
import {halfBlind} from './forecast.js';
import {inDoubt} from './leftovers.js';
import type {Outcome} from './outcome.js';
import {knownFor, type State} from './record.js';
import {
	type Answers,
	type Change,
	type Difference,
	type Facts,
	isProblem,
	type Known,
	type Look,
	type Plan,
	type Problem,
	type Step,
} from './step.js';
import type {ThisRun} from './this-run.js';

/** How one step stands, and what is otherwise than it should be. */
export type StepStatus = {
	readonly step: Step;
	readonly status: 'done' | 'to-do' | 'changed' | 'unknown';
	readonly differences: readonly Difference[];
	/** What others made stricter: no difference that counts. */
	readonly stricter: readonly Difference[];
	/** What is worth knowing: no difference that counts either. */
	readonly remarks: readonly Difference[];
	/** What it came to, and what could not be told. */
	readonly text: string;
};
/** What looking rests on. */
export type Ground = {
	readonly course: Course;
	readonly state: State;
	/** Asks each thing once (`lookOnce`): each step looks twice. */
	readonly look: Look;
	/** Asked for once AWS has answered, so that its clock counts. */
	run(): ThisRun;
	/** Tells a look that failed in words; throws what is a bug. */
	explain(error: unknown): Problem;
};

/**
 * Looks through all steps of a course and tells where each stands. Nothing is changed, and a look that fails leaves the
 * other steps told.
 */
export async function statusOf(ground: Ground): Promise<readonly StepStatus[]> {
	const {course, state} = ground;
	const start = {facts: state.facts, answers: state.answers};
	// What rests on the record alone is asked for at once; the answers wait for the round that puts them in order.
	await Promise.allSettled(course.steps.map(step => stepStatus(step, ground, start)));
	const told: StepStatus[] = [];
	let so: typeof start = start;
	for (const step of course.steps) {
		const {answers, facts, ...status} = await stepStatus(step, ground, so);
		so = {answers, facts: {...so.facts, ...facts}};
		told.push(inTurn(status, told, state.done[course.name] ?? [], state.runs > 0));
	}
	return told;
}

/**
 * A step that nothing speaks against is still to do if it comes after one that is. Without a record, what comes after
 * an unknown step may only seem to differ.
 */
function inTurn(it: StepStatus, before: readonly StepStatus[], done: readonly string[], recorded: boolean): StepStatus {
	const dark = before.find(other => other.status === 'unknown');
	if (dark && !recorded && (it.status === 'to-do' || it.status === 'changed'))
		return {
			...it,
			status: 'unknown',
			differences: [],
			stricter: [],
			remarks: [],
			text: `rests on ${dark.step.name}, which could not be looked at`,
		};
	const waits = it.status === 'done' && !done.includes(it.step.id) && before.some(other => other.status === 'to-do');
	return waits ? {...it, status: 'to-do', text: ''} : it;
}

type Ended = StepStatus & {readonly answers: Answers; readonly facts: Facts};
async function stepStatus(
	step: Step,
	ground: Ground,
	so: {readonly answers: Answers; readonly facts: Facts},
): Promise<Ended> {
	const {state, course, explain} = ground;
	const completed = state.done[course.name]?.includes(step.id) ?? false;
	const knownBy = (more: {readonly answers: Answers; readonly facts: Facts}): Known => ({
		...knownFor(step.id, state, ground.run(), more),
		completed,
	});
	let {answers} = so;
	try {
		const eyes = halfBlind(ground.look, () => so.facts);
		answers = {...answers, ...(await defaultAnswers(step, eyes, knownBy(so)))};
		const known = knownBy({...so, answers});
		const seen = await step.observe(eyes, known);
		const plan = step.plan(seen, known);
		const facts = plan.facts ?? {};
		const after = knownBy({answers, facts: {...so.facts, ...facts}});
		const audits = await Promise.allSettled(
			step.audit?.(
				halfBlind(ground.look, () => after.facts),
				seen,
				after,
			) ?? [],
		);
		const untold = audits.flatMap(it => (it.status === 'rejected' ? [inWords(explain(it.reason))] : []));
		const all = audits.flatMap(it => (it.status === 'fulfilled' ? it.value : []));
		const stricter = all.filter(it => it.is === 'stricter');
		const remarks = all.filter(it => it.is === 'remark');
		const audited = all.filter(it => it.is === undefined);
		const differences = [
			...audited,
			...differencesOf(plan, audited, state.done[course.name] ?? []),
			...openOnes(known),
		];
		const says = isProblem(plan) ? referredTo(plan, course) : plan.changes.length > 0 ? undefined : plan.says;
		const text = [says, step.remark?.(seen, after), ...new Set(untold)]
			.filter(it => it !== undefined && it !== '')
			.join('; ');
		const wrong = completed || (state.runs === 0 && isChanged(plan, audited)) ? 'changed' : 'to-do';
		const status = differences.length > 0 ? wrong : untold.length > 0 ? 'unknown' : 'done';
		return {step, status, differences, stricter, remarks, text, answers, facts};
	} catch (error) {
		const none = {differences: [], stricter: [], remarks: []};
		return {step, status: 'unknown', ...none, text: inWords(explain(error)), answers, facts: {}};
	}
}

/** Without a record nothing was ever completed: what is there and has nothing left to make was changed. */
const isChanged = (plan: Plan | Problem, audited: readonly Difference[]): boolean =>
	audited.length > 0 &&
	audited.every(it => !it.toCome) &&
	(isProblem(plan) || plan.changes.every(change => audited.some(it => covers(it, change.id))));

const covers = (it: Difference, id: string): boolean => it.covers === 'plan' || it.covers?.includes(id) === true;
const referredTo = ({toldBy}: Problem, course: Course): string | undefined => {
	const other = course.steps.find(it => it.id === toldBy);
	return other && `see ${other.name}`;
};
const inWords = ({what, why, code}: Problem): string => `${what}: ${why}${code ? ` [${code}]` : ''}`;

/** What a plan still wants, as differences: what an audit says better apart. */
function differencesOf(
	plan: Plan | Problem,
	audited: readonly Difference[],
	done: readonly string[],
): readonly Difference[] {
	const covered = (id: string): boolean => audited.some(it => covers(it, id));
	if (!isProblem(plan)) return plan.changes.filter(it => !covered(it.id)).map(missing);
	const {what, why, code = 'problem', toldBy} = plan;
	if (covered(code) || (toldBy !== undefined && done.includes(toldBy))) return [];
	return [
		{code: kebab(code), subject: what, expected: 'what this step can go on from', found: why, text: `${what}: ${why}`},
	];
}
const kebab = (code: string): string =>
	code
		.replace(/Exception$/, '')
		.replaceAll(/([a-z])([A-Z])/g, '$1-$2')
		.toLowerCase();

const missing = ({id, verb, subject}: Change): Difference => {
	const [expected, found, word] =
		verb === 'delete' ? ['gone', 'there', 'Still there'] : ['there', 'not there', 'Missing'];
	return {code: id, subject, expected, found, text: `${word}: ${subject}`};
};

/** What was begun and whose answer from AWS isn't known. */
const openOnes = ({past}: Known): readonly Difference[] =>
	past
		.filter((it, at) => !it.outcome && past.findLastIndex(other => other.change.id === it.change.id) === at)
		.map(it => ({
			code: 'open',
			subject: it.change.subject,
			expected: "AWS's answer",
			found: 'none',
			text: `${inDoubt(it)}: the next run looks`,
		}));

/** What it comes to: `differs` if anything is otherwise or to do, `stopped` if only something couldn't be told. */
export function outcomeOf(told: readonly StepStatus[]): Outcome {
	if (told.some(it => it.status === 'changed' || it.status === 'to-do')) return 'differs';
	return told.some(it => it.status === 'unknown') ? 'stopped' : 'done';
}
