import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type Entry, fold, type Happened, knownFor, type State, settledAnswers} from '../../src/engine/record.js';
import {change, entry, started} from './samples.js';

/** A whole set-up as a record tells it: a refusal, a lost answer, a stop, and a second run. */
const story: readonly Happened[] = [
	started('id-1'),
	{type: 'answered', answers: {policyName: 'P', tags: {a: 'b'}}},
	{
		type: 'connected',
		caller: 'arn:aws:iam::111122223333:user/admin',
		facts: {account: '111122223333', partition: 'aws', region: 'eu-west-1'},
	},
	{type: 'completed', step: 'connect', facts: {account: '111122223333'}},
	{type: 'approved', step: 'policy', changes: ['create-policy']},
	{type: 'intent', id: 1, step: 'policy', change: change('create-policy', {record: {uses: ['policyName', 'tags']}})},
	{type: 'outcome', of: 1, ok: false, code: 'AccessDenied', message: 'no', requestId: 'r1'},
	{type: 'ended', status: 'stopped'},
	started('id-2'),
	{type: 'intent', id: 2, step: 'policy', change: change('create-policy', {record: {uses: ['policyName']}})},
	{type: 'outcome', of: 2, ok: true, learned: {policyArn: 'arn:p'}, requestId: 'r2'},
	{type: 'completed', step: 'policy', facts: {policyFirstVersion: 'v1'}},
	{type: 'claimed', place: '/k.csv'},
	{
		type: 'intent',
		id: 3,
		step: 'access-key',
		change: change('create-access-key', {before: ['AKIA0'], record: {uses: ['secretFile']}}),
	},
	{type: 'intent', id: 4, step: 'access-key', change: change('create-access-key', {before: ['AKIA0', 'AKIA1']})},
	{type: 'delivered', id: 'AKIA2', place: '/k.csv'},
	{type: 'outcome', of: 4, ok: true, learned: {accessKeyId: 'AKIA2'}},
	{type: 'completed', step: 'access-key', facts: {}},
	{type: 'in-use', id: 'AKIA2'},
	{type: 'ended', status: 'complete'},
];
const entries = (happened: readonly Happened[]): readonly Entry[] =>
	happened.map((it, at) => entry(it, new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString()));
const folded = (...happened: readonly Happened[]): State => fold(entries(happened));

describe('every prefix of a record is a legal record', () => {
	test.each(story.map((_it, length) => length))('the first %i entries', length => {
		const state = folded(...story.slice(0, length));
		const past = Object.values(state.past).flat();
		const intents = story.slice(0, length).filter(it => it.type === 'intent');
		expect(past).toHaveLength(intents.length);
		expect(state.nextId).toBe(Math.max(0, ...intents.map(it => it.id)) + 1);
		expect(state.runs).toBe(story.slice(0, length).filter(it => it.type === 'started').length);
		for (const it of past) {
			if (it.outcome === 'refused') expect(it.code).toBe('AccessDenied');
			if (it.outcome !== 'done') expect(it.learned).toEqual({});
		}
		expect(state.last !== undefined).toBe(length > 0);
	});
	test('entries in any order, repeated or missing, still fold', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...story), {maxLength: 30}), some => {
				const state = folded(...some);
				expect(new Set(state.done['setup'] ?? []).size).toBe(state.done['setup']?.length ?? 0);
				expect(new Set(state.delivered.map(it => it.id)).size).toBe(state.delivered.length);
				const used = some.flatMap(it => (it.type === 'intent' ? [it.id] : []));
				for (const id of used) expect(state.nextId).toBeGreaterThan(id);
			}),
		);
	});
	test('what was learned, answered and done is there at the end', () => {
		const state = folded(...story);
		expect(state.facts).toMatchObject({
			account: '111122223333',
			region: 'eu-west-1',
			policyArn: 'arn:p',
			policyFirstVersion: 'v1',
			accessKeyId: 'AKIA2',
		});
		expect(state.done).toEqual({setup: ['connect', 'policy', 'access-key']});
		expect(state.claimed).toEqual(['/k.csv']);
		expect(state.last).toMatchObject({host: 'here', pid: 7, ended: true, at: '2026-01-01T00:00:19.000Z'});
	});
});

