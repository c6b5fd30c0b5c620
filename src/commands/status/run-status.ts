import {call} from '../../aws/client/call.js';
import {parseArn} from '../../aws/rules/arn.js';
import {lookOnce} from '../../engine/look-once.js';
import type {Left, Outcome} from '../../engine/outcome.js';
import {isProblem} from '../../engine/plan.js';
import {fold, knownFor, type State} from '../../engine/record.js';
import {outcomeOf, statusOf} from '../../engine/status.js';
import type {Answers, Facts, Known, Look, ThisRun} from '../../engine/step.js';
import {Trouble} from '../../engine/trouble.js';
import {Report} from '../../front/report.js';
import {openStore, recordFile} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import {openConnection, surroundingsOf} from '../../run/connection.js';
import {explain} from '../../run/explain.js';
import {answersOfFlags, checkAnswers, fieldsOf} from '../../run/given-answers.js';
import {type Leaving, listenForLeaving} from '../../run/leaving.js';
import {recordedProfile, regionFor} from '../../run/region.js';
import {bannerOf, givenText, type Run} from '../../run/run.js';
import {thisRunOf} from '../../run/this-run.js';
import {otherAccount} from '../../steps/connect.js';
import {accessKeyNow} from '../../steps/looks/access-key-now.js';
import {findSetup, keyOfPolicy} from '../../steps/looks/setup-by-tags.js';
import {isPinned} from '../../steps/things/pinned-region.js';
import {documentOf} from '../out-file.js';
import {type RecordRead, statusLine, statusTable, type Whole} from './told-status.js';

/** Looks and tells where each step stands; waits for no other run. Returns what it came to. */
export async function status(run: Run, endNow: (how: Left) => void): Promise<Outcome> {
	const leaving = listenForLeaving(endNow);
	leaving.onHeard(() => endNow(leaving.heard() ?? 'interrupted'));
	try {
		const whole = await lookAtSetup(run, leaving);
		tell(whole, run);
		return outcomeOf(whole.told);
	} finally {
		leaving.stop();
	}
}

/** How a setup stands; changes nothing in AWS and writes nothing. Throws Trouble where nothing can be told. */
export async function lookAtSetup(run: Run, leaving: Leaving): Promise<Whole> {
	const {options, env, now, course, outlet, version} = run;
	const fields = fieldsOf(course, options.setup);
	const given = answersOfFlags(fields, options);
	const {record, state: recorded} = readRecord(setupsDir(env, options.sandbox), options.setup, course.name);
	checkAnswers(course, fields, given, recorded);
	const sandbox = options.sandbox
		? await (await import('../../run/built-in-sandbox.js')).openSandbox(env, now, true)
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
		// What is waited for is no part of the table.
		const waits = new Report(course, {json: false, out: outlet.err, err: outlet.err}, () => ({}));
		connection.outstanding(it => it && waits.hear({type: 'wait', step: '', ...it}));
		const look = lookOnce(connection.look);
		const answers: Answers = {...recorded.answers, ...given, region, ...(!options.sandbox && {profile: profile ?? ''})};
		// A proof isn't tried, nor simulated: the record tells it.
		const thisRun: ThisRun = {
			...thisRunOf({...run, options: {...options, dryRun: true}}),
			prove: 'untried',
			...(record.is !== 'read' && {recordless: true}),
		};
		const account = await seeAccount(look, knownFor('', recorded, thisRun));
		const state =
			record.is === 'read' ? {...recorded, answers} : await stateByTags(look, {...recorded, answers}, thisRun, account);
		const told = await statusOf({
			course,
			state,
			look,
			run: () => ({...thisRun, now: connection.clock.now().at}),
			explain: error => explain(error, {facts: state.facts, run: thisRun}),
		});
		const {at} = connection.clock.now();
		return {
			version,
			setup: options.setup,
			id: state.setupId,
			called: thisRun,
			record,
			told,
			account: account.account ?? recorded.facts.account,
			region,
			banner: bannerOf(options, connection.endpoint),
			at,
			accessKey: await accessKeyNow(look, knownFor('access-key', state, {...thisRun, now: at})),
		};
	} finally {
		await sandbox?.close();
	}
}

function tell(whole: Whole, {course, options, outlet}: Run): void {
	if (outlet.json) documentOf({text: statusLine(whole)}, options, outlet).put();
	else for (const line of statusTable(whole, course)) outlet.out(line);
}

/** The record as it can be read without touching it; one that is damaged tells nothing, and stays. */
function readRecord(dir: string, setup: string, course: string): {readonly record: RecordRead; readonly state: State} {
	const file = recordFile(dir, setup);
	try {
		const entries = openStore(dir, setup).entries();
		return {record: {is: entries.length > 0 ? 'read' : 'missing', file}, state: fold(entries, course)};
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

/**
 * Without a record: the setup that the tags tell of, under the names that it would have. What may not be looked at
 * tells nothing here.
 */
async function stateByTags(look: Look, state: State, thisRun: ThisRun, facts: Facts): Promise<State> {
	const tolerant: Look = {...look, at: it => look.at(it).catch(() => undefined)};
	const found = await findSetup(tolerant, knownFor('', state, thisRun, {facts}));
	if (isProblem(found)) throw new Trouble(found);
	if (found.id === undefined) return state;
	const tagged: State = {...state, setupId: found.id, recovered: true, facts: {}};
	return {...tagged, facts: await keyOfPolicy(look, knownFor('policy', tagged, thisRun, {facts})).catch(() => ({}))};
}
