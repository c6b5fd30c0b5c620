import type {Key, KeyState} from '../account/account.js';
import {Refusal} from '../operation.js';

/**
 * What a key is in each state that isn't Enabled, in the words of KMS's refusals.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
const words: Readonly<Record<Exclude<KeyState, 'Enabled'>, string>> = {
	Creating: 'creating',
	Disabled: 'disabled',
	PendingDeletion: 'pending deletion',
	PendingImport: 'pending import',
	PendingReplicaDeletion: 'pending replica deletion',
	Unavailable: 'unavailable',
	Updating: 'updating',
};
type Unfit = keyof typeof words;

/** Refuses a key that is in one of these states. */
function refuse({arn, state}: Key, states: readonly Unfit[]): void {
	const found = states.find(it => it === state);
	if (found === undefined) return;
	throw new Refusal(
		found === 'Disabled' ? 'DisabledException' : 'KMSInvalidStateException',
		`${arn} is ${words[found]}.`,
	);
}
const going: readonly Unfit[] = ['PendingDeletion', 'PendingReplicaDeletion'];
/** Whether it is to be deleted. */
export const isGoing = ({state}: Key): boolean => going.some(it => it === state);
/** Refuses a key that is to be deleted. */
export const refuseGoing = (key: Key): void => refuse(key, going);
/** Refuses a key that can't be used to encrypt or decrypt. While it is updated it can. */
export const refuseUnusable = (key: Key): void =>
	refuse(key, [...going, 'Disabled', 'PendingImport', 'Unavailable', 'Creating']);
/** Refuses a key that no grant can be made for. */
export const refuseGrants = (key: Key): void => refuse(key, [...going, 'Disabled', 'PendingImport']);
/** Refuses a key that can't be enabled or disabled. */
export const refuseSwitching = (key: Key): void => refuse(key, [...going, 'PendingImport', 'Creating', 'Updating']);
/** Refuses a key whose deletion can't be scheduled. */
export const refuseScheduling = (key: Key): void => refuse(key, [...going, 'Creating', 'Updating']);

/** As if AWS had put it there: what is to be deleted gets its time, and any other loses it. */
export function enter(key: Key, state: KeyState, now: number): void {
	key.state = state;
	delete key.deletion;
	if (isGoing(key)) key.deletion = {days: 30, ...(state === 'PendingDeletion' && {at: now + 30 * 86_400_000})};
}
/** Switches it on or off; while it is unavailable that succeeds, but shows nowhere. */
export function turn(key: Key, state: 'Enabled' | 'Disabled'): void {
	refuseSwitching(key);
	if (key.state !== 'Unavailable') key.state = state;
}
