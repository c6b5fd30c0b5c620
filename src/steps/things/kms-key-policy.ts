import {denies, isWithin, lacking, narrowed} from '../../aws/policy/narrowings.js';
import {hasRootStatement, keyPolicy, readDocument} from '../../aws/policy/policy-documents.js';
import {type Edit, editInWords, edits} from '../../aws/policy/statement-differences.js';
import {plain, principals, type Statement, sentence, statements} from '../../aws/policy/statements.js';
import {allowsBeyond, strangers} from '../../aws/policy/who-is-allowed.js';
import {type Difference, type Known, listAnswer, type Value} from '../../engine/step.js';
import {isGuardAsAsked} from './deletion-guard.js';
import {seenBefore} from './kms-key-administrators-anew.js';
import {askedSources} from './sources.js';
import {stricter} from './stricter.js';

const subject = ({facts}: Known): string => `key policy of ${facts.keyArn ?? facts.keyId ?? ''}`;

/** What in a key policy lets the user in further than NPS needs, or not far enough. */
export function keyPolicyLimits(text: string, known: Known): readonly Difference[] {
	const {userArn = '', partition = 'aws', account = ''} = known.facts;
	const document = readDocument(text);
	if (document === undefined) return [unreadable(known)];
	const told = [
		...foundations(document, known),
		...forTheUser(document, keyPolicy(partition, account, [], userArn, askedSources(known)), known),
	];
	return told.filter(it => it.is !== 'stricter');
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
	const ours = keyPolicy(partition, account, administrators(document, known), userArn, askedSources(known));
	const base = foundations(document, known);
	if (adopted) return [...base, ...forTheUser(document, ours, known)];
	const less = narrowed(document, ours);
	const told = edits(document, ours).filter(it => !isTold(it, partition, account) && !isDecided(it, document, ours));
	return [
		...base,
		...less.map(it => narrower(it, ours, known)),
		...denies(document)
			.filter(it => !isGuardAsAsked(it, known))
			.map(it => denial(it, known)),
		...told.map(it => asDifference(it, known)),
	];
}

/** Who administers the key: as answered and let in, or, where the record was lost, as the policy itself says. */
function administrators(document: Value, known: Known): readonly string[] {
	const answered = seenBefore(known) ?? listAnswer(known.answers, 'keyAdministrators');
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
		...(hasRootStatement(document, partition, account) || isRootNarrowed(document, partition, account)
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

const covers = ['put-key-policy', 'bind-key'] as const;
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
		...lacking(document, ours)
			.filter(it => it.who.includes(userArn))
			.map(({wanted}) => ({
				code: 'key-policy-lacks',
				subject: subject(known),
				expected: `the statement “${String(wanted['Sid'])}” for ${userArn}`,
				found: 'missing',
				text: `The statement “${String(wanted['Sid'])}” for ${userArn} is missing`,
				covers,
			})),
		...narrowed(document, ours, true)
			.filter(it => principals(it).includes(userArn))
			.map(it => narrower(it, ours, known)),
		...allowsBeyond(document, ours, userArn).map(it => ({
			code: 'key-policy-added',
			subject: subject(known),
			expected: 'no such statement',
			found: it,
			text: `A statement allows the user more: ${it}`,
		})),
	];
}

/** A statement that gives less than ours: theirs to decide. */
function narrower(it: Statement, ours: Value, known: Known): Difference {
	const wanted = statements(ours).filter(own => isWithin(it, own));
	const own = wanted.find(one => one['Sid'] === it['Sid']) ?? wanted[0];
	const sid = String(it['Sid'] ?? own?.['Sid']);
	return stricter({
		code: 'key-policy-stricter',
		subject: subject(known),
		found: sentence(plain(it)),
		text:
			'In the key policy the statement ' +
			`“${sid}” is stricter than the set-up wrote it: ${own ? editInWords({sid, was: own, is: it}) : sentence(it)}`,
		covers,
	});
}
/** A denial, whoever wrote it: no fault of the set-up's. */
function denial(it: Statement, known: Known): Difference {
	const guards = JSON.stringify(it['Condition'] ?? {}).includes('"kms:TrailingDaysWithoutKeyUsage"');
	const does = guards ? 'guards the key against deletion while it is used' : 'forbids something';
	return stricter({
		code: 'key-policy-deny',
		subject: subject(known),
		found: sentence(plain(it)),
		text: `In the key policy a statement ${does}: ${sentence(it)}`,
	});
}
/** Whether others decided it, so that it is told as theirs: a denial, or less of what is ours. */
function isDecided({was, is}: Edit, document: Value, ours: Value): boolean {
	const less = (it: Statement): boolean => narrowed(document, ours).includes(it);
	if (is && !was) return is['Effect'] === 'Deny' || less(is);
	if (!was) return false;
	const gone = lacking(document, ours, () => true).some(({wanted}) => wanted['Sid'] === was['Sid']);
	return !gone && (!is || less(is));
}
/** Whether the account is in charge of the key by less than the console's statement, as others decided. */
const isRootNarrowed = (document: Value, partition: string, account: string): boolean =>
	lacking(document, rootAlone(partition, account)).length === 0;
const rootAlone = (partition: string, account: string): Value => {
	const whole = keyPolicy(partition, account, [], 'nobody') as {readonly Statement: readonly Value[]};
	return {...whole, Statement: whole.Statement.slice(0, 1)};
};

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
