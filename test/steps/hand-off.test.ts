import {expect, test} from 'vitest';
import {knownOf, planned, stepOf, worldAfter} from './plans.js';

test('the sheet has the labels of SbPAM.RotateAwsKey in their order', async () => {
	const sheet = stepOf('hand-off').shows?.(knownOf('hand-off', await worldAfter('hand-off')));
	expect(sheet?.lines.map(it => it.label)).toEqual(['Access key', 'Secret key', 'KMS key', 'AWS region']);
	expect(sheet?.lines.map(it => it.value)).toEqual([
		'AKIA0000000000000003',
		'in /home/op/nps-kms-user_accessKeys.csv',
		'arn:aws:kms:eu-west-1:111122223333:key/key-0000000000000004',
		'eu-west-1',
	]);
});
test('the sheet says what protects the company, and never the secret', async () => {
	const sheet = stepOf('hand-off').shows?.(knownOf('hand-off', await worldAfter('hand-off')));
	const warns = sheet?.warns.join('\n') ?? '';
	for (const it of [
		'Do not delete the access key before',
		'Never disable or delete this KMS key',
		'Delete the secret file',
		'kms.eu-west-1.amazonaws.com:443',
		'by 2027-02-22',
		'in this region for good',
	])
		expect(warns).toContain(it);
	expect(JSON.stringify(sheet)).not.toContain('CANARY');
});
test('a secret of a key made earlier is said to be not known', async () => {
	const known = knownOf('hand-off', await worldAfter('hand-off'), {facts: {secretKnown: 'no'}});
	expect(stepOf('hand-off').shows?.(known)?.lines[1]?.value).toContain('not known');
});
test('that NPS was rotated is noted for the key that it was rotated to, only once it is said', async () => {
	const world = await worldAfter('hand-off');
	expect((await planned('hand-off', world)).notes).toEqual([]);
	expect((await planned('hand-off', world, {answers: {npsRotated: true}})).notes).toEqual([
		{type: 'in-use', id: 'AKIA0000000000000003'},
	]);
});
