import {expect, test} from 'vitest';
import {Report} from '../../src/commands/report.js';
import {Scenes} from '../../src/commands/scenes.js';
import {headless} from '../../src/commands/setup.js';
import type {SentCall} from '../../src/engine/apply.js';
import {type Entry, fold, type Happened} from '../../src/engine/record.js';
import {type Front, type Ports, runCourse} from '../../src/engine/run.js';
import type {Scene} from '../../src/engine/scene.js';
import {type Course, type Look, step, textAnswer} from '../../src/engine/step.js';
import type {News} from '../../src/engine/waiting.js';
import {Plain} from '../../src/plain/plain.js';

const look: Look = {
	at: async () => undefined,
	all: async function* () {
		/* nothing */
	},
	kept: async () => ({is: 'absent'}),
	progress: () => undefined,
};
/** Three steps: one that asks, one that asks nothing, and a question at the end. */
function world() {
	const sent: SentCall[] = [];
	const entries: Entry[] = [];
	const has = (name: string): boolean => sent.some(it => it.input['Name'] === name);
	const making = (id: string, name: (answer: string) => string, fields?: boolean) =>
		step<boolean>({
			id,
			name: id,
			title: id,
			guide: {covers: id, text: [], links: []},
			...(fields && {fields: () => [{name: 'thing', label: 'Thing', kind: 'text' as const, initial: 'a-thing'}]}),
			observe: async (_look, known) => has(name(textAnswer(known.answers, 'thing'))),
			plan: (there, {answers}) => {
				const Name = name(textAnswer(answers, 'thing'));
				return {changes: there ? [] : [{id: `make-${id}`, verb: 'create', subject: Name, call: {api: 'x:Create', input: {Name}}}], says: Name};
			},
		});
	const course: Course = {name: 'setup', steps: [making('one', it => it, true), making('two', it => `${it}-2`), making('three', it => `${it}-3`)]};
	const ports = (tell: (news: News) => void): Ports => ({
		look,
		tell,
		facts: {},
		tryAs: () => async () => ({output: {}}),
		bytes: () => new Uint8Array(32),
		leaving: () => false,
		guard: async () => undefined,
		send: async call => {
			sent.push(call);
			return {output: {}};
		},
		record: {
			entries: () => entries,
			append: async (it: Happened) => {
				entries.push({...it, at: '2026-01-01T00:00:00Z', clock: 'local'});
			},
		},
		clock: {now: () => ({at: '2026-01-01T00:00:00Z', clock: 'local'}), ticks: () => 0, sleep: async () => undefined, patience: 0},
		places: {claim: async () => undefined, keep: async () => undefined, recall: async () => undefined, make: () => ''},
		explain: error => {
			throw error;
		},
	});
	return {course, sent, entries, ports, state: () => fold(entries)};
}

async function bySomebody(person: ConstructorParameters<typeof Scenes>[1]) {
	const it = world();
	const scenes: Scenes = new Scenes({course: it.course, look, facts: {}, state: it.state}, person);
	const ending = await runCourse(
		it.course,
		it.ports(news => scenes.hear(news)),
		scenes satisfies Front,
	);
	return {...it, ending};
}
async function byFlags() {
	const it = world();
	const report = new Report(it.course, {json: false, out: () => undefined, err: () => undefined}, () => ({}));
	await runCourse(
		it.course,
		it.ports(news => report.hear(news)),
		headless(report, {setup: 'nps', yes: true}, look),
	);
	return it;
}
const agreeing = (scene: Scene) => (scene.phase.at === 'form' ? ({type: 'submitted', answers: {}} as const) : ({type: 'approved'} as const));

test('the same answers give the same calls as without asking', async () => {
	const asked = await bySomebody({draw: () => undefined, ask: async scene => agreeing(scene)});
	expect(asked.ending.status).toBe('complete');
	expect(asked.sent).toEqual((await byFlags()).sent);
	expect(asked.sent.map(it => it.input['Name'])).toEqual(['a-thing', 'a-thing-2', 'a-thing-3']);
});
test('line by line gives the same calls too, and reads as it happened', async () => {
	const said: string[] = [];
	const talk = {
		say: (line: string) => void said.push(line),
		ask: async (question: string) => {
			said.push(question);
			return '';
		},
		askUnseen: async () => undefined,
		close: () => undefined,
	};
	const plain = new Plain(talk);
	const asked = await bySomebody(plain);
	expect(asked.sent).toEqual((await byFlags()).sent);
	expect(said.join('\n')).toMatchInlineSnapshot(`
		"
		one.
		  (Enter takes what stands in brackets; :? guide, :q save and quit)
		Thing [a-thing]:
		Nothing has changed yet. This step will:
		  create a-thing
		Apply? 1 yes, 2 edit or go back, 3 show commands, 4 guide, 5 save and quit [1]:
		  create a-thing ...
		  create a-thing ... done.
		Done: one: a-thing.

		Step 1 of 2: two.
		Nothing has changed yet. This step will:
		  create a-thing-2
		Apply? 1 yes, 2 edit or go back, 3 show commands, 4 guide, 5 save and quit [1]:
		  create a-thing-2 ...
		  create a-thing-2 ... done.
		Done: two: a-thing-2.

		Step 2 of 2: three.
		Nothing has changed yet. This step will:
		  create a-thing-3
		Apply? 1 yes, 2 edit or go back, 3 show commands, 4 guide, 5 save and quit [1]:
		  create a-thing-3 ...
		  create a-thing-3 ... done.
		Done: three: a-thing-3."
	`);
});
test('back goes past a step that asks nothing, and what was made opens to be read only', async () => {
	const seen: Scene[] = [];
	const answers = ['submitted', 'approved', 'back', 'quit'];
	await bySomebody({
		draw: () => undefined,
		ask: async scene => {
			seen.push(scene);
			const type = answers.shift();
			return type === 'submitted' ? {type, answers: {}} : {type: type as 'approved' | 'back' | 'quit'};
		},
	});
	expect(seen.map(it => `${it.step.name} ${it.phase.at}`)).toEqual(['one form', 'one review', 'two review', 'one form']);
	expect(seen.at(-1)?.fields[0]?.settled).toBe(true);
});
