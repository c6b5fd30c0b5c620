import type {Value} from '../../engine/step.js';
import {matches, type Statement, statements, texts} from './statements.js';

/** What a permissions boundary says of one action on one resource, and by which statement it forbids it. */
export type Bound = {readonly is: 'allows' | 'silent'} | {readonly is: 'denies' | 'cant-tell'; readonly by: string};

/**
 * What the document says of the action on the resource. Conditions, and resources that name a variable, can't be told
 * before the request is made: a denial by them can't either, and what they allow counts as not allowed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function boundOn(document: Value, action: string, resource: string): Bound {
	const about = statements(document).map(it => ({it, fit: fitOf(it, action, resource)}));
	const deny = (fit: Fit): Statement | undefined =>
		about.find(one => one.it['Effect'] === 'Deny' && one.fit === fit)?.it;
	const [certain, perhaps] = [deny('yes'), deny('perhaps')];
	if (certain) return {is: 'denies', by: nameOf(certain)};
	if (perhaps) return {is: 'cant-tell', by: nameOf(perhaps)};
	return {is: about.some(one => one.it['Effect'] === 'Allow' && one.fit === 'yes') ? 'allows' : 'silent'};
}

type Fit = 'yes' | 'no' | 'perhaps';
function fitOf(it: Statement, action: string, resource: string): Fit {
	const some = (name: string, value: string): boolean => texts(it[name]).some(pattern => matches(pattern, value));
	const isAbout = it['NotAction'] === undefined ? some('Action', action) : !some('NotAction', action);
	if (!isAbout) return 'no';
	const named = it['NotResource'] === undefined ? 'Resource' : 'NotResource';
	const open = it['Condition'] !== undefined || texts(it[named]).some(pattern => pattern.includes('${'));
	const isOn = named === 'Resource' ? some(named, resource) : !some(named, resource);
	return open
		? isOn || texts(it[named]).some(pattern => pattern.includes('${'))
			? 'perhaps'
			: 'no'
		: isOn
			? 'yes'
			: 'no';
}
const nameOf = (it: Statement): string => (it['Sid'] === undefined ? 'without a name' : `“${String(it['Sid'])}”`);
