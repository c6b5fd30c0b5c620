import {afterEach, expect, test, vi} from 'vitest';
import {type Leaving, listenForLeaving} from '../../src/run/leaving.js';

const endNow = vi.fn();
let leaving: Leaving | undefined;
/** What is heard, one after the other. */
function hears(...signals: readonly NodeJS.Signals[]): void {
	leaving = listenForLeaving(endNow, false);
	emits(...signals);
}
function emits(...signals: readonly NodeJS.Signals[]): void {
	for (const it of signals) process.emit(it, it);
}
afterEach(() => {
	vi.clearAllMocks();
	leaving?.stop();
	for (const it of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(it);
});

test.each([
	['a window that closes more than once', ['SIGHUP', 'SIGHUP', 'SIGHUP'], 'hung-up'],
	['a shell that ends with its window, and says so to who is stopped', ['SIGHUP', 'SIGTERM', 'SIGHUP'], 'hung-up'],
	['a window that closes after it was told to end', ['SIGTERM', 'SIGHUP'], 'terminated'],
] satisfies readonly (readonly [string, readonly NodeJS.Signals[], string])[])(
	'%s lets the call that is out finish',
	(_, signals, how) => {
		hears(...signals);
		expect(leaving?.heard()).toBe(how);
		expect(endNow).not.toHaveBeenCalled();
	},
);
test('who is to outlive the terminal does not hear that it hangs up, not after all is done either, and leaves by the rest', () => {
	leaving = listenForLeaving(endNow, true);
	emits('SIGHUP', 'SIGHUP');
	expect(leaving.heard()).toBeUndefined();
	leaving.stop();
	// Without a listener it would end the process.
	expect(process.listenerCount('SIGHUP')).toBe(1);
	emits('SIGHUP', 'SIGTERM');
	expect(leaving.heard()).toBe('terminated');
	expect(endNow).not.toHaveBeenCalled();
});
test.each([
	['Ctrl+C twice', ['SIGINT', 'SIGINT'], 'interrupted'],
	['told to end twice', ['SIGTERM', 'SIGTERM'], 'terminated'],
	['told to end twice after its window closed', ['SIGHUP', 'SIGTERM', 'SIGTERM'], 'hung-up'],
] satisfies readonly (readonly [string, readonly NodeJS.Signals[], string])[])('%s ends at once', (_, signals, how) => {
	hears(...signals);
	expect(endNow.mock.calls).toEqual([[how]]);
});
