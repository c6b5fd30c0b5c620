import type {Value} from '../../engine/step.js';
import {plain, principals, type Statement, sameStatement, sentence, statements, texts} from './statements.js';

/**
 * One statement that a document says otherwise than ours: gone (no `is`), added (no `was`), or another under the same
 * Sid.
 */
export type Edit = {readonly sid: string; readonly was?: Statement; readonly is?: Statement};

/** What a document says otherwise than ours, statement by statement; order and spelling are no difference. */
export function edits(document: Value, ours: Value): readonly Edit[] {
	const theirs = [...statements(document)];
	const take = (which: (it: Statement) => boolean): Statement | undefined => {
		const at = theirs.findIndex(which);
		return at < 0 ? undefined : theirs.splice(at, 1)[0];
	};
	const lost = statements(ours).filter(own => !take(it => sameStatement(it, own)));
	const changed = lost.map((was): Edit => {
		const is = take(it => it['Sid'] !== undefined && it['Sid'] === was['Sid']);
		return {sid: sidOf(was), was, ...(is && {is})};
	});
	return [...changed, ...theirs.map(is => ({sid: sidOf(is), is}))];
}
const sidOf = (it: Statement): string => (typeof it['Sid'] === 'string' ? it['Sid'] : 'without a name');

/** An edit in words, as short as it can be told. */
export function editInWords({was, is}: Edit): string {
	if (!was) return is ? `is added: ${sentence(is)}` : '';
	if (!is) return `is gone: ${sentence(was)}`;
	const parts = [
		...changedWords(principals(was), principals(is), 'is for', 'is no longer for'),
		...changedWords(actionsOf(was), actionsOf(is), 'allows', 'no longer allows'),
		...(same(was, is, 'Condition')
			? []
			: [
					is['Condition'] === undefined
						? 'has no condition any more'
						: `has the condition ${JSON.stringify(is['Condition'])}`,
				]),
	];
	const plainly =
		same(was, is, 'Effect') && same(was, is, 'Resource') && !is['NotAction'] && !is['NotPrincipal'] && parts.length > 0;
	return plainly ? parts.join(', ') : `is another: ${sentence(is)}`;
}
const actionsOf = (it: Statement): readonly string[] => texts(it['Action']);
const same = (one: Statement, other: Statement, key: string): boolean =>
	JSON.stringify(plain(one)[key]) === JSON.stringify(plain(other)[key]);
function changedWords(was: readonly string[], is: readonly string[], more: string, less: string): readonly string[] {
	const lower = (list: readonly string[]): readonly string[] => list.map(it => it.toLowerCase());
	const added = is.filter(it => !lower(was).includes(it.toLowerCase()));
	const gone = was.filter(it => !lower(is).includes(it.toLowerCase()));
	return [
		...(added.length > 0 ? [`${more} ${added.join(', ')} as well`] : []),
		...(gone.length > 0 ? [`${less} ${gone.join(', ')}`] : []),
	];
}
