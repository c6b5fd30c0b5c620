import type {Value} from '../../engine/step.js';
import {isAsStrict, testsOf} from './sources.js';
import {covers, matches, plain, principals, type Statement, sentence, statements, texts} from './statements.js';

/**
 * How a key policy stands to what a wanted statement gives one principal: it gives all of it, less of it (others
 * narrowed it), something that can't be compared, or says nothing of it.
 */
export type Standing = 'given' | 'narrowed' | 'other' | 'missing';
/** What a wanted statement would give, and to whom of its principals; `beside` what others wrote of the same. */
export type Lack = {readonly wanted: Statement; readonly who: readonly string[]; readonly beside: boolean};

/**
 * Whether a statement allows nothing that the wanted one doesn't, whomever it names: it is the same, or narrowed. What
 * can't be compared isn't.
 */
export function isWithin(it: Statement, wanted: Statement): boolean {
	const [have, most] = [plain(it), plain(wanted)];
	if (!isAllow(it) || have['NotAction'] || have['NotPrincipal'] || have['NotResource']) return false;
	const [conditions, demanded] = [testsOf(have), testsOf(most)];
	return (
		texts(have['Action']).every(one => texts(most['Action']).some(pattern => matches(pattern, one))) &&
		texts(have['Resource']).every(one => texts(most['Resource']).some(pattern => matches(pattern, one))) &&
		demanded.every(one => conditions.some(condition => isAsStrict(condition, one)))
	);
}

/** Whether a document allows something of what the wanted one does, and nothing else: narrowed, and not taken away. */
export function isNarrowed(document: Value | undefined, wanted: Value): boolean {
	if (document === undefined) return false;
	const allows = statements(document).filter(isAllow);
	return allows.length > 0 && allows.every(it => statements(wanted).some(one => isWithin(it, one)));
}

/** How a key policy stands to what a wanted statement gives one of its principals. */
export function standingOf(document: Value, wanted: Statement, who: string): Standing {
	const all = statements(document);
	if (all.some(it => covers(it, plain({...wanted, Principal: {AWS: who}})))) return 'given';
	const about = all.filter(it => isAllow(it) && mayName(it, who) && isAbout(it, wanted));
	if (about.length === 0) return 'missing';
	return about.some(it => names(it, who, wanted) && isWithin(it, wanted)) ? 'narrowed' : 'other';
}

/**
 * What a key policy lacks of ours. What others narrowed isn't lacking, nor is a principal that they took out of a
 * statement that still names others of ours, if it was `given` before.
 */
export function lacking(
	document: Value,
	ours: Value,
	given: (principal: string) => boolean = () => false,
): readonly Lack[] {
	return statements(ours).flatMap(wanted => {
		const standings = principals(wanted).map(who => ({who, is: standingOf(document, wanted, who)}));
		const stays = standings.some(({is}) => is === 'given' || is === 'narrowed');
		const lacks = standings.filter(({who, is}) => is === 'other' || (is === 'missing' && !(stays && given(who))));
		if (lacks.length === 0) return [];
		return [{wanted, who: lacks.map(it => it.who), beside: lacks.some(({is}) => is === 'other')}];
	});
}

/**
 * The statements of a key policy that give less than ours: each within one that isn't given whole, and for nobody but
 * ours, unless `others` may have it too.
 */
export const narrowed = (document: Value, ours: Value, others = false): readonly Statement[] =>
	statements(document).filter(it =>
		statements(ours).some(wanted => {
			const own = principals(wanted);
			const whole = own.every(who => standingOf(document, wanted, who) === 'given');
			return (
				!whole && isWithin(it, wanted) && (others || principals(it).every(who => own.includes(who) || who === '*'))
			);
		}),
	);

/** The statements that forbid something. */
export const denies = (document: Value): readonly Statement[] =>
	statements(document).filter(it => it['Effect'] === 'Deny');

/** Whether a policy gives nothing, for it only forbids. */
export const onlyDenies = (document: Value): boolean => {
	const all = statements(document);
	return all.length > 0 && all.every(it => it['Effect'] === 'Deny');
};

/** Of these, as sentences, those that may hit someone in one of these actions. */
export const deniesTo = (document: Value, who: string, actions: readonly string[]): readonly string[] =>
	denies(document)
		.filter(it => it['NotPrincipal'] !== undefined || principals(it).some(name => name === who || name.includes('*')))
		.filter(
			it =>
				it['NotAction'] !== undefined || texts(it['Action']).some(one => actions.some(other => mayMeet(one, other))),
		)
		.map(it => `“${String(it['Sid'] ?? 'without a name')}”: ${sentence(it)}`);

const isAllow = (it: Statement): boolean => it['Effect'] === 'Allow';
/** Whether it speaks of the principal, or of everybody. */
const mayName = (it: Statement, who: string): boolean => principals(it).some(one => one === who || one === '*');
/** Whether it speaks of the principal as ours does; under our own Sid whoever it may be counts. */
const names = (it: Statement, who: string, wanted: Statement): boolean =>
	principals(it).includes(who) || (it['Sid'] === wanted['Sid'] && principals(it).includes('*'));
/** Whether it may be about the same actions; rather once too often. */
const isAbout = (it: Statement, wanted: Statement): boolean =>
	it['Sid'] === wanted['Sid'] ||
	it['NotAction'] !== undefined ||
	texts(it['Action']).some(one => texts(wanted['Action']).some(other => mayMeet(one, other)));
const mayMeet = (one: string, other: string): boolean => {
	const [a = '', b = ''] = [one, other].map(it => /^[^*?]*/.exec(it.toLowerCase())?.[0]);
	return one === other || (/[*?]/.test(one) && b.startsWith(a)) || (/[*?]/.test(other) && a.startsWith(b)) || a === b;
};
