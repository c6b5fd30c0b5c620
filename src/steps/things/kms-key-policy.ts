import {hasRootStatement, keyPolicy, readDocument} from '../../aws/policy/policy-documents.js';
import {type Edit, editInWords, edits} from '../../aws/policy/statement-differences.js';
import {plain, principals, type Statement, sentence, statements} from '../../aws/policy/statements.js';
import {allowsBeyond, lacks, strangers} from '../../aws/policy/who-is-allowed.js';
import {type Difference, type Known, listAnswer, type Value} from '../../engine/step.js';

const subject = ({facts}: Known): string => `key policy of ${facts.keyArn ?? facts.keyId ?? ''}`;

/** What in a key policy lets the user in further than NPS needs, or not far enough. */
export function keyPolicyLimits(text: string, known: Known): readonly Difference[] {
	const {userArn = '', partition = 'aws', account = ''} = known.facts;
	const document = readDocument(text);
	if (document === undefined) return [unreadable(known)];
	return [...foundations(document, known), ...forTheUser(document, keyPolicy(partition, account, [], userArn), known)];
}

/**
 * How a key policy differs from the one that the set-up wrote, statement by statement; of an adopted key what others
 * wrote stays theirs.
 */
export function keyPolicyDifferences(
	document: Value | undefined,
	known: Known,
	adopted: boolean,
): readonly Difference[] {
	const {userArn, partition = 'aws', account = ''} = known.facts;
	if (userArn === undefined) return [];
	if (document === undefined) return [unreadable(known)];
	const ours = keyPolicy(partition, account, administrators(document, known), userArn);
	const base = foundations(document, known);
	if (adopted) return [...base, ...forTheUser(document, ours, known)];
	const told = edits(document, ours).filter(it => !isTold(it, partition, account));
	return [...base, ...told.map(it => asDifference(it, known))];
}

/** Who administers the key: as answered, or, where the record that would tell was lost, as the policy itself says. */
function administrators(document: Value, known: Known): readonly string[] {
	const answered = listAnswer(known.answers, 'keyAdministrators');
	if (answered.length > 0 || known.recovered !== true) return answered;
	const {partition = 'aws', account = '', userArn = ''} = known.facts;
	const [, wanted] = statements(keyPolicy(partition, account, ['anyone'], userArn));
	return statements(document)
		.filter(it => wanted && withoutPrincipal(it) === withoutPrincipal(wanted))
		.flatMap(principals);
}

/** What concerns the whole policy: principals that are gone, and the account's charge of the key. */
function foundations(document: Value, known: Known): readonly Difference[] {
	const {partition = 'aws', account = ''} = known.facts;
	const root = 'Enable IAM User Permissions';
	return [
		...strangers(document).map(it => ({
			code: 'principal-gone',
			subject: subject(known),
			expected: 'users and roles that are there',
			found: it,
			text:
				`The key policy names ${it}: whom it named is deleted, and a user made again under the old name is another ` +
				'one',
			covers,
		})),
		...(hasRootStatement(document, partition, account)
			? []
			: [
					{
						code: 'root-statement-gone',
						subject: subject(known),
						expected: `the statement “${root}”`,
						found: 'missing',
						text: `The statement “${root}” is missing: the account isn't in charge of the key`,
						covers,
					},
				]),
	];
}

const covers = ['put-key-policy'] as const;
const unreadable = (known: Known): Difference => ({
	code: 'key-policy-unreadable',
	subject: subject(known),
	expected: 'a key policy',
	found: 'none',
	text: 'The key has no policy that can be read',
});

function forTheUser(document: Value, ours: Value, known: Known): readonly Difference[] {
	const {userArn = ''} = known.facts;
	return [
		...lacks(document, ours, userArn).map(it => ({
			code: 'key-policy-lacks',
			subject: subject(known),
			expected: `the statement “${it}” for ${userArn}`,
			found: 'missing',
			text: `The statement “${it}” for ${userArn} is missing`,
			covers,
		})),
		...allowsBeyond(document, ours, userArn).map(it => ({
			code: 'key-policy-added',
			subject: subject(known),
			expected: 'no such statement',
			found: it,
			text: `A statement allows the user more: ${it}`,
		})),
	];
}

/** Whether the foundations have told it: the root statement, and a statement that only names somebody who is gone. */
function isTold({was, is}: Edit, partition: string, account: string): boolean {
	if (!was) return false;
	const wasRoot = principals(was).includes(`arn:${partition}:iam::${account}:root`);
	if (!is) return wasRoot;
	return strangers({Statement: [is]} as unknown as Value).length > 0 && withoutPrincipal(was) === withoutPrincipal(is);
}
const withoutPrincipal = (it: Statement): string => {
	const {Principal: _principal, ...rest} = plain(it);
	return JSON.stringify(rest);
};

function asDifference(edit: Edit, known: Known): Difference {
	const {sid, was, is} = edit;
	return {
		code: was && is ? 'key-policy-changed' : is ? 'key-policy-added' : 'key-policy-lacks',
		subject: subject(known),
		expected: was ? sentence(was) : 'no such statement',
		found: is ? sentence(is) : 'no such statement',
		text: `In the key policy the statement “${sid}” ${editInWords(edit)}`,
		covers,
	};
}
