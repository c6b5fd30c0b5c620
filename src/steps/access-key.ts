import {call} from '../aws/client/call.js';
import {otherName} from '../aws/problems/other-names.js';
import * as names from '../aws/rules/name-rules.js';
import {commandLine} from '../engine/command-line.js';
import {isProblem} from '../engine/plan.js';
import {type Change, type Known, type Note, type Plan, type Stop, step, type Text, textAnswer} from '../engine/step.js';
import {setAccessKeyGoing, undoAccessKey} from './discard/access-key.js';
import {wideAhead} from './looks/stops-ahead.js';
import {beingRetired, isRetiring, retiredNoMore} from './retire/stage.js';
import {type Asked, deactivate, remove} from './things/access-key-changes.js';
import {accessKeyDifferences, dueRemark, secretsLeft} from './things/access-key-differences.js';
import {isInactive, isLeftBehind, leftBehind, oneByOne, strangers, wasItStored} from './things/access-key-questions.js';
import {removing, type SeenAccessKey, told} from './things/access-keys.js';
import {userNameOf} from './things/iam-user.js';
import {
	apartFromLost,
	leftAccessKeys,
	type SeenAccessKeys,
	seeAccessKeys,
	sortAccessKeys,
} from './things/leftover-access-keys.js';
import {isFurtherOn, putBack, wasWhole} from './things/put-back.js';
import {columns, freePlace, once, placeOf, unusable, whereIs} from './things/secret-place.js';
import {textRule} from './things/text-rule.js';
import {vendorPage} from './things/vendor.js';
import {safeUntilNarrowed} from './things/wide-until-narrowed.js';

declare module '../engine/facts.js' {
	interface FactNames {
		/** The id of NPS's access key. */
		accessKeyId: string;
		/** Whether it is known where that key's secret went: yes or no. */
		secretKnown: string;
	}
}