test('a second start keeps the first id and counts as a run of its own', () => {
	const state = folded(started('id-1'), started('id-2'));
	expect(state).toMatchObject({setupId: 'id-1', runs: 2, setup: 'nps'});
});
test('a set-up that is taken up brings its id', () => {
	expect(folded(started('id-1'), {type: 'taken-up', setupId: 'id-9'})).toMatchObject({
		setupId: 'id-9',
		recovered: true,
	});
});
test('answers are merged, and the last one given holds', () => {
	const state = folded({type: 'answered', answers: {a: '1', b: '1'}}, {type: 'answered', answers: {b: '2', c: true}});
	expect(state.answers).toEqual({a: '1', b: '2', c: true});
});
test('an intent without an outcome is in doubt, and completing its step settles it', () => {
	const intent: Happened = {type: 'intent', id: 1, step: 'user', change: change('create-user')};
	const other: Happened = {type: 'intent', id: 2, step: 'policy', change: change('create-policy')};
	expect(folded(intent).past['user']?.[0]?.outcome).toBeUndefined();
	const state = folded(intent, other, {type: 'completed', step: 'user', facts: {}});
	expect(state.past['user']?.[0]?.outcome).toBe('settled');
	expect(state.past['policy']?.[0]?.outcome).toBeUndefined();
});
test('completing a step changes neither what was done nor what was refused', () => {
	const state = folded(...story);
	expect(state.past['policy']?.map(it => it.outcome)).toEqual(['refused', 'done']);
	expect(state.past['access-key']?.map(it => it.outcome)).toEqual(['settled', 'done']);
});
test('a later doubt of a step completed before is a doubt', () => {
	const intent: Happened = {type: 'intent', id: 9, step: 'user', change: change('create-user')};
	expect(folded({type: 'completed', step: 'user', facts: {}}, intent).past['user']?.[0]?.outcome).toBeUndefined();
});
test('progress belongs to its course, while facts are shared', () => {
	const state = folded(
		started('id-1'),
		{type: 'completed', step: 'user', facts: {userName: 'u'}},
		started('id-1', {course: 'discard'}),
	);
	expect(state.course).toBe('discard');
	expect(state.done['discard']).toBeUndefined();
	expect(state.facts['userName']).toBe('u');
});
test('nps-rotated marks the key it names and no other', () => {
	const keys = (id: string): Happened => ({type: 'delivered', id, place: `/${id}`});
	const state = folded(keys('AKIA1'), keys('AKIA2'), {type: 'in-use', id: 'AKIA2'}, {type: 'in-use', id: 'AKIA9'});
	expect(state.alsoInUse).toEqual({AKIA9: {}});
	expect(state.delivered.map(it => [it.id, it.inUse])).toEqual([
		['AKIA1', false],
		['AKIA2', true],
	]);
});
test('a key told as delivered twice is one key, where it was first', () => {
	const state = folded(
		{type: 'delivered', id: 'AKIA1', place: '/a'},
		{type: 'in-use', id: 'AKIA1'},
		{type: 'delivered', id: 'AKIA1', place: '/b'},
	);
	expect(state.delivered).toHaveLength(1);
	expect(state.delivered[0]).toMatchObject({place: '/a', inUse: true});
});

test('an answer is settled once a change was tried with it, unless AWS refused that change', () => {
	const tried = (id: number, name: string): Happened => ({
		type: 'intent',
		id,
		step: 's',
		change: change(name, {record: {uses: [name]}}),
	});
	const state = folded(
		tried(1, 'lost'),
		tried(2, 'done'),
		tried(3, 'refused'),
		{type: 'outcome', of: 2, ok: true, learned: {}},
		{type: 'outcome', of: 3, ok: false, code: 'X', message: ''},
	);
	expect(settledAnswers(state)).toEqual(['lost', 'done']);
});

