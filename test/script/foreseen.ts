import {type Forecast, forecast} from '../../src/engine/forecast.js';
import {fold} from '../../src/engine/record.js';
import type {Answers} from '../../src/engine/step.js';
import {setup} from '../../src/steps/index.js';
import {look, worldAfter} from '../steps/plans.js';

const boundary = 'arn:aws:iam::aws:policy/Boundary';
/** Answers that a shell may take for something else. */
export const odd: Answers = {
	policyName: 'N=P,S@lab',
	policyDescription: 'file:// it’s "quoted" $HOME `id` 鍵',
	tags: {'http://wiki': '-x', 'Kosten-Stelle': 'Zürich @4711'},
	path: '/o.n,l+y=@_-/nps/',
	userName: 'lab,user',
	consoleAccess: true,
	permissionsBoundary: boundary,
	consolePasswordFile: '/home/Jürgen/it’s a password.csv',
	accessKeyDescription: '--NPS',
	secretFile: "/home/Jürgen/o'the secret.csv",
	keyDescription: 'two\nlines "x" \u202E',
};
/** A whole set-up with these answers, as it is foreseen. */
export async function foreseen(answers: Answers): Promise<readonly Forecast[]> {
	const world = await worldAfter('connect');
	world.account.policies.push({
		...{
			arn: boundary,
			id: 'ANPA1',
			name: 'Boundary',
			description: '',
			madeAt: 0,
			tags: {},
			next: 2,
			hidden: 0,
			from: 0,
		},
		versions: [{id: 'v1', document: '{"Statement":[]}', isDefault: true, madeAt: 0}],
	});
	const state = fold(world.record);
	const found: Forecast[] = [];
	for await (const it of forecast(setup.steps, {...state, answers: {...state.answers, ...answers}}, look(world), {
		homeFolder: '/home',
	}))
		found.push(it);
	return found;
}
/** What AWS's answers teach. */
export const facts = {
	policyArn: 'arn:aws:iam::1:policy/p',
	userArn: 'arn:aws:iam::1:user/u',
	accessKeyId: 'AKIA1',
	keyId: 'k-1',
	keyArn: 'arn:aws:kms:r:1:key/k-1',
};
/** The same, as variables. */
export const variables = {
	POLICY_ARN: facts.policyArn,
	USER_ARN: facts.userArn,
	ACCESS_KEY_ID: facts.accessKeyId,
	KEY_ID: facts.keyId,
	KEY_ARN: facts.keyArn,
	CONSOLE_PASSWORD: 'a password',
};

/** The input as the program sends it. */
export function sent(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sent);
	if (typeof value !== 'object' || value === null) return value;
	if ('$fact' in value) return facts[value.$fact as keyof typeof facts];
	if ('$secret' in value) return variables.CONSOLE_PASSWORD;
	if ('$json' in value) return JSON.stringify(sent(value.$json));
	return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, sent(it)]));
}
