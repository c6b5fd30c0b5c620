import type {Course} from '../engine/course.js';
import {accessKey} from './access-key.js';
import {connect} from './connect.js';
import {handOff} from './hand-off.js';
import {leastPrivilege} from './least-privilege.js';
import {managedKey} from './managed-key.js';
import {policy} from './policy.js';
import {prove} from './prove.js';
import {user} from './user.js';

/** The vendor's procedure, in its order. */
export const setup: Course = {
	name: 'setup',
	steps: [connect, policy, user, accessKey, managedKey, leastPrivilege, prove, handOff],
};
/** The proof of a finished setup, once more. */
export const proveAgain: Course = {name: 'prove', steps: [connect, prove]};
export {discard} from './discard/course.js';
export {replaceAccessKey} from './replace/course.js';
export {ageInDays, dueDay, dueSoon, stageOf} from './things/access-key-age.js';
