import {describe, expect, test} from 'vitest';
import {
	applyChange,
	dig,
	Halted,
	Refused,
	type Reply,
	resolve,
	type SentCall,
	unknowns,
} from '../../src/engine/apply.js';
import type {Happened} from '../../src/engine/record.js';
import type {Change, Facts, Value} from '../../src/engine/step.js';
import {Interrupted} from '../../src/engine/waiting.js';
import {answering, change, FakeClock} from './samples.js';

const canary = 'CANARYSECRET';
const made: Reply = {output: {AccessKey: {AccessKeyId: 'AKIA1', SecretAccessKey: canary}}, requestId: 'r-1'};
const accessKey = change('create-access-key', {
	call: {api: 'iam:CreateAccessKey', input: {UserName: {$fact: 'userName'}}},
	learns: {accessKeyId: 'AccessKey.AccessKeyId'},
	keeps: {
		place: '/k.csv',
		row: {id: {$reply: 'AccessKey.AccessKeyId'}, secret: {$reply: 'AccessKey.SecretAccessKey'}},
		names: 'accessKeyId',
	},
	before: ['AKIA0'],
});
const login = change('create-login-profile', {
	call: {api: 'iam:CreateLoginProfile', input: {UserName: 'u', Password: {$secret: 'password'}}},
	keeps: {place: '/p.csv', row: {'User name': 'u', Password: {$secret: 'password'}}},
});

type Setting = {
	readonly send?: (call: SentCall) => Promise<Reply>;
	readonly claimed?: readonly string[];
	readonly facts?: Facts;
	readonly clock?: FakeClock;
	readonly stands?: string;
	readonly keeps?: () => Promise<void>;
	readonly meant?: (call: SentCall, facts: Facts) => Promise<void>;
	readonly held?: () => Promise<void>;
};
/** Applies one change in a made-up world, noting everything it did in order. */
async function apply(
	it: Change,
	{send, claimed = [], facts = {userName: 'u'}, clock = new FakeClock(0), stands, keeps, meant, held}: Setting = {},
) {
	const did: string[] = [];
	const entries: Happened[] = [];
	const rows: Readonly<Record<string, string>>[] = [];
	const applied = await applyChange('step', it, facts, 5, claimed, {
		clock,
		tell: news => did.push(`tell ${news.type === 'change' ? news.status : news.type}`),
		async append(entry) {
			entries.push(entry);
			did.push(entry.type);
		},
		meant: async (call, facts) => meant?.(call, facts),
		async send(call, mayStill) {
			await held?.();
			mayStill();
			did.push('send');
			return send ? send(call) : made;
		},
		places: {
			claim: async (place, again) => void did.push(`claim ${place}${again ? ' again' : ''}`),
			async keep(place, row) {
				did.push(`keep ${place}`);
				await keeps?.();
				rows.push(row);
			},
			empty: async place => void did.push(`empty ${place}`),
			recall: async () => stands,
			make: () => canary,
		},
	});
	return {applied, did, entries, rows};
}

describe('the order of writes', () => {
	test('an access key: place claimed, then made, intent, call, secret kept, delivered, outcome', async () => {
		const {applied, did, entries, rows} = await apply(accessKey);
		expect(did).toEqual([
			'claimed',
			'claim /k.csv',
			'intent',
			'tell sent',
			'send',
			'keep /k.csv',
			'delivered',
			'outcome',
			'tell done',
		]);
		expect(applied).toEqual({is: 'done', learned: {accessKeyId: 'AKIA1'}});
		expect(rows).toEqual([{id: 'AKIA1', secret: canary}]);
		expect(entries.slice(2)).toEqual([
			{type: 'delivered', id: 'AKIA1', place: '/k.csv'},
			{type: 'outcome', of: 5, ok: true, learned: {accessKeyId: 'AKIA1'}, requestId: 'r-1'},
		]);
	});
	test('a place that this record claimed before is taken up, not claimed anew', async () => {
		const {did} = await apply(accessKey, {claimed: ['/k.csv']});
		expect(did.slice(0, 2)).toEqual(['claim /k.csv again', 'intent']);
	});
	test('a secret that we choose is kept after the intent and before the call', async () => {
		const calls: SentCall[] = [];
		const send = async (call: SentCall): Promise<Reply> => {
			calls.push(call);
			return {output: {}};
		};
		const {did, rows} = await apply(login, {send});
		expect(did).toEqual([
			'claimed',
			'claim /p.csv',
			'intent',
			'keep /p.csv',
			'tell sent',
			'send',
			'outcome',
			'tell done',
		]);
		expect(rows).toEqual([{'User name': 'u', Password: canary}]);
		expect(calls[0]?.input).toEqual({UserName: 'u', Password: canary});
	});
	test('a secret that we chose and kept before is sent again, not chosen anew', async () => {
		const {send, sent} = answering({output: {}});
		const {did} = await apply(login, {send, stands: 'KEPT'});
		expect(did).not.toContain('keep /p.csv');
		expect(sent[0]?.input['Password']).toBe('KEPT');
	});
	test('a change without a secret writes its intent, calls, and writes its outcome', async () => {
		const {did} = await apply(change('x'), {send: async () => ({output: {}})});
		expect(did).toEqual(['intent', 'tell sent', 'send', 'outcome', 'tell done']);
	});
});

