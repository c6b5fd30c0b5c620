import {call} from '../aws/call.js';
import * as names from '../aws/names.js';
import {type Change, type Kept, type Known, type Look, type Note, type Plan, type Problem, step, type Text, textAnswer} from '../engine/step.js';
import {vendorPage} from './names.js';
import {ownerOf, pairsOf} from './ours.js';
import {textRule} from './policy.js';
import {type SeenKey, straysOf} from './strays.js';

type Seen = {
	readonly keys: readonly SeenKey[];
	readonly place: Kept;
	readonly userIsOurs: boolean;
	readonly described: readonly string[];
};

/** The columns of the console's own CSV file. */
const columns = ['Access key ID', 'Secret access key'] as const;

/** Create a User, steps 7-12. */
export const accessKey = step<Seen>({
	id: 'access-key',
	name: 'Access key',
	title: 'Create the access key',
	guide: {
		covers: 'Create a User, steps 7-12',
		text: [
			"In the console you'd open the user's Security credentials, choose Create access key, then “Application running outside AWS”, set an optional description tag, and download the key.",
			'“Application running outside AWS” is stored nowhere by AWS: it only picks the advice that the console shows. The description tag is a tag of the user: its key is the access key id.',
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
			name: 'secretFile',
			label: 'Secret goes to',
			kind: 'place',
			suggest: freePlace,
			wrong: it => (it === '' ? 'A file is needed' : undefined),
		},
	],
	async observe(look, known) {
		const UserName = known.fact('userName');
		const keys = await listKeys(look, UserName);
		const place = await look.kept(textAnswer(known.answers, 'secretFile'), columns, columns[0]);
		const found = (await look.at(call('iam:GetUser', {UserName})))?.User;
		const tags = pairsOf(found?.Tags);
		const userIsOurs =
			found !== undefined && ownerOf(tags, known, found.UserId !== undefined && known.facts['userMadeAs'] === found.UserId).is === 'ours';
		return {keys, place, userIsOurs, described: Object.keys(tags)};
	},
	plan(seen, known) {
		const ids = new Set(seen.keys.map(it => it.id));
		const inPlace = seen.place.is === 'row' && ids.has(seen.place.value) ? seen.place.value : undefined;
		const delivered = new Set([...known.accessKeys.map(it => it.id), ...(inPlace ? [inPlace] : [])]);
		const {strays, unclear} = straysOf(seen.keys, delivered, known, seen.userIsOurs, seen.described);
		const notes: readonly Note[] = inPlace ? [{type: 'delivered', id: inPlace, place: textAnswer(known.answers, 'secretFile')}] : [];
		const held = seen.keys.find(it => it.id === known.facts['accessKeyId'] && isHeld(it)) ?? seen.keys.find(isHeld);
		function isHeld(it: SeenKey): boolean {
			return it.active && delivered.has(it.id);
		}
		if (unclear.length > 0) return whichOne(unclear);
		const asked = removal(seen.keys, delivered, known);
		if ('what' in asked) return asked;
		if (held) {
			const changes = [...asked.changes, ...strays.flatMap(it => [...deactivate(it, known), remove(it, known)]), ...describe(held.id, seen, known)];
			return {
				changes,
				facts: {accessKeyId: held.id, secretKnown: 'yes'},
				notes,
				says: `${held.id}, secret in ${known.accessKeys.find(it => it.id === held.id)?.place ?? textAnswer(known.answers, 'secretFile')}`,
			};
		}
		const gone = new Set([...strays.map(it => it.id), ...asked.removes]);
		const others = seen.keys.filter(it => !gone.has(it.id) && !delivered.has(it.id));
		if (others.length > 0 && !textAnswer(known.answers, 'removeAccessKey')) return presumedInUse(others, seen.keys);
		return make(seen, strays, asked, known);
	},
	paused: openUntilNarrow,
});

/** What to know while the policy still allows Decrypt with any key. */
export function openUntilNarrow(known: Known): string | undefined {
	const {accessKeyId, narrow} = known.facts;
	if (!accessKeyId || narrow === 'yes') return undefined;
	return `Until step 5 is done, access key ${accessKeyId} can decrypt with every key of this account that delegates to IAM.`;
}

