import type {Tag} from '../account/account.js';
import {
	type Asked,
	type Data,
	type Datum,
	type Demand,
	type Operation,
	type Operations,
	Refusal,
} from '../operation.js';
import {arnOf, exceeded, findPolicy, findRole, findUser, ownPolicy} from './find-in-account.js';
import * as rules from './name-rules.js';
import {complaintsAbout, fields, listed, members, operation, type Rules, refuse, textOf} from './parameters.js';

const most = 50;

type Noun = 'User' | 'Policy' | 'Role';
/** A tag's key as AWS compares it: of users and roles whatever its case. */
const asCompared = (noun: Noun, key: string): string => (noun === 'Policy' ? key : key.toLowerCase());

/**
 * The tags that a request brings for such a thing, checked; none where it brings none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function tagsIn(noun: Noun, input: Data): readonly Tag[] {
	const tags = members(input['Tags']).map(item => fields(item));
	refuse([
		...tooMany('tags', tags.length),
		...tags.flatMap(({Key: key, Value: value}, at) => [
			...checked(`tags.${at + 1}.member.key`, rules.tagKey, key),
			...checked(`tags.${at + 1}.member.value`, rules.tagValue, value),
		]),
	]);
	const read = tags.map(({Key: key, Value: value}) => ({Key: textOf(key) ?? '', Value: textOf(value) ?? ''}));
	if (new Set(read.map(({Key: key}) => asCompared(noun, key))).size < read.length)
		throw new Refusal(
			'InvalidInput',
			`Duplicate tag keys found.${noun === 'Policy' ? '' : ' Please note that Tag keys are case insensitive.'}`,
		);
	reserved(read.map(({Key: key}) => key));
	if (read.some(({Value: value}) => /^aws:/i.test(value)))
		throw new Refusal('InvalidInput', 'Tag values that start with aws: are reserved for AWS use.');
	return read;
}
/** What the tags of a new thing demand of its maker. */
export const tagging = (input: Data, action: string, resource: string): readonly Demand[] =>
	members(input['Tags']).length > 0 ? [{action, resource}] : [];
/** The tags in an answer; left out where there are none. */
export const tagsOut = (tags: readonly Tag[]): Data => (tags.length > 0 ? {Tags: tags} : {});

type Tagged = {tags: Tag[]};
type Subject = {
	readonly noun: Noun;
	readonly names: Rules;
	readonly name: string;
	readonly about: (name: string, asked: Asked) => string;
	readonly find: (name: string, asked: Asked, action: string) => Tagged;
};
const subjects: readonly Subject[] = [
	{
		noun: 'User',
		name: 'UserName',
		names: {UserName: rules.userName},
		about: (name, {account}) => arnOf(account, 'user', name),
		find: (name, {account}) => findUser(account, name),
	},
	{
		noun: 'Role',
		name: 'RoleName',
		names: {RoleName: rules.roleName},
		about: (name, {account}) => arnOf(account, 'role', name),
		find: (name, {account}) => findRole(account, name),
	},
	{
		noun: 'Policy',
		name: 'PolicyArn',
		names: {PolicyArn: rules.arn},
		about: name => name,
		find: (name, asked, action) =>
			action.startsWith('List') ? findPolicy(asked.account, name) : ownPolicy(asked.account, name, action, asked),
	},
];

/** TagUser, UntagPolicy, ListRoleTags and the like. */
export const tags: Operations = Object.fromEntries(
	subjects.flatMap(subject => [tag(subject), untag(subject), list(subject)]),
);

function tag({noun, names, name, about, find}: Subject): [string, Operation] {
	const action = `Tag${noun}`;
	const run = (told: Record<string, string>, asked: Asked): Data => {
		required(asked.input, 'Tags');
		const news = tagsIn(noun, asked.input);
		const tagged = find(told[name] ?? '', asked, action);
		const replaced = news.map(({Key: key}) => asCompared(noun, key));
		const kept = tagged.tags.filter(({Key: key}) => !replaced.includes(asCompared(noun, key)));
		if (kept.length + news.length > most) throw exceeded(`TagsPer${noun}`, most);
		tagged.tags = [...kept, ...news];
		return {};
	};
	return [action, operation({needs: names, about: (told, asked) => about(told[name] ?? '', asked), run})];
}

function untag({noun, names, name, about, find}: Subject): [string, Operation] {
	const action = `Untag${noun}`;
	const run = (told: Record<string, string>, asked: Asked): Data => {
		required(asked.input, 'TagKeys');
		const keys = members(asked.input['TagKeys']);
		refuse([
			...tooMany('tagKeys', keys.length),
			...keys.flatMap((key, at) => checked(`tagKeys.${at + 1}.member`, rules.tagKey, key)),
		]);
		const gone = keys.map(key => asCompared(noun, textOf(key) ?? ''));
		reserved(gone);
		const tagged = find(told[name] ?? '', asked, action);
		tagged.tags = tagged.tags.filter(({Key: key}) => !gone.includes(asCompared(noun, key)));
		return {};
	};
	return [action, operation({needs: names, about: (told, asked) => about(told[name] ?? '', asked), run})];
}

function list({noun, names, name, about, find}: Subject): [string, Operation] {
	const action = `List${noun}Tags`;
	const run = (told: Record<string, string>, asked: Asked): Data => {
		const sorted = [...find(told[name] ?? '', asked, action).tags].sort((a, b) => (a.Key < b.Key ? -1 : 1));
		return listed(asked, 'Tags', sorted);
	};
	return [action, operation({needs: names, about: (told, asked) => about(told[name] ?? '', asked), run})];
}

function required(input: Data, name: 'Tags' | 'TagKeys'): void {
	if (input[name] === undefined)
		refuse([
			`Value null at '${name.charAt(0).toLowerCase() + name.slice(1)}' failed to satisfy constraint: Member must ` +
				'not be null',
		]);
}
function reserved(keys: readonly string[]): void {
	if (keys.some(key => /^aws:/i.test(key)))
		throw new Refusal('InvalidInput', 'Tag keys that start with aws: are reserved for AWS use.');
}
const tooMany = (where: string, count: number): readonly string[] =>
	count > most
		? [`Value at '${where}' failed to satisfy constraint: Member must have length less than or equal to ${most}`]
		: [];
const checked = (where: string, rule: rules.Rule, value: Datum): readonly string[] => {
	const text = textOf(value);
	return text === undefined
		? [`Value null at '${where}' failed to satisfy constraint: Member must not be null`]
		: complaintsAbout(where, rule, text);
};
