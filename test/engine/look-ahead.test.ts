import {expect, test} from 'vitest';
import type {Ask} from '../../src/engine/ask.js';
import {LookAhead} from '../../src/engine/look-ahead.js';
import type {Ports} from '../../src/engine/ports.js';
import {type Entry, fold} from '../../src/engine/record.js';
import {type Front, runCourse} from '../../src/engine/run.js';
import type {Call, Look, Plan, Step} from '../../src/engine/step.js';
import type {Phase} from '../../src/engine/wizard.js';
import {blind, change, entry, FakeClock, started} from './samples.js';

const get = (UserName: string): Call => ({api: 'iam:GetUser', input: {UserName}});
const list = (UserName: string): Call => ({api: 'iam:ListAccessKeys', input: {UserName}});
/** Eyes that note what they are asked. */
function eyes(answer: (name: string) => Promise<unknown> = async name => name): {look: Look; asked: string[]} {
	const asked: string[] = [];
	const go = (call: Call): Promise<unknown> => {
		asked.push(String(call.input['UserName']));
		return answer(String(call.input['UserName']));
	};
	const look: Look = {
		...blind,
		at: async <R>(call: Call<R>) => (await go(call)) as R,
		async *all<R>(call: Call<R>) {
			yield (await go(call)) as R;
		},
	};
	return {look, asked};
}
const watching = (id: string, more: Partial<Step> = {}): Step => ({
	id,
	name: id,
	title: id,
	guide: {covers: '', text: [], links: []},
	async observe(look) {
		for await (const page of look.all(list(`${id}'s`))) void page;
		return look.at(get(id));
	},
	plan: () => ({changes: []}),
	...more,
});
const steps = ['one', 'two', 'three', 'four'].map(id => watching(id));
const completed = (id: string): Entry => entry({type: 'completed', step: id, facts: {}});
const doneBefore = (...done: readonly string[]) => fold([entry(started('id')), ...done.map(completed)]);

function ahead(more: {asked?: ReturnType<typeof eyes>; clock?: FakeClock; stopAfter?: string} = {}) {
	const {asked: on = eyes(), clock = new FakeClock(1), stopAfter} = more;
	const course = {name: 'setup', steps, lastWords: () => ''};
	return {on, clock, it: new LookAhead(course, {look: on.look, clock, looksAhead: true}, stopAfter)};
}
const settled = () => new Promise(done => setImmediate(done));
const seenBy = (it: LookAhead, id: string): Promise<unknown> =>
	it.through(async look => {
		const found: unknown[] = [];
		for await (const page of look.all(list(`${id}'s`))) found.push(page);
		return [...found, await look.at(get(id))];
	});

test('all that was done before is looked at, up to what was not, and what was seen is not asked for again', async () => {
	const {it, on} = ahead();
	it.begin(doneBefore('one', 'two', 'four'), {});
	await settled();
	expect(on.asked).toEqual(["two's", 'two']);
	expect(await seenBy(it, 'two')).toEqual(["two's", 'two']);
	expect(on.asked).toHaveLength(2);
	expect(await seenBy(it, 'three')).toEqual(["three's", 'three']);
	expect(on.asked).toHaveLength(4);
});
test('what stands beside is looked at by its step alone: it may ask the person for a code', async () => {
	const two = watching('two', {observe: async look => void (await look.beside?.('two'))});
	const course = {name: 'setup', steps: [watching('one'), two], lastWords: () => ''};
	const opened: string[] = [];
	const look: Look = {...blind, beside: async setup => void opened.push(setup)};
	const it = new LookAhead(course, {look, clock: new FakeClock(1), looksAhead: true}, undefined);
	it.begin(doneBefore('one', 'two'), {});
	await settled();
	expect(opened).toEqual([]);
	await it.through(async eyes => two.observe(eyes, {} as never));
	expect(opened).toEqual(['two']);
});
test('nothing is looked at that this run does not come to', async () => {
	const {it, on} = ahead({stopAfter: 'two'});
	it.begin(doneBefore('one', 'two', 'three'), {});
	await settled();
	expect(on.asked).toEqual(["two's", 'two']);
});

