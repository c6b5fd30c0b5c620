import {beforeEach, expect, test, vi} from 'vitest';

const {writeText} = vi.hoisted(() => ({writeText: vi.fn<(text: string) => Promise<void>>()}));
vi.mock('tinyclip', () => ({writeText}));
// A file before this one may have loaded it with the real clipboard.
vi.resetModules();
const {copyText} = await import('../../src/front/clipboard.js');
beforeEach(() => {
	writeText.mockReset();
	writeText.mockResolvedValue();
});
const copy = async (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') => {
	const written: string[] = [];
	const sure = await copyText('the text', it => void written.push(it), env, platform);
	return {sure, written: written.join('')};
};

test('a text goes to the terminal in any case, for it to keep', async () => {
	expect(await copy({})).toEqual({
		sure: false,
		written: `\u001B]52;c;${Buffer.from('the text').toString('base64')}\u0007`,
	});
	expect(writeText).not.toHaveBeenCalled();
});
test.each<[string, NodeJS.ProcessEnv, NodeJS.Platform]>([
	['Windows', {}, 'win32'],
	['macOS', {}, 'darwin'],
	['a desktop', {DISPLAY: ':0'}, 'linux'],
	['Wayland', {WAYLAND_DISPLAY: 'wayland-0'}, 'linux'],
])('on %s it goes to the clipboard too, and certainly', async (_, env, platform) => {
	expect((await copy(env, platform)).sure).toBe(true);
	expect(writeText.mock.calls).toEqual([['the text']]);
});
test('over SSH it does not go to the clipboard of the other machine', async () => {
	expect((await copy({DISPLAY: ':10', SSH_CONNECTION: 'x'})).sure).toBe(false);
	expect(writeText).not.toHaveBeenCalled();
});
test('a clipboard that takes nothing is no trouble, and nothing is certain', async () => {
	writeText.mockRejectedValue(new Error('no xsel'));
	expect((await copy({DISPLAY: ':0'})).sure).toBe(false);
});
