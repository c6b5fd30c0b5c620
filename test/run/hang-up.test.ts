import {PassThrough} from 'node:stream';
import {afterEach, describe, expect, test} from 'vitest';
import type {Left} from '../../src/engine/outcome.js';
import {hearHangUp, isGone} from '../../src/run/hang-up.js';
import {type Leaving, listenForLeaving} from '../../src/run/leaving.js';

const ended: Left[] = [];
const left: Leaving[] = [];
/** Who listens, and the two streams to a person, at a terminal or not. */
function line(asTerminal: boolean, isThere = true) {
	const leaving = listenForLeaving(how => ended.push(how));
	left.push(leaving);
	const streams = {stdin: new PassThrough(), stdout: new PassThrough()};
	for (const it of Object.values(streams)) {
		it.on('error', () => undefined);
		if (asTerminal) Object.assign(it, {isTTY: true});
	}
	const forget = hearHangUp(streams, leaving, () => isThere);
	return {...streams, leaving, forget};
}
const eio = Object.assign(new Error('read EIO'), {code: 'EIO'});
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const;
afterEach(() => {
	for (const it of left.splice(0)) it.stop();
	for (const it of signals) process.removeAllListeners(it);
	ended.length = 0;
});

describe('a terminal that is gone is left as by SIGHUP', () => {
	test.each([
		['its input ends', (it: ReturnType<typeof line>) => it.stdin.emit('end')],
		['its input fails', (it: ReturnType<typeof line>) => it.stdin.emit('error', eio)],
		['its output fails', (it: ReturnType<typeof line>) => it.stdout.emit('error', eio)],
	] as const)('when %s, whatever comes after', (_how, goes) => {
		const it = line(true, false);
		goes(it);
		expect(it.leaving.heard()).toBe('hung-up');
		it.stdin.emit('error', eio);
		it.stdin.emit('end');
		it.stdout.emit('error', eio);
		it.leaving.hangUp();
		expect([it.leaving.heard(), ended]).toEqual(['hung-up', []]);
	});
});

describe('what leaves as well', () => {
	test('Ctrl+D at a terminal that stays is the wish to leave, heard once', () => {
		const it = line(true);
		it.stdin.emit('end');
		it.stdin.emit('error', eio);
		expect([it.leaving.heard(), ended]).toEqual(['interrupted', []]);
	});
	test('an output that nobody reads asks nobody', () => {
		const it = line(false);
		it.stdout.emit('error', Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}));
		expect(it.leaving.heard()).toBe('interrupted');
	});
	test('the end of input that is no terminal is the end of the answers, no more', () => {
		const it = line(false);
		it.stdin.emit('end');
		expect(it.leaving.heard()).toBeUndefined();
	});
	test('once it is taken back, nothing is heard', () => {
		const it = line(true, false);
		it.forget();
		it.stdin.emit('end');
		it.stdout.emit('error', eio);
		expect(it.leaving.heard()).toBeUndefined();
	});
});

describe('who is leaving', () => {
	test('finishes the call that is out though the window closes meanwhile; only a person is impatient', () => {
		const {leaving} = line(true);
		leaving.interrupt();
		leaving.hangUp();
		expect([leaving.heard(), ended]).toEqual(['interrupted', []]);
		leaving.interrupt();
		expect(ended).toEqual(['interrupted']);
	});
	test("isn't killed by the signal of the shell after that of the terminal", () => {
		const {leaving} = line(true);
		leaving.hangUp();
		leaving.stop();
		expect(process.listenerCount('SIGHUP')).toBe(1);
	});
	test.each([
		['SIGTERM', 'terminated'],
		['SIGBREAK', 'terminated'],
		['SIGHUP', 'hung-up'],
		['SIGINT', 'interrupted'],
	] as const)('%s asks to leave as %s', (signal, how) => {
		const {leaving} = line(true);
		process.emit(signal, signal);
		expect([leaving.heard(), ended]).toEqual([how, []]);
	});
	test('without any wish to leave, the signals are as they were', () => {
		line(true).leaving.stop();
		expect(signals.map(it => process.listenerCount(it))).toEqual([0, 0, 0, 0]);
	});
});

test('only who is gone is no error', () => {
	expect(
		['EPIPE', 'EIO', 'ENOSPC', undefined].map(code => isGone(Object.assign(new Error('it fails'), {code}))),
	).toEqual([true, true, false, false]);
});
