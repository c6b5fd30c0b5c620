import type {Left, Outcome} from '../../engine/outcome.js';
import {isProblem} from '../../engine/plan.js';
import {knownFor, type State} from '../../engine/record.js';
import {outcomeOf, statusOf} from '../../engine/status.js';
import type {Facts, Look, ThisRun} from '../../engine/step.js';
import {Trouble} from '../../engine/trouble.js';
import {explain} from '../../run/explain.js';
import {type Leaving, listenForLeaving} from '../../run/leaving.js';
import {bannerOf, type Run} from '../../run/run.js';
import {accessKeyNow} from '../../steps/looks/access-key-now.js';
import {findSetup, keyOfPolicy} from '../../steps/looks/setup-by-tags.js';
import {looking} from '../looking.js';
import {documentOf} from '../out-file.js';
import {statusLine, statusTable, type Whole} from './told-status.js';

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
export const lookAtSetup = (run: Run, leaving: Leaving): Promise<Whole> =>
	looking(run, leaving, async ({record, recorded, answers, region, account, look, connection, thisRun}) => {
		const {options, course, version} = run;
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
	});

function tell(whole: Whole, {course, options, outlet}: Run): void {
	if (outlet.json) documentOf({text: statusLine(whole)}, options, outlet).put();
	else for (const line of statusTable(whole, course)) outlet.out(line);
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
