import {describe, expect, test} from 'vitest';
import {verdictOf} from '../../src/aws/problems/verdict.js';
import {Refused, type SentCall} from '../../src/engine/apply.js';
import {runChecks, type Try} from '../../src/engine/checking.js';
import type {Check, Checked, Probe} from '../../src/engine/step.js';
import {Interrupted, type News} from '../../src/engine/waiting.js';

const probe = (api: string, more: Partial<Probe> = {}): Probe => ({call: {api, input: {}}, ...more});
const check = (expect: Check['expect'], probes: readonly Probe[], more: Partial<Check> = {}): Check => ({
	id: 'one',
	says: 'does it',
	by: 'new-user',
	expect,
	probes,
	ways: [{is: 'by-hand', says: 'see to it'}],
	...more,
});
const no = (code: string, message = 'no'): Refused => new Refused(code, message, 'request');
type Said = Error | object;
/** Answers each call in turn; the last answer goes on. */
const saying = (...answers: readonly Said[]): {tries: Try; sent: SentCall[]} => {
	const sent: SentCall[] = [];
	const tries: Try = async call => {
		const answer = answers[Math.min(sent.length, answers.length - 1)]!;
		sent.push(call);
		if (answer instanceof Error) throw answer;
		return {output: answer};
	};
	return {tries, sent};
};
type Run = {readonly results: readonly Checked[]; readonly news: readonly News[]; readonly waited: number};
async function run(
	checks: readonly Check[],
	tries: Try | {because: string},
	leaving = (): boolean => false,
): Promise<Run> {
	const news: News[] = [];
	let now = 0;
	let drawn = 0;
	const clock = {
		now: () => ({at: '2026-11-24T00:00:00.000Z', clock: 'aws' as const}),
		ticks: () => now,
		patience: 1,
		async sleep(ms: number) {
			now += ms;
		},
	};
	const results = await runChecks(
		'prove',
		checks,
		{},
		{tries, verdictOf, bytes: () => new Uint8Array([++drawn]), clock, tell: it => news.push(it), leaving},
	);
	return {results, news, waited: now / 1000};
}
const one = async (it: Check, ...answers: readonly Said[]): Promise<Checked & {sent: number; waited: number}> => {
	const {tries, sent} = saying(...answers);
	const {results, waited} = await run([it], tries);
	return {...results[0]!, sent: sent.length, waited};
};

const works = check('allowed', [probe('kms:DescribeKey')]);
const fails = check('denied', [probe('kms:ListKeys')]);
const denied = no('AccessDeniedException', 'User is not authorized');

describe('only what is certain passes', () => {
	const table: readonly (readonly [string, Check, readonly Said[], Partial<Checked> & {sent?: number}])[] = [
		['what must work and works three times in a row', works, [{}], {got: 'allowed', ok: true, sent: 3}],
		['what must be denied and is, three times in a row', fails, [denied], {got: 'denied', ok: true, sent: 3}],
		['a dry run that would succeed is allowed', works, [no('DryRunOperationException')], {got: 'allowed', ok: true}],
		[
			'a dry run that would succeed is not denied',
			fails,
			[no('DryRunOperationException')],
			{got: 'allowed', ok: false},
		],
		['success where it must be denied', fails, [{}], {got: 'allowed', ok: false}],
		['a denial where it must work', works, [denied], {got: 'denied', ok: false}],
		['once allowed, then denied three times: late, and in order', fails, [{}, denied], {ok: true, sent: 4}],
		['twice denied, once allowed: starts over', fails, [denied, denied, {}, denied], {ok: true, sent: 6}],
		['another refusal is no denial', fails, [no('KMSInvalidStateException')], {got: 'cant-tell', ok: null, sent: 1}],
		['a dropped line is no denial', fails, [new Error('socket hang up')], {got: 'cant-tell', ok: null}],
		['a dropped line is no success', works, [new Error('socket hang up')], {got: 'cant-tell', ok: null}],
		['throttling is no denial', fails, [no('ThrottlingException')], {got: 'cant-tell', ok: null}],
		[
			'a new key that is known in the end',
			works,
			[no('InvalidClientTokenId'), no('UnrecognizedClientException'), {}],
			{ok: true, sent: 5},
		],
		['a new key that is never known does not work', works, [no('InvalidClientTokenId')], {got: 'denied', ok: false}],
		[
			'a new key that is never known proves no limit',
			fails,
			[no('UnrecognizedClientException')],
			{got: 'cant-tell', ok: null},
		],
		[
			'a signature refused for the time of day tells nothing of the secret',
			works,
			[new Refused('SignatureDoesNotMatch', 'Signature expired', 'request', {why: 'the clock', atMost: 5})],
			{got: 'cant-tell', ok: null, sent: 1},
		],
		[
			'a secret that is not the key’s fails at once',
			works,
			[no('SignatureDoesNotMatch')],
			{got: 'denied', ok: false, sent: 1},
		],
		[
			'a secret that is not the key’s proves no limit',
			fails,
			[no('InvalidSignatureException')],
			{got: 'cant-tell', ok: null, sent: 1},
		],
	];
	test.each(table)('%s', async (_rule, it, answers, expected) => {
		expect(await one(it, ...answers)).toMatchObject(expected);
	});
});

