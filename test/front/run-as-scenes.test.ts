import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {pagesOf} from '../../components/pages-by-key.js';
import {problemLines} from '../../components/problem.js';
import {Refused, type SentCall} from '../../src/engine/apply.js';
import type {Course} from '../../src/engine/course.js';
import {type Entry, fold, type Happened} from '../../src/engine/record.js';
import {type Front, type Ports, runCourse} from '../../src/engine/run.js';
import type {Scene} from '../../src/engine/scene.js';
import {type Field, type Look, type Plan, step, textAnswer} from '../../src/engine/step.js';
import type {News} from '../../src/engine/waiting.js';
import {headless} from '../../src/front/headless.js';
import {Report} from '../../src/front/report.js';
import {Scenes} from '../../src/front/run-as-scenes.js';
import {Plain} from '../../src/plain/plain.js';
import {talkOver} from '../../src/plain/talk.js';
import {setup} from '../../src/steps/index.js';
import {terminals} from '../components/frames.js';
import {pressingEnter} from '../components/pressing-enter.js';
import {knowing} from '../engine/samples.js';
import {emptyAccount} from '../fake/account.js';
import {FakeAws} from '../fake/aws.js';

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
				return {
					changes: there
						? []
						: [{id: `make-${id}`, verb: 'create', subject: Name, call: {api: 'x:Create', input: {Name}}}],
					says: Name,
				};
			},
		});
	const course: Course = {
		name: 'setup',
		lastWords: () => '',
		steps: [making('one', it => it, true), making('two', it => `${it}-2`), making('three', it => `${it}-3`)],
	};
	const ports = (tell: (news: News) => void): Ports => ({
		look,
		tell,
		run: {},
		tryAs: () => async () => ({output: {}}),
		verdictOf: () => undefined,
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
		clock: {
			now: () => ({at: '2026-01-01T00:00:00Z', clock: 'local'}),
			ticks: () => 0,
			sleep: async () => undefined,
			patience: 0,
		},
		meant: async () => undefined,
		places: {
			claim: async () => undefined,
			keep: async () => undefined,
			empty: async () => undefined,
			recall: async () => undefined,
			make: () => '',
		},
		explain: error => {
			throw error;
		},
	});
	return {course, sent, entries, ports, state: () => fold(entries)};
}

async function bySomebody(person: ConstructorParameters<typeof Scenes>[1]) {
	const it = world();
	const scenes: Scenes = new Scenes({course: it.course, look, thisRun: {}, state: it.state}, person);
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
const agreeing = (scene: Scene) =>
	scene.phase.at === 'form' ? ({type: 'submitted', answers: {}} as const) : ({type: 'approved'} as const);

test('an answer is named by its key only where the form that the key opens asks it', async () => {
	const {course, state} = world();
	const problem = {
		is: 'problem',
		what: 'W',
		why: 'Y',
		ways: [
			{is: 'answer', says: 'choose another thing', field: 'thing', flags: '--thing THING'},
			{is: 'answer', says: 'leave it out', field: 'elsewhere', flags: '--no-elsewhere'},
		],
	} as const;
	const drawn: Scene[] = [];
	const scenes = new Scenes(
		{course, look, thisRun: {}, state},
		{draw: it => void drawn.push(it), ask: async () => ({type: 'quit'})},
	);
	scenes.show({step: 1, of: 3, phase: {at: 'stopped', problem}});
	const [it = expect.unreachable('it is drawn')] = drawn;
	expect(problemLines(problem, it).map(line => line.text)).toContain(
		'   → Choose another thing (e), or leave it out with --no-elsewhere',
	);
	const said: string[] = [];
	const talk = {ask: async () => undefined, askUnseen: async () => undefined, close: () => undefined};
	await new Plain({...talk, say: line => void said.push(line)}).ask(it);
	expect(said).toContain('  To do: Choose another thing (back), or leave it out with --no-elsewhere.');
});

describe('a plan that needs a word', () => {
	const plan: Plan = {
		changes: [],
		forecast: [{id: 'x', verb: 'delete', subject: 'the thing', call: {api: 'x:Delete', input: {}}}],
		confirm: {words: ['nps', 'NPS'], says: 'It goes.', flags: {confirm: ['nps'], 'confirm-alias': ['a', 'alias/a']}},
	};
	const told: string[] = [];
	const report = new Report(
		{name: 'x', steps: [], lastWords: () => ''},
		{json: false, out: it => void told.push(it), err: () => undefined},
		() => ({}),
	);
	const [one] = world().course.steps;
	const decide = (options: object) =>
		headless(report, {setup: 'nps', yes: true, ...options}, look).decide(
			{step: 0, of: 1, phase: {at: 'review', plan}},
			one!,
			knowing(),
		);
	test.each([
		['no flag', {}, '--confirm nps --confirm-alias a'],
		['one of two flags', {confirm: 'nps'}, '--confirm nps --confirm-alias a'],
		['a wrong word', {confirm: 'lab', confirmAlias: 'a'}, '--confirm nps --confirm-alias a'],
	])('is not approved with %s', async (_, options, flags) => {
		expect(await decide(options)).toMatchObject({
			type: 'failed',
			problem: {code: 'Unconfirmed', ways: [{is: 'this-run', flags}]},
		});
	});
	test('is approved with all its flags, in any spelling they allow', async () => {
		expect(await decide({confirm: 'nps', confirmAlias: 'alias/a'})).toEqual({type: 'approved'});
		expect(told.join('\n')).toContain('- delete the thing');
	});
	test('is not approved line by line before one of the words is typed', async () => {
		const typed = ['1', 'lab', '1', 'NPS'];
		const talk = {
			say: () => undefined,
			ask: async () => typed.shift(),
			askUnseen: async () => undefined,
			close: () => undefined,
		};
		const guide = {covers: '', text: [], links: []};
		const scene = {
			phase: {at: 'review', plan},
			changes: [],
			checks: [],
			pages: [],
			step: {at: 1, last: 1, title: '', guide},
		} as unknown as Scene;
		expect(
			await new Plain(talk).ask({
				...scene,
				changes: plan.forecast!.map(change => ({change, words: [], command: '', status: 'to-do'})),
			}),
		).toEqual({
			type: 'approved',
		});
		expect(typed).toEqual([]);
	});
});

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
	expect(seen.map(it => `${it.step.name} ${it.phase.at}`)).toEqual([
		'one form',
		'one review',
		'two review',
		'one form',
	]);
	expect(seen.at(-1)?.fields[0]?.settled).toBe(true);
});

