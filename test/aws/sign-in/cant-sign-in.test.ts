import {expect, test} from 'vitest';
import {cantSignIn} from '../../../src/aws/sign-in/cant-sign-in.js';
import type {Sources} from '../../../src/aws/sign-in/profiles.js';

/** As the SDK tells it of a container's endpoint that isn't there. */
const refused = Object.assign(new Error('Error: connect ECONNREFUSED 127.0.0.1:1'), {name: 'CredentialsProviderError'});
const of = (more: Partial<Sources>): Sources =>
	({profiles: [], lost: [], environment: false, elsewhere: true, ...more}) as unknown as Sources;

test('an endpoint of a container that can not be reached is told as that, with the variables that name it', () => {
	const {problem} = cantSignIn(refused, {name: undefined, sources: of({})});
	expect(problem.what).toBe("The environment's credentials can't be used");
	expect(problem.why).toBe("What gives them can't be reached: connect ECONNREFUSED 127.0.0.1:1");
	expect(problem.todo).toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI');
});
test('and under a role, the role is not to blame', () => {
	const profile = {name: 'cont', kind: 'role', role: 'arn:aws:iam::111122223333:role/x'};
	const sources = of({profiles: [profile] as unknown as Sources['profiles']});
	const {problem} = cantSignIn(refused, {name: 'cont', sources});
	expect(problem.why).toBe('The connection failed: connect ECONNREFUSED 127.0.0.1:1');
	expect(problem.todo).not.toContain('assumed');
});