describe('the record', () => {
	test.each([accessKey, login])('of $id never holds the secret, whatever the answer', async it => {
		const answers = [
			async () => made,
			async () => Promise.reject(new Refused('X', 'no')),
			async () => Promise.reject(new Error('lost')),
		];
		for (const send of answers) expect(JSON.stringify((await apply(it, {send})).entries)).not.toContain(canary);
	});
	test('holds with the intent the call as AWS gets it and what settles a lost answer, and never a diff', async () => {
		const it: Change = {
			...accessKey,
			diff: {to: {big: 'document'}},
			why: 'because',
			waits: [{code: 'A', why: 'b', atMost: 1}],
			record: {uses: ['secretFile']},
		};
		const [, intent] = (await apply(it)).entries;
		expect(intent).toEqual({
			type: 'intent',
			id: 5,
			step: 'step',
			change: {
				id: 'create-access-key',
				verb: 'create',
				subject: 'thing create-access-key',
				call: {api: 'iam:CreateAccessKey', input: {UserName: 'u'}},
				keeps: {place: '/k.csv', row: {}},
				before: ['AKIA0'],
				record: {uses: ['secretFile']},
			},
		});
	});
	test('holds a secret that we choose by its name alone', async () => {
		const {entries} = await apply(login);
		expect(entries.find(it => it.type === 'intent')?.change.call.input).toEqual({
			UserName: 'u',
			Password: {$secret: 'password'},
		});
	});
});

describe('how a change ends', () => {
	test("AWS's no is a refusal, with its code and request id on record", async () => {
		const error = new Refused('AccessDenied', 'you may not', 'r-2');
		const {applied, did, entries} = await apply(accessKey, {send: async () => Promise.reject(error)});
		expect(applied).toEqual({is: 'refused', error});
		expect(entries.at(-1)).toEqual({
			type: 'outcome',
			of: 5,
			ok: false,
			code: 'AccessDenied',
			message: 'you may not',
			requestId: 'r-2',
		});
		expect(did).not.toContain('keep /k.csv');
	});
	test('anything else is doubt, and the intent stays open', async () => {
		const error = Object.assign(new Error('socket hang up'), {code: 'ECONNRESET'});
		const {applied, entries, did} = await apply(accessKey, {send: async () => Promise.reject(error)});
		expect(applied).toEqual({is: 'doubt', error});
		expect(entries.map(it => it.type)).toEqual(['claimed', 'intent']);
		expect(did.at(-1)).toBe('tell unsettled');
	});
	test('an answer that lacks what it should tell is doubt', async () => {
		const {applied, entries} = await apply(accessKey, {
			send: async () => ({output: {AccessKey: {AccessKeyId: 'AKIA1'}}}),
		});
		expect(applied.is).toBe('doubt');
		expect(entries.at(-1)?.type).toBe('intent');
	});
	test('a secret that its place does not take leaves the intent open, and the key is named', async () => {
		const error = new Error('the disk is full');
		const {applied, entries} = await apply(accessKey, {keeps: async () => Promise.reject(error)});
		expect(applied).toEqual({is: 'unkept', error, learned: {accessKeyId: 'AKIA1'}});
		expect(entries.at(-1)?.type).toBe('intent');
	});
	test.each(['refused', 'lost'])('an error that repeats a secret is told and recorded without it (%s)', async how => {
		const words = `the value ${canary} is not allowed`;
		const error = how === 'refused' ? new Refused('ValidationError', words, 'r-3') : new Error(words);
		const {applied, entries} = await apply(login, {send: async () => Promise.reject(error)});
		expect(applied.is).toBe(how === 'refused' ? 'refused' : 'doubt');
		expect(JSON.stringify(entries) + error.message + String(error.stack)).not.toContain(canary);
		expect(error.message).toContain('is not allowed');
	});
	test('a fact that is not known yet is a bug, told before the call goes out', async () => {
		const {applied, did} = await apply(accessKey, {facts: {}}).catch((error: unknown) => ({
			applied: error,
			did: [] as string[],
		}));
		expect(String(applied instanceof Error ? applied : (applied as {error?: unknown}).error)).toContain(
			'userName is used before it is known',
		);
		expect(did).not.toContain('send');
	});
});

