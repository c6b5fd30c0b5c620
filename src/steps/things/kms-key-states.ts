import {byCommands} from '../../aws/by-hand.js';
import {commandLine} from '../../engine/command-line.js';
import type {Known, Stop, Way} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';

/** What tells whether a KMS key can be used. */
export type KeyState = Pick<SeenKmsKey, 'id' | 'arn' | 'state' | 'goesAt'>;
type State = {readonly why?: string; readonly way: Way; readonly mayBeLate?: true};

/**
 * Why a key that this setup looks after can't be used as it is, and what brings it back: theirs to do who brought it
 * there. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export function unusableKmsKey(key: KeyState, known: Known): Stop | undefined {
	if (key.state === 'Enabled') return undefined;
	const {why = 'NPS can use it only while it is Enabled', way, mayBeLate} = wayOutOf(key, known);
	return {
		is: 'problem',
		what: `KMS key ${key.arn} is ${key.state}`,
		why,
		ways: [way],
		again: commandLine(known.run),
		code: 'KMSInvalidStateException',
		facts: {keyId: key.id, keyArn: key.arn},
		...(mayBeLate && {mayBeLate}),
	};
}

const wait: Way = {is: 'wait', says: 'wait a minute'};
const page = 'docs.aws.amazon.com/kms/latest/developerguide/key-state.html';
function wayOutOf({id, state, goesAt}: KeyState, known: Known): State {
	const enable = `aws kms enable-key --key-id ${id}`;
	const keep: Way = byCommands(known, [`aws kms cancel-key-deletion --key-id ${id}`, enable]);
	switch (state) {
		case 'Disabled':
			return {way: byCommands(known, [enable])};
		case 'PendingDeletion':
			return {
				...(goesAt && {
					why: `KMS deletes it on ${goesAt.toISOString().slice(0, 10)}, and what it protects is lost then`,
				}),
				way: keep,
			};
		case 'PendingReplicaDeletion':
			return {why: 'It is to be deleted as soon as its replicas in other regions are', way: keep};
		case 'Creating':
			return {why: 'KMS is still making it', way: wait, mayBeLate: true};
		case 'Updating':
			return {why: 'KMS is making another region its primary one', way: wait};
		case 'PendingImport':
			return {
				why: 'Its key material was deleted, or never imported',
				way: {is: 'by-hand', says: 'have whoever holds the key material import it (aws kms import-key-material)'},
			};
		case 'Unavailable':
			return {
				why: 'The key store that holds its key material is not connected',
				way: {is: 'by-hand', says: 'have whoever runs the key store connect it (aws kms connect-custom-key-store)'},
			};
		default:
			return {way: {is: 'by-hand', says: `read what brings it back on ${page}`}};
	}
}
