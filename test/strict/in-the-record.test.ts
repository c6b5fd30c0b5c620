import {expect, test} from 'vitest';
import {changeRecord} from './fronts.js';
import {StrictBench} from './strict-bench.js';

const strict = new StrictBench();

test('the change record tells all that a change wrote, besides its document', async () => {
	const {code, said} = await strict.run({
		...{policyDescription: 'of the policy', keyDescription: 'of the key', tag: ['team=pam'], path: '/nps/'},
		...{permissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess', multiRegion: true, deletionGuard: '30'},
	});
	expect(code, said).toBe(0);
	const text = changeRecord(strict.bench);
	const told = (subject: string): string => text.slice(text.indexOf(subject)).split(/\n\d+\. /)[0] ?? '';
	const [policy, user, key] = ['create policy', 'create user', 'create KMS key'].map(told);
	for (const it of ['Path: /nps/', 'Description: of the policy', 'team=pam']) expect(policy).toContain(it);
	for (const it of ['Path: /nps/', 'PermissionsBoundary: arn:aws:iam::aws:policy/AdministratorAccess', 'team=pam'])
		expect(user).toContain(it);
	for (const it of ['Description: of the key', 'team=pam', 'MultiRegion: true', 'TrailingDaysWithoutKeyUsage'])
		expect(key).toContain(it);
	expect(policy).not.toContain('PolicyDocument');
	expect(key).not.toContain('Policy: {');
});
