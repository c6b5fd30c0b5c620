import {describe, expect, test} from 'vitest';
import {awsProblem} from '../../../src/aws/problems/aws-problem.js';
import {Refused} from '../../../src/engine/apply.js';
import type {Problem} from '../../../src/engine/problem.js';
import {toDoByFlags} from '../../../src/engine/to-do.js';

const todoOf = (problem: Problem | undefined): string => (problem ? toDoByFlags(problem) : '');
const user = 'User: arn:aws:iam::111122223333:user/anna is not authorized to perform: kms:PutKeyPolicy';
const role = 'User: arn:aws:sts::111122223333:assumed-role/Boss/x is not authorized to perform: kms:PutKeyPolicy';
const told = (message: string) => awsProblem(new Refused('AccessDeniedException', `${message}`), {facts: {}, run: {}});

describe('a denial that no permission mends is told with what does', () => {
	test.each([
		[
			'MFA, for long-term keys',
			`${user} with an explicit deny in an identity-based policy`,
			/without MFA.*mfa_serial.*--mfa-code/,
		],
		[
			'whoever set the policy, for a role',
			`${role} with an explicit deny in an identity-based policy`,
			/^Ask who set the policy/,
		],
		[
			'the VPC endpoint’s policy',
			`${user} because no VPC endpoint policy allows the kms:PutKeyPolicy action`,
			/who runs your network/,
		],
		[
			'the VPC endpoint’s explicit deny',
			`${user} with an explicit deny in a VPC endpoint policy`,
			/who runs your network/,
		],
		[
			'the session policy',
			`${role} because no session policy allows the kms:PutKeyPolicy action`,
			/Sign in without that session policy/,
		],
		['the key policy', `${user} with an explicit deny in a resource-based policy`, /No permission of yours helps/],
		['the organization', `${user} with an explicit deny in a service control policy`, /who runs your organization/],
		[
			'the boundary',
			`${user} because no permissions boundary allows the kms:PutKeyPolicy action`,
			/who set your permissions boundary/,
		],
	])('%s', (_remedy, message, todo) => {
		const problem = told(message);
		expect(todoOf(problem)).toMatch(todo);
		expect(todoOf(problem)).not.toContain('Ask for the permission');
		expect(problem?.why).toContain(message);
	});
	test('MFA is no remedy for who took a role', () => {
		expect(todoOf(told(`${role} with an explicit deny in an identity-based policy`))).not.toContain('mfa');
	});
	test('and a key that AWS doesn’t know names the region only where it is known', () => {
		const todo = (facts: {readonly region?: string}) =>
			todoOf(awsProblem(new Refused('InvalidClientTokenId', 'no'), {facts, run: {}}));
		expect(todo({})).toContain('that the region is enabled');
		expect(todo({region: 'eu-west-1'})).toContain('that region eu-west-1 is enabled');
	});
	test('and one that a permission mends asks for it', () => {
		const message = `${user} because no identity-based policy allows the kms:PutKeyPolicy action`;
		expect(todoOf(told(message))).toContain('Ask for the permission kms:PutKeyPolicy');
	});
});

test.each(['iam:CreatePolicy', 'iam:CreateUser', 'kms:CreateKey'])(
	'who may not %s is told of what others can run',
	api => {
		const change = {id: 'x', verb: 'create', subject: 'it', call: {api, input: {}}} as const;
		for (const code of ['AccessDenied', 'AccessDeniedException'])
			for (const message of ['no', 'because no service control policy allows it']) {
				const todo = todoOf(awsProblem(new Refused(code, message), {change, facts: {}, run: {setup: 'b'}}));
				expect(todo).toMatch(
					/nps-kms permissions --setup b.*nps-kms setup --setup b --print-commands.*nps-kms export --setup b cloudformation/,
				);
			}
	},
);
test('of other changes, and of other refusals, nobody else is told', () => {
	const change = {id: 'x', verb: 'create', subject: 'it', call: {api: 'iam:CreateUser', input: {}}} as const;
	const other = {...change, call: {api: 'kms:CreateAlias', input: {}}};
	const where = {facts: {}, run: {}};
	expect(todoOf(awsProblem(new Refused('AccessDenied', 'no'), {change: other, ...where}))).not.toContain('export');
	expect(todoOf(awsProblem(new Refused('LimitExceeded', 'no'), {change, ...where}))).not.toContain('export');
});
