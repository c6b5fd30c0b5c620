import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {keyOf} from '../../src/engine/keys.js';
import type {Ask, Change, Plan, Problem} from '../../src/engine/step.js';
import {begin, type Event, type Phase, sameChanges, transition, type Wizard} from '../../src/engine/wizard.js';
import {change} from './samples.js';

const [one, two] = [change('one'), change('two')];
const problem: Problem = {is: 'problem', what: 'it is so', why: 'because', todo: 'mend it'};
const nothing: Plan = {changes: []};
const plan: Plan = {changes: [one, two], facts: {userName: 'b'}};
const looking = (approved?: readonly Change[]): Phase =>
	approved ? {at: 'looking', reason: 'approved', approved} : {at: 'looking', reason: 'review'};
const applying = (left: readonly Change[], guarded = false): Phase => ({
	at: 'applying',
	left,
	all: plan.changes,
	facts: plan.facts,
	guarded,
});
const stopped: Phase = {at: 'stopped', problem};
const ask: Ask = {kind: 'secret', label: 'Secret', why: 'it is needed'};
const toProve: Plan = {
	changes: [],
	proof: {
		...{id: 'AKIA1', about: 'arn:k', place: null, columns: ['Id', 'Secret'], secret: 'secret'},
		checks: [
			{
				id: 'identity',
				says: 'is the new user',
				by: 'new-user',
				expect: 'allowed',
				probes: [],
				ways: [{is: 'none', says: 'see'}],
			},
		],
	},
};
const toTakeBack: Plan = {changes: [], forecast: [one]};
const toConfirm: Plan = {changes: [], found: {lines: [], question: 'Is it this one?', yes: 'yes'}};
const asking = (during: Phase): Phase => ({at: 'asking', ask, during});
const at = (phase: Phase, more: Partial<Wizard> = {}): Wizard => ({step: 1, of: 3, phase, ...more});

