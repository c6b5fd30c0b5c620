import {commandLine} from '../../engine/command-line.js';
import type {Known, Stop} from '../../engine/step.js';
import {isRetiring} from '../retire/stage.js';
import {listAccessKeys} from '../things/access-keys.js';
import {oldKmsKey} from './old.js';
import type {New} from './open-new.js';
import {lineOfNew, newSetup} from './the-move.js';

/** Why the new setup can't be used as it stands, in words; undefined where nothing tells that. */
export async function whyOff(it: New): Promise<string | undefined> {
	const {known} = it;
	const {accessKeyId = '', userName = '', leftBehind} = known.facts;
	if (isRetiring(known)) return 'It is being retired, or was';
	if (leftBehind !== undefined && leftBehind === accessKeyId) return 'NPS was moved away from it';
	if (!('look' in it)) return undefined;
	const [keys, key] = await Promise.all([
		listAccessKeys(it.look, userName).catch(() => undefined),
		oldKmsKey(it.look, known).catch(() => undefined),
	]);
	const held = keys?.find(one => one.id === accessKeyId);
	if (keys && !held?.active) return `Its access key ${accessKeyId} is ${held ? 'Inactive' : 'not there'}`;
	return key && key.state !== 'Enabled' ? `Its KMS key is ${key.state}` : undefined;
}
/** NPS is not moved to what is switched off, or is to be. */
export const newIsOff = (why: string, known: Known): Stop => ({
	is: 'problem',
	what: `NPS can't be moved to setup ${newSetup(known)} as it stands`,
	why,
	ways: [
		{is: 'run', says: 'see what there is', command: lineOfNew(known, 'status')},
		{is: 'answer', says: 'name another setup', field: 'toSetup', flags: '--to-setup NAME'},
	],
	again: commandLine(known.run),
	code: 'NewNotWorking',
});
