import {call} from '../../aws/client/call.js';
import {lacking} from '../../aws/policy/narrowings.js';
import {sameMeaning, withAdded} from '../../aws/policy/policy-documents.js';
import {type Change, json, type Known, type Value} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';
import {puttingBack, wasWhole} from './put-back.js';

/**
 * What adds to a key's policy what it lacks of ours, if anything. What others narrowed is left so; what they took away,
 * or wrote otherwise, is added as something that gives access back.
 */
export function addToKeyPolicy(
	{id, policy}: SeenKmsKey,
	ours: Value,
	isOurs: boolean,
	known: Known,
): readonly Change[] {
	if (policy === undefined) return [];
	const whole = isOurs && wasWhole(known);
	const lacks = lacking(policy, ours, who => whole && wasNamed(who, known));
	const document = withAdded(policy, lacks);
	if (sameMeaning(document, policy)) return [];
	const change: Change = {
		id: 'put-key-policy',
		verb: 'update',
		subject: `key policy of ${id}`,
		diff: {from: policy, to: document},
		record: {uses: ['keyAdministrators']},
		call: call('kms:PutKeyPolicy', {KeyId: id, PolicyName: 'default', Policy: json(document)}),
		waits: [
			{
				code: 'MalformedPolicyDocumentException',
				says: 'invalid principals',
				why: 'KMS does not see the user yet (invalid principal so far)',
				atMost: 120,
			},
		],
	};
	return [
		puttingBack(
			change,
			lacks.some(({who, beside}) => beside || (whole && who.some(one => wasNamed(one, known)))),
		),
	];
}

/** Whether a key policy that this record wrote named it; of one that it wrote none of, all that it wanted was there. */
function wasNamed(who: string, known: Known): boolean {
	const {calls, facts} = known;
	if (who === facts.userArn && isNewUser(known)) return false;
	const written = calls
		.filter(({call: {api}}) => api === 'kms:CreateKey' || api === 'kms:PutKeyPolicy')
		.map(({call: {input}}) => JSON.stringify(input['Policy'] ?? ''));
	// A printed call names what wasn't known yet by its fact.
	const names = [who, ...(who === facts.userArn ? ['"$fact":"userArn"'] : [])];
	return written.length === 0 || written.some(it => names.some(name => it.includes(name)));
}

/** Whether the set-up itself took its user back since, and made another, whom no key policy has named yet. */
function isNewUser(known: Known): boolean {
	const made = known.of('user').past.filter(it => it.change.id === 'create-user');
	const last = (all: Known['past']): number =>
		Math.max(0, ...all.filter(it => it.outcome === 'done').map(it => it.run));
	const written = known.past.filter(it => it.change.id === 'create-key' || it.change.id === 'put-key-policy');
	return made.some(it => it.outcome === 'undone') && last(made) > last(written);
}
