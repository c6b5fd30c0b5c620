import {expect, test} from 'vitest';
import {topics} from '../../src/commands/help-topics.js';
import {allKeys, keyOf} from '../../src/engine/keys.js';

test('a key has one meaning, and a meaning one key', () => {
	expect(new Set(allKeys.map(([key]) => key)).size).toBe(allKeys.length);
	expect(new Set(allKeys.map(([, meaning]) => meaning)).size).toBe(allKeys.length);
	for (const [key, meaning] of allKeys) expect(keyOf(meaning)).toBe(key);
	expect(allKeys.every(([key]) => /^[a-z?/]$/.test(key))).toBe(true);
});
test('the keys that people know by now stay what they are', () => {
	const kept = {
		y: 'yes',
		n: 'no',
		p: 'copy',
		c: 'commands',
		w: 'write',
		e: 'otherwise',
		r: 'retry',
		q: 'quit',
	} as const;
	for (const [key, meaning] of Object.entries(kept)) expect(keyOf(meaning)).toBe(key);
	expect([keyOf('guide'), keyOf('find'), keyOf('overwrite')]).toEqual(['?', '/', 'o']);
});
test('the help tells every key of the table', () => {
	for (const [key, , says] of allKeys) expect(topics['keys']).toContain(`${key.padEnd(8)} ${says}`);
});
