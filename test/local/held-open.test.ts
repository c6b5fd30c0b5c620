import {expect, test} from 'vitest';
import {onceFree} from '../../src/local/durable-file.js';

/** Something that fails so many times, as while another program has the file open; how often it was done, and what was waited. */
function heldFor(times: number, code: string) {
	const seen = {done: 0, waited: 0};
	const act = (): void => {
		seen.done++;
		if (seen.done <= times) throw Object.assign(new Error(code), {code});
	};
	return {seen, act, wait: (ms: number): void => void (seen.waited += ms)};
}

test.each(['EPERM', 'EACCES', 'EBUSY'])('what another program has open on Windows (%s) is waited for', code => {
	const {seen, act, wait} = heldFor(30, code);
	onceFree(act, 'win32', wait);
	expect(seen).toEqual({done: 31, waited: 3000});
});

test('for ten seconds, and told as that', () => {
	const {seen, act, wait} = heldFor(Infinity, 'EPERM');
	expect(() => onceFree(act, 'win32', wait)).toThrow(expect.objectContaining({code: 'EBUSY'}));
	expect(seen.waited).toBe(10_000);
});

test.each([
	['a full disk', 'win32', 'ENOSPC'],
	['a folder without permission elsewhere', 'linux', 'EPERM'],
] as const)('%s is told at once', (_what, platform, code) => {
	const {seen, act, wait} = heldFor(Infinity, code);
	expect(() => onceFree(act, platform, wait)).toThrow(expect.objectContaining({code}));
	expect(seen).toEqual({done: 1, waited: 0});
});