describe('an event leads from phase to phase', () => {
	const table: readonly (readonly [string, Phase, Event, Phase])[] = [
		['submitting a form looks', {at: 'form'}, {type: 'submitted', answers: {}}, looking()],
		['a problem found by looking stops', looking(), {type: 'looked', plan: problem}, stopped],
		['nothing missing goes to the checks', looking(), {type: 'looked', plan: nothing}, {at: 'checking', plan: nothing}],
		['something missing is reviewed', looking(), {type: 'looked', plan}, {at: 'review', plan}],
		['a failed look stops', looking(), {type: 'failed', problem}, stopped],
		['a yes looks again before anything changes', {at: 'review', plan}, {type: 'approved'}, looking(plan.changes)],
		['back from the review leads to the form', {at: 'review', plan}, {type: 'back'}, {at: 'form'}],
		[
			'what was approved is applied if it is still what is missing',
			looking(plan.changes),
			{type: 'looked', plan},
			applying(plan.changes),
		],
		['what was not approved is reviewed again', looking([one]), {type: 'looked', plan}, {at: 'review', plan}],
		[
			'less than what was approved is reviewed again',
			looking(plan.changes),
			{type: 'looked', plan: {changes: [one]}},
			{at: 'review', plan: {changes: [one]}},
		],
		[
			'a change done leaves the next, with the caller known',
			applying([one, two]),
			{type: 'changed', change: 'one'},
			applying([two], true),
		],
		[
			'the last change done looks again',
			applying([two]),
			{type: 'changed', change: 'two'},
			{at: 'looking', reason: 'applied'},
		],
		[
			'doubt looks, and what is left stays approved',
			applying([two]),
			{type: 'doubt'},
			{at: 'looking', reason: 'applied', approved: [two]},
		],
		[
			'a name found taken looks, and nothing stays approved',
			applying([two]),
			{type: 'look-again'},
			{at: 'looking', reason: 'applied'},
		],
		['a failed change stops', applying([two]), {type: 'failed', problem}, stopped],
		['checks are read before they are made', looking(), {type: 'looked', plan: toProve}, {at: 'review', plan: toProve}],
		[
			'checks that were read are made',
			{at: 'review', plan: toProve},
			{type: 'approved'},
			{at: 'checking', plan: toProve},
		],
		[
			'what later steps will change is read first',
			looking(),
			{type: 'looked', plan: toTakeBack},
			{at: 'review', plan: toTakeBack},
		],
		[
			'what was read of later steps goes on to them',
			{at: 'review', plan: toTakeBack},
			{type: 'approved'},
			{at: 'checking', plan: toTakeBack},
		],
		[
			'what was found is confirmed before it counts',
			looking(),
			{type: 'looked', plan: toConfirm},
			{at: 'review', plan: toConfirm},
		],
		[
			'what was confirmed goes to the checks',
			{at: 'review', plan: toConfirm},
			{type: 'approved'},
			{at: 'checking', plan: toConfirm},
		],
		['what was not confirmed leads back to the form', {at: 'review', plan: toConfirm}, {type: 'back'}, {at: 'form'}],
		['a change may ask something', applying([one]), {type: 'asked', ask}, asking(applying([one]))],
		['what was asked, answered, goes on where it was', asking(applying([one])), {type: 'answered'}, applying([one])],
		[
			'checks may ask something',
			{at: 'checking', plan: toProve},
			{type: 'asked', ask},
			asking({at: 'checking', plan: toProve}),
		],
		['trouble while asking stops', asking(applying([one])), {type: 'failed', problem}, stopped],
		['a look may ask something, such as an MFA code', looking(), {type: 'asked', ask}, asking(looking())],
		['while a form is open nothing else is asked', {at: 'form'}, {type: 'asked', ask}, {at: 'form'}],
		['nor while a review is read', {at: 'review', plan}, {type: 'asked', ask}, {at: 'review', plan}],
		['checks passed is done', {at: 'checking', plan}, {type: 'checked'}, {at: 'done', plan}],
		['a failed check stops', {at: 'checking', plan}, {type: 'checked', problem}, stopped],
		['trying again looks', stopped, {type: 'retry'}, looking()],
		[
			'a way out looks',
			stopped,
			{type: 'way', way: {is: 'choose', key: keyOf('adopt'), label: 'adopt', answers: {}}},
			looking(),
		],
		['back from a problem leads to the form with it', stopped, {type: 'back'}, {at: 'form', problem}],
		['back from a done step leads to its form', {at: 'done', plan}, {type: 'back'}, {at: 'form'}],
		['what makes no sense leads nowhere', {at: 'form'}, {type: 'approved'}, {at: 'form'}],
		['a second yes while looking leads nowhere', looking(plan.changes), {type: 'approved'}, looking(plan.changes)],
	];
	test.each(table)('%s', (_rule, from, event, to) => {
		expect(transition(at(from), event)).toEqual(at(to));
	});
});

