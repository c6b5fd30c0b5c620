import {call} from '../../aws/client/call.js';
import type {Change, Known, Look} from '../../engine/step.js';
import type {SeenAccessKey} from './access-keys.js';
import {pairsOf} from './ownership.js';

/** Why an access key goes, and the word that has to be typed for it, if one has. */
export type Asked = {readonly confirm?: string; readonly why?: string};
const leftBehind: Asked = {why: 'an interrupted run made it; its secret reached no file and it was never used'};

/** Sets an access key Inactive, unless it is: this can be taken back. */
export const deactivate = (key: SeenAccessKey, known: Known, asked = leftBehind): readonly Change[] =>
	key.active
		? [
				{
					id: `deactivate-${key.id}`,
					verb: 'update',
					subject: `access key ${key.id}, to Inactive`,
					...asked,
					call: call('iam:UpdateAccessKey', {
						UserName: known.fact('userName'),
						AccessKeyId: key.id,
						Status: 'Inactive',
					}),
				},
			]
		: [];
/** Removes the description tags of access keys, which AWS leaves behind. */
export const undescribe = (ids: readonly string[], known: Known, why: string): Change => ({
	id: 'undescribe-access-key',
	verb: 'delete',
	subject: `description tag of access key ${ids.join(' and ')}`,
	why,
	call: call('iam:UntagUser', {UserName: known.fact('userName'), TagKeys: ids}),
});
/** The access keys that the user's tags describe. */
export async function describedAccessKeys(look: Look, known: Known): Promise<readonly string[]> {
	return Object.keys(pairsOf((await look.at(call('iam:GetUser', {UserName: known.fact('userName')})))?.User?.Tags));
}
/** Deletes an access key: this can't be taken back. */
export const remove = (key: SeenAccessKey, known: Known, asked = leftBehind): Change => ({
	id: `delete-${key.id}`,
	verb: 'delete',
	subject: `access key ${key.id}`,
	...asked,
	call: call('iam:DeleteAccessKey', {UserName: known.fact('userName'), AccessKeyId: key.id}),
});