/** Create a User, steps 7-12. */
export const accessKey = step<SeenAccessKeys & {readonly furtherOn: boolean}>({
	id: 'access-key',
	name: 'Access key',
	title: 'Create the access key',
	guide: {
		covers: 'Create a User, steps 7-12',
		text: [
			"In the console you'd open the user's Security credentials, choose Create access key, then “Application " +
				'running outside AWS”, set an optional description tag, and download the key.',
			'“Application running outside AWS” is stored nowhere by AWS: it only picks the advice that the console ' +
				'shows. The description tag is a tag of the user: its key is the access key id.',
			'AWS tells the secret once. It goes straight into the file you choose, readable by you alone, and nowhere else.',
			'Do not delete an access key that NPS uses before NPS has been rotated to another one.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
	},
	fields: () => [
		{
			name: 'accessKeyDescription',
			label: 'Description tag',
			kind: 'text',
			optional: true,
			initial: '',
			wrong: textRule(names.tagValue),
		},
		{
			name: 'secretTo',
			label: 'Secret goes to',
			kind: 'one',
			initial: 'file',
			asked: 'on-screen',
			settles: 'when-used',
			flag: 'secret-file',
			choices: async () => [
				{value: 'file', label: 'a file only you can read'},
				{value: once, label: 'the screen, once'},
			],
		},
		{
			name: 'secretFile',
			label: 'Secret file',
			kind: 'place',
			settles: 'when-used',
			suggest: freePlace,
			when: answers => answers['secretTo'] !== once,
			// Who names a file doesn't want it shown.
			gives: {secretTo: 'file'},
			wrong: it => (it === '' ? 'A file is needed' : undefined),
		},
	],
	async observe(look, known) {
		const seen = await seeAccessKeys(look, known);
		return {...seen, furtherOn: seen.keys.length === 0 && (await isFurtherOn(look, known))};
	},
	leftovers: leftAccessKeys,
	plan(seen, known) {
		if (known.facts.replacing !== undefined) return beingReplaced(known);
		if (isRetiring(known)) return beingRetired(known);
		if (isLeftBehind(seen.keys, known)) return leftBehind(known);
		const {inPlace, shown, stored, delivered, leftover, unclear} = sortAccessKeys(seen, known);
		const notes: readonly Note[] = [
			...(inPlace ? [{type: 'delivered', id: inPlace, place: textAnswer(known.answers, 'secretFile')} as const] : []),
			...(stored ? [{type: 'delivered', id: stored, place: null} as const] : []),
		];
		const held = seen.keys.find(it => it.id === known.facts.accessKeyId && isHeld(it)) ?? seen.keys.find(isHeld);
		function isHeld(it: SeenAccessKey): boolean {
			return it.active && delivered.has(it.id);
		}
		const asked = removal(seen.keys, seen.other ? new Set() : inService(seen.keys, delivered, known), known);
		if (unclear.length > 0 && !seen.other) return oneByOne(unclear, asked);
		if (shown && !stored && shown !== known.answers['removeAccessKey']) return wasItStored(shown);
		if (isProblem(asked)) return asked;
		if (seen.other) return asked.changes.length > 0 ? {changes: asked.changes} : strangers(seen.other, seen.keys);
		if (held) {
			const changes = [
				...asked.changes,
				...leftover.flatMap(it => [...deactivate(it, known), remove(it, known)]),
				...describe(held.id, seen, known),
			];
			return {
				changes,
				facts: {accessKeyId: held.id, secretKnown: 'yes', ...retiredNoMore(known)},
				notes,
				says: `${held.id}, secret ${whereIs(held.id, known)}`,
			};
		}
		const halted = seen.keys.filter(it => delivered.has(it.id)).flatMap(it => setAccessKeyGoing(it, known));
		if (halted.length > 0) return {changes: halted, notes};
		const shut = seen.keys.filter(it => !asked.removes.includes(it.id));
		if (shut.length > 0 && shut.every(it => delivered.has(it.id)) && !wantsAnother(shut, asked, known))
			return isInactive(shut, userNameOf(known), known);
		const gone = new Set([...leftover.map(it => it.id), ...asked.removes]);
		const others = seen.keys.filter(it => !gone.has(it.id) && !delivered.has(it.id));
		if (others.length > 0 && !textAnswer(known.answers, 'removeAccessKey')) return presumedInUse(others, seen.keys);
		const made = make(seen, leftover, asked, known);
		// Who names one to be removed asks for another.
		const back = wasWhole(known, seen.furtherOn) && textAnswer(known.answers, 'removeAccessKey') === '';
		if (isProblem(made)) return made;
		const ahead = wideAhead(known);
		return putBack(ahead.length > 0 ? {...made, warns: ahead} : made, back, 'create-access-key');
	},
	paused: safeUntilNarrowed,
	audit: (look, seen, known) => [
		Promise.resolve(accessKeyDifferences(seen, known, sortAccessKeys(seen, known).leftover)),
		secretsLeft(look, known),
	],
	remark: ({keys}, known) => dueRemark(keys, known),
	undo: undoAccessKey,
});

/** Of the delivered ones, those that NPS may be using: Inactive, another one may go to make room. */
const inService = (keys: readonly SeenAccessKey[], delivered: ReadonlySet<string>, {facts}: Known) =>
	new Set([...delivered].filter(id => id === facts.accessKeyId || keys.find(it => it.id === id)?.active !== false));

/** Whether another access key is to be made beside the one that is Inactive, or in the place of one that goes. */
const wantsAnother = (shut: readonly SeenAccessKey[], {removes}: Removal, {run, answers}: Known): boolean =>
	shut.length === 1 &&
	(removes.length > 0 || run.restore?.includes('access-key') === true || answers['anotherBeside'] === shut[0]?.id);

/** While it is being replaced, neither key is this step's: the one is no longer, the other not yet NPS's. */
const beingReplaced = ({facts, run}: Known): Plan => ({
	changes: [],
	says: [facts.accessKeyId ?? [], `${commandLine(run, 'replace-access-key')} is under way`].flat().join('; '),
});

/** The fact that a new key's id becomes: a replacement is not NPS's access key yet. */
type Learned = 'accessKeyId' | 'newAccessKeyId';
/** What is asked about one new access key: an answer about another does not stand. */
const gates = ['newKeyRotated', 'overrideReason', 'npsHealthy', 'activeAgain', 'inactiveAgain', 'deleteAccessKey'];
/**
 * Making a key, and clearing away what interrupted runs left: set Inactive first, removed when the new one is safe, or
 * before if there is no slot.
 */
export function make(
	seen: SeenAccessKeys,
	leftover: readonly SeenAccessKey[],
	asked: Removal,
	known: Known,
	learned: Learned = 'accessKeyId',
): Plan | Stop {
	const place = placeOf(known);
	const problem = place === null ? undefined : unusable(place, seen.place, known);
	if (problem) return problem;
	const removed = [...asked.changes];
	const left = seen.keys.length - asked.removes.length;
	const early = left >= 2 ? leftover.slice(0, left - 1) : [];
	if (left - early.length >= 2) return full(seen.keys);
	const late = leftover.filter(it => !early.includes(it));
	const create: Change = {
		id: 'create-access-key',
		verb: 'create',
		subject: `access key of ${userNameOf(known)}, its secret ${place === null ? 'shown once' : `to ${place}`}`,
		call: call('iam:CreateAccessKey', {UserName: known.fact('userName')}),
		learns: {[learned]: 'AccessKey.AccessKeyId'},
		keeps: {
			place,
			row: {[columns[0]]: {$reply: 'AccessKey.AccessKeyId'}, [columns[1]]: {$reply: 'AccessKey.SecretAccessKey'}},
			names: learned,
			removedBy: {thing: 'access key', flag: 'remove-access-key', answer: 'removeAccessKey'},
			...(place === null && {
				instead: {is: 'answer', says: 'name a file', field: 'secretTo', flags: '--secret-file FILE'},
			}),
		},
		before: seen.keys.map(it => it.id),
		...apartFromLost(known),
		...(learned === 'newAccessKeyId' && {record: {asksAnew: gates}}),
		...(learned === 'accessKeyId' && {
			record: {uses: ['secretTo', ...(place === null ? [] : ['secretFile'])], asksAnew: ['npsRotated']},
		}),
		waits: ['NoSuchEntity', 'NoSuchEntityException'].map(code => ({
			code,
			why: 'IAM does not see the new user yet',
			atMost: 60,
		})),
	};
	return {
		changes: [
			...removed,
			...leftover.flatMap(it => deactivate(it, known)),
			...early.map(it => remove(it, known)),
			create,
			...describe({$fact: learned}, seen, known),
			...late.map(it => remove(it, known)),
		],
	};
}

/** The description tag as the console stores it. https://github.com/aws/aws-cli/issues/7611 */
export function describe(Key: Text, {described}: SeenAccessKeys, known: Known): readonly Change[] {
	const Value = textAnswer(known.answers, 'accessKeyDescription');
	if (!Value || (typeof Key === 'string' && described.includes(Key))) return [];
	return [
		{
			id: 'describe-access-key',
			verb: 'update',
			subject: 'description tag of the access key',
			call: call('iam:TagUser', {UserName: known.fact('userName'), Tags: [{Key, Value}]}),
			...(known.facts.replacing === undefined && {record: {uses: ['accessKeyDescription']}}),
		},
	];
}

export type Removal = {readonly changes: readonly Change[]; readonly removes: readonly string[]};
/** The key that the person named for removal, if it isn't among those that NPS may be using. */
export function removal(keys: readonly SeenAccessKey[], kept: ReadonlySet<string>, known: Known): Removal | Stop {
	const id = textAnswer(known.answers, 'removeAccessKey');
	const key = keys.find(it => it.id === id);
	if (!key) {
		const settled =
			id === '' || known.past.some(it => it.change.id === `delete-${id}`) || keys.some(it => kept.has(it.id));
		return settled
			? {changes: [], removes: []}
			: {
					is: 'problem',
					what: `The user has no access key ${id}`,
					why: keys.length > 0 ? `It has ${keys.map(told).join('; ')}` : 'It has none',
					ways: [{is: 'this-run', says: 'give the id of one of its keys', flags: '--remove-access-key ID'}],
					code: 'NoSuchEntity',
				};
	}
	if (kept.has(id)) {
		return {
			is: 'problem',
			what: `Access key ${id} is the one this setup made for NPS`,
			why: 'NPS may be using it: without it NPS loses its protected data’s key',
			ways: [{is: 'run', says: 'leave --remove-access-key out', command: commandLine(known.run)}],
			code: 'InUse',
		};
	}
	const asked: Asked = {confirm: id, why: 'you asked for it'};
	return {changes: [...deactivate(key, known, asked), remove(key, known, asked)], removes: [id]};
}

/** A key without an entry in the record is presumed to be NPS's: it is left alone, and the step counts as done. */
function presumedInUse(others: readonly SeenAccessKey[], keys: readonly SeenAccessKey[]): Plan | Stop {
	const active = others.filter(it => it.active);
	const [only] = active;
	if (active.length !== 1 || !only) return full(keys);
	return {
		changes: [],
		facts: {accessKeyId: only.id, secretKnown: 'no'},
		says: `${only.id}, made earlier; where its secret is: not known`,
		warns: [
			`Access key ${only.id} is presumed to be in use by NPS, so no other is made. To replace it by a new one: ` +
				`--remove-access-key ${only.id}`,
		],
	};
}

/** No slot is left for another key. */
export const full = (keys: readonly SeenAccessKey[]): Stop => ({
	is: 'problem',
	what:
		keys.length > 1
			? 'The user has two access keys already, and a third is not allowed'
			: 'The user has an access key that is Inactive',
	why:
		`${keys.map(told).join('; ')}. This record knows none of them to be NPS's; AWS allows two, and Inactive ones ` +
		'count',
	first: 'Find out which one nothing uses',
	ways: [otherName.user, ...removing(keys)],
	code: 'LimitExceeded',
});
