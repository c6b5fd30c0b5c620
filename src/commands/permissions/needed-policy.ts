import {call} from '../../aws/client/call.js';
import {parseArn} from '../../aws/rules/arn.js';
import {asciiJson} from '../../engine/control-characters.js';
import type {Course} from '../../engine/course.js';
import type {Left, Outcome} from '../../engine/outcome.js';
import {fold, type State} from '../../engine/record.js';
import type {Answers, Facts, Value} from '../../engine/step.js';
import {inSession} from '../../front/ending.js';
import {openConnection, surroundingsOf} from '../../run/connection.js';
import {CourseForecast} from '../../run/course-forecast.js';
import {explain} from '../../run/explain.js';
import {checkAnswers, fieldsOf} from '../../run/given-answers.js';
import {namedRegion, recordedProfile} from '../../run/region.js';
import {givenText, type Run} from '../../run/run.js';
import type {Session} from '../../run/session.js';
import {watcherPolicy} from '../../run/watcher-policy.js';
import {documentOf} from '../out-file.js';
import {whoLooks} from './who-looks.js';

/**
 * Prints the smallest IAM policy that what is left to do needs; without credentials, for any account. Returns what it
 * came to.
 */
export function permissions(run: Run, endNow: (how: Left) => void): Promise<Outcome> {
	// Nothing is written, so nothing need be held: another run may be at work.
	return inSession({...run, options: {...run.options, dryRun: true}}, endNow, async (session): Promise<Outcome> => {
		const {state, given} = session;
		const {course, options, outlet, env} = run;
		const profile = givenText(given['profile']) ?? recordedProfile(state);
		const region = await namedRegion({
			region: givenText(given['region']),
			profile,
			env,
			sandbox: options.sandbox,
			state,
		});
		const answers = {...state.answers, ...given, region: region ?? somewhere};
		checkAnswers(course, fieldsOf(course, options.setup), {...given, ...(region && {region})}, state);
		const {inAccount, look, blind} = await lookAround(session, answers.region, profile, it => outlet.err(it));
		const besides = whoLooks[String(options['for'])];
		const needed = besides
			? await watcherPolicy(
					course,
					{answers, thisRun: session.thisRun, inAccount, facts: state.facts, past: state.past},
					besides,
				)
			: await neededNow(course, {look, blind, session, answers, inAccount});
		const policy = asKnown(needed, inAccount, region === undefined);
		const text = options.json
			? asciiJson({v: 1, type: 'permissions', setup: options.setup, policy})
			: asciiJson(policy, 2);
		documentOf({text}, options, outlet).put();
		return 'done';
	});
}

type Now = Around & {readonly session: Session; readonly answers: Answers};
/** What the steps that are left need. */
async function neededNow(course: Course, {look, blind, session, answers, inAccount}: Now): Promise<Value> {
	const {store, thisRun} = session;
	const state = (): State => ({...fold(store.entries(), course.name), answers});
	const courseForecast = new CourseForecast({course, look, blind, thisRun, state});
	await courseForecast.calls(inAccount);
	return courseForecast.policy() ?? {};
}

/** An account id that is none: what stands for every account. */
const nobody = '000000000000';
const somewhere = 'us-east-1';
type Around = {readonly inAccount: Facts; readonly look: CourseForecast['from']['look']; readonly blind: boolean};

/** The account that the credentials are of; whoever asks for permissions may have none yet. */
async function lookAround(
	session: Session,
	region: string,
	profile: string | undefined,
	tell: (line: string) => void,
): Promise<Around> {
	const {run, state, thisRun} = session;
	const connection = await openConnection(region, profile, surroundingsOf(run, session));
	const caller = await connection.look.at(call('sts:GetCallerIdentity', {})).catch((error: unknown) => {
		const {what, why} = explain(error, {facts: state.facts, run: thisRun});
		tell(
			`${what}: ${why}. So this is what is needed ` +
				`${state.facts.account ? 'by what the record tells' : 'in any account'}.`,
		);
		return undefined;
	});
	const partition = parseArn(caller?.Arn ?? '')?.partition ?? state.facts.partition ?? 'aws';
	return {
		inAccount: {account: caller?.Account ?? state.facts.account ?? nobody, partition, region},
		look: caller ? connection.look : {...connection.look, ...nothing},
		blind: !caller,
	};
}
const nothing: Pick<Around['look'], 'at' | 'all'> = {
	at: async () => undefined,
	async *all() {
		// Nothing is seen.
	},
};

/** The policy for any account, and for any region, where they aren't known. */
function asKnown(policy: Value, {account}: Facts, anyRegion: boolean): Value {
	const told = JSON.stringify(policy);
	const everywhere = anyRegion ? told.replaceAll(`:kms:${somewhere}:`, ':kms:*:') : told;
	return JSON.parse(account === nobody ? everywhere.replaceAll(nobody, '*') : everywhere) as Value;
}
