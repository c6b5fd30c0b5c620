import {asciiJson} from '../../engine/control-characters.js';
import type {Outcome} from '../../engine/outcome.js';
import {fold} from '../../engine/record.js';
import {readRecords, recordFile} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import {calledAs} from '../../run/called-as.js';
import {answersOfFlags, checkAnswers, fieldsOf} from '../../run/given-answers.js';
import type {Outlet} from '../../run/run.js';
import {noSuchSetup} from '../../run/session.js';
import {setup as course, proveAgain as recorded} from '../../steps/index.js';
import type {Host} from '../command.js';
import {documentOf} from '../out-file.js';
import {changeRecord} from './change-record.js';
import type {Compliance} from './compliance.js';
import {asMarkdown} from './markdown.js';

/** The flags of `record`. */
export type RecordFlags = {
	readonly setup: string;
	readonly json?: boolean;
	readonly sandbox?: boolean;
	readonly compliance?: boolean;
	readonly [field: string]: unknown;
};

/**
 * Prints the change record of a setup, and those of earlier ones of its name that were taken back, with what was seen
 * of it if anything. It reads files only. Returns what it came to.
 */
export function record(
	flags: RecordFlags,
	{env, courses}: Pick<Host, 'env' | 'courses'>,
	outlet: Pick<Outlet, 'out' | 'err'>,
	compliance?: Compliance,
): Outcome {
	const {setup, json, sandbox} = flags;
	const fields = fieldsOf(recorded, setup);
	checkAnswers(recorded, fields, answersOfFlags(fields, flags), fold([]));
	const called = calledAs({course, options: flags});
	const dir = setupsDir(env, sandbox);
	const all = readRecords(dir, setup)
		.map(it => changeRecord(setup, it, courses))
		.map(it => (compliance && !it.kept ? {...it, compliance} : it));
	// What takes a rehearsal back by hand would take things of that name from a real account.
	const records = sandbox ? all.map(it => ({...it, rehearsal: true, takeBack: []})) : all;
	if (records.length === 0) throw noSuchSetup(setup, recordFile(dir, setup));
	if (flags.compliance && !compliance)
		outlet.err(`Setup ${setup} was taken back: nothing of it is left for a control to judge.`);
	const text = json ? asciiJson({v: 1, setup, records}) : records.map(it => asMarkdown(it, called)).join('\n\n---\n\n');
	documentOf({text}, flags, outlet).put();
	return 'done';
}