test('what comes out wrong is waited for two minutes, and told with why', async () => {
	const {waited, because} = await one(fails, {});
	expect(waited).toBeGreaterThanOrEqual(120);
	expect(waited).toBeLessThan(130);
	expect((await one(works, denied)).because).toBe('kms:DescribeKey: User is not authorized [AccessDeniedException]');
	expect(because).toBeUndefined();
});
test('what must work and what must be denied have two minutes each, not each check two minutes', async () => {
	const {tries} = saying(denied);
	const {waited} = await run([works, {...works, id: 'two'}, {...works, id: 'three'}], tries);
	expect(waited).toBeLessThan(130);
});
test('a denial must name what it is about, where the check says so', async () => {
	const named = check('denied', [probe('kms:Decrypt', {names: 'key/other'})]);
	expect(await one(named, no('AccessDeniedException', 'not authorized on key/other'))).toMatchObject({ok: true});
	expect(await one(named, denied)).toMatchObject({got: 'cant-tell', ok: null});
});
test('an error after authorization tells that it was allowed', async () => {
	const named = check('denied', [probe('kms:Decrypt', {allowedBy: ['IncorrectKeyException']})]);
	expect(await one(named, no('IncorrectKeyException'))).toMatchObject({got: 'allowed', ok: false});
});
test('a round trip must give back what was sent, other bytes each time', async () => {
	const trip = check('allowed', [
		{call: {api: 'kms:Encrypt', input: {Plaintext: {$secret: 'random'}}}, learns: {ciphertext: 'CiphertextBlob'}},
		{
			call: {api: 'kms:Decrypt', input: {CiphertextBlob: {$fact: 'ciphertext'}}},
			gives: {Plaintext: {$secret: 'random'}},
		},
	]);
	const honest: Try = async ({input}) => ({
		output: 'Plaintext' in input ? {CiphertextBlob: input['Plaintext']} : {Plaintext: input['CiphertextBlob']},
	});
	expect((await run([trip], honest)).results[0]).toMatchObject({got: 'allowed', ok: true});
	const first = new Uint8Array([1]);
	const stuck: Try = async ({input}) => ({output: 'Plaintext' in input ? {CiphertextBlob: first} : {Plaintext: first}});
	expect((await run([trip], stuck)).results[0]).toMatchObject({
		got: 'denied',
		ok: false,
		because: expect.stringContaining('another Plaintext'),
	});
});
test('without a secret nothing is tried, and nothing that needs it can be told; what was looked at still is', async () => {
	const looked = check('denied', [], {id: 'groups', by: 'operator', found: {got: 'denied'}});
	const {results} = await run([works, fails, looked], {because: 'no secret'});
	expect(results.map(it => it.ok)).toEqual([null, null, true]);
	expect(results[0]!.because).toBe('no secret');
});
test('a check that needs what an earlier one did not get can not be told', async () => {
	const needs = check('denied', [{call: {api: 'kms:Decrypt', input: {CiphertextBlob: {$fact: 'ciphertext'}}}}]);
	const {tries, sent} = saying(denied);
	expect((await run([needs], tries)).results[0]).toMatchObject({got: 'cant-tell', ok: null});
	expect(sent).toEqual([]);
});
test('who wants to leave waits for the call that is out, and for no further one', async () => {
	const {tries, sent} = saying({});
	await expect(run([works], tries, () => sent.length >= 1)).rejects.toThrow(Interrupted);
	expect(sent).toHaveLength(1);
});

test('each request of a check is kept by its id, those that AWS refused too; news of it has none', async () => {
	let sent = 0;
	const {results, news} = await run([works, fails], async ({api}) => {
		const requestId = `request-${++sent}`;
		if (api === 'kms:ListKeys') throw new Refused('AccessDeniedException', 'User is not authorized', requestId);
		return {output: {}, requestId};
	});
	expect(results.map(it => it.requestIds)).toEqual([
		['request-1', 'request-2', 'request-4'],
		['request-3', 'request-5', 'request-6'],
	]);
	expect(JSON.stringify(news)).not.toContain('request-');
});

