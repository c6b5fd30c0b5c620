import {call} from '../../aws/client/call.js';
import {guardSid} from '../../aws/policy/deletion-guard.js';
import type {Edit, Existing, Recorded, Thing} from '../../engine/step.js';
import {guardWritten} from '../things/deletion-guard.js';
import {lastMade, whose} from './recorded-changes.js';

/** The calls that take back what this step makes, for the change record and for discarding alike. */
export const removing = {
	kmsKey: (KeyId: string, PendingWindowInDays = 30) => call('kms:ScheduleKeyDeletion', {KeyId, PendingWindowInDays}),
	alias: (AliasName: string) => call('kms:DeleteAlias', {AliasName}),
};
/** The KMS key as the record knows it, also while its deletion is pending. */
export const theKmsKey: Thing = {
	kind: 'KMS key',
	madeBy: ['create-key'],
	existing(recorded) {
		const {keyArn, partition = '', region = '', account = ''} = recorded.facts;
		const by = byOf(recorded);
		const last = recorded.made.findLast(({change}) =>
			/^kms:(ScheduleKeyDeletion|CancelKeyDeletion|DisableKey|EnableKey)$/.test(change.call.api),
		);
		const {api = '', input = {}} = last?.change.call ?? {};
		if (last && api === 'kms:ScheduleKeyDeletion') {
			// What is taken back is no fact any more.
			const id = String(input['KeyId']);
			const arn = keyArn ?? (id.startsWith('arn:') ? id : `arn:${partition}:kms:${region}:${account}:key/${id}`);
			const days = String(input['PendingWindowInDays'] ?? 30);
			const note = `its deletion was scheduled on ${last.at.slice(0, 10)}, for ${days} days later`;
			return [{id: arn, by: lastMade(recorded, 'kms:CreateKey') ? 'made' : by, note, going: true, takeBack: []}];
		}
		if (!keyArn) return [];
		const note = api === 'kms:DisableKey' || api === 'kms:CancelKeyDeletion' ? {note: 'disabled'} : {};
		const takeBack = [removing.kmsKey(keyArn)];
		return [{id: keyArn, by, ...note, takeBack, ...(guards(recorded) && {first: withoutGuard(keyArn)})}];
	},
};
/** Whether the key policy that this setup wrote last holds its deletion guard. */
function guards({made}: Recorded): boolean {
	const last = made.findLast(({change: {call: it}}) => /^kms:(CreateKey|PutKeyPolicy)$/.test(it.api));
	return last !== undefined && guardWritten(last.change.call) !== undefined;
}
/** Others may have written into the policy since: it is edited as it stands. */
const withoutGuard = (KeyId: string): Edit => ({
	without: `the statement “${guardSid}”`,
	read: call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'}),
	at: 'Policy',
	write: {api: 'kms:PutKeyPolicy', input: {KeyId, PolicyName: 'default'}},
	file: 'key-policy.json',
});
/** Its aliases: those that it was given under other answers stay on it. */
export const theAlias: Thing = {
	kind: 'Alias',
	madeBy: ['create-alias'],
	existing(recorded) {
		const {keyAlias, keyArn} = recorded.facts;
		if (!keyAlias || !keyArn) return [];
		const by = lastMade(recorded, 'CreateAlias', keyAlias) ? 'made' : byOf(recorded);
		return [
			// By now it may name somebody else's key, so no command of ours deletes it: it goes with the key that it names.
			...earlierThan(keyAlias, recorded).map(id => ({
				id,
				by: 'made' as const,
				takeBack: [],
				note: 'given to the key before it had another; it goes with the key if it names it still',
			})),
			{id: keyAlias, by, takeBack: [removing.alias(keyAlias)]},
		];
	},
};
const byOf = (recorded: Recorded): Existing['by'] =>
	whose({madeAs: recorded.facts.keyMadeAs, adopted: recorded.facts.keyAdopted}, 'adoptKey', recorded);
const earlierThan = (keyAlias: string, recorded: Recorded): readonly string[] => {
	const names = recorded.made
		.filter(it => it.change.call.api === 'kms:CreateAlias')
		.map(it => String(it.change.call.input['AliasName']));
	const stands = (name: string): boolean => lastMade(recorded, 'Alias', name)?.change.verb === 'create';
	return [...new Set(names)].filter(it => it !== keyAlias && stands(it));
};
