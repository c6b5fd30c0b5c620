import {call} from '../../aws/client/call.js';
import type {Known, Look} from '../../engine/step.js';
import {newSetup} from './the-move.js';

/** The other setup by its record, and eyes for its account and region; without them, why there are none. */
export type New = {readonly known: Known} & ({readonly look: Look} | {readonly blind: string});
/** Opens the other setup; undefined where it has no record. Its eyes see nothing of another account than its own. */
export async function openNew(look: Look, known: Known): Promise<New | undefined> {
	const name = newSetup(known);
	const it = name === '' || name === known.run.setup ? undefined : await look.beside?.(name);
	if (!it) return undefined;
	try {
		const eyes = await it.eyes();
		const {Account} = (await eyes.at(call('sts:GetCallerIdentity', {}))) ?? {};
		const {account} = it.known.facts;
		if (Account !== account) return {known: it.known, blind: `the credentials here are of account ${Account ?? '?'}`};
		return {known: it.known, look: eyes};
	} catch (error) {
		return {known: it.known, blind: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no credentials'};
	}
}