describe('what a plan means', () => {
	const asking = async (decide: (scene: Scene) => Promise<void>, tells: (look: Look) => Promise<readonly string[]>) => {
		const it = world();
		const [first, ...rest] = it.course.steps.map(each => ({...each, tells}));
		const scenes: Scenes = new Scenes(
			{
				course: {...it.course, steps: [first!, ...rest]},
				look: {...look, at: async () => undefined},
				thisRun: {},
				state: it.state,
			},
			{
				draw: scene => void drawn.push(scene),
				ask: async scene => {
					if (scene.phase.at === 'review') await decide(scene);
					return scene.phase.at === 'review' ? {type: 'quit'} : agreeing(scene);
				},
			},
		);
		const drawn: Scene[] = [];
		await runCourse(
			{...it.course, steps: [first!, ...rest]},
			it.ports(news => scenes.hear(news)),
			scenes,
		);
		return drawn;
	};
	test('is looked for while its review is there already, and drawn when it is known', async () => {
		const drawn = await asking(
			async scene => void (await scene.telling),
			async eyes => {
				await eyes.at({api: 'x:Get', input: {}});
				return ['it is so'];
			},
		);
		expect(drawn.filter(it => it.phase.at === 'review').map(it => it.tells)).toEqual([[], undefined, ['it is so'], []]);
	});
	test('is looked for no longer once the question was answered', async () => {
		let late: Promise<unknown> = Promise.resolve();
		const left = Promise.withResolvers<void>();
		await asking(
			async () => undefined,
			eyes => {
				late = left.promise.then(() => eyes.at({api: 'x:Get', input: {}}));
				late.catch(() => undefined);
				return new Promise(() => undefined);
			},
		);
		left.resolve();
		await expect(late).rejects.toThrow('nobody waits');
	});
});

