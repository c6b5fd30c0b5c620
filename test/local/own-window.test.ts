import {EventEmitter} from 'node:events';
import {expect, test} from 'vitest';
import {imageIn, untilRead} from '../../src/local/own-window.js';

/** A program that ends in a window of that kind, until Enter is pressed if it waits for it. */
async function ends(more: Partial<Parameters<typeof untilRead>[0]> = {}): Promise<{waits: boolean; said: string}> {
	const keys = new EventEmitter();
	let said = '';
	let over = false;
	const input = Object.assign(keys, {isTTY: true, ref: () => undefined, resume: () => undefined});
	const output = {isTTY: true, write: (it: string) => Boolean((said += it))};
	const ending = untilRead({
		platform: 'win32',
		args: [],
		by: (): string => 'explorer.exe',
		input: input as unknown as NodeJS.ReadStream,
		output: output as unknown as NodeJS.WriteStream,
		...more,
	}).then(() => (over = true));
	await Promise.resolve().then(() => undefined);
	const waits = !over && keys.listenerCount('data') > 0;
	keys.emit('data', '\r\n');
	await ending;
	return {waits, said};
}

test('a window that a double click opened stays until Enter', async () => {
	expect(await ends()).toEqual({waits: true, said: '\nPress Enter to close this window.\n'});
	expect((await ends({by: (): string => 'Explorer.EXE'})).waits).toBe(true);
});
test.each([
	['a terminal was there before', {by: (): string => 'cmd.exe'}],
	['nobody tells who started it', {by: (): undefined => undefined}],
	['it was given something to do', {args: ['status']}],
	['it is not Windows', {platform: 'linux'}],
] as const)('nothing is waited for where %s', async (_where, more) => {
	expect(await ends(more)).toEqual({waits: false, said: ''});
});
test('who started it is what tasklist tells', () => {
	expect(imageIn('\r\n"explorer.exe","4711","Console","1","101,234 K"\r\n')).toBe('explorer.exe');
	expect(imageIn('INFO: No tasks are running which match the specified criteria.\r\n')).toBeUndefined();
});
