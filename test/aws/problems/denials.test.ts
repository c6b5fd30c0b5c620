import {describe, expect, test} from 'vitest';
import {awsProblem} from '../../../src/aws/problems/aws-problem.js';
import {Refused} from '../../../src/engine/apply.js';

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
		expect(problem?.todo).toMatch(todo);
		expect(problem?.todo).not.toContain('Ask for the permission');
		expect(problem?.why).toContain(message);
	});
	test('MFA is no remedy for who took a role', () => {
		expect(told(`${role} with an explicit deny in an identity-based policy`)?.todo).not.toContain('mfa');
	});
	test('and one that a permission mends asks for it', () => {
		const message = `${user} because no identity-based policy allows the kms:PutKeyPolicy action`;
		expect(told(message)?.todo).toContain('Ask for the permission kms:PutKeyPolicy');
	});
});