const nothing: Plan = {changes: []};
const proof = {checks: [{id: 'works'}]} as unknown as NonNullable<Plan['proof']>;
const looking = (reason: 'review' | 'approved' | 'applied'): Phase => ({at: 'looking', reason});
/** Each phase of a step after the first, whether what was seen ahead still counts there, and after how long. */
const phases: readonly (readonly [string, boolean, Phase, number])[] = [
	['a form that nobody is shown', true, {at: 'form'}, 1000],
	['a form that somebody filled', false, {at: 'form'}, 1001],
	['a look before the review', true, looking('review'), 1000],
	['a look after the approval', false, looking('approved'), 1000],
	['a look at what was made', false, looking('applied'), 1000],
	['a review', false, {at: 'review', plan: nothing}, 1000],
	['a change', false, {at: 'applying', left: [], all: [], facts: undefined, guarded: true}, 1000],
	['checks without a proof', true, {at: 'checking', plan: nothing}, 1000],
	['a proof', false, {at: 'checking', plan: {...nothing, proof}}, 1000],
	['a stop', false, {at: 'stopped', problem: {is: 'problem', what: '', why: '', todo: ''} as never}, 1000],
	['a step that is done', true, {at: 'done', plan: nothing}, 1000],
];
test.each(phases)('after %s, that what was seen ahead still counts is %s', async (_what, counts, phase, took) => {
	const {it, on, clock} = ahead();
	it.begin(doneBefore('one', 'two'), {});
	await settled();
	it.comesTo({step: 1, of: 4, phase});
	clock.ms += took;
	it.comesTo({step: 1, of: 4, phase: looking('review')});
	await seenBy(it, 'two');
	expect(on.asked).toHaveLength(counts ? 2 : 4);
});
test('before the first step, where the credentials may become others, and after five seconds, nothing counts', async () => {
	const {it, on, clock} = ahead();
	for (const over of [() => it.comesTo({step: 0, of: 4, phase: {at: 'form'}}), () => (clock.ms += 5001)]) {
		on.asked.length = 0;
		it.begin(doneBefore('one', 'two'), {});
		await settled();
		over();
		await seenBy(it, 'two');
		expect(on.asked).toEqual(["two's", 'two', "two's", 'two']);
	}
});
test('what failed ahead before anybody came to it is asked for by who comes', async () => {
	let fails = true;
	const on = eyes(async name => {
		if (fails) throw new Error('dropped');
		return name;
	});
	const {it} = ahead({asked: on});
	it.begin(doneBefore('one', 'two'), {});
	await settled();
	fails = false;
	expect(await seenBy(it, 'two')).toEqual(["two's", 'two']);
	expect(on.asked).toEqual(["two's", "two's", 'two']);
});
test.each(["two's", 'two'])('where %s fails while it is waited for, all is looked at anew', async failing => {
	let fails = true;
	const on = eyes(async name => {
		await settled();
		if (!fails || name !== failing) return name;
		fails = false;
		throw new Error('dropped');
	});
	const {it} = ahead({asked: on});
	it.begin(doneBefore('one', 'two'), {});
	expect(await seenBy(it, 'two')).toEqual(["two's", 'two']);
	expect(on.asked.slice(-2)).toEqual(["two's", 'two']);
	expect(on.asked).toHaveLength(failing === 'two' ? 4 : 3);
});
test('a failure ahead that a look does without does not count either', async () => {
	let fails = true;
	const on = eyes(async name => {
		await settled();
		if (!fails || name !== "two's") return name;
		fails = false;
		throw new Error('dropped');
	});
	const {it} = ahead({asked: on});
	it.begin(doneBefore('one', 'two'), {});
	const seen = await it.through(async look => {
		try {
			for await (const page of look.all(list("two's"))) return page;
		} catch {
			return 'not seen';
		}
		return 'nothing';
	});
	expect(seen).toBe("two's");
});
test('what fails anew is told, once', async () => {
	const on = eyes(async name => {
		throw new Error(`${name} dropped`);
	});
	const {it} = ahead({asked: on});
	it.begin(doneBefore('one', 'two'), {});
	await expect(seenBy(it, 'two')).rejects.toThrow("two's dropped");
	expect(on.asked).toEqual(["two's", "two's"]);
});

const given: Partial<Step> = {
	fields: () => [{name: 'userName', label: 'User', kind: 'text', settles: 'never', initial: 'as in the form'}],
	observe: async (look, {answers}) => Promise.all([look.at(get(String(answers['userName']))), look.at(get('both'))]),
};
function besideTwo(stopAfter?: string) {
	const on = eyes();
	const course = {
		name: 'setup',
		steps: [watching('one'), watching('two'), watching('three', given)],
		lastWords: () => '',
	};
	const clock = new FakeClock(1);
	const it = new LookAhead(course, {look: on.look, clock, looksAhead: true}, stopAfter);
	it.beside(course.steps[1] ?? expect.fail('there is no two'), doneBefore('one'), {});
	return {it, on, clock};
}
const both = (it: LookAhead, name: string): Promise<unknown> =>
	it.through(async look => Promise.all([look.at(get(name)), look.at(get('both'))]));
