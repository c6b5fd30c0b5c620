import {call} from '../../aws/client/call.js';
import type {Change, Known} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';
import {kmsTags, missingTags, type Owner, unlessDenied} from './ownership.js';

/** Gives a KMS key the tags that it lacks. */
export function tagKey({id, tags: have}: SeenKmsKey, owner: Owner, known: Known): readonly Change[] {
	const tags = missingTags(have, known, owner);
	if (tags.length === 0) return [];
	return [
		{
			id: 'tag-key',
			verb: 'update',
			subject: 'tags of the key',
			call: call('kms:TagResource', {KeyId: id, Tags: kmsTags(tags)}),
			...unlessDenied(owner),
		},
	];
}