test('next leads to the next step, and from the last step to the end', () => {
	const done: Phase = {at: 'done', plan};
	expect(transition(at(done), {type: 'next'})).toEqual(at({at: 'form'}, {step: 2}));
	expect(transition(at(done, {step: 2}), {type: 'next'})).toEqual(at(done, {step: 2, finished: true}));
});
test('back from a form leads to the step before, and from the first nowhere', () => {
	expect(transition(at({at: 'form'}), {type: 'back'})).toEqual(at({at: 'form'}, {step: 0}));
	expect(transition(begin(3), {type: 'back'})).toEqual(begin(3));
});
test.each<Event>([{type: 'changed', change: 'one'}, {type: 'doubt'}, {type: 'look-again'}, {type: 'failed', problem}])(
	'leaving while a change is under way waits for its end: $type',
	event => {
		const soon = transition(at(applying([one, two])), {type: 'quit'});
		expect(soon).toEqual(at(applying([one, two]), {leaving: 'soon'}));
		expect(transition(soon, event).leaving).toBe('now');
		expect(transition(soon, {type: 'quit'}).leaving).toBe('now');
	},
);
test('leaving while a change asks something waits for its end', () => {
	const soon = transition(at(asking(applying([one, two]))), {type: 'quit'});
	expect(soon.leaving).toBe('soon');
	const on = transition(soon, {type: 'answered'});
	expect(on).toEqual(at(applying([one, two]), {leaving: 'soon'}));
	expect(transition(on, {type: 'changed', change: 'one'}).leaving).toBe('now');
	expect(transition(soon, {type: 'failed', problem}).leaving).toBe('now');
	const asked = transition(at(applying([one]), {leaving: 'soon'}), {type: 'asked', ask});
	expect(asked.leaving).toBe('soon');
});
test.each<Phase>([
	{at: 'form'},
	looking(),
	asking({at: 'checking', plan: toProve}),
	{at: 'review', plan},
	{at: 'checking', plan},
	stopped,
	{at: 'done', plan},
])('leaving while no change is under way is at once: $at', phase => {
	expect(transition(at(phase), {type: 'quit'})).toEqual(at(phase, {leaving: 'now'}));
});
test('changes are the same if only what settles a lost answer differs', () => {
	expect(sameChanges([change('a', {before: ['x']})], [change('a', {before: ['x', 'y']})])).toBe(true);
	expect(sameChanges([change('a')], [change('a', {call: {api: 'iam:CreateUser', input: {UserName: 'other'}}})])).toBe(
		false,
	);
	expect(sameChanges([one, two], [two, one])).toBe(false);
	expect(sameChanges([one], [one, two])).toBe(false);
});

/** A change is under way, or asks something. */
const changing = (phase: Phase): boolean =>
	phase.at === 'applying' || (phase.at === 'asking' && phase.during.at === 'applying');