test('what a form looks for is looked for no longer once the form was left', async () => {
	const left = Promise.withResolvers<void>();
	const [noticed, listed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const looks: Promise<string>[] = [];
	/** What comes of a look that goes on once the form was left. */
	const goesOn = async (look: () => Promise<string>): Promise<string> => {
		const it = look();
		looks.push(it.catch((error: Error) => error.message));
		return it;
	};
	const noticing = async (eyes: Look): Promise<string> => {
		await eyes.at({api: 'x:Get', input: {}});
		noticed.resolve();
		await left.promise;
		await eyes.at({api: 'x:Get', input: {}});
		return 'noticed';
	};
	const listing = async (eyes: Look): Promise<string> => {
		let pages = 0;
		for await (const _ of eyes.all({api: 'x:List', input: {}})) {
			pages += 1;
			if (pages === 3) break;
			listed.resolve();
			await left.promise;
		}
		return `${pages} pages`;
	};
	const field: Field = {
		...{name: 'thing', label: 'Thing', kind: 'many', initial: ['a-thing']},
		noticed: eyes => goesOn(() => noticing(eyes)),
		choices: async eyes => [{value: 'it', label: await goesOn(() => listing(eyes))}],
	};
	const it = world();
	const course = {...it.course, steps: it.course.steps.map(each => ({...each, fields: () => [field]}))};
	const endless: Look = {
		...look,
		all: async function* <R>() {
			for (;;) yield {} as R;
		},
	};
	const scenes: Scenes = new Scenes(
		{course, look: endless, thisRun: {}, state: it.state},
		{
			draw: () => undefined,
			ask: async () => {
				await Promise.all([noticed.promise, listed.promise]);
				return {type: 'quit'};
			},
		},
	);
	await runCourse(
		course,
		it.ports(news => scenes.hear(news)),
		scenes,
	);
	left.resolve();
	expect(await Promise.all(looks)).toEqual(['nobody waits for this look', 'nobody waits for this look']);
});

/** The real course over an account in memory: all that is sent, by the operator and by the new user, in its order. */
function realWorld() {
	const aws = new FakeAws(emptyAccount());
	const sent: SentCall[] = [];
	const entries: Entry[] = [];
	const files = new Map<string, Readonly<Record<string, string>>>();
	const thisRun = {setup: 'nps', homeFolder: '/home/op', today: '20261124'};
	const now = () => ({at: new Date(aws.account.now).toISOString(), clock: 'aws'}) as const;
	const append = async (it: Happened): Promise<void> => void entries.push({...it, ...now()});
	const look: Look = {
		...aws.look,
		kept: async (place, _columns, column) => {
			const value = files.get(place)?.[column];
			return value === undefined ? {is: 'absent'} : {is: 'row', value};
		},
		progress: () => undefined,
	};
	const tried = (call: SentCall): unknown => {
		const answers: Readonly<Record<string, unknown>> = {
			'sts:GetCallerIdentity': {Arn: aws.account.users[0]?.arn},
			'kms:Encrypt': {CiphertextBlob: new Uint8Array(8)},
			'kms:Decrypt': {Plaintext: new Uint8Array(32)},
			'kms:DescribeKey': {},
			'kms:GenerateDataKey': {},
		};
		return answers[call.api] ?? expect.fail(`${call.api} should be denied`);
	};
	const ports = (tell: (news: News) => void): Ports => ({
		look,
		tell,
		run: thisRun,
		verdictOf: () => undefined,
		bytes: () => new Uint8Array(32),
		leaving: () => false,
		guard: async () => undefined,
		send: async call => {
			sent.push(call);
			return aws.send(call);
		},
		tryAs: () => async call => {
			sent.push({...call, api: `try ${call.api}`});
			if (/ListKeys|ListUsers|GetKeyPolicy|CreateGrant/.test(call.api))
				throw new Refused('AccessDeniedException', 'not authorized');
			return {output: tried(call)};
		},
		record: {entries: () => entries, append},
		clock: {now, ticks: () => aws.account.now, patience: 1, sleep: async ms => void (aws.account.now += ms)},
		meant: async () => undefined,
		places: {
			claim: async () => undefined,
			keep: async (place, row) => void files.set(place, row),
			empty: async place => void files.delete(place),
			recall: async (place, _columns, column) => files.get(place)?.[column],
			make: () => 'never asked for',
		},
		explain: error => {
			throw error;
		},
	});
	const begun = Promise.all([
		append({type: 'started', course: 'setup', setup: 'nps', setupId: 'setup-id', host: 'h', pid: 1, version: '0'}),
		append({type: 'answered', answers: {region: 'eu-west-1'}}),
	]);
	return {sent, entries, files, thisRun, look, ports, begun, state: () => fold(entries)};
}
type Person = ConstructorParameters<typeof Scenes>[1];
async function really(person: Person) {
	const it = realWorld();
	await it.begun;
	const scenes: Scenes = new Scenes({course: setup, look: it.look, thisRun: it.thisRun, state: it.state}, person);
	const {status} = await runCourse(
		setup,
		it.ports(news => scenes.hear(news)),
		scenes,
	);
	return {...it, status};
}
async function reallyByFlags() {
	const it = realWorld();
	await it.begun;
	const report = new Report(setup, {json: false, out: () => undefined, err: () => undefined}, () => ({}));
	const front = headless(report, {setup: 'nps', yes: true}, it.look);
	const {status} = await runCourse(
		setup,
		it.ports(news => report.hear(news)),
		front,
	);
	return {...it, status};
}
describe('the documented set-up', () => {
	test.each([['wide'], ['narrow']] as const)(
		'by Enter alone on %s screens gives the same calls as without asking',
		async name => {
			const person = pressingEnter(terminals[name]);
			const [asked, flags] = [await really(person), await reallyByFlags()];
			expect([asked.status, flags.status]).toEqual(['complete', 'complete']);
			expect(asked.sent).toEqual(flags.sent);
			expect([...asked.files]).toEqual([...flags.files]);
			expect(person.frames.some(it => it.includes('Hand over to Privilege Secure'))).toBe(true);
		},
	);
	test('line by line, every question answered by Enter, gives the same calls too', async () => {
		const stdin = new PassThrough();
		let written = '';
		const plain = new Plain(
			talkOver(stdin, text => {
				written += text;
				// A person answers what is asked.
				if (/[:\]] $/.test(text)) setImmediate(() => stdin.write('\n'));
			}),
		);
		const [asked, flags] = [await really(plain), await reallyByFlags()];
		expect(asked.status).toBe('complete');
		expect(asked.sent).toEqual(flags.sent);
		expect(written).toContain('Step 7 of 7: Hand over to Privilege Secure.');
	});
	test('makes what is documented, then proves it', async () => {
		const {sent} = await reallyByFlags();
		const apis = sent.map(it => it.api);
		expect(apis.filter(it => !it.startsWith('try '))).toEqual([
			'iam:CreatePolicy',
			'iam:CreateUser',
			'iam:AttachUserPolicy',
			'iam:CreateAccessKey',
			'kms:CreateKey',
			'kms:CreateAlias',
			'kms:EnableKeyRotation',
			'iam:CreatePolicyVersion',
		]);
		expect(apis.filter(it => it === 'try kms:Encrypt')).toHaveLength(3);
		expect(apis.lastIndexOf('iam:CreatePolicyVersion')).toBeLessThan(apis.findIndex(it => it.startsWith('try ')));
	});
});

