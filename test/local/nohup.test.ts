import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from 'vitest';
import {outlivesTerminal} from '../../src/local/nohup.js';
import {memory} from '../memory.js';

/** As Linux tells it: with which flags the input was opened, and what the parent ignores. */
const started = (flags: string, ignored: string, env: NodeJS.ProcessEnv = {}): boolean => {
	proc = mkdtempSync(join(memory, 'nps-kms-proc-'));
	for (const it of ['self/fdinfo', '7']) mkdirSync(join(proc, it), {recursive: true});
	writeFileSync(join(proc, 'self/fdinfo/0'), `pos:\t0\nflags:\t${flags}\nmnt_id:\t25\n`);
	writeFileSync(join(proc, '7/status'), `Name:\tbash\nSigBlk:\t0000000000000001\nSigIgn:\t${ignored}\n`);
	return outlivesTerminal({proc, env, parent: 7});
};
let proc = '';
afterEach(() => rmSync(proc, {recursive: true, force: true}));

describe('a process outlives its terminal', () => {
	test.each([
		['of whose input nohup left one to be written to', '0100001', '0000000000000000', {}],
		[
			'that bash started by nohup, from a script without an input',
			'02100000',
			'0000000000000004',
			{_: '/usr/bin/nohup'},
		],
		['whose parent ignores SIGHUP', '02100002', '0000000000001001', {}],
	])('%s', (_, flags, ignored, env) => expect(started(flags, ignored, env)).toBe(true));
});
describe('it does not', () => {
	test.each([
		['started at a terminal', '0100002', '0000000000000000', {_: '/usr/bin/node'}],
		['whose parent ignores other signals', '0100002', '0000000000384004', {}],
	])('%s', (_, flags, ignored, env) => expect(started(flags, ignored, env)).toBe(false));
	test('where nothing tells', () => {
		proc = join(memory, 'nps-kms-nowhere');
		expect(outlivesTerminal({proc, env: {}})).toBe(false);
	});
});
