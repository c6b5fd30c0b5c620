import type {AccessKeyMetadata, GetAccessKeyLastUsedResponse} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {keyOfNumber} from '../../engine/keys.js';
import type {Choose, Look, Text} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {collect} from './all-pages.js';

/** An access key as it is found. */
export type SeenAccessKey = {
	readonly id: string;
	readonly active: boolean;
	readonly madeAt: Date | undefined;
	readonly lastUsed: Date | undefined;
	/** The service that it was last used with, such as `kms`. */
	readonly usedFor?: string | undefined;
	/** The region that it was last used in. */
	readonly usedIn?: string | undefined;
	/** Known never to have been used; false also if that wasn't or couldn't be looked at. */
	readonly neverUsed: boolean;
};

/**
 * The access keys of a user, with their last use, unless `known` holds each of them: then what they were used for
 * decides nothing.
 */
export async function listAccessKeys(
	look: Look,
	UserName: Text,
	known: readonly string[] = [],
): Promise<readonly SeenAccessKey[]> {
	const keys = await collect(look, call('iam:ListAccessKeys', {UserName}), it => it.AccessKeyMetadata);
	const allKnown = keys.every(it => known.includes(it.AccessKeyId ?? ''));
	return Promise.all(keys.map(async it => seen(it, allKnown ? undefined : await lastUse(look, it))));
}

const lastUse = (
	look: Look,
	{AccessKeyId = ''}: AccessKeyMetadata,
): Promise<GetAccessKeyLastUsedResponse | undefined> =>
	look.at(call('iam:GetAccessKeyLastUsed', {AccessKeyId})).catch(() => undefined);
const seen = (it: AccessKeyMetadata, used: GetAccessKeyLastUsedResponse | undefined): SeenAccessKey => ({
	id: it.AccessKeyId ?? '',
	active: it.Status === 'Active',
	madeAt: it.CreateDate,
	lastUsed: used?.AccessKeyLastUsed?.LastUsedDate,
	usedFor: used?.AccessKeyLastUsed?.LastUsedDate && used.AccessKeyLastUsed.ServiceName,
	usedIn: used?.AccessKeyLastUsed?.LastUsedDate && used.AccessKeyLastUsed.Region,
	neverUsed: used !== undefined && used.AccessKeyLastUsed?.LastUsedDate === undefined,
});

/** Ways out that remove one of these. */
export const removing = (keys: readonly SeenAccessKey[]): readonly Choose[] =>
	keys.map(({id}, at) => ({
		is: 'choose',
		key: keyOfNumber(at + 1),
		label: `remove ${id}`,
		answers: {removeAccessKey: id},
		flags: `--remove-access-key ${id}`,
	}));
/** An access key in words. */
export const told = (it: SeenAccessKey): string =>
	`${it.id} (${it.active ? 'Active' : 'Inactive'}, ` +
	`made ${it.madeAt ? timeInWords(it.madeAt) : 'at an unknown time'}, ` +
	`${useOf(it)})`;
function useOf({lastUsed, usedFor, neverUsed}: SeenAccessKey): string {
	if (lastUsed) return `last used ${timeInWords(lastUsed)}${usedFor ? ` with ${usedFor}` : ''}`;
	return neverUsed ? 'never used' : 'last use not known';
}
