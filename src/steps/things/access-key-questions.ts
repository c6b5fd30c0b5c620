import {byCommands} from '../../aws/by-hand.js';
import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {isProblem} from '../../engine/plan.js';
import type {Known, Plan, Stop} from '../../engine/step.js';
import {stageOfMove} from '../move/the-move.js';
import {removing, type SeenAccessKey, told} from './access-keys.js';

/** The user is another by now; what it holds may have been made for it by mistake. */
export const strangers = (other: Stop, keys: readonly SeenAccessKey[]): Stop => ({
	...other,
	why: `${other.why}. It has ${keys.map(told).join('; ')}`,
	first: `If this setup made one of them just now, remove it${other.first === undefined ? '' : `. ${other.first}`}`,
	ways: [...other.ways, ...removing(keys)],
});
/** What only might be left over is asked about, once the one that the person named is gone. */
export const oneByOne = (unclear: readonly SeenAccessKey[], asked: Pick<Plan, 'changes'> | Stop): Plan | Stop =>
	isProblem(asked) || asked.changes.length === 0 ? whichOne(unclear) : {changes: asked.changes};
const whichOne = (unclear: readonly SeenAccessKey[]): Stop => ({
	is: 'problem',
	what: 'An access key may be left over from an interrupted run',
	why: `It can't be told for sure: ${unclear.map(told).join('; ')}`,
	ways: [
		{
			is: 'by-hand',
			says:
				'find out whether anything uses it; if another record of this setup delivered it, as on another machine, ' +
				'carry on there',
		},
		...removing(unclear),
	],
	code: 'Stray',
});
/** A key whose secret was handed over was set Inactive, and not by taking back: theirs to say what is meant. */
export function isInactive(keys: readonly SeenAccessKey[], user: string, known: Known): Stop {
	const {run, facts} = known;
	const id = facts.accessKeyId ?? keys[0]?.id ?? '';
	const other = keys.find(it => it.id !== id);
	return {
		is: 'problem',
		what: `Access key ${id} is Inactive`,
		why:
			'Its secret was handed over, and somebody set it Inactive since, perhaps on purpose, as after a leak' +
			(other ? `; ${other.id} is Inactive too, and AWS allows two` : ''),
		code: 'Inactive',
		reopens: ['secretFile', 'secretTo'],
		again: commandLine(run),
		ways: [
			byCommands(
				known,
				[`aws iam update-access-key --user-name ${user} --access-key-id ${id} --status Active`],
				'if it is to be used, set it Active',
			),
			...(other
				? removing([other])
				: [
						{
							is: 'choose' as const,
							key: keyOf('beside'),
							label: 'make another beside it',
							answers: {anotherBeside: id},
							flags: '--restore access-key --secret-file FILE',
						},
					]),
		],
	};
}
/** Only the person knows whether they stored what they saw. */
export const wasItStored = (id: string): Stop => ({
	is: 'problem',
	what: `Did you store the secret of access key ${id}?`,
	why: "It was shown once, and the run ended before you said so. AWS can't tell it again",
	code: 'Shown',
	ways: [
		{
			is: 'choose',
			key: keyOf('stored'),
			label: 'I have stored it',
			says: 'if you have it, say so',
			answers: {secretStored: id},
		},
		{
			is: 'choose',
			key: keyOf('no'),
			label: 'I do not have it',
			says: 'if not, have the key removed and another made',
			answers: {removeAccessKey: id},
			flags: `--remove-access-key ${id}`,
		},
	],
});

/** Whether NPS was moved away from this setup, and its access key is Inactive as the move left it, or gone. */
export const isLeftBehind = (keys: readonly SeenAccessKey[], {facts: {leftBehind: id}}: Known): boolean =>
	id !== undefined && !keys.some(it => it.id === id && it.active);
/** Then no other is made, and this one isn't set going: that takes the person's word to the move. */
export const leftBehind = ({facts}: Known): Plan => ({
	changes: [],
	says: `${facts.leftBehind ?? ''} is left behind. ${stageOfMove(facts) ?? ''}`,
});
