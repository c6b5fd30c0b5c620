import {Refused} from '../../engine/apply.js';
import type {Call} from '../../engine/call.js';
import {forecast} from '../../engine/forecast.js';
import {fold} from '../../engine/record.js';
import {type Answers, isProblem, type Look, listAnswer, textAnswer} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';
import {Trouble} from '../../engine/trouble.js';
import {type EndState, endStateOf} from '../../export/end-state.js';
import {setup} from '../../steps/index.js';

/** Where the set-up is forecast; what isn't known yet is empty. */
type There = {readonly account: string; readonly partition: string; readonly region: string};

/**
 * What a set-up with these answers would have made in an empty account, the access key apart. Throws Trouble where it
 * would stop.
 */
export async function forecastEndState(answers: Answers, run: ThisRun, there: There): Promise<EndState> {
	const calls: Call[] = [];
	const state = {...fold([], setup.name), setup: run.setup, answers: {...answers, ...leftToSetup}, facts: there};
	// Who and where is known; the proof and what follows it change nothing.
	for await (const {plan, step} of forecast(setup.steps.slice(1), state, emptyAccount(answers), run)) {
		if (isProblem(plan)) throw new Trouble(plan);
		calls.push(...plan.changes.map(it => it.call));
		if (step.id === last) break;
	}
	return endStateOf(calls);
}
const last = 'least-privilege';
/** What is made beside the access key, by who makes that, or by who is asked to take things over. */
const leftToSetup: Answers = {
	managedBy: '',
	consoleAccess: false,
	accessKeyDescription: '',
	adoptPolicy: false,
	adoptUser: false,
	adoptKey: false,
	keyWanted: '',
	removeAccessKey: '',
};

/** A look that sees nothing, and may not look at what the answers name: whether that is there nobody can tell here. */
function emptyAccount(answers: Answers): Look {
	const names = listAnswer(answers, 'keyAdministrators').map(it => it.split('/').at(-1));
	const boundary = textAnswer(answers, 'permissionsBoundary');
	return {
		async at({api, input}) {
			const named =
				api === 'iam:GetRole' ||
				(api === 'iam:GetUser' && names.includes(String(input['UserName']))) ||
				(api === 'iam:GetPolicy' && boundary !== '' && input['PolicyArn'] === boundary);
			if (named) throw new Refused('AccessDenied', 'nobody looks');
			return undefined;
		},
		async *all() {
			// Nothing is there.
		},
		kept: async () => ({is: 'absent'}),
		progress: () => undefined,
	};
}
