import type {Account} from '../../src/sandbox/account/account.js';
import {contextOf} from '../../src/sandbox/judge/condition-keys.js';
import {decide} from '../../src/sandbox/judge/evaluate.js';
import {policiesInForce} from '../../src/sandbox/judge/policies-in-force.js';

const actions = [
	...['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:GenerateDataKey', 'kms:DescribeKey'],
	...['kms:CreateGrant', 'kms:RevokeGrant', 'kms:PutKeyPolicy'],
	...['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
];
/** How long the key has not been used: between the days of the guards that stand. */
const unused = 'kms:TrailingDaysWithoutKeyUsage';
/** The requests that are put to the judge differ by what the edits' conditions ask. */
const places: readonly Readonly<Record<string, string>>[] = [
	{'aws:SourceIp': '10.1.2.3', 'kms:GrantIsForAWSResource': 'true', [unused]: '3'},
	{'aws:SourceIp': '203.0.113.9', 'kms:GrantIsForAWSResource': 'false', [unused]: '20'},
	{'aws:SourceVpce': 'vpce-1', 'kms:GrantIsForAWSResource': 'true', [unused]: '45'},
	{'aws:SourceIp': '203.0.113.9', 'aws:MultiFactorAuthPresent': 'true', [unused]: '70'},
];
const otherKey = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000';

/** Every request of a fixed list that the judge allows, as a text each: who, what, with which key, from where. */
export function allowedIn(account: Account): ReadonlySet<string> {
	const {users, groups, policies, keys} = account;
	const print = JSON.stringify([users, groups, policies, keys]);
	// Most runs change nothing, so that the same is asked again.
	if (last?.print !== print) last = {print, allowed: judged(account)};
	return last.allowed;
}
let last: {readonly print: string; readonly allowed: ReadonlySet<string>} | undefined;

function judged(account: Account): ReadonlySet<string> {
	const allowed = new Set<string>();
	const [key] = Object.values(account.keys);
	if (!key) return allowed;
	const root = `arn:aws:iam::${account.id}:root`;
	const delegating = JSON.stringify({
		Statement: [{Effect: 'Allow', Principal: {AWS: root}, Action: 'kms:*', Resource: '*'}],
	});
	for (const user of Object.values(account.users)) {
		const who = {arn: user.arn, of: user.arn, id: user.id, account: account.id, partition: 'aws', root: false};
		const policies = policiesInForce(account, user.arn, {now: Date.now(), lags: {policies: 0}});
		for (const [resource, text] of [
			[key.arn, key.policy],
			[otherKey, delegating],
		] as const)
			for (const action of resource === key.arn ? actions : ['kms:Decrypt'])
				places.forEach((place, at) => {
					const context = contextOf({...place, 'aws:PrincipalArn': user.arn}, true);
					const held = {source: {id: 'key', type: 'resource', text}, as: 'gate'} as const;
					if (decide({who, action, resource, context, ...policies, held}).decision === 'allowed')
						allowed.add(`${user.name} ${action} ${resource === key.arn ? 'key' : 'other'} ${at}`);
				});
	}
	return allowed;
}