test('what a step knows are its own attempts, and facts by value or by name', () => {
	const known = knownFor(
		'policy',
		folded(...story),
		{homeFolder: '/h'},
		{facts: {region: 'r'}, answers: {policyName: 'Q'}},
	);
	expect(known.past.map(it => it.change.id)).toEqual(['create-policy', 'create-policy']);
	expect(known.past.map(it => it.run)).toEqual([1, 2]);
	expect(known.fact('policyArn')).toBe('arn:p');
	expect(known.fact('region')).toBe('r');
	expect(known.setupId).toBe('id-1');
	expect(known.run.homeFolder).toBe('/h');
	expect(known.fact('keyArn')).toEqual({$fact: 'keyArn'});
	expect(known.answers['policyName']).toBe('Q');
});

describe('what a change takes back', () => {
	const made: readonly Happened[] = [
		started('id-1'),
		{type: 'intent', id: 1, step: 'user', change: change('create-user', {record: {uses: ['userName']}})},
		{type: 'outcome', of: 1, ok: true, learned: {userMadeAs: 'AIDA1'}},
		{type: 'completed', step: 'user', facts: {userName: 'u'}},
		{type: 'completed', step: 'policy', facts: {policyArn: 'arn:p'}},
		started('id-1', {course: 'discard'}),
		{
			type: 'intent',
			id: 2,
			step: 'user',
			change: change('delete-user', {
				verb: 'delete',
				record: {undoes: ['create-user', 'attach-policy'], forgets: ['userName']},
			}),
		},
	];
	const gone = (state: State) => {
		expect(state.past['user']?.map(it => it.outcome)?.[0]).toBe('undone');
		expect(state.facts).not.toHaveProperty('userMadeAs');
		expect(state.facts).not.toHaveProperty('userName');
		expect(state.facts).toHaveProperty('policyArn', 'arn:p');
		expect(state.done['setup']).toEqual(['policy']);
		expect(settledAnswers(state)).toEqual([]);
	};
	test('counts as never made once it is done, and the rest stays', () => {
		gone(folded(...made, {type: 'outcome', of: 2, ok: true, learned: {}}));
	});
	test('and once its own course has found it gone after a lost answer', () => {
		gone(folded(...made, {type: 'completed', step: 'user', facts: {}}));
	});
	test.each([
		['while its answer is lost', []],
		['when AWS refused it', [{type: 'outcome', of: 2, ok: false, code: 'X', message: ''}]],
		[
			'when the set-up found all there after a lost answer',
			[started('id-1'), {type: 'completed', step: 'user', facts: {}}],
		],
	] as const)('stays as it was %s', (_, more) => {
		const state = folded(...made, ...(more as readonly Happened[]));
		expect(state.past['user']?.[0]?.outcome).toBe('done');
		expect(state.facts).toMatchObject({userMadeAs: 'AIDA1', userName: 'u'});
		expect(state.done['setup']).toEqual(['user', 'policy']);
	});
	test('can be made again, and is known anew', () => {
		const again: readonly Happened[] = [
			{type: 'outcome', of: 2, ok: true, learned: {}},
			started('id-1'),
			{type: 'intent', id: 3, step: 'user', change: change('create-user')},
			{type: 'outcome', of: 3, ok: true, learned: {userMadeAs: 'AIDA2'}},
			{type: 'completed', step: 'user', facts: {userName: 'u'}},
		];
		const state = folded(...made, ...again);
		expect(state.past['user']?.map(it => it.outcome)).toEqual(['undone', 'done', 'done']);
		expect(state.facts).toMatchObject({userMadeAs: 'AIDA2', userName: 'u'});
		expect(state.done['setup']).toEqual(['policy', 'user']);
	});
	test('which course changed something last is known, whoever ran since', () => {
		expect(folded(...made, started('id-1', {course: 'prove'})).changing).toBe('discard');
		expect(folded(...made.slice(0, 6)).changing).toBe('setup');
	});
});

describe('answers belong to their course', () => {
	const told: readonly Happened[] = [
		started('id-1'),
		{type: 'answered', answers: {userName: 'u', secretFile: '/one'}},
		started('id-1', {course: 'replace-access-key'}),
		{type: 'answered', answers: {secretFile: '/two'}},
	];
	test.each([
		['the course begun last', undefined, '/two'],
		['the set-up', 'setup', '/one'],
		['another course', 'discard', '/one'],
	])("%s knows its own, and the set-up's", (_, course, secretFile) => {
		expect(fold(entries(told), course).answers).toEqual({userName: 'u', secretFile});
	});
});

