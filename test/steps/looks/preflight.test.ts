import {describe, expect, test} from 'vitest';
import type {ForecastCalls} from '../../../src/engine/forecast-calls.js';
import type {Call, Look} from '../../../src/engine/step.js';
import {lookAtForecast, summary} from '../../../src/steps/looks/preflight.js';
import {policySourceOf} from '../../../src/steps/things/policy-source.js';

const where = {account: '111122223333', partition: 'aws', region: 'eu-west-1'};
const anna = 'arn:aws:iam::111122223333:user/anna';
const user = 'arn:aws:iam::111122223333:user/nps-kms-user';
const create: Call = {api: 'iam:CreateUser', input: {UserName: 'nps-kms-user', Tags: [{Key: 'team', Value: 'pam'}]}};
const forecast: ForecastCalls = {
	calls: [
		{step: 'User', call: create},
		{step: 'Managed key', call: {api: 'kms:CreateKey', input: {}}},
	],
	steps: [
		{id: 'user', name: 'User'},
		{id: 'managed-key', name: 'Managed key'},
	],
	stopsAt: async refused => (refused(create) ? 'User' : undefined),
};
type Answer = (call: Call) => unknown;
/** Eyes that answer the simulator and the rest as told. */
function eyes(answer: Answer): Look & {readonly asked: Call[]} {
	const asked: Call[] = [];
	const at = async <R>(call: Call<R>): Promise<R | undefined> => {
		asked.push(call);
		return answer(call) as R;
	};
	return {
		asked,
		at,
		async *all(call) {
			const page = await at(call);
			if (page !== undefined) yield page;
		},
		kept: async () => ({is: 'absent'}),
		progress: () => undefined,
	};
}
const denied = (code: string): unknown => {
	throw Object.assign(new Error('User is not authorized to perform: it'), {name: code});
};
/** A page that the SDK can't read. */
const page = (): unknown => {
	const words = 'XML parse error; inspect the hidden field {error}.$response';
	throw Object.assign(new Error(words), {$metadata: {httpStatusCode: 500}});
};
/** What the simulator says of CreateUser; all else is allowed. */
const saying =
	(result: object): Answer =>
	({api, input}) =>
		api === 'iam:SimulatePrincipalPolicy'
			? {
					EvaluationResults: (input['ActionNames'] as readonly string[]).map(EvalActionName => ({
						EvalActionName,
						EvalDecision: 'allowed',
						...(EvalActionName === 'iam:CreateUser' && result),
					})),
				}
			: undefined;
const told = async (answer: Answer, caller = anna) => {
	const it = await lookAtForecast(eyes(answer), caller, forecast, where, {});
	return {...it, user: it.verdicts.find(one => one.action === 'iam:CreateUser')};
};

describe('a permission is told in AWS’s words', () => {
	test.each([
		['allowed', {}, 'allowed', undefined],
		[
			'denied by a statement',
			{EvalDecision: 'explicitDeny', MatchedStatements: [{SourcePolicyId: 'NoUsers'}]},
			'denied',
			'an explicit deny in NoUsers',
		],
		['not allowed by any policy', {EvalDecision: 'implicitDeny'}, 'denied', 'no identity-based policy allows it'],
		[
			'not allowed by the organization',
			{EvalDecision: 'implicitDeny', OrganizationsDecisionDetail: {AllowedByOrganizations: false}},
			'denied',
			"your organization's policies don't allow it, as far as IAM can simulate them",
		],
		[
			'not allowed by the boundary',
			{EvalDecision: 'implicitDeny', PermissionsBoundaryDecisionDetail: {AllowedByPermissionsBoundary: false}},
			'denied',
			'no permissions boundary allows it',
		],
		[
			'depending on what the simulator does not know',
			{EvalDecision: 'implicitDeny', MissingContextValues: ['aws:SourceIp']},
			'cant-tell',
			'it depends on aws:SourceIp',
		],
		[
			'judged for its own resource, where AWS says it so',
			{
				EvalDecision: 'allowed',
				ResourceSpecificResults: [{EvalResourceName: user, EvalResourceDecision: 'explicitDeny'}],
			},
			'denied',
			'an explicit deny',
		],
		['not told at all', {EvalActionName: 'iam:Other'}, 'cant-tell', 'the simulator did not say'],
	] as const)('%s', async (_rule, result, is, because) => {
		const {user: it} = await told(saying(result));
		expect([it?.is, it?.because]).toEqual([is, because]);
	});
	test.each([
		[
			'where the simulation itself is not allowed',
			saying({}),
			(call: Call) => (call.api === 'iam:SimulatePrincipalPolicy' ? denied('AccessDenied') : undefined),
			anna,
			/^you may not simulate$/,
		],
		['for the root user', saying({}), undefined, 'arn:aws:iam::111122223333:root', /root user/],
		['for a federated user', saying({}), undefined, 'arn:aws:sts::111122223333:federated-user/anna', /federated-user/],
		[
			'for a role that can’t be looked at',
			saying({}),
			(call: Call) => (call.api === 'iam:GetRole' ? denied('AccessDenied') : undefined),
			'arn:aws:sts::111122223333:assumed-role/Ops/anna',
			/could not be asked/,
		],
		[
			'where a page answers in AWS’s place, and what the SDK makes of it is not repeated',
			saying({}),
			(call: Call) => (call.api === 'iam:SimulatePrincipalPolicy' ? page() : undefined),
			anna,
			/^IAM's simulator could not be asked: what answered isn't AWS: HTTP 500$/,
		],
	] as const)('can’t be told %s, and nothing stops', async (_rule, answer, instead, caller, because) => {
		const {verdicts, warns} = await told(call => (instead ? instead(call) : undefined) ?? answer(call), caller);
		expect(verdicts.length).toBeGreaterThan(2);
		for (const it of verdicts) expect([it.is, it.because]).toEqual(['cant-tell', expect.stringMatching(because)]);
		expect(warns).toEqual([]);
	});
});

