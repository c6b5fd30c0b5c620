import {describe, expect, test} from 'vitest';
import {keyPolicy} from '../../../src/aws/policy/policy-documents.js';
import {Refused} from '../../../src/engine/apply.js';
import {fold, knownFor} from '../../../src/engine/record.js';
import type {Call, Look, Value} from '../../../src/engine/step.js';
import {setup} from '../../../src/steps/index.js';
import {whatNarrowingTakes} from '../../../src/steps/looks/what-narrowing-takes.js';

const user = 'arn:aws:iam::111122223333:user/nps-kms-user';
const facts = {
	userName: 'nps-kms-user',
	userArn: user,
	keyId: 'ours',
	account: '111122223333',
	partition: 'aws',
	region: 'eu-west-1',
};
const ours = keyPolicy('aws', '111122223333', [], user);
const delegating: Value = {
	Statement: [{Effect: 'Allow', Principal: {AWS: '111122223333'}, Action: 'kms:*', Resource: '*'}],
};
const closed: Value = {
	Statement: [
		{Effect: 'Allow', Principal: {AWS: 'arn:aws:iam::111122223333:role/Admin'}, Action: 'kms:*', Resource: '*'},
	],
};
const conditional: Value = {
	Statement: [
		{
			Effect: 'Allow',
			Principal: {AWS: '*'},
			Action: 'kms:Decrypt',
			Resource: '*',
			Condition: {StringEquals: {'kms:ViaService': 's3'}},
		},
	],
};
const naming: Value = {Statement: [{Effect: 'Allow', Principal: {AWS: user}, Action: ['kms:Decrypt'], Resource: '*'}]};

/** An account with these key policies; undefined where the policy may not be read. */
function account(policies: readonly (Value | undefined)[]) {
	const asked: string[] = [];
	const at = async ({api, input}: Call): Promise<unknown> => {
		asked.push(api);
		if (api === 'kms:ListKeys') {
			const from = Number(input['Marker'] ?? 0);
			const Keys = policies
				.slice(from, from + 100)
				.map((_, it) => ({KeyId: from + it === 0 ? 'ours' : String(from + it)}));
			return {Keys, Truncated: policies.length > from + 100, NextMarker: String(from + 100)};
		}
		const policy = policies[input['KeyId'] === 'ours' ? 0 : Number(input['KeyId'])];
		if (!policy) throw new Refused('AccessDeniedException', 'no');
		return {Policy: JSON.stringify(policy)};
	};
	const look = {at} as unknown as Look;
	return {asked, told: async () => (await whatNarrowingTakes(look, knownFor('', fold([]), {}, {facts}))).join('\n')};
}

describe('what narrowing the policy takes away', () => {
	test('is counted by the IAM policy and the key policies together', async () => {
		expect(await account([ours, delegating, closed, delegating, conditional]).told()).toBe(
			"nps-kms-user can decrypt with any of the 3 keys in eu-west-1 that delegate to IAM; afterwards with this one only, by the policy and by the key's own policy.",
		);
	});
	test('is every later key, where this one is the only one', async () => {
		expect(await account([ours, closed]).told()).toContain(
			'each key in eu-west-1 that ever delegates to IAM; afterwards with this one only',
		);
	});
	test('is not what other key policies give to the user by name', async () => {
		expect(await account([ours, delegating, naming]).told()).toContain(
			'afterwards with this one, and with 1 whose own policy names the user',
		);
	});
	test('is told to be uncertain where policies can not be read', async () => {
		expect(await account([ours, delegating, undefined]).told()).toMatch(
			/2 or more keys[\s\S]*the policies of 1 can't be read/,
		);
	});
	test('is counted over 200 keys at most, and that is said', async () => {
		const many = account([ours, ...Array.from({length: 350}, () => delegating)]);
		expect(await many.told()).toMatch(/200 or more keys[\s\S]*only the first 200 keys were looked at/);
		expect(many.asked.length).toBeLessThanOrEqual(203);
	});
	test('can not be told where keys can not be listed', async () => {
		const at = async (): Promise<never> => {
			throw new Refused('AccessDeniedException', 'no');
		};
		const told = await whatNarrowingTakes({at} as unknown as Look, knownFor('', fold([]), {}, {facts}));
		expect(told).toEqual([
			"Which keys nps-kms-user can decrypt with now can't be told: the keys can't be listed [AccessDeniedException].",
		]);
	});
	test('is asked for by no step but where a review is read', () => {
		expect(setup.steps.filter(it => it.tells).map(it => it.id)).toEqual(['least-privilege']);
	});
});
