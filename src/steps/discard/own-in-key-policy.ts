import {call} from '../../aws/client/call.js';
import {withAdministrators} from '../../aws/policy/key-administrators.js';
import {keyPolicy, sameMeaning, withAdded, withoutOurs} from '../../aws/policy/policy-documents.js';
import {type Change, json, type Known, type Value} from '../../engine/step.js';
import {guardChanges, unguarded} from '../things/deletion-guard.js';
import type {SeenKmsKey} from '../things/kms-key.js';
import {answeredAnew} from '../things/kms-key-administrators-anew.js';
import {keySources} from '../things/sources.js';
import {lastOf} from './access-key.js';
import {type Extent, triesOf} from './extent.js';

/**
 * What the key policy of a key that stays allows our own user goes, for nobody but this setup can have written it, and
 * so do the administrators whom this setup let in, and its deletion guard.
 */
export function dropOurs({id, policy}: SeenKmsKey, user: Extent['user'], known: Known): readonly Change[] {
	if (!policy) return [];
	const added = triesOf(known, 'managed-key', 'put-key-policy').length > 0;
	const bare = unguarded(policy, known.of('managed-key'));
	const without = added ? withoutUser(bare, user, known) : bare;
	const nobody = {...known, answers: {...known.answers, keyAdministrators: []}};
	const takes = added ? answeredAnew(policy, nobody).takes : [];
	const ours = withAdministrators(without, [], takes);
	if (sameMeaning(ours, policy)) return [];
	// AWS takes no policy that names who is gone.
	const to = withAdded(ours, []);
	const whom = [
		...(sameMeaning(without, bare) ? [] : ['the user']),
		...takes,
		...(bare === policy ? [] : ['the deletion guard']),
	];
	return [
		{
			id: 'restore-key-policy',
			verb: 'update',
			subject: `key policy of KMS key ${id}, without ${whom.join(', ')}`,
			why: 'this setup put it there',
			diff: {from: policy, to},
			...(bare !== policy && {loosens: true}),
			call: call('kms:PutKeyPolicy', {KeyId: id, PolicyName: 'default', Policy: json(to)}),
			record: {undoes: ['put-key-policy', 'bind-key', ...guardChanges(known)], forgets: ['administratorsSeen']},
		},
	];
}

/** A key policy without our own user, whom no policy may name once it is gone. */
export function withoutUser(policy: Value, user: Extent['user'], known: Known): Value {
	const {partition = 'aws', account = ''} = known.facts;
	const made = lastOf(triesOf(known, 'user', 'create-user'));
	if (!made) return policy;
	// Of a user that is gone, KMS shows the unique id.
	const names = [made.learned.userArn, made.learned.userMadeAs, user?.arn, user?.id].filter(it => it !== undefined);
	return names.reduce<Value>(
		(document, name) =>
			withoutOurs(document, keyPolicy(partition, account, [], name, keySources(document, name, known)), [name]),
		policy,
	);
}
