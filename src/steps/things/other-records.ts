import type {Known, Look} from '../../engine/step.js';
import {madeFromCopy} from './made-from-copy.js';

/**
 * Whether nothing tells that somebody else can have made things of this setup: no other record of it, which this one
 * was copied or recovered from, or which has come to a KMS key that this one never made; and no printed commands.
 */
export async function isAlone(look: Look, known: Known): Promise<boolean> {
	if (known.recovered || known.moved || known.wasPrinted) return false;
	const kmsKey = known.of('managed-key');
	const mayHaveMade = kmsKey.facts.keyId !== undefined || kmsKey.past.some(it => it.outcome !== 'refused');
	return mayHaveMade || (await madeFromCopy(look, kmsKey, {hasToBeKnown: true})) === undefined;
}
