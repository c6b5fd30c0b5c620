import {call} from '../../aws/client/call.js';
import type {Known, Look} from '../../engine/step.js';
import {aliasNow} from './kms-key.js';

/** The aliases that this setup gave the KMS key under other answers than today's, and that still name it. */
export async function earlierAliases(look: Look, known: Known, keyId: string): Promise<readonly string[]> {
	const made = known
		.of('managed-key')
		.past.filter(it => it.change.id === 'create-alias' && it.outcome !== 'refused')
		.map(it => String(it.change.call.input['AliasName']));
	const others = [...new Set(made)].filter(it => it !== aliasNow(known));
	const named = await Promise.all(
		others.map(async it => (await look.at(call('kms:DescribeKey', {KeyId: it})))?.KeyMetadata?.KeyId),
	);
	return others.filter((_, at) => named[at] === keyId);
}
