import {call} from '../aws/call.js';
import type {Look, Text} from '../engine/step.js';

/** An access key as it is found. */
export type SeenKey = {
	readonly id: string;
	readonly active: boolean;
	readonly madeAt: Date | undefined;
	readonly lastUsed: Date | undefined;
	/** Known never to have been used; false also if that couldn't be looked at. */
	readonly neverUsed: boolean;
};

/** The access keys of a user, with their last use. */
export async function listKeys(look: Look, UserName: Text): Promise<readonly SeenKey[]> {
	const keys: SeenKey[] = [];
	for await (const page of look.all(call('iam:ListAccessKeys', {UserName}))) {
		for (const it of page.AccessKeyMetadata ?? []) {
			const used = await look.at(call('iam:GetAccessKeyLastUsed', {AccessKeyId: it.AccessKeyId ?? ''})).catch(() => undefined);
			keys.push({
				id: it.AccessKeyId ?? '',
				active: it.Status === 'Active',
				madeAt: it.CreateDate,
				lastUsed: used?.AccessKeyLastUsed?.LastUsedDate,
				neverUsed: used !== undefined && used.AccessKeyLastUsed?.LastUsedDate === undefined,
			});
		}
	}
	return keys;
}

/** An access key in words. */
export const told = (it: SeenKey): string =>
	`${it.id} (${it.active ? 'Active' : 'Inactive'}, made ${it.madeAt?.toISOString() ?? 'at an unknown time'}, ${it.lastUsed ? `last used ${it.lastUsed.toISOString()}` : it.neverUsed ? 'never used' : 'last use not known'})`;