describe('checks go side by side', () => {
	const named = (id: string, expect: Check['expect'] = 'allowed', more: Partial<Probe> = {}): Check =>
		check(expect, [probe(`kms:${id}`, more)], {id, says: id});
	/** Answers in turns: all that is out by then is answered at once. */
	const inTurns = (answer: (api: string) => object | Error = () => ({})): {tries: Try; turns: string[][]} => {
		const turns: string[][] = [];
		let waiting: (() => void)[] = [];
		const tries: Try = ({api}) =>
			new Promise((done, failed) => {
				if (waiting.length === 0)
					setImmediate(() => {
						const these = waiting;
						waiting = [];
						for (const go of these) go();
					});
				if (waiting.length === 0) turns.push([]);
				turns.at(-1)?.push(api.slice('kms:'.length));
				waiting.push(() => {
					const it = answer(api);
					if (it instanceof Error) failed(it);
					else done({output: it});
				});
			});
		return {tries, turns};
	};

	test('the first alone, until it is known that the credentials are taken; then all others', async () => {
		const {tries, turns} = inTurns();
		await run([named('first'), named('second'), named('third')], tries);
		const all = ['first', 'second', 'third'];
		expect(turns.map(it => [...it].sort())).toEqual([['first'], all, all, ['second', 'third']]);
	});
	test('what needs what another learns begins once that is there', async () => {
		const {tries, turns} = inTurns();
		const learns = named('learns', 'allowed', {learns: {ciphertext: 'CiphertextBlob'}});
		const needs = check('allowed', [{call: {api: 'kms:needs', input: {CiphertextBlob: {$fact: 'ciphertext'}}}}]);
		const giving: Try = async call => ({...(await tries(call)), output: {CiphertextBlob: 'it'}});
		await run([named('first'), learns, needs], giving);
		expect(turns.map(it => [...it].sort())).toEqual([
			['first'],
			['first', 'learns'],
			['first', 'learns', 'needs'],
			['learns', 'needs'],
			['needs'],
		]);
	});
	test('they are told in their order, whichever is there first', async () => {
		let sent = 0;
		const {tries} = inTurns(api => (api === 'kms:slow' && ++sent < 5 ? denied : {}));
		const {results, news} = await run([named('first'), named('slow'), named('quick')], tries);
		expect(results.map(it => it.check)).toEqual(['first', 'slow', 'quick']);
		expect(news.filter(it => it.type === 'check').map(it => it.check)).toEqual(['first', 'slow', 'quick']);
	});
	test('the first that waits is told; the next look again once that is over, and wait in their turn', async () => {
		const sent = new Map<string, number>();
		const late = (api: string): number => ({'kms:second': 2, 'kms:third': 4})[api] ?? 0;
		const {tries} = inTurns(api => {
			const many = (sent.get(api) ?? 0) + 1;
			sent.set(api, many);
			return many <= late(api) ? denied : {};
		});
		const {news} = await run([named('first'), named('second'), named('third')], tries);
		const waits = news.filter(it => it.type === 'wait').map(it => it.for);
		// The second looks again once the first is over, without a wait.
		expect(waits).toEqual(['second', 'third', 'third', 'third']);
	});
	test('where one can not go on, the calls of others that are out are waited for, and none follows', async () => {
		const {tries, turns} = inTurns();
		let out = 0;
		const counted: Try = async call => {
			out += 1;
			try {
				return await tries(call);
			} finally {
				out -= 1;
			}
		};
		const leaving = (): boolean => turns.length >= 4;
		await expect(run([named('first'), named('second'), named('third')], counted, leaving)).rejects.toThrow(Interrupted);
		expect(out).toBe(0);
		expect(turns).toHaveLength(4);
	});
});

describe('a denial that may only mean that it is tried from elsewhere', () => {
	const because = 'limited as asked';
	const bound = (after: number): Check => check('allowed', [probe('kms:DescribeKey')], {elsewhere: {because, after}});
	const untaken = no('UnrecognizedClientException');
	const elsewhere = {got: 'cant-tell', ok: null, because};
	test('is judged after three in a row where nothing was changed just now', async () => {
		expect(await one(bound(0), denied)).toMatchObject({...elsewhere, sent: 3, waited: 3});
	});
	test('is asked on for as long as AWS may judge by what was in force before', async () => {
		const it = await one(bound(20), denied);
		expect(it).toMatchObject(elsewhere);
		expect(it.waited).toBeGreaterThanOrEqual(20);
		expect(it.waited).toBeLessThan(30);
	});
	test('is none yet while the access key is not taken, and where what was set acts later it passes', async () => {
		expect(await one(bound(0), untaken, untaken, denied)).toMatchObject({...elsewhere, sent: 5});
		expect(await one(bound(20), denied, denied, denied, denied, {})).toMatchObject({got: 'allowed', ok: true});
		expect(await one(bound(0), denied, denied, untaken, denied)).toMatchObject({...elsewhere, sent: 6});
		expect(await one(bound(0), untaken)).toMatchObject({got: 'denied', ok: false});
	});
});