describe('a temporary refusal', () => {
	const slow = new Refused('Throttling', 'slow down', 'r', {why: 'AWS asks to slow down', atMost: 60});
	test('is waited out', async () => {
		const {send, sent} = answering(slow, slow, made);
		const clock = new FakeClock(1);
		const {applied, did} = await apply(accessKey, {send, clock});
		expect(applied.is).toBe('done');
		expect(sent).toHaveLength(3);
		expect(clock.sleeps).toEqual([1000, 2000]);
		expect(did.filter(it => it === 'intent')).toHaveLength(1);
	});
	test.each([0, 0.01, 1])('is waited out for a bounded time, with patience %d', async patience => {
		const {send, sent} = answering(slow);
		const clock = new FakeClock(patience);
		const {applied} = await apply(accessKey, {send, clock});
		expect(applied).toMatchObject({is: 'refused', error: slow});
		expect(sent.length).toBeGreaterThan(10);
		expect(sent.length).toBeLessThan(20);
		expect(clock.sleeps.reduce((sum, it) => sum + it, 0)).toBeLessThanOrEqual(65_000 * patience);
	});
	test('is one that the change names, by its code and by the words in it', async () => {
		const waits = [
			{code: 'MalformedPolicyDocument', says: 'invalid principals', why: 'AWS is slow to know the user', atMost: 30},
		];
		const late = new Refused(
			'MalformedPolicyDocument',
			'Policy contains a statement with one or more invalid principals.',
		);
		const {applied: waited} = await apply({...accessKey, waits}, {send: answering(late, made).send});
		expect(waited.is).toBe('done');
		const other = answering(new Refused('MalformedPolicyDocument', 'The policy is too long'), made);
		expect((await apply({...accessKey, waits}, {send: other.send})).applied.is).toBe('refused');
		expect(other.sent).toHaveLength(1);
	});
	test('stands as a refusal if the person leaves while it is waited out', async () => {
		const clock = new FakeClock(1);
		clock.interruptAfter = 0;
		const {applied, entries} = await apply(accessKey, {send: answering(slow).send, clock});
		expect(applied).toEqual({is: 'refused', error: slow});
		expect(entries.at(-1)).toMatchObject({type: 'outcome', ok: false, code: 'Throttling'});
	});
	test('is no refusal that is not known to be temporary', async () => {
		const {send, sent} = answering(new Refused('AccessDenied', 'no'), made);
		await apply(accessKey, {send});
		expect(sent).toHaveLength(1);
	});
	test('is followed by doubt if the repeated call is lost', async () => {
		const {applied} = await apply(accessKey, {send: answering(slow, new Interrupted()).send});
		expect(applied.is).toBe('doubt');
	});
});