describe('an answer that allowed one change', () => {
	const lets = (it: Happened): readonly Happened[] => [
		started('id-1'),
		{type: 'answered', answers: {off: 'K'}},
		{type: 'intent', id: 1, step: 's', change: change('stop', {record: {spends: ['off']}})},
		it,
	];
	test('is spent once that is done, or found done', () => {
		expect(folded(...lets({type: 'outcome', of: 1, ok: true, learned: {}})).answers).toEqual({});
		expect(folded(...lets({type: 'completed', step: 's', facts: {}})).answers).toEqual({});
	});
	test('stands while it is refused or in doubt', () => {
		expect(folded(...lets({type: 'outcome', of: 1, ok: false, code: 'AccessDenied', message: 'no'})).answers).toEqual({
			off: 'K',
		});
		expect(folded(...lets({type: 'ended', status: 'stopped'})).answers).toEqual({off: 'K'});
	});
	test('given again in a later run is meant for what comes then', () => {
		const again: readonly Happened[] = [
			started('id-1'),
			{type: 'answered', answers: {off: 'K'}},
			{type: 'completed', step: 's', facts: {}},
		];
		expect(folded(...lets({type: 'ended', status: 'stopped'}), ...again).answers).toEqual({off: 'K'});
	});
});

test('a use of ours of which only the beginning is noted stays open, until one is noted whole', () => {
	const use: Happened = {type: 'own-use', id: 'AKIA2'};
	const open = (...more: readonly Happened[]): boolean =>
		folded(...story, ...more).delivered[0]?.usedSince !== undefined;
	expect(open(started('id-1'), use)).toBe(true);
	expect(open(started('id-1'), use, use)).toBe(false);
	expect(open(started('id-1'), use, started('id-1'), use)).toBe(true);
	expect(open(started('id-1'), use, started('id-1'), use, use)).toBe(false);
});

test('a use of ours that was cut off may have lasted until a later run was at work, by AWS’s clock, and no longer', () => {
	const use: Happened = {type: 'own-use', id: 'AKIA2'};
	const told = (clock: 'aws' | 'local', ...more: readonly Happened[]): State =>
		fold(entries([...story, ...more]).map(it => ({...it, clock})));
	const until = (...more: readonly Happened[]) => told('aws', ...more).delivered[0]?.usedUntil;
	const {at} = told('aws', started('id-1'), use, started('id-1')).last ?? {};
	expect(until(started('id-1'), use)).toBeUndefined();
	expect(until(started('id-1'), use, started('id-1'))).toBe(at);
	expect(until(started('id-1'), use, started('id-1'), started('id-1'))).toBe(at);
	expect(until(started('id-1'), use, started('id-1'), use, use)).toBeUndefined();
	expect(told('local', started('id-1'), use, started('id-1')).delivered[0]?.usedUntil).toBeUndefined();
});
test('the requests of a proof that was left are ours too', () => {
	const left: Happened = {type: 'own-use', id: 'AKIA2', requestIds: ['r8', 'r9']};
	expect(knownFor('prove', folded(...story, left), {}).ownRequests).toEqual(['r8', 'r9']);
});

test('the requests of all proofs are ours, and an older record, which names none, reads on', () => {
	const checked = (requestIds?: readonly string[]): Happened => ({
		...{type: 'checked', step: 'prove', id: 'AKIA2', about: 'key'},
		checks: [
			{
				...{check: 'identity', by: 'new-user', expect: 'allowed', got: 'allowed', ok: true, says: 'is it'},
				...(requestIds && {requestIds}),
			},
		],
	});
	expect(knownFor('prove', folded(...story, checked()), {}).ownRequests).toEqual([]);
	const both = folded(...story, checked(['r1', 'r2']), checked(), checked(['r3']));
	expect(knownFor('prove', both, {}).ownRequests).toEqual(['r1', 'r2', 'r3']);
});
