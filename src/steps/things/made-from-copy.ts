import {limitedTo} from '../../aws/policy/policy-documents.js';
import {parseArn} from '../../aws/rules/arn.js';
import {type Known, type Look, textAnswer} from '../../engine/step.js';
import {ifAllowed} from './denied-looks.js';
import {findPolicy} from './iam-policy.js';
import {findKmsKey, keysOfOurTag, kmsKeyOwner, mayBeLost, type SeenKmsKey} from './kms-key.js';

/**
 * The KMS key that a copy of this record made, as on another machine, under whatever alias, or before it had one: the
 * policy that it limited names it, or else this setup's tag does, which all keys are asked for. The run that began the
 * record has no copy, and needs no look. Who may not ask all keys goes on without, unless it has to be known.
 */
export async function madeFromCopy(
	look: Look,
	known: Known,
	{hasToBeKnown = false} = {},
): Promise<SeenKmsKey | undefined> {
	if (known.runs < 2) return undefined;
	const policy = await findPolicy(look, {...known, past: known.of('policy').past});
	const keyArn = limitedTo(policy?.document, known.facts.account ?? '');
	if (keyArn && parseArn(keyArn)?.region !== textAnswer(known.answers, 'region')) return undefined;
	if (keyArn) return oursBy(keyArn, look, known);
	// All keys were asked already.
	if (mayBeLost(known)) return undefined;
	const tagged = byOurTag(look, known);
	return hasToBeKnown ? tagged : ifAllowed(tagged);
}

async function byOurTag(look: Look, known: Known): Promise<SeenKmsKey | undefined> {
	for await (const id of keysOfOurTag(look, known)) {
		const key = await oursBy(id, look, known);
		// The copy may have been taken back, and begun anew.
		if (key && !/^Pending(Replica)?Deletion$/.test(key.state)) return key;
	}
	return undefined;
}
async function oursBy(keyId: string, look: Look, known: Known): Promise<SeenKmsKey | undefined> {
	const key = await findKmsKey(look, {...known, facts: {...known.facts, keyId}}, undefined);
	return key && kmsKeyOwner(key, known).is === 'ours' ? key : undefined;
}
