import type {Refused} from '../../engine/apply.js';
import type {Verdict} from '../../engine/checking.js';

/**
 * AWS doesn't know the new access key yet:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const unknownYet = ['InvalidClientTokenId', 'UnrecognizedClientException'];
const noes = ['AccessDenied', 'AccessDeniedException'];
/** The secret doesn't belong to the access key. */
const wrongSecret = ['SignatureDoesNotMatch', 'InvalidSignatureException'];

/** What AWS's no means where a call was tried to see whether it is allowed; undefined if it can't be told. */
export function verdictOf({code, temporary}: Refused): Verdict | undefined {
	// A dry run that would have been done is refused with a code of its own.
	if (code === 'DryRunOperationException') return 'allowed';
	if (unknownYet.includes(code)) return {notYet: "AWS doesn't know the new access key everywhere yet"};
	// A refusal for the time of day is worded as a wrong signature, and is temporary.
	if (wrongSecret.includes(code) && !temporary) return 'never';
	return noes.includes(code) ? 'denied' : undefined;
}
