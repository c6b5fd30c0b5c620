import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {type Known, type Plan, type Stop, step} from '../../engine/step.js';
import {handOff} from '../hand-off.js';
import {keyToolsFolder, vendorPage} from '../things/vendor.js';
import {
	type BothAccessKeys,
	isSwitched,
	lookAtBoth,
	newId,
	notThere,
	oldId,
	withNewAccessKey,
} from './both-access-keys.js';
import {type Evidence, evidenceOf, overriding, reasonGiven, watchable} from './evidence.js';
import {npsServersFact, npsServersIn} from './nps-servers.js';
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
			flagSays: 'SbPAM.RotateAwsKey has run with the new access key',
			kind: 'yes-no',
			flag: 'nps-rotated',
			ofDelivered: true,
			settles: 'never',
			async shown(look, known) {
				const two = await lookAtBoth(look, known);
				const evidence = evidenceOf(two, known);
				return two.fresh?.active && lacking(evidence, known) === undefined ? evidence.words : undefined;
			},
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
	observe: (look, known) => lookAtBoth(look, known, !isSwitched(known)),
	plan(seen, known) {
		const id = newId(known);
		if (isSwitched(known)) return {changes: [], says: `NPS uses ${id}`};
		const back = bringBack(seen.keys, known);
		if (back) return back;
		const waits = gate(seen, known);
		const problem = notThere(seen.fresh, newId(known), known) ?? (waits && watchable(waits, 'watchNewKey', known));
		if (problem) return undoable(problem, seen.keys, known);
		return switched(id, evidenceOf(seen, known), known);
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

/**
 * What is lacking for the evidence alone to say that NPS was rotated, in words; of several servers each must have been
 * seen, which can't be where they share an address.
 */
function lacking({seen, moved, tellsAddresses, words}: Evidence, known: Known): string | undefined {
	if (!seen) return words;
	const {servers, share} = npsServersIn(known);
	if (servers === 1) return undefined;
	if (share) return `AWS shows a use of it, and can't tell ${servers} servers apart that share one address`;
	if (!tellsAddresses) return `AWS shows a use of it, and doesn't tell which of ${servers} servers it was`;
	// A server may have an address of each kind.
	const kinds = [moved.filter(it => it.includes(':')), moved.filter(it => !it.includes(':'))];
	const many = Math.max(...kinds.map(it => it.length));
	return many < servers ? `It is used from ${moved.join(', ')}: ${many} of ${servers} servers` : undefined;
}

function gate(seen: BothAccessKeys, known: Known): Stop | undefined {
	const id = newId(known);
	const evidence = evidenceOf(seen, known);
	const lacks = lacking(evidence, known);
	if (lacks === undefined) return undefined;
	if (known.answers['newKeyRotated'] !== true)
		return {
			is: 'pause',
			what: `NPS is to be rotated to access key ${id}`,
			why: evidence.seen
				? lacks
				: evidence.used
					? `${untilThen(seen, known)}. ${evidence.words}`
					: untilThen(seen, known),
			first: 'Run SbPAM.RotateAwsKey on the NPS server: it goes on once AWS shows that NPS uses it',
			code: 'NotRotatedYet',
			ways: [
				{
					is: 'choose',
					key: keyOf('yes'),
					label: 'it has run',
					says: 'say before that it has run',
					answers: {newKeyRotated: true},
					flags: '--nps-rotated',
				},
			],
		};
	if (evidence.seen || reasonGiven(known) !== '') return undefined;
	return {
		is: 'pause',
		what: `AWS does not show yet that NPS uses access key ${id}`,
		why: `${evidence.words}. AWS shows a use late, up to some hours${since(id, known)}`,
		ways: overriding({is: 'wait', says: 'wait some hours'}, 'if you know that NPS was rotated to it'),
		again: commandLine(known.run),
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

function switched(id: string, {since: at, moved, through}: Evidence, known: Known): Plan {
	const from = moved.length > 0 ? ` (from ${moved.join(', ')})` : '';
	return {
		changes: [],
		facts: {
			accessKeyId: id,
			secretKnown: 'yes',
			...(at && {seenInUse: `${id} ${at}`}),
			...npsServersFact(known),
		},
		notes: [
			{
				type: 'in-use',
				id,
				...(at && {seenAt: at}),
				...(moved.length > 0 && {from: moved}),
				...(Object.keys(through).length > 0 && {through}),
			},
		],
		says: at ? `NPS uses ${id}, as AWS shows${from}` : `NPS uses ${id}, on your word: ${reasonGiven(known)}`,
	};
}