async function listKeys(look: Look, UserName: Text): Promise<readonly SeenKey[]> {
	const keys: SeenKey[] = [];
	for await (const page of look.all(call('iam:ListAccessKeys', {UserName}))) {
		for (const it of page.AccessKeyMetadata ?? []) {
			const used = await look.at(call('iam:GetAccessKeyLastUsed', {AccessKeyId: it.AccessKeyId ?? ''})).catch(() => undefined);
			keys.push({
				id: it.AccessKeyId ?? '',
				active: it.Status === 'Active',
				madeAt: it.CreateDate,
				lastUsed: used?.AccessKeyLastUsed?.LastUsedDate,
				neverUsed: used !== undefined && used.AccessKeyLastUsed?.LastUsedDate === undefined,
			});
		}
	}
	return keys;
}

/** The console's file name in the home folder; with the day in it if that name is taken by anything but a live key of this user. */
async function freePlace(look: Look, known: Known): Promise<string> {
	const {home = '.', today = ''} = known.facts;
	const user = textAnswer(known.answers, 'userName');
	const place = `${home}/${user}_accessKeys.csv`;
	const there = await look.kept(place, columns, columns[0]);
	if (there.is === 'absent') return place;
	if (there.is === 'row' && (await listKeys(look, user)).some(it => it.id === there.value)) return place;
	return `${home}/${user}_accessKeys_${today}.csv`;
}

/** Making a key, and clearing away what interrupted runs left: set Inactive first, removed when the new one is safe, or before if there is no slot. */
function make(seen: Seen, strays: readonly SeenKey[], asked: Removal, known: Known): Plan | Problem {
	const place = textAnswer(known.answers, 'secretFile');
	const problem = unusable(place, seen.place, known);
	if (problem) return problem;
	const removed = [...asked.changes];
	const left = seen.keys.length - asked.removes.length;
	const early = left >= 2 ? strays.slice(0, left - 1) : [];
	if (left - early.length >= 2) return full(seen.keys);
	const late = strays.filter(it => !early.includes(it));
	const create: Change = {
		id: 'create-access-key',
		verb: 'create',
		subject: `access key of ${textAnswer(known.answers, 'userName')}, its secret to ${place}`,
		call: call('iam:CreateAccessKey', {UserName: known.fact('userName')}),
		learns: {accessKeyId: 'AccessKey.AccessKeyId'},
		keeps: {
			place,
			row: {[columns[0]]: {$reply: 'AccessKey.AccessKeyId'}, [columns[1]]: {$reply: 'AccessKey.SecretAccessKey'}},
			names: 'accessKeyId',
		},
		before: seen.keys.map(it => it.id),
		uses: ['secretFile'],
		waits: ['NoSuchEntity', 'NoSuchEntityException'].map(code => ({code, why: 'IAM does not see the new user yet', atMost: 60})),
	};
	return {
		changes: [
			...removed,
			...strays.flatMap(it => deactivate(it, known)),
			...early.map(it => remove(it, known)),
			create,
			...describe({$fact: 'accessKeyId'}, seen, known),
			...late.map(it => remove(it, known)),
		],
	};
}

/** The description tag as the console stores it. https://github.com/aws/aws-cli/issues/7611 */
function describe(Key: Text, {described}: Seen, known: Known): readonly Change[] {
	const Value = textAnswer(known.answers, 'accessKeyDescription');
	if (!Value || (typeof Key === 'string' && described.includes(Key))) return [];
	return [
		{
			id: 'describe-access-key',
			verb: 'update',
			subject: 'description tag of the access key',
			call: call('iam:TagUser', {UserName: known.fact('userName'), Tags: [{Key, Value}]}),
			uses: ['accessKeyDescription'],
		},
	];
}

type Asked = {readonly confirm?: string; readonly why?: string};
const leftBehind: Asked = {why: 'an interrupted run made it; its secret reached no file and it was never used'};
const deactivate = (key: SeenKey, known: Known, asked = leftBehind): readonly Change[] =>
	key.active
		? [
				{
					id: `deactivate-${key.id}`,
					verb: 'update',
					subject: `access key ${key.id}, to Inactive`,
					...asked,
					call: call('iam:UpdateAccessKey', {UserName: known.fact('userName'), AccessKeyId: key.id, Status: 'Inactive'}),
				},
			]
		: [];
