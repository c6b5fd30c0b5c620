import {expect, test} from 'vitest';
import type {Happened} from '../../src/engine/entry.js';
import {prove} from '../../src/engine/proving.js';
import type {Check} from '../../src/engine/step.js';
import {Interrupted} from '../../src/engine/waiting.js';

/** A proof with an access key whose calls are answered in turn; left after so many of them. */
async function entriesOf(leftAfter: number): Promise<readonly Happened[]> {
	const entries: Happened[] = [];
	let calls = 0;
	const works = {
		...{id: 'works', says: 'works', by: 'new-user', expect: 'allowed', ways: [{is: 'none', says: 'none'}]},
		probes: [{call: {api: 'kms:Encrypt', input: {}}}],
	} as Check;
	const asked = {
		checks: [works],
		id: 'AKIA1',
		about: 'key',
		place: 'f.csv',
		columns: ['id', 'secret'],
		secret: 's',
	} as const;
	const hands = {
		append: async (it: Happened) => void entries.push(it),
		places: {recall: async (_place: string, _columns: unknown, column: string) => (column === 'id' ? 'AKIA1' : 'x')},
		clock: {
			now: () => ({at: '2026-11-24T00:00:00Z', clock: 'aws'}),
			ticks: () => 0,
			patience: 0,
			sleep: async () => undefined,
		},
		tell: () => undefined,
		bytes: () => new Uint8Array([1]),
		leaving: () => calls >= leftAfter,
		verdictOf: () => undefined,
		tryAs: () => async () => ({output: {}, requestId: `r${++calls}`}),
		secret: async () => undefined,
	} as unknown as Parameters<typeof prove>[3];
	await prove('prove', asked, {}, hands).catch(error => expect(error).toBeInstanceOf(Interrupted));
	return entries;
}

test('the requests of a proof that is left are recorded with its last use, those of a whole one with its checks', async () => {
	expect(await entriesOf(2)).toEqual([
		{type: 'own-use', id: 'AKIA1'},
		{type: 'own-use', id: 'AKIA1', requestIds: ['r1', 'r2']},
	]);
	expect(await entriesOf(9)).toMatchObject([
		{type: 'own-use', id: 'AKIA1'},
		{type: 'own-use', id: 'AKIA1'},
		{type: 'checked', checks: [{requestIds: ['r1', 'r2', 'r3']}]},
	]);
});

test('what can not be told is told once for all that has the same reason, the deeds under one word', async () => {
	const check = (id: string, says: string, expect: Check['expect']): Check => ({
		...{id, says, expect, by: 'new-user', ways: [{is: 'none', says: 'none'}]},
		probes: [{call: {api: 'kms:Encrypt', input: {}}}],
	});
	const hands = {
		append: async () => undefined,
		places: {recall: async () => undefined},
		clock: {now: () => ({at: '2026-11-24T00:00:00Z', clock: 'aws'}), ticks: () => 0},
		tell: () => undefined,
		leaving: () => false,
		secret: async () => undefined,
	} as unknown as Parameters<typeof prove>[3];
	const checks = [check('a', 'list keys', 'denied'), check('b', 'works', 'allowed'), check('c', 'use it', 'denied')];
	const asked = {checks, id: 'AKIA1', about: 'key', place: null, columns: ['id', 'secret'], secret: 'secret'} as const;
	expect(await prove('prove', asked, {}, hands)).toMatchObject({
		warns: ["Can't tell (the secret is not at hand): works; must not be able to list keys; use it"],
	});
});
