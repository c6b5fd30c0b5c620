import type {Known, Look, Note} from '../../engine/step.js';
import {isSwitched, newId, withNewAccessKey} from '../replace/both-access-keys.js';
import {lookAtUse, noteOf, npsUse} from './nps-use.js';

/**
 * Whether AWS shows that NPS uses the access key that it was given last; undefined where the record holds that already,
 * or no such key was delivered.
 */
export async function npsAtHome(look: Look, known: Known): Promise<Note | undefined> {
	const whose = newId(known) !== '' && !isSwitched(known) ? withNewAccessKey(known) : known;
	const {accessKeyId: id} = whose.facts;
	const held = whose.delivered.find(it => it.id === id);
	if (id === undefined || !held || held.seenAt !== undefined) return undefined;
	const seen = await lookAtUse(look, whose);
	const use = seen && npsUse(seen, whose);
	return use && noteOf(id, use);
}
