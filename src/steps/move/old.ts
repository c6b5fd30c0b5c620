import {byCommands} from '../../aws/by-hand.js';
import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import {type Known, type Look, type Stop, step} from '../../engine/step.js';
import {listAccessKeys, type SeenAccessKey, told} from '../things/access-keys.js';
import {type KeyState, unusableKmsKey} from '../things/kms-key-states.js';
import {vendorPage} from '../things/vendor.js';

type Seen = {readonly keys: readonly SeenAccessKey[]; readonly key: KeyState};
/** The old KMS key as it is. */
export async function oldKmsKey(look: Look, {facts: {keyId: id = '', keyArn: arn = ''}}: Known): Promise<KeyState> {
	const {KeyState: state = 'not there', DeletionDate: goesAt} =
		(id === '' ? undefined : await look.at(call('kms:DescribeKey', {KeyId: id})))?.KeyMetadata ?? {};
	return {id, arn, state, goesAt};
}
/** What NPS uses now works: nothing can be moved away from what doesn't. */
export const seeOld = step<Seen>({
	id: 'move-old',
	name: 'What NPS uses',
	title: 'See that what NPS uses works',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			'SbPAM.RotateAwsKey reads what NPS protects with the old KMS key and writes it with the new one. So the old ' +
				'KMS key and the old access key have to work until that is done.',
			'Nothing changes here.',
		],
		links: [vendorPage],
	},
	async observe(look, known) {
		const {userName} = known.facts;
		const [keys, key] = await Promise.all([
			userName === undefined ? [] : listAccessKeys(look, userName),
			oldKmsKey(look, known),
		]);
		return {keys, key};
	},
	plan({keys, key}, known) {
		const {accessKeyId = '', keyArn = '', userName} = known.facts;
		if (accessKeyId === '' || keyArn === '' || userName === undefined) return unfinished(known);
		if (known.facts.replacing !== undefined) return beingReplaced(known);
		const unusable = unusableKmsKey(key, known);
		if (unusable) return unusable;
		const held = keys.find(it => it.id === accessKeyId);
		// What the move set Inactive itself is a later step's.
		if (!held?.active && known.facts.leftBehind !== accessKeyId && !mayBeHalted(accessKeyId, known))
			return notWorking(accessKeyId, held, known);
		return {changes: [], says: `access key ${accessKeyId} and KMS key ${key.id}`};
	},
});

/** Whether the move set it Inactive, or may have, and not Active again since. */
function mayBeHalted(id: string, known: Known): boolean {
	const turns = ['move-retire', 'move-watch']
		.flatMap(it => known.of(it).past)
		.filter(({change, outcome, over}) =>
			change.id === `deactivate-${id}`
				? outcome !== 'refused' && !over
				: change.id === `activate-${id}` && outcome !== undefined && outcome !== 'refused',
		)
		.sort((one, other) => (one.at < other.at ? -1 : 1));
	return turns.at(-1)?.change.id === `deactivate-${id}`;
}

const unfinished = ({run}: Known): Stop => ({
	is: 'problem',
	what: `Setup ${run.setup ?? ''} is not finished, so there is nothing to move from`,
	why: 'Its record names no access key or no KMS key',
	ways: [{is: 'run', says: 'carry on', command: commandLine(run, '')}],
	code: 'NotFinished',
});
const beingReplaced = ({run, facts}: Known): Stop => ({
	is: 'problem',
	what: `Access key ${facts.replacing ?? ''} is being replaced`,
	why: 'NPS is moved once it is known which access key it uses',
	ways: [{is: 'run', says: 'finish that first', command: commandLine(run, 'replace-access-key')}],
	code: 'BeingReplaced',
});
const notWorking = (id: string, held: SeenAccessKey | undefined, known: Known): Stop => ({
	is: 'problem',
	what: `Access key ${id} is ${held ? 'Inactive' : 'not there'}`,
	why: `NPS needs it until SbPAM.RotateAwsKey has run${held ? `: ${told(held)}` : ''}`,
	ways: [
		held
			? byCommands(
					known,
					[`aws iam update-access-key --user-name ${known.facts.userName ?? ''} --access-key-id ${id} --status Active`],
					'set it Active again',
				)
			: {is: 'run', says: 'see what there is', command: commandLine(known.run, 'status')},
	],
	again: commandLine(known.run),
	code: 'OldNotWorking',
	mayBeLate: true,
});
