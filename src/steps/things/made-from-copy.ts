import {limitedTo} from '../../aws/policy/policy-documents.js';
import {parseArn} from '../../aws/rules/arn.js';
import {type Known, type Look, textAnswer} from '../../engine/step.js';
import {findPolicy} from './iam-policy.js';
import {findKmsKey, kmsKeyOwner, type SeenKmsKey} from './kms-key.js';

/**
 * The KMS key that a copy of this record made, as on another machine, under whatever alias: the policy that it limited
 * names it, and it bears this setup's tag. The run that began the record has no copy, and needs no look.
 */
export async function madeFromCopy(look: Look, known: Known): Promise<SeenKmsKey | undefined> {
	if (known.runs < 2) return undefined;
	const policy = await findPolicy(look, {...known, past: known.of('policy').past});
	const keyArn = limitedTo(policy?.document, known.facts.account ?? '');
	if (!keyArn || parseArn(keyArn)?.region !== textAnswer(known.answers, 'region')) return undefined;
	const key = await findKmsKey(look, {...known, facts: {...known.facts, keyId: keyArn}}, undefined);
	return key && kmsKeyOwner(key, known).is === 'ours' ? key : undefined;
}
