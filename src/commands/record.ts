import {setupsDir} from '../local/paths.js';
import {readRecords, recordFile} from '../local/store.js';
import {changeRecord} from './change-record.js';
import {asMarkdown} from './record-markdown.js';
import type {Outlet} from './report.js';
import {noSuchSetup} from './session.js';

/** The flags of `record`. */
export type RecordFlags = {readonly setup: string; readonly json?: boolean; readonly sandbox?: boolean};

/** Prints the change record of a setup, and those of earlier ones of its name that were taken back. It reads files only. Returns the exit code. */
export function record({setup, json, sandbox}: RecordFlags, env: NodeJS.ProcessEnv, {out}: Pick<Outlet, 'out'>): number {
	const dir = setupsDir(env, sandbox);
	const records = readRecords(dir, setup).map(it => changeRecord(setup, it));
	if (records.length === 0) throw noSuchSetup(setup, recordFile(dir, setup));
	if (json) out(JSON.stringify({v: 1, setup, records}));
	else out(records.map(asMarkdown).join('\n\n---\n\n'));
	return 0;
}
