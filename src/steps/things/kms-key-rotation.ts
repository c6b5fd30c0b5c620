import {call} from '../../aws/client/call.js';
import type {Change, Known, Text} from '../../engine/step.js';

/** Has KMS rotate the key material every year, unless that was answered otherwise. */
export const rotate = (KeyId: Text, known: Known): readonly Change[] =>
	known.answers['keyRotation'] === false
		? []
		: [
				{
					id: 'enable-rotation',
					verb: 'update',
					subject: 'rotation of the key material: by KMS, every year',
					call: call('kms:EnableKeyRotation', {KeyId}),
					record: {uses: ['keyRotation']},
					waits: [{code: 'NotFoundException', why: 'the key is new', atMost: 120}],
				},
			];

/**
 * That something switches rotation off as often as it is switched on, if so: twice is enough, and the set-up goes on
 * without.
 */
export function switchedOffAgain({past, runs}: Known): readonly string[] {
	const on = past.filter(it => it.change.id === 'enable-rotation' && it.outcome === 'done' && it.run === runs);
	if (on.length < 2) return [];
	return [
		`Yearly rotation was switched on ${on.length} times since ${on[0]?.at.slice(11, 16) ?? ''} UTC and is off again: ` +
			'something in this account switches it off (the CloudTrail events DisableKeyRotation tell who). The set-up ' +
			'goes on without it; --no-key-rotation asks for it no more.',
	];
}
