import {commandLine} from '../../engine/command-line.js';
import {type Facts, type Known, type Look, type Stop, step} from '../../engine/step.js';
import type {SeenUse} from '../looks/nps-use.js';
import {proofWith} from '../prove.js';
import {listAccessKeys, type SeenAccessKey} from '../things/access-keys.js';
import {isSinceBound} from '../things/proof-from-elsewhere.js';
import {whereIs} from '../things/secret-place.js';
import {vendorPage} from '../things/vendor.js';
import {newIsOff, whyOff} from './new-standing.js';
import {usedBefore, usesOfNew} from './new-use.js';
import {noTarget} from './no-target.js';
import {type New, openNew} from './open-new.js';
import {lineOfNew, newSetup} from './the-move.js';
import {isBack, isBackWay, isUnderWay, roundOver, stillInactive, wentBack} from './went-back.js';

type SeenNew = New & {readonly use: SeenUse | undefined; readonly off: string | undefined};
type Seen = {
	readonly fresh: SeenNew | undefined;
	/** The old access key, where NPS is said to use it again. */
	readonly old: SeenAccessKey | undefined;
};
/** The setup that NPS is moved to is done and proven. */
export const seeNew = step<Seen>({
	id: 'move-new',
	name: 'New setup',
	title: 'See that the new setup is proven',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			'NPS is moved to another setup of this machine, in whichever region or account: done by nps-kms setup --setup ' +
				'NAME, and proven.',
			'Its record tells it. What it tells is looked at by the profile that it keeps; nothing changes there.',
		],
		links: [vendorPage],
	},
	fields: () => [
		{
			name: 'toSetup',
			label: 'Setup that NPS is moved to',
			flagSays: 'name of the setup that NPS is moved to',
			kind: 'text',
			settles: 'never',
			suggest: async (_look, {facts}) => facts.movingTo ?? '',
			optional: true,
			wrong: it =>
				it === '' || /^[a-z0-9][a-z0-9-]{0,39}$/.test(String(it)) ? undefined : 'The name of a setup, such as berlin',
		},
		wentBack,
	],
	async observe(look, known) {
		const it = await openNew(look, known);
		const asks = it !== undefined && known.facts.movedAt === undefined;
		const fresh = it && {...it, use: asks ? await usesOfNew(it) : undefined, off: await whyOff(it)};
		return {fresh, old: isBack(known) ? await oldKey(look, known) : undefined};
	},
	plan({fresh: seen, old}, known) {
		const {leftBehind, movingTo = ''} = known.facts;
		if (isBack(known)) return old?.active ? roundOver(known) : stillInactive(known);
		if (leftBehind !== undefined && newSetup(known) === movingTo) return {changes: [], says: `${movingTo}, in use`};
		const problem = unfit(seen, known);
		if (problem || !seen) return problem ?? noTarget(known);
		const {facts, delivered} = seen.known;
		const {accessKeyId = '', keyArn = ''} = facts;
		const held = delivered.find(it => it.id === accessKeyId);
		return {
			changes: [],
			facts: {
				movingTo: newSetup(known),
				movingToAccessKey: accessKeyId,
				movingToKey: keyArn,
				movingToSecret: whereIs(accessKeyId, seen.known),
				movingToSince: held?.deliveredAt ?? '',
				...(known.facts.movedAt === undefined && usedBy(seen, known)),
			},
			says: `${newSetup(known)}: access key ${accessKeyId}, proven on ${proofWith(seen.known)?.at.slice(0, 10) ?? ''}`,
		};
	},
});

const oldKey = async (look: Look, {facts: {userName = '', accessKeyId}}: Known): Promise<SeenAccessKey | undefined> =>
	(await listAccessKeys(look, userName)).find(it => it.id === accessKeyId);

/** Whether it was in use before the move to it was begun; another one named since begins that anew. */
function usedBy(seen: SeenNew, known: Known): Facts {
	const {movingTo, movingToUsed, moveBegunAt} = known.facts;
	const {now = ''} = known.run;
	const begun = movingTo === newSetup(known) ? moveBegunAt : undefined;
	const used = (begun !== undefined && movingToUsed === 'yes') || usedBefore(seen, begun ?? now, begun !== undefined);
	return {movingToUsed: used ? 'yes' : 'no', ...(moveBegunAt !== undefined && {moveBegunAt: begun ?? now})};
}

function unfit(seen: SeenNew | undefined, known: Known): Stop | undefined {
	const name = newSetup(known);
	const {movingTo, keyArn} = known.facts;
	if (name === '' || name === known.run.setup) return noTarget(known);
	if (movingTo !== undefined && movingTo !== name && isUnderWay(known)) return otherMove(movingTo, known);
	const {facts} = seen?.known ?? {};
	if (!seen || !facts?.accessKeyId || !facts.keyArn) return notBegun(name, known);
	if (facts.keyArn === keyArn) return sameKey(name, known);
	if (seen.off !== undefined) return newIsOff(seen.off, known);
	return isProven(seen.known) ? undefined : notProven(name, known);
}
/** Whether every check of the last proof with the access key that NPS is to use is passed. */
function isProven(known: Known): boolean {
	const proof = proofWith(known);
	return (
		proof?.proven === true &&
		proof.id === known.facts.accessKeyId &&
		proof.about === known.facts.keyArn &&
		isSinceBound(proof, known) &&
		known.delivered.some(it => it.id === proof.id && !it.unsure)
	);
}

const notBegun = (name: string, known: Known): Stop => ({
	is: 'problem',
	what: `Setup ${name} is not done, so NPS can't be moved to it`,
	why: 'Its record on this machine names no access key or no KMS key',
	ways: [{is: 'run', says: 'set it up', command: lineOfNew(known, 'setup')}, otherName],
	again: commandLine(known.run, known.run.command, `--to-setup ${name}`),
	code: 'NotBegun',
});
const notProven = (name: string, known: Known): Stop => ({
	is: 'problem',
	what: `Setup ${name} is not proven, so NPS is not moved to it yet`,
	why: 'Its record shows no proof that its access key works with its KMS key, and is limited to it',
	ways: [{is: 'run', says: 'prove it', command: lineOfNew(known, 'prove')}, otherName],
	again: commandLine(known.run, known.run.command, `--to-setup ${name}`),
	code: 'NotProven',
});
const otherName = {
	is: 'answer',
	says: 'name another setup',
	field: 'toSetup',
	flags: '--to-setup NAME',
} as const;
const sameKey = (name: string, known: Known): Stop => ({
	is: 'problem',
	what: `Setup ${name} has the same KMS key`,
	why: `Both use ${known.facts.keyArn ?? ''}: NPS has nothing to move to`,
	ways: [
		otherName,
		{is: 'run', says: 'for another access key alone', command: commandLine(known.run, 'replace-access-key')},
	],
	code: 'SameKey',
});
const otherMove = (name: string, known: Known): Stop => ({
	is: 'problem',
	what: `NPS is being moved to setup ${name}`,
	why: 'SbPAM.RotateAwsKey may have run with its values: what NPS protects needs that KMS key then',
	ways: [
		{
			is: 'answer',
			says: 'go on with that',
			field: 'toSetup',
			flags: `--to-setup ${name}`,
		},
		isBackWay(known),
	],
	again: commandLine(known.run),
	code: 'OtherMove',
});
