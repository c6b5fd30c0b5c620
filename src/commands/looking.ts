import {call} from '../aws/client/call.js';
import {parseArn} from '../aws/rules/arn.js';
import {lookOnce} from '../engine/look-once.js';
import {fold, knownFor, type State} from '../engine/record.js';
import type {Answers, Facts, Known, Look, ThisRun} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {Report} from '../front/report.js';
import {openStore, recordFile, setupNames} from '../local/record-store.js';
import {setupsDir} from '../local/state-folder.js';
import {type Connection, openConnection, surroundingsOf} from '../run/connection.js';
import {explain} from '../run/explain.js';
import {answersOfFlags, checkAnswers, fieldsOf} from '../run/given-answers.js';
import type {Leaving} from '../run/leaving.js';
import {recordedProfile, regionFor} from '../run/region.js';
import {givenText, type Run} from '../run/run.js';
import {thisRunOf} from '../run/this-run.js';
import {otherAccount} from '../steps/connect.js';
import {isPinned} from '../steps/things/pinned-region.js';

/** What could be read of the record. */
export type RecordRead = {
	readonly is: 'read' | 'missing' | 'damaged';
	readonly file: string;
	readonly why?: string;
	/** The setups that there are here, where this one is missing. */
	readonly others?: readonly string[];
};
/** A setup, and eyes for how it stands. */
export type Looking = {
	readonly record: RecordRead;
	/** As the record holds it. */
	readonly recorded: State;
	/** The record's answers, and those given for this run. */
	readonly answers: Answers;
	readonly region: string;
	/** The account that the credentials are of, and its partition. */
	readonly account: Facts;
	readonly look: Look;
	readonly connection: Connection;
	readonly thisRun: ThisRun;
};

/** Opens a setup to look at it; changes nothing in AWS and writes nothing. Throws Trouble where nothing can be told. */
export async function looking<T>(run: Run, leaving: Leaving, use: (at: Looking) => Promise<T>): Promise<T> {
	const {options, env, now, course, outlet} = run;
	const fields = fieldsOf(course, options.setup);
	const given = answersOfFlags(fields, options);
	const {record, state: recorded} = readRecord(setupsDir(env, options.sandbox), options.setup, course.name);
	checkAnswers(course, fields, given, recorded);
	const sandbox = options.sandbox
		? await (await import('../run/built-in-sandbox.js')).openSandbox(env, now, true)
		: undefined;
	try {
		const profile = givenText(given['profile']) ?? recordedProfile(recorded);
		const region = await regionFor({
			region: givenText(given['region']),
			profile,
			env,
			sandbox: options.sandbox,
			state: recorded,
		});
		const connection = await openConnection(region, profile, surroundingsOf(run, {leaving, sandbox}));
		// What is waited for is no part of what is told.
		const waits = new Report(course, {json: false, out: outlet.err, err: outlet.err}, () => ({}));
		connection.outstanding(it => it && waits.hear({type: 'wait', step: '', ...it}));
		const look = lookOnce(connection.look);
		const answers: Answers = {...recorded.answers, ...given, region, ...(!options.sandbox && {profile: profile ?? ''})};
		// A proof isn't tried, nor simulated: the record tells it.
		const thisRun: ThisRun = {
			...thisRunOf({...run, options: {...options, dryRun: true}}),
			prove: 'untried',
			...(sandbox && {standIn: sandbox.url}),
			...(record.is !== 'read' && {recordless: true}),
		};
		const account = await seeAccount(look, knownFor('', recorded, thisRun));
		return await use({record, recorded, answers, region, account, look, connection, thisRun});
	} finally {
		await sandbox?.close();
	}
}

/** The record as it can be read without touching it; one that is damaged tells nothing, and stays. */
function readRecord(dir: string, setup: string, course: string): {readonly record: RecordRead; readonly state: State} {
	const file = recordFile(dir, setup);
	try {
		const entries = openStore(dir, setup).entries();
		const record: RecordRead = entries.length > 0 ? {is: 'read', file} : {is: 'missing', file, others: setupNames(dir)};
		return {record, state: fold(entries, course)};
	} catch (error) {
		if (!(error instanceof Trouble) || error.problem.code !== 'RecordDamaged') throw error;
		return {record: {is: 'damaged', file, why: error.problem.why}, state: fold([], course)};
	}
}

/**
 * Stops where the credentials don't work, or are of another account: nothing could be told then, or only nonsense.
 * Returns the account and its partition.
 */
async function seeAccount(look: Look, known: Known): Promise<Facts> {
	try {
		const caller = await look.at(call('sts:GetCallerIdentity', {}));
		const {Account: account, Arn = ''} = caller ?? {};
		const partition = parseArn(Arn)?.partition;
		if (account === undefined || partition === undefined) return {};
		const problem = otherAccount(account, partition, isPinned(known) ? known : {...known, facts: {}});
		if (problem) throw new Trouble(problem);
		return {account, partition};
	} catch (error) {
		const problem = explain(error, known);
		// The step that shows the account tells this one.
		if (!problem.code?.startsWith('AccessDenied')) throw new Trouble(problem);
		return {};
	}
}
