import {call} from '../../aws/client/call.js';
import type {FactName} from '../../engine/facts.js';
import {
	type Attempt,
	type Change,
	type Delivered,
	type Known,
	type Recorded,
	type Stay,
	type Thing,
	undo,
} from '../../engine/step.js';
import {deactivate, remove} from '../things/access-key-changes.js';
import type {SeenAccessKey} from '../things/access-keys.js';
import {userNameOf} from '../things/iam-user.js';
import {vendorPage} from '../things/vendor.js';
import {type Extent, lastUse, lookAtExtent, standing} from './extent.js';
import {lastMade, recordedUserName} from './recorded-changes.js';

const theAccessKey: Thing = {
	kind: 'Access key',
	madeBy: ['create-access-key'],
	existing(recorded) {
		const {delivered, facts} = recorded;
		const {accessKeyId: id} = facts;
		const userName = recordedUserName(facts);
		const note = 'made earlier; where its secret is, is not known';
		return [
			...delivered
				.filter(it => !lastMade(recorded, 'iam:DeleteAccessKey', it.id))
				.map(it => ({
					id: it.id,
					by: 'made' as const,
					note: noteOf(it, recorded),
					takeBack: [
						call('iam:UpdateAccessKey', {UserName: userName, AccessKeyId: it.id, Status: 'Inactive'}),
						call('iam:DeleteAccessKey', {UserName: userName, AccessKeyId: it.id}),
					],
				})),
			...(id && !delivered.some(it => it.id === id) ? [{id, by: 'found' as const, note, takeBack: []}] : []),
		];
	},
};
function noteOf({id, place, inUse, unsure}: Delivered, recorded: Recorded): string {
	const inactive = lastMade(recorded, 'iam:UpdateAccessKey', id)?.change.call.input['Status'] === 'Inactive';
	const secret =
		place === null
			? `its secret was shown once${unsure ? ', and nobody has said that it was stored' : ''}`
			: `its secret was put into ${place}`;
	return [
		...(inactive ? ['set Inactive'] : []),
		secret,
		inUse ? 'NPS was rotated to it' : 'whether NPS was rotated to it is not known',
	].join('; ');
}

/** Takes back the access key: it is set Inactive, and deleted where nobody can be using it or that was asked for. */
export const undoAccessKey = undo<Extent>({
	title: 'Take back the access key',
	guide: {
		covers: 'Create a User, steps 7-12, taken back',
		text: [
			"In the console you'd open the user's Security credentials, deactivate the access key, and delete it once " +
				'nothing misses it.',
			'Inactive can be undone: the key works again once it is set Active. Deleted is for good. If NPS uses it, ' +
				'NPS stops working with the KMS key.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
	},
	makes: [theAccessKey],
	goes: 'first',
	observe: lookAtExtent,
	plan({ours, others, halts}, known) {
		const stays = [
			...(halts ? ours.filter(it => !it.active).map(inactive) : []),
			...others.map((it): Stay => ({subject: `access key ${it.id}`, why: notOurs(it, known)})),
		];
		const gone = known.delivered.some(it => !ours.some(key => key.id === it.id));
		return {
			changes: halts
				? ours.flatMap(it => halt(it, known))
				: ours.flatMap((it, at) => removal(it, at === ours.length - 1, known)),
			...(stays.length > 0 && {stays}),
			...(gone && {unseen: ['create-access-key']}),
			says:
				ours.length === 0
					? known.delivered.length > 0
						? 'gone'
						: 'none was made'
					: ours.map(it => `${it.id}: ${it.active ? 'Active' : 'Inactive'}`).join(', '),
		};
	},
});

const nobodys = {why: 'this setup made it'};
function removal(key: SeenAccessKey, last: boolean, known: Known): readonly Change[] {
	const told = {...known, fact: (name: FactName) => (name === 'userName' ? userNameOf(known) : known.fact(name))};
	const change = remove(key, told, nobodys);
	const back: Pick<Change, 'record'> = {
		record: {
			undoes: ['create-access-key', 'describe-access-key'],
			forgets: ['accessKeyId', 'secretKnown', 'replacing', 'newAccessKeyId', 'seenInUse'],
		},
	};
	return [...deactivate(key, told, {why: 'first, before it is deleted'}), last ? {...change, ...back} : change];
}
const inactive = (key: SeenAccessKey): Stay => ({
	subject: `access key ${key.id}`,
	why: 'Inactive: it works again once it is set Active',
	ours: true,
});
const notOurs = (key: SeenAccessKey, known: Known): string =>
	`this setup did not make it; it is ${key.active ? 'Active' : 'Inactive'}, and ${lastUse(key, known)}`;

const halt = ({id, active}: SeenAccessKey, known: Known): readonly Change[] =>
	active
		? [
				{
					id: `halt-${id}`,
					verb: 'update',
					subject: `access key ${id}, to Inactive`,
					why: 'it can be set Active again',
					call: call('iam:UpdateAccessKey', {UserName: userNameOf(known), AccessKeyId: id, Status: 'Inactive'}),
				},
			]
		: [];
/** Sets an access key Active again that taking back has set Inactive, if nobody has changed that since. */
export function setAccessKeyGoing(key: SeenAccessKey, known: Known): readonly Change[] {
	const {id} = key;
	const [halted, removing] = [`halt-${id}`, `deactivate-${id}`];
	const last = lastOf(standing(known, 'access-key', halted, removing, `resume-${id}`));
	// Taking back may have been cut off before it deleted the key.
	if (key.active || !(stands(halted, last) || stands(removing, last))) return [];
	return [
		{
			id: `resume-${id}`,
			verb: 'update',
			subject: `access key ${id}, to Active again`,
			why: 'taking this setup back had set it Inactive',
			call: call('iam:UpdateAccessKey', {UserName: userNameOf(known), AccessKeyId: id, Status: 'Active'}),
		},
	];
}
/** Whether the attempt made last is this one, or one to take it back that may not have arrived. */
export const stands = (change: string, last: Attempt | undefined): boolean =>
	last !== undefined && (last.change.id === change || !last.outcome);
/** The attempt made last. */
export const lastOf = (tries: readonly Attempt[]): Attempt | undefined => tries.at(-1);