describe('any sequence of events keeps the machine legal', () => {
	const changes = fc.subarray([one, two, change('three')]);
	const plans: fc.Arbitrary<Plan> = fc.oneof(fc.record({changes}), fc.constantFrom(nothing, toProve, toConfirm));
	const events: fc.Arbitrary<Event> = fc.oneof(
		fc.record({
			type: fc.constant('looked' as const),
			plan: fc.oneof({arbitrary: plans, weight: 4}, fc.constant(problem)),
		}),
		fc.constantFrom<Event>(
			{type: 'submitted', answers: {}},
			{type: 'approved'},
			{type: 'changed', change: 'one'},
			{type: 'next'},
			{type: 'checked'},
		),
		fc.constantFrom<Event>(
			{type: 'back'},
			{type: 'retry'},
			{type: 'doubt'},
			{type: 'look-again'},
			{type: 'failed', problem},
			{type: 'checked', problem},
		),
		fc.constantFrom<Event>(
			{type: 'way', way: {is: 'choose', key: keyOf('adopt'), label: 'b', answers: {}}},
			{type: 'quit'},
			{type: 'asked', ask},
			{type: 'answered'},
		),
	);
	/** Mostly events that make sense, so that the machine gets somewhere. */
	const likely: Readonly<Record<Phase['at'], readonly Event[]>> = {
		form: [{type: 'submitted', answers: {}}],
		looking: [
			{type: 'looked', plan},
			{type: 'looked', plan: nothing},
			{type: 'looked', plan: toProve},
			{type: 'looked', plan: toConfirm},
		],
		review: [{type: 'approved'}],
		applying: [{type: 'changed', change: 'one'}, {type: 'doubt'}, {type: 'asked', ask}],
		asking: [{type: 'answered'}],
		checking: [{type: 'checked'}, {type: 'asked', ask}],
		stopped: [{type: 'retry'}],
		done: [{type: 'next'}],
	};
	const walk = (
		check: (before: Wizard, event: Event, after: Wizard) => void,
	): {phases: Set<string>; events: Set<string>} => {
		const seen = {phases: new Set<string>(), events: new Set<string>()};
		fc.assert(
			fc.property(
				fc.integer({min: 1, max: 4}),
				fc.array(fc.tuple(fc.nat(3), fc.nat(11), events), {maxLength: 60}),
				(of, turns) => {
					let wizard = begin(of);
					for (const [dice, which, odd] of turns) {
						const ways = likely[wizard.phase.at];
						const event = dice > 0 ? (ways[which % ways.length] ?? odd) : odd;
						const next = transition(wizard, event);
						check(wizard, event, next);
						wizard = next;
						seen.phases.add(wizard.phase.at);
						seen.events.add(event.type);
					}
				},
			),
			{numRuns: 500},
		);
		return seen;
	};

	test('the step stays one of the course, and every phase and event is met', () => {
		const seen = walk((before, _event, after) => {
			expect(after.step).toBeGreaterThanOrEqual(0);
			expect(after.step).toBeLessThan(after.of);
			expect(after.of).toBe(before.of);
			expect(Math.abs(after.step - before.step)).toBeLessThanOrEqual(1);
		});
		expect([...seen.phases].sort()).toEqual([
			'applying',
			'asking',
			'checking',
			'done',
			'form',
			'looking',
			'review',
			'stopped',
		]);
		expect(seen.events.size).toBe(15);
	});
	test('after leaving, or the end, nothing changes any more', () => {
		walk((before, _event, after) => {
			if (before.leaving === 'now' || before.finished) expect(after).toBe(before);
		});
	});
	test('changes are applied only after a look that finds exactly what was approved', () => {
		walk((before, event, after) => {
			if (after.phase.at !== 'applying' || changing(before.phase)) return;
			if (before.phase.at !== 'looking' || event.type !== 'looked')
				throw new Error(`applying was entered from ${before.phase.at}`);
			expect(before.phase.approved).toEqual(after.phase.left);
			expect(after.phase.left.length).toBeGreaterThan(0);
			expect(after.phase.guarded).toBe(false);
		});
	});
	test('a yes never applies by itself', () => {
		walk((before, event, after) => {
			if (event.type === 'approved' && before.phase.at === 'review' && !before.leaving)
				expect(after.phase.at).toBe(before.phase.plan.changes.length > 0 ? 'looking' : 'checking');
		});
	});
	test('only what is left of the approved changes is applied, and a step is done only by its checks', () => {
		walk((before, _event, after) => {
			if (before.phase.at === 'applying' && after.phase.at === 'applying')
				expect(before.phase.left.slice(-after.phase.left.length)).toEqual(after.phase.left);
			if (after.phase.at === 'done' && before.phase.at !== 'done') expect(before.phase.at).toBe('checking');
		});
	});
	test('leaving is never taken back, and leaving soon is for a change under way alone', () => {
		walk((before, _event, after) => {
			if (before.leaving) expect(after.leaving).toBeDefined();
			if (after.leaving === 'soon') expect(changing(after.phase)).toBe(true);
		});
	});
	test('back, retry, a way, and trouble lead somewhere from wherever they make sense, and nowhere else', () => {
		walk((before, event, after) => {
			if (before.leaving || before.finished) return;
			const from = before.phase.at;
			if (event.type === 'back') {
				expect(after.phase.at).toBe(backFrom.includes(from) ? 'form' : from);
				expect(after.step).toBe(from === 'form' ? Math.max(0, before.step - 1) : before.step);
			}
			if (event.type === 'retry' || event.type === 'way')
				expect(after.phase.at === 'looking').toBe(from === 'stopped' || from === 'looking');
			if (event.type === 'failed') expect(after.phase).toEqual(stopped);
			if (event.type === 'quit') expect(after.leaving).toBe(changing(before.phase) ? 'soon' : 'now');
		});
	});
});
const backFrom: readonly string[] = ['review', 'stopped', 'done'];
