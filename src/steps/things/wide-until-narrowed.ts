import type {Known} from '../../engine/step.js';

/** What to know while the policy still allows Decrypt with any key. */
export function wideUntilNarrowed(known: Known): string | undefined {
	const {accessKeyId, narrow} = known.facts;
	if (!accessKeyId || narrow === 'yes') return undefined;
	return (
		`Until step 5 is done, access key ${accessKeyId} can decrypt with every key of this account that delegates to ` +
		'IAM.'
	);
}