test('what is not answered is drawn until it is answered, and never over a form', async () => {
	const drawn: Scene[] = [];
	const it = world();
	const wait = {type: 'wait', step: 'one', for: 'AWS', why: 'not answered yet', elapsedMs: 0, limitMs: 1} as const;
	const waits: boolean[] = [];
	const scenes: Scenes = new Scenes(
		{course: it.course, look, thisRun: {}, state: it.state},
		{
			draw: scene => drawn.push(scene),
			async ask(scene) {
				const before = drawn.length;
				scenes.hear(wait);
				if (scene.phase.at === 'form') expect(drawn).toHaveLength(before);
				else waits.push(drawn.at(-1)?.wait !== undefined);
				scenes.hear({type: 'answered', step: 'one'});
				expect(drawn.at(-1)?.wait).toBeUndefined();
				return agreeing(scene);
			},
		},
	);
	await runCourse(
		it.course,
		it.ports(news => scenes.hear(news)),
		scenes,
	);
	expect(waits).toContain(true);
	expect(waits).not.toContain(false);
});

test.each([
	['win32', 'PowerShell', "aws x create --name 'it=a'"],
	['linux', 'bash', 'aws x create --name it=a'],
	['darwin', 'bash', 'aws x create --name it=a'],
] as const)('on %s its commands are for %s', async (platform, shell, command) => {
	const it = world();
	const drawn: Scene[] = [];
	const person: ConstructorParameters<typeof Scenes>[1] = {
		draw: scene => void drawn.push(scene),
		ask: async scene =>
			scene.phase.at === 'form' ? {type: 'submitted', answers: {thing: 'it=a'}} : {type: 'approved'},
	};
	const scenes: Scenes = new Scenes(
		{course: it.course, look, thisRun: {sandbox: true}, state: it.state, platform},
		person,
	);
	await runCourse(
		it.course,
		it.ports(news => scenes.hear(news)),
		scenes satisfies Front,
	);
	const review = drawn.find(scene => scene.phase.at === 'review') ?? expect.unreachable();
	expect([review.shell, review.changes[0]?.command]).toEqual([shell, command]);
	const rehearsal = 'A rehearsal: the stand-in takes them while this runs, AWS never.';
	expect(review.ahead).toEqual([rehearsal]);
	expect(pagesOf(review)[0]?.drawn[0]?.text).toBe(`   ${rehearsal}`);
});
