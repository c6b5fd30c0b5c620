import {call} from '../../aws/client/call.js';
import type {Existing, Recorded, Thing} from '../../engine/step.js';
import {lastMade, whose} from './recorded-changes.js';

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
		const takeBack = [call('kms:ScheduleKeyDeletion', {KeyId: keyArn, PendingWindowInDays: 30})];
		return [{id: keyArn, by, ...note, takeBack}];
	},
};
/** Its alias. */
export const theAlias: Thing = {
	kind: 'Alias',
	madeBy: ['create-alias'],
	existing(recorded) {
		const {keyAlias, keyArn} = recorded.facts;
		if (!keyAlias || !keyArn) return [];
		const by = lastMade(recorded, 'CreateAlias') ? 'made' : byOf(recorded);
		return [{id: keyAlias, by, takeBack: [call('kms:DeleteAlias', {AliasName: keyAlias})]}];
	},
};
const byOf = (recorded: Recorded): Existing['by'] =>
	whose({madeAs: recorded.facts.keyMadeAs, adopted: recorded.facts.keyAdopted}, 'adoptKey', recorded);
