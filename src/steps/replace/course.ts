import type {Course} from '../../engine/course.js';
import {step} from '../../engine/step.js';
import {connect} from '../connect.js';
import {prove} from '../prove.js';
import {withNewKey} from './both-access-keys.js';
import {newKey} from './new-access-key.js';
import {replacedKey} from './old-access-key.js';
import {removeKey, retireKey} from './retire-old.js';
import {switchKey} from './rotate-nps.js';

/** The proof, with the new access key while NPS still uses the old one. */
const proveNew = step({
	id: 'prove-new-key',
	name: prove.name,
	title: 'Prove the new access key',
	guide: prove.guide,
	observe: (look, known) => prove.observe(look, withNewKey(known)),
	plan: (seen, known) => prove.plan(seen, withNewKey(known)),
});

/**
 * The vendor's three steps for replacing an access key, each behind a gate; it may take days, and begins anew once it
 * is finished.
 */
export const replaceAccessKey: Course = {
	name: 'replace-access-key',
	steps: [connect, replacedKey, newKey, proveNew, switchKey, retireKey, removeKey],
	recurs: ['replacing', 'newAccessKeyId', 'seenInUse'],
};
