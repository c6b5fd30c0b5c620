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