test('a session is asked about by its role’s own ARN, path and all', async () => {
	const arn = 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_1';
	const look = eyes(({api, input}) =>
		api === 'iam:GetRole' ? {Role: {Arn: arn, RoleName: input['RoleName']}} : saying({})({api, input}),
	);
	await lookAtForecast(look, 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/anna', forecast, where, {});
	expect(
		look.asked.filter(it => it.api === 'iam:SimulatePrincipalPolicy').map(it => it.input['PolicySourceArn']),
	).toEqual([arn, arn]);
	expect(await policySourceOf(look, anna)).toEqual({arn: anna});
});
test('a denial says what will stop; one that stops nothing says so', async () => {
	expect((await told(saying({EvalDecision: 'implicitDeny'}))).warns).toEqual([
		'You may not iam:CreateUser: no identity-based policy allows it. User will stop',
	]);
	const {warns} = await told(({api, input}) =>
		api === 'iam:SimulatePrincipalPolicy'
			? {
					EvaluationResults: (input['ActionNames'] as string[]).map(it => ({
						EvalActionName: it,
						EvalDecision: it === 'kms:CreateKey' ? 'implicitDeny' : 'allowed',
					})),
				}
			: undefined,
	);
	expect(warns).toEqual(['You may not kms:CreateKey: no identity-based policy allows it. Nothing stops without it']);
});
test('tags are told to the simulator, and what they demand is asked for', async () => {
	const look = eyes(saying({}));
	const {verdicts} = await lookAtForecast(look, anna, forecast, where, {});
	expect(verdicts.map(it => it.action)).toEqual(['iam:CreateUser', 'iam:TagUser', 'kms:CreateKey']);
	expect(look.asked.find(it => it.api === 'iam:SimulatePrincipalPolicy')?.input['ContextEntries']).toEqual([
		{ContextKeyName: 'aws:RequestTag/team', ContextKeyValues: ['pam'], ContextKeyType: 'string'},
		{ContextKeyName: 'aws:TagKeys', ContextKeyValues: ['team'], ContextKeyType: 'stringList'},
	]);
});
test('what is full is told before anything changes', async () => {
	const {warns} = await told(({api}) =>
		api === 'iam:GetAccountSummary'
			? {SummaryMap: {Users: 5000, UsersQuota: 5000, Policies: 3, PoliciesQuota: 1500}}
			: undefined,
	);
	expect(warns).toEqual(['The account has 5000 of at most 5000 users. User will stop']);
});
test.each([
	['eu-west-1', 0, false],
	['cn-north-1', 0, false],
	['me-south-1', 1, true],
] as const)('%s, which an account may lack or not, is asked after %i times', async (region, times, off) => {
	const look = eyes(({api}) => (api === 'kms:ListKeys' ? denied('UnrecognizedClientException') : undefined));
	const {regionOff} = await lookAtForecast(look, anna, forecast, {...where, region}, {});
	expect([look.asked.filter(it => it.api === 'kms:ListKeys').length, regionOff]).toEqual([times, off]);
});
test('whoever may not list keys still has the region', async () => {
	const look = eyes(({api}) => (api === 'kms:ListKeys' ? denied('AccessDeniedException') : undefined));
	expect((await lookAtForecast(look, anna, forecast, {...where, region: 'me-south-1'}, {})).regionOff).toBe(false);
});
test('why nothing can be told is said once', async () => {
	const unasked = (it: Call) => (it.api === 'iam:SimulatePrincipalPolicy' ? denied('AccessDenied') : saying({})(it));
	const it = await told(unasked);
	expect(summary(it)).toBe("can't tell (you may not simulate)");
	expect(it.page.lines.filter(line => line.includes('you may not simulate'))).toEqual([it.page.lines[0]]);
});
test('the summary counts, and names the few that aren’t allowed', async () => {
	expect(summary(await told(saying({EvalDecision: 'implicitDeny'})))).toBe('2 of 3 allowed, 1 denied (iam:CreateUser)');
	expect(summary(await told(saying({})))).toBe('3 of 3 allowed');
	expect(summary(await told(saying({}), 'arn:aws:iam::111122223333:root'))).toMatch(/^can't tell \(.*root user/);
});