const remove = (key: SeenKey, known: Known, asked = leftBehind): Change => ({
	id: `delete-${key.id}`,
	verb: 'delete',
	subject: `access key ${key.id}`,
	...asked,
	call: call('iam:DeleteAccessKey', {UserName: known.fact('userName'), AccessKeyId: key.id}),
});

type Removal = {readonly changes: readonly Change[]; readonly removes: readonly string[]};
/** The key that the person named for removal; one that was delivered to NPS is not removed here. */
function removal(keys: readonly SeenKey[], delivered: ReadonlySet<string>, known: Known): Removal | Problem {
	const id = textAnswer(known.answers, 'removeAccessKey');
	const key = keys.find(it => it.id === id);
	if (!key) {
		const settled = id === '' || known.past.some(it => it.change.id === `delete-${id}`) || keys.some(it => delivered.has(it.id));
		return settled
			? {changes: [], removes: []}
			: {
					what: `The user has no access key ${id}`,
					why: keys.length > 0 ? `It has ${keys.map(told).join('; ')}` : 'It has none',
					todo: 'Give the id of one of its keys, or leave --remove-access-key out',
					code: 'NoSuchEntity',
				};
	}
	if (delivered.has(id)) {
		return {
			what: `Access key ${id} is the one this setup made for NPS`,
			why: 'NPS may be using it: without it NPS loses its protected data’s key',
			todo: 'Leave --remove-access-key out',
			code: 'InUse',
		};
	}
	const asked: Asked = {confirm: id, why: 'you asked for it'};
	return {changes: [...deactivate(key, known, asked), remove(key, known, asked)], removes: [id]};
}

/** A key without an entry in the record is presumed to be NPS's: it is left alone, and the step counts as done. */
function presumedInUse(others: readonly SeenKey[], keys: readonly SeenKey[]): Plan | Problem {
	const active = others.filter(it => it.active);
	const [only] = active;
	if (active.length !== 1 || !only) return full(keys);
	return {
		changes: [],
		facts: {accessKeyId: only.id, secretKnown: 'no'},
		says: `${only.id}, made earlier; where its secret is: not known`,
		warns: [`Access key ${only.id} is presumed to be in use by NPS, so no other is made. To replace it by a new one: --remove-access-key ${only.id}`],
	};
}

const full = (keys: readonly SeenKey[]): Problem => ({
	what: keys.length > 1 ? 'The user has two access keys already, and a third is not allowed' : 'The user has an access key that is Inactive',
	why: `${keys.map(told).join('; ')}. This record knows none of them to be NPS's; AWS allows two, and Inactive ones count`,
	todo: 'Find out which one nothing uses and free it with --remove-access-key ID, or choose another user',
	code: 'LimitExceeded',
	ways: keys.map((it, at) => ({key: String(at + 1), label: `remove ${it.id}`, answers: {removeAccessKey: it.id}})),
});
const whichOne = (unclear: readonly SeenKey[]): Problem => ({
	what: 'An access key may be left over from an interrupted run',
	why: `It can't be told for sure: ${unclear.map(told).join('; ')}`,
	todo: 'If nothing uses it, free it with --remove-access-key ID',
	code: 'Stray',
	ways: unclear.map((it, at) => ({key: String(at + 1), label: `remove ${it.id}`, answers: {removeAccessKey: it.id}})),
});
const told = (it: SeenKey): string =>
	`${it.id} (${it.active ? 'Active' : 'Inactive'}, made ${it.madeAt?.toISOString() ?? 'at an unknown time'}, ${it.lastUsed ? `last used ${it.lastUsed.toISOString()}` : it.neverUsed ? 'never used' : 'last use not known'})`;

function unusable(place: string, there: Kept, known: Known): Problem | undefined {
	const problem = (why: string, code: string): Problem => ({
		what: `The secret can't go to ${place}`,
		why,
		todo: 'Choose another file with --secret-file, or mend that and run nps-kms again',
		code,
		field: 'secretFile',
	});
	if (there.is === 'absent') return there.unwritable && problem(there.unwritable.why, there.unwritable.code);
	if ((there.is === 'empty' || there.is === 'half') && known.claimed.includes(place)) return undefined;
	if (there.is !== 'row') return problem('Something is there already that this setup did not make', 'EEXIST');
	return {...problem(`The file holds access key ${there.value}, which this user does not have`, 'EEXIST'), mayBeLate: true};
}
