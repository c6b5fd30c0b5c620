import type {Tag} from '../account/account.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {onKey} from './find-kms-key.js';
import {refuseGoing} from './kms-key-states.js';
import {check, listed, listOf, required, structureOf, textsOf} from './parameters.js';

/** Tags of keys. https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html */
export const tags: Operations = {
	TagResource: onKey(
		(key, {input}) => {
			refuseGoing(key);
			const told = tagsIn(input);
			const tagged = [...key.tags.filter(({Key}) => !told.some(tag => tag.Key === Key)), ...told];
			checkCount(tagged);
			key.tags = tagged;
			return {};
		},
		{checks: ({input}) => void tagsIn(input)},
	),
	UntagResource: onKey((key, {input}) => {
		refuseGoing(key);
		const names = textsOf(input, 'TagKeys');
		for (const name of names) checkKey(name);
		key.tags = key.tags.filter(({Key}) => !names.includes(Key));
		return {};
	}),
	ListResourceTags: onKey(
		(key, asked) =>
			listed(
				asked,
				'Tags',
				key.tags.map(({Key, Value}) => ({TagKey: Key, TagValue: Value})),
				{most: 50, usual: 50},
			),
		{late: true},
	),
};

/** The tags a request holds; refuses what KMS refuses. */
export function tagsIn(input: Data): readonly Tag[] {
	const told = listOf(input, 'Tags').map(one => {
		const tag = structureOf(one, 'Tags');
		return {Key: required(tag, 'TagKey', {least: 0}), Value: required(tag, 'TagValue', {least: 0})};
	});
	for (const {Key, Value} of told) {
		checkKey(Key);
		check('Tags', Value, {least: 0, most: 256});
		if (!characters.test(Value))
			throw new Refusal('TagException', `The tag value ${Value} contains invalid characters.`);
		if (/^aws:/i.test(Value))
			throw new Refusal('TagException', 'aws: prefixed tag values are not allowed for external use.');
	}
	if (new Set(told.map(({Key}) => Key)).size < told.length) throw new Refusal('TagException', 'Duplicate tag keys');
	checkCount(told);
	return told;
}
const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
function checkKey(name: string): void {
	check('Tags', name, {most: 128});
	if (!characters.test(name)) throw new Refusal('TagException', `The tag key ${name} contains invalid characters.`);
	if (/^aws:/i.test(name))
		throw new Refusal('TagException', 'aws: prefixed tag key names are not allowed for external use.');
}
function checkCount(tagged: readonly Tag[]): void {
	if (tagged.length > 50) throw new Refusal('LimitExceededException', 'A key can have at most 50 tags.');
}
