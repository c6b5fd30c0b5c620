import {call} from '../../aws/client/call.js';
import {readDocument, sameMeaning} from '../../aws/policy/policy-documents.js';
import {commandLine} from '../../engine/command-line.js';
import type {SentCall} from '../../engine/reply.js';
import type {Known, Look, Stop, Value} from '../../engine/step.js';

/**
 * Why a key policy isn't put: it isn't as it was reviewed any more. Looked at right before, for PutKeyPolicy replaces
 * all of it, and what somebody wrote since would be lost.
 */
export async function otherThanReviewed(
	look: Pick<Look, 'at'>,
	{api, input}: SentCall,
	reviewed: Value | undefined,
	run: Known['run'],
): Promise<Stop | undefined> {
	if (api !== 'kms:PutKeyPolicy' || reviewed === undefined) return undefined;
	const KeyId = String(input['KeyId']);
	const now = await look.at(call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'}));
	if (sameMeaning(readDocument(now?.Policy ?? ''), reviewed)) return undefined;
	return {
		is: 'problem',
		what: `The key policy of KMS key ${KeyId} isn't as it was reviewed any more`,
		why: 'Somebody wrote it meanwhile, and what they wrote would be lost',
		ways: [{is: 'by-hand', says: 'agree with whoever changes it (the CloudTrail events PutKeyPolicy tell who)'}],
		again: commandLine(run),
		code: 'ChangedMeanwhile',
	};
}
