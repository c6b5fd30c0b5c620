import {call} from '../../aws/client/call.js';
import * as names from '../../aws/rules/name-rules.js';
import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {type Change, type Field, type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {deactivate} from '../things/access-key-changes.js';
import {vendorPage} from '../things/vendor.js';
import {lookSince, type SeenSince, usedSince} from './restart.js';

const oldId = ({facts}: Known): string => facts.accessKeyId ?? '';
/** Whether the person asked for the old access key to be Active again, and not since for Inactive. */
const isWantedBack = (known: Known): boolean =>
	oldId(known) !== '' &&
	textAnswer(known.answers, 'moveActiveAgain') === oldId(known) &&
	textAnswer(known.answers, 'moveInactiveAgain') !== oldId(known);

const byId: readonly Field[] = [
	{
		name: 'moveActiveAgain',
		label: 'The old access key, to be set Active again',
		kind: 'text',
		flag: 'reactivate-access-key',
		settles: 'never',
		asked: 'by-flag',
		gives: {moveInactiveAgain: '', stillHealthy: false},
		wrong: it => names.accessKeyId(String(it)),
	},
	{
		name: 'moveInactiveAgain',
		label: 'The old access key, to be set Inactive though it was set Active again',
		kind: 'text',
		flag: 'deactivate-access-key',
		settles: 'never',
		asked: 'by-flag',
		gives: {stillHealthy: false},
		wrong: it => names.accessKeyId(String(it)),
	},
];
/** The old access key is set Inactive, once nothing uses it; that can be turned round at any time. */
export const retireOld = step<SeenSince>({
	id: 'move-retire',
	name: 'Set Inactive',
	title: 'Set the old access key Inactive',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			'Inactive can be undone at once: the access key works again when it is set Active. Until now NPS could go back ' +
				'by SbPAM.RotateAwsKey alone; from here on its old access key is set Active first.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
	},
	fields: () => byId,
	observe: lookSince,
	plan: (seen, known) =>
		turned(seen, known) ?? {
			changes: [],
			facts: {leftBehind: oldId(known), leftBehindAt: new Date(inactiveSince(known)).toISOString()},
			says: `${oldId(known)} is ${seen.old ? 'Inactive' : 'gone already'}`,
		},
});

/** What has to be done for the old access key to be as it was asked for; undefined where it is Inactive, or gone. */
export function turned(seen: SeenSince, known: Known): Plan | Stop | undefined {
	const {old} = seen;
	if (!old) return undefined;
	// One whose answer was lost is sent again: only an answer lets the record forget what let the move go on.
	if (isWantedBack(known))
		return old.active && !isInDoubt(known) ? activeAgain(known, true) : {changes: [activate(known)]};
	if (!old.active) return undefined;
	return known.facts.leftBehind === old.id && !isToRest(known) ? activeAgain(known, false) : halt(seen, known);
}
/** When the move set the old access key Inactive last, in milliseconds; where others did, when that was seen first. */
export function inactiveSince(known: Known): number {
	const id = `deactivate-${oldId(known)}`;
	const halts = ['move-retire', 'move-watch']
		.flatMap(it => known.of(it).past)
		.filter(({change, outcome}) => change.id === id && outcome !== 'refused')
		.map(it => Date.parse(it.endedAt ?? it.at));
	return halts.length > 0 ? Math.max(...halts) : Date.parse(known.facts.leftBehindAt ?? known.run.now ?? '');
}
const isInDoubt = (known: Known): boolean => {
	const ids = [`activate-${oldId(known)}`, `deactivate-${oldId(known)}`];
	const past = ['move-retire', 'move-watch'].flatMap(it => known.of(it).past).filter(it => ids.includes(it.change.id));
	const last = past.sort((one, other) => (one.at < other.at ? -1 : 1)).at(-1);
	return last?.change.id === ids[0] && last?.outcome === undefined;
};
const isToRest = (known: Known): boolean => textAnswer(known.answers, 'moveInactiveAgain') === oldId(known);
function halt(seen: SeenSince, known: Known): Plan {
	const {movingTo = '', restartedAt = ''} = known.facts;
	const used = usedSince(seen, Date.parse(restartedAt), oldId(known));
	return {
		changes: (seen.old ? deactivate(seen.old, known, {why: `NPS uses setup ${movingTo} now`}) : []).map(it => ({
			...it,
			record: {reverses: [`activate-${oldId(known)}`], spends: ['moveActiveAgain', 'moveInactiveAgain']},
		})),
		warns: [
			...(used === undefined ? [] : [`${used}.`]),
			'If NPS misses it, it works again once it is Active: ' +
				commandLine(known.run, 'move-key', '--reactivate-access-key', oldId(known)),
		],
	};
}
const activate = (known: Known): Change => ({
	id: `activate-${oldId(known)}`,
	verb: 'update',
	subject: `access key ${oldId(known)}, to Active again`,
	why: 'you asked for it',
	// NPS may go back: what let the move go on says nothing of another time.
	record: {
		reverses: [`deactivate-${oldId(known)}`],
		redoes: ['move-new', 'move-backup', 'move-switch', 'move-restart', 'move-retire', 'move-watch', 'move-kept'],
		forgets: ['leftBehind', 'leftBehindAt', 'moveBegunAt', 'movedAt', 'movedSaidAt', 'restartedAt'],
		asksAnew: ['moveRotated', 'moveReason', 'servicesRestarted', 'everyServerMoved', 'oldUseReason', 'stillHealthy'],
	},
	call: call('iam:UpdateAccessKey', {UserName: known.fact('userName'), AccessKeyId: oldId(known), Status: 'Active'}),
});
/** Both access keys work, on somebody's word: it takes another word to set the old one Inactive. */
function activeAgain(known: Known, asked: boolean): Stop {
	const id = oldId(known);
	return {
		is: 'pause',
		what: `Access key ${id} is Active again${asked ? ', as you asked' : ': somebody else set it so'}`,
		why: 'Both access keys work. To go back, run SbPAM.RotateAwsKey with the values of the old setup',
		first: 'Find out what still needs the old one',
		code: 'ActiveAgain',
		ways: [
			known.facts.movedAt === undefined
				? {
						is: 'run',
						says: 'if NPS is to be moved all the same, go from gate to gate anew',
						command: commandLine(known.run),
					}
				: {
						is: 'choose',
						key: keyOf('inactive'),
						label: 'set it Inactive again',
						answers: {moveInactiveAgain: id, stillHealthy: false},
						flags: `--deactivate-access-key ${id}`,
					},
			{is: 'run', says: 'see the values of the old setup', command: commandLine(known.run, '')},
		],
		mayBeLate: true,
	};
}
/** While the old access key is Inactive, whatever the move waits for, it can be set Active again from there. */
export const undoable = (it: Stop, known: Known): Stop => ({
	...it,
	ways: [
		...it.ways,
		{
			is: 'choose',
			key: keyOf('active'),
			label: 'set the old one Active again',
			answers: {moveActiveAgain: oldId(known), moveInactiveAgain: '', stillHealthy: false},
			flags: `--reactivate-access-key ${oldId(known)}`,
		},
	],
});
