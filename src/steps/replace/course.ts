import type {Course} from '../../engine/course.js';
import type {State} from '../../engine/record.js';
import {step} from '../../engine/step.js';
import {connect} from '../connect.js';
import {prove} from '../prove.js';
import {lastWords, offers} from './at-home.js';
import {withNewAccessKey} from './both-access-keys.js';
import {newAccessKey} from './new-access-key.js';
import {oldAccessKey} from './old-access-key.js';
import {removeOldAccessKey, retireOldAccessKey} from './retire-old.js';
import {rotateNps} from './rotate-nps.js';

/** The proof, with the new access key while NPS still uses the old one. */
const proveNewAccessKey = step({
	id: 'prove-new-key',
	name: prove.name,
	title: 'Prove the new access key',
	guide: prove.guide,
	observe: (look, known) => prove.observe(look, withNewAccessKey(known)),
	plan: (seen, known) => prove.plan(seen, withNewAccessKey(known)),
});

/**
 * The access key that takes the other's place; after a run that was cut off in its last moment, the one that the round
 * made: the same command, given again, finds all done.
 */
const newAccessKeyOf = ({facts, past, last}: State): string | undefined =>
	facts.newAccessKeyId ??
	(last?.ended === false ? past['new-access-key'] : [])
		?.filter(it => it.over && it.learned.newAccessKeyId === facts.accessKeyId)
		.at(-1)?.learned.newAccessKeyId;

/**
 * The vendor's three steps for replacing an access key, each behind a gate; it may take days, and begins anew once it
 * is finished.
 */
export const replaceAccessKey: Course = {
	name: 'replace-access-key',
	steps: [connect, oldAccessKey, newAccessKey, proveNewAccessKey, rotateNps, retireOldAccessKey, removeOldAccessKey],
	about: newAccessKeyOf,
	once: ['watchNewKey', 'watchOldKey'],
	recurs: ['replacing', 'newAccessKeyId', 'seenInUse'],
	offers,
	lastWords,
};