describe('resolve', () => {
	const facts = {keyArn: 'arn:k', userName: 'n'};
	test('fills in facts, documents as JSON text, secrets and parts of the reply, at any depth', () => {
		const value: Value = {
			plain: [1, true, null, 'text'],
			list: [{Key: 'a', Value: {$fact: 'userName'}}],
			Policy: {$json: {Statement: [{Resource: {$fact: 'keyArn'}}]}},
			Password: {$secret: 'p'},
			Id: {$reply: 'A.B'},
		};
		expect(resolve(value, {facts, secret: name => `<${name}>`, reply: {A: {B: 'told'}}})).toEqual({
			plain: [1, true, null, 'text'],
			list: [{Key: 'a', Value: 'n'}],
			Policy: '{"Statement":[{"Resource":"arn:k"}]}',
			Password: '<p>',
			Id: 'told',
		});
	});
	test('keeps secrets and the reply as references where they are not at hand', () => {
		expect(resolve([{$secret: 'p'}, {$reply: 'A'}], {facts})).toEqual([{$secret: 'p'}, {$reply: 'A'}]);
	});
	test('throws on an unknown fact, or leaves its name where that is asked for', () => {
		expect(() => resolve({a: {$fact: 'policyArn'}}, {facts})).toThrow('policyArn is used before it is known');
		expect(resolve({a: {$fact: 'policyArn'}}, {facts}, false)).toEqual({a: {$fact: 'policyArn'}});
	});
});
test('unknowns names each fact that is not known, wherever it stands', () => {
	expect(unknowns({a: {$fact: 'x'}, b: [{$json: {c: {$fact: 'y'}}}], d: {$fact: 'z'}, e: null}, {z: '1'})).toEqual([
		'x',
		'y',
	]);
	expect(unknowns({a: {$fact: 'x'}}, {x: ''})).toEqual([]);
	expect(unknowns('text', {})).toEqual([]);
});
test('a part that an answer lacks, or that is no text, is told', () => {
	expect(dig({A: {B: 'c'}}, 'A.B')).toBe('c');
	for (const reply of [undefined, null, {}, {A: null}, {A: {B: 5}}])
		expect(() => dig(reply, 'A.B')).toThrow('answer lacks A.B');
});

describe('right before a change', () => {
	const other = new Halted({is: 'problem', what: 'another', why: 'it is', todo: 'ask', code: 'Stranger'});
	test('what it names is looked at, with what is known by then; what is another is not written to, nor noted', async () => {
		const seen: unknown[] = [];
		const {applied, did} = await apply(accessKey, {
			meant: async (call, facts) => {
				seen.push(call, facts);
				throw other;
			},
		});
		expect(applied).toEqual({is: 'refused', error: other});
		expect(did).toEqual([]);
		expect(seen).toEqual([{api: 'iam:CreateAccessKey', input: {UserName: 'u'}}, {userName: 'u'}]);
	});
	test.each([
		['by the time that has passed', 5001, 0],
		['by the clock alone, as on a machine that slept', 0, 5001],
		['by a clock that was set back', 0, -5001],
	])('it is held up %s: the intent is void, and nothing is sent', async (_how, ticks, clock) => {
		const time = {ticks: 0, now: 1_000_000};
		const {applied, did, entries} = await apply(accessKey, {
			clock: Object.assign(new FakeClock(0), {
				ticks: () => time.ticks,
				now: () => ({at: new Date(time.now).toISOString(), clock: 'aws' as const}),
			}),
			held: async () => {
				time.ticks += ticks;
				time.now += clock;
			},
		});
		expect(did).not.toContain('send');
		expect(applied).toMatchObject({is: 'refused', error: {code: 'NotSent', again: true}});
		expect(entries.filter(it => it.type === 'intent' || it.type === 'outcome')).toMatchObject([
			{type: 'intent', id: 5},
			{type: 'outcome', of: 5, ok: false, code: 'NotSent'},
		]);
	});
});
describe('a secret that turns out to be of another', () => {
	const removedBy = {thing: 'access key', flag: 'remove-access-key', answer: 'removeAccessKey'};
	const swapped = async (keeps: Change['keeps']) => {
		let looked = 0;
		return apply(change('create-access-key', {...accessKey, ...(keeps && {keeps})}), {
			meant: async () => {
				if (looked++ > 0) throw new Halted({is: 'problem', what: 'W', why: 'why', todo: 'T', code: 'Stranger'});
			},
		});
	};
	test('is taken out of its file again, not delivered, and its removal is offered', async () => {
		const {applied, did, entries} = await swapped({...accessKey.keeps!, removedBy});
		expect(did.slice(-3)).toEqual(['keep /k.csv', 'tell unsettled', 'empty /k.csv']);
		expect(entries.map(it => it.type)).toEqual(['claimed', 'intent']);
		expect(applied).toMatchObject({
			is: 'unkept',
			error: {
				problem: {
					code: 'Stranger',
					ways: [{answers: {removeAccessKey: 'AKIA1'}, flags: '--remove-access-key AKIA1'}, {says: 't'}],
				},
			},
		});
	});
	test('is shown to nobody', async () => {
		const {applied, did} = await swapped({...accessKey.keeps!, place: null, removedBy});
		expect([applied.is, did]).toEqual(['unkept', ['intent', 'tell sent', 'send', 'tell unsettled']]);
	});
});
