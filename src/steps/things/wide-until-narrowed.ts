import {typedByHand} from '../../aws/by-hand.js';
import type {Known} from '../../engine/step.js';
import {numberOf} from '../../engine/step-numbers.js';

/** What to know while the policy still allows Decrypt with any key. */
export function wideUntilNarrowed(known: Known): string | undefined {
	const {accessKeyId, narrow} = known.facts;
	if (!accessKeyId || narrow === 'yes') return undefined;
	return (
		`Until step ${numberOf('least-privilege')} is done, access key ${accessKeyId} can decrypt with every key of this ` +
		'account that delegates to IAM.'
	);
}

/** The same, with how to make it safe until then, for whoever stops before that. */
export function safeUntilNarrowed(known: Known): string | undefined {
	const wide = wideUntilNarrowed(known);
	const {accessKeyId = '', userName = ''} = known.facts;
	return (
		wide &&
		`${wide.replace(/\.$/, '')} while it is Active. To make it safe until then: ` +
			typedByHand(
				known,
				[`aws iam update-access-key --user-name ${userName} --access-key-id ${accessKeyId} --status Inactive`],
				'Active sets it going again',
			)
	);
}
