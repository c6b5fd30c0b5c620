import {call} from '../../aws/client/call.js';
import {administeringSid, withAdministrators} from '../../aws/policy/key-administrators.js';
import {type Lack, lacking} from '../../aws/policy/narrowings.js';
import {sameMeaning, withAdded} from '../../aws/policy/policy-documents.js';
import {statements} from '../../aws/policy/statements.js';
import {type Change, json, type Known, listAnswer, type Value} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';
import {answeredAnew, isAskedBack, isForgotten, toLetIn, wasLetIn} from './kms-key-administrators-anew.js';
import {wasNamed} from './named-in-key-policy.js';
import {puttingBack, wasWhole} from './put-back.js';

/**
 * What adds to a key's policy what it lacks of ours, if anything, and has its administrators as they are answered. What
 * others narrowed is left so; what they took away, or wrote otherwise, is added as something that gives access back.
 */
export function addToKeyPolicy(
	{id, policy}: SeenKmsKey,
	ours: Value,
	isOurs: boolean,
	known: Known,
): readonly Change[] {
	if (policy === undefined) return [];
	const {gives, takes} = isOurs ? answeredAnew(policy, known) : {gives: [], takes: []};
	const lacks = lacksOf(policy, ours, isOurs, known);
	const document = withAdministrators(withAdded(policy, lacks), gives, takes);
	if (sameMeaning(document, policy)) return [];
	const letIn = [...gives, ...lacks.filter(isOfAdministrators).flatMap(it => it.who)];
	const why = [...letIn.map(it => `new administrator: ${it}`), ...takes.map(it => `no longer administrator: ${it}`)];
	const sets = lacks.filter(isOfUser(known)).map(it => String(it.wanted['Sid']));
	const change: Change = {
		id: 'put-key-policy',
		verb: 'update',
		subject: `key policy of ${id}`,
		...(why.length > 0 && {why: why.join('; ')}),
		diff: {from: policy, to: document},
		record: {
			uses: ['keyAdministrators'],
			...(sets.length > 0 && {sets}),
			...(letIn.length > 0 && {gives: letIn}),
			...(takes.length > 0 && {takes}),
		},
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
	const whole = isOurs && wasWhole(known);
	const back = [...gives, ...lacks.flatMap(it => it.who)].filter(it => whole && wasThere(it, known));
	const certain = lacks.some(it => it.beside) || back.some(it => !isForgotten(it, known));
	return [puttingBack(change, certain || (back.length > 0 && 'perhaps'))];
}

/**
 * What the key policy lacks. An administrator whom somebody took out comes back only where that was asked for, never
 * along with others; who is new comes in by the statement that is there, as narrow as it is.
 */
function lacksOf(policy: Value, ours: Value, isOurs: boolean, known: Known): readonly Lack[] {
	const whole = isOurs && wasWhole(known);
	const all = lacking(policy, ours, who => whole && !isAskedBack(known) && wasThere(who, known));
	if (!isOurs) return all;
	const {gives, leaves} = answeredAnew(policy, known);
	const fresh = toLetIn(policy, known);
	const lacked = all.find(isOfAdministrators)?.who ?? [];
	// Whom another statement gives a part of it, such as a key user, is new all the same once it is answered anew.
	const asked = whole && fresh.length > 0 ? fresh : lacked;
	const who = asked.filter(it => ![...gives, ...leaves].includes(it));
	const wanted = statements(ours).find(it => it['Sid'] === administeringSid);
	const beside = all.some(it => isOfAdministrators(it) && it.beside && it.who.some(one => who.includes(one)));
	return [...all.filter(it => !isOfAdministrators(it)), ...(wanted && who.length > 0 ? [{wanted, who, beside}] : [])];
}
const isOfUser =
	({facts}: Known) =>
	({who}: Lack): boolean =>
		facts.userArn !== undefined && who.includes(facts.userArn);
const isOfAdministrators = ({wanted}: Lack): boolean => wanted['Sid'] === administeringSid;

/** Whether it was in the key policy when that was whole: what is missing of it, somebody took away. */
const wasThere = (who: string, known: Known): boolean =>
	listAnswer(known.answers, 'keyAdministrators').includes(who) ? wasLetIn(who, known) : wasNamed(who, known);
