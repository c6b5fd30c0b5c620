import {commandLine} from '../../engine/command-line.js';
import {type Known, type Plan, type Problem, step} from '../../engine/step.js';
import {handOff} from '../hand-off.js';
import {keyToolsFolder, vendorPage} from '../things/vendor.js';
import {
	type BothAccessKeys,
	evidenceOf,
	isSwitched,
	lookAtBoth,
	newId,
	notThere,
	oldId,
	reasonGiven,
	withNewAccessKey,
} from './both-access-keys.js';
import {bringBack, undoable} from './old-access-key-by-id.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The id of the new access key, and when AWS showed that NPS uses it: our own proof may hide it since. */
		seenInUse: string;
	}
}

/**
 * The vendor's "Step 2 – Rotate the NPS protect key to use the new access key": the course waits here for as long as it
 * takes.
 */
export const rotateNps = step<BothAccessKeys>({
	id: 'switch-key',
	name: 'NPS',
	title: 'Have NPS use the new access key',
	guide: {
		covers: 'Create a User, replacing access keys, step 2',
		text: [
			`On the NPS server, run SbPAM.RotateAwsKey from ${keyToolsFolder}, and enter ` +
				'the values of the sheet. Both access keys work meanwhile; take as long as you need.',
			'Then AWS is asked which access key was used. It shows a use with some delay, up to a few hours. If it ' +
				'shows nothing and you know that NPS was rotated, you can go on with a reason, which the record keeps.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html'],
	},
	fields: () => [
		{
			name: 'newKeyRotated',
			label: 'Has SbPAM.RotateAwsKey run with it?',
			kind: 'yes-no',
			flag: 'nps-rotated',
			ofDelivered: true,
			settles: 'never',
		},
		{
			name: 'overrideReason',
			label: 'If AWS shows no use, go on because',
			ofDelivered: true,
			kind: 'text',
			optional: true,
			settles: 'never',
			hint: 'kept in the record',
			when: answers => answers['newKeyRotated'] === true,
		},
	],
	observe: lookAtBoth,
	plan(seen, known) {
		const id = newId(known);
		if (isSwitched(known)) return {changes: [], says: `NPS uses ${id}`};
		const problem = notThere(seen.fresh, newId(known), known) ?? gate(seen, known);
		if (problem) return bringBack(seen.keys, known) ?? undoable(problem, seen.keys, known);
		return switched(id, evidenceOf(seen, known).since, known);
	},
	shows: known => {
		if (newId(known) === '') return undefined;
		const sheet = handOff.shows?.(withNewAccessKey(known));
		return (
			sheet && {
				...sheet,
				warns: [
					`Do not delete access key ${oldId(known)}: NPS uses it until SbPAM.RotateAwsKey has run.`,
					'Then run the same command again, today or another day: it goes on from here.',
				],
			}
		);
	},
});

function gate(seen: BothAccessKeys, known: Known): Problem | undefined {
	const id = newId(known);
	const {seen: shown, words} = evidenceOf(seen, known);
	if (known.answers['newKeyRotated'] !== true)
		return {
			is: 'pause',
			what: `NPS is to be rotated to access key ${id}`,
			why: shown ? 'AWS shows that something uses it already' : untilThen(seen, known),
			todo:
				`Run SbPAM.RotateAwsKey on the NPS server, then run ${commandLine(known.run)} again (without questions: ` +
				'--nps-rotated)',
			code: 'NotRotatedYet',
			ways: [{key: 'y', label: 'it has run', answers: {newKeyRotated: true}}],
		};
	if (shown || reasonGiven(known) !== '') return undefined;
	return {
		is: 'pause',
		what: `AWS does not show yet that NPS uses access key ${id}`,
		why: `${words}. AWS shows a use late, up to some hours${since(id, known)}`,
		todo: 'Try again later. If you know that NPS was rotated to it, go back and say why, or give --override-reason',
		code: 'NotSeenYet',
	};
}

/** How NPS fares until it is rotated: somebody may have touched the access key that it uses. */
function untilThen({old}: BothAccessKeys, known: Known): string {
	const {accessKeyId} = known.facts;
	// An earlier new one, which NPS was rotated to, and which is gone.
	if (
		accessKeyId !== undefined &&
		![oldId(known), newId(known)].includes(accessKeyId) &&
		known.delivered.some(it => it.id === accessKeyId && it.inUse)
	)
		return `NPS was rotated to ${accessKeyId}, which is gone: it can't sign in until it is rotated to another`;
	if (!old) return `${oldId(known)} is gone: unless NPS was rotated, it can't sign in`;
	return old.active
		? `NPS uses ${old.id} until then, and both work`
		: `${old.id} is Inactive: unless NPS was rotated, it can't sign in`;
}

/** How long the new secret has been out, for judging whether AWS is only late. */
function since(id: string, {delivered, run}: Known): string {
	const from = Date.parse(delivered.find(it => it.id === id)?.deliveredAt ?? '');
	const passed = Date.parse(run.now ?? '') - from;
	// AWS tells the time in whole seconds, so that what was just now may come after it.
	if (Number.isNaN(passed) || passed < -60_000) return '';
	const minutes = Math.max(0, Math.floor(passed / 60_000));
	return `; its secret was delivered ${minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`} ago`;
}

const switched = (id: string, since: string | undefined, known: Known): Plan => ({
	changes: [],
	facts: {accessKeyId: id, secretKnown: 'yes', ...(since && {seenInUse: `${id} ${since}`})},
	notes: [{type: 'in-use', id}],
	says: since ? `NPS uses ${id}, as AWS shows` : `NPS uses ${id}, on your word: ${reasonGiven(known)}`,
});