test('beside the look at what a step made, the next one looks by what its form starts with, and what both see is asked once', async () => {
	const {it, on} = besideTwo();
	await both(it, 'two');
	await settled();
	expect(on.asked.sort()).toEqual(['as in the form', 'both', 'two']);
	it.comesTo({step: 1, of: 4, phase: {at: 'done', plan: nothing}});
	await both(it, 'as in the form');
	expect(on.asked).toHaveLength(3);
	await both(it, 'as answered');
	expect(on.asked.at(-1)).toBe('as answered');
});
test('where that look has to wait, or the run ends there, the next step looks anew', async () => {
	const {it, on} = besideTwo();
	await both(it, 'two');
	it.over();
	await both(it, 'as in the form');
	expect(on.asked.filter(name => name === 'as in the form')).toHaveLength(2);
	const {it: last, on: atLast} = besideTwo('two');
	await both(last, 'two');
	await settled();
	expect(atLast.asked.sort()).toEqual(['both', 'two']);
});

const late = {is: 'pause', what: '', why: '', todo: '', watches: {for: 'two', why: 'late', atMost: 60}} as never;
/** A run of three steps that were done before, by one who says yes to all; `two` looks in the account, `three` after it. */
async function ran(ports: Pick<Ports, 'look'> & Partial<Ports>, front: Partial<Front> = {}): Promise<void> {
	const record: Entry[] = [entry(started('id')), ...['one', 'two', 'three'].map(completed)];
	const two = watching('two', {
		observe: async look => look.at(get('two')),
		plan: is => (is === 'late' ? late : {changes: is === 'as it was' || is === 'made' ? [] : [change('two')]}),
	});
	const three = watching('three', {observe: async look => look.at(get('three'))});
	const course = {name: 'setup', steps: [watching('one', {observe: async () => ''}), two, three], lastWords: () => ''};
	const all: Ports = {
		looksAhead: true,
		clock: new FakeClock(0),
		run: {},
		tell: () => undefined,
		record: {entries: () => record, append: async it => void record.push(entry(it))},
		guard: async () => undefined,
		meant: async () => undefined,
		send: async () => ({output: {}}),
		places: {} as Ports['places'],
		explain: error => ({is: 'problem', what: String(error), why: '', todo: ''}) as never,
		leaving: () => false,
		tryAs: () => async () => ({output: {}}),
		verdictOf: () => undefined,
		bytes: () => new Uint8Array(),
		...ports,
	};
	const whole: Front = {
		async decide({phase}) {
			if (phase.at === 'form') return {type: 'submitted', answers: {}};
			if (phase.at === 'done') return {type: 'next'};
			return phase.at === 'review' ? {type: 'approved'} : {type: 'quit'};
		},
		...front,
	};
	expect((await runCourse(course, all, whole)).status).toBe('complete');
}
test('after a change, what comes later is looked at anew', async () => {
	let made = false;
	const on = eyes(async name => (name === 'two' ? (made ? 'made' : 'gone') : name));
	const send = async (): Promise<{output: object}> => {
		made = true;
		return {output: {}};
	};
	await ran({look: on.look, send});
	expect(on.asked).toEqual(['two', 'three', 'two', 'two', 'three']);
});
test('after a wait, what comes later is looked at anew', async () => {
	let looks = 0;
	const on = eyes(async name => (name === 'two' ? (looks++ === 0 ? 'late' : 'as it was') : name));
	await ran({look: on.look});
	expect(on.asked).toEqual(['two', 'three', 'two', 'three']);
});
test('where nothing is missing, each thing is looked at once', async () => {
	const on = eyes(async name => (name === 'two' ? 'as it was' : name));
	await ran({look: on.look});
	expect(on.asked).toEqual(['two', 'three']);
});
test('after a question in the middle, such as for a code, what comes later is looked at anew', async () => {
	let answer: ((ask: Ask) => Promise<string | undefined>) | undefined;
	let asks = true;
	const on = eyes(async name => {
		if (name !== 'two' || !asks) return name === 'two' ? 'as it was' : name;
		asks = false;
		await settled();
		expect(await answer?.({kind: 'secret', label: 'code', why: ''})).toBe('123456');
		return 'as it was';
	});
	await ran({look: on.look, answeredBy: it => void (answer = it)}, {secret: async () => '123456'});
	expect(on.asked).toEqual(['two', 'three', 'three']);
});
