import {type Entry, fold} from '../../engine/record.js';
import {textAnswer} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {moveKey} from '../../steps/index.js';
import {type ToldRun, toldOf} from './course-told.js';

/** How NPS was moved to another setup, as the record tells it. */
export type Move = {
	readonly to: string;
	readonly accessKeyId: string;
	readonly keyArn: string;
	/** Days, as they were told. */
	readonly backedUp?: string;
	readonly keptUntil?: string;
	/** When AWS showed that NPS uses the new access key; `said` where only somebody did. */
	readonly movedAt?: string;
	readonly restartedAt?: string;
	/** The old access key, once it was set Inactive. */
	readonly leftBehind?: string;
	/** Why it went on where AWS didn't show it. */
	readonly reasons: readonly string[];
	/** When somebody said that NPS went back, where no other move was begun since; the rest was so until then. */
	readonly wentBackAt?: string;
	readonly runs: readonly ToldRun[];
};
/** What a record tells of a move; undefined where none was begun. */
export function moveIn(entries: readonly Entry[]): Move | undefined {
	const runs = toldOf(entries, moveKey);
	const is = standing(entries);
	if (is) return {...is, runs};
	const at = entries.findLastIndex(it => it.type === 'completed' && it.step === seeNew && it.ends !== undefined);
	const was = at < 0 ? undefined : standing(entries.slice(0, at));
	if (!was) return undefined;
	// Where NPS is back its keys are in use: none is kept, none is left behind.
	const {keptUntil: _kept, leftBehind: _left, ...rest} = was;
	return {...rest, wentBackAt: entries[at]?.at ?? '', runs};
}
const seeNew = 'move-new';
function standing(entries: readonly Entry[]): Omit<Move, 'runs'> | undefined {
	const {facts, answers} = fold(entries, moveKey.name);
	const {movingTo, movingToAccessKey, movingToKey, backedUpOn, keptUntil, movedAt, restartedAt, leftBehind} = facts;
	if (movingTo === undefined) return undefined;
	return {
		to: movingTo,
		accessKeyId: movingToAccessKey ?? '',
		keyArn: movingToKey ?? '',
		...(backedUpOn && {backedUp: backedUpOn}),
		...(keptUntil && {keptUntil}),
		...(movedAt && {movedAt}),
		...(restartedAt && {restartedAt}),
		...(leftBehind && {leftBehind}),
		reasons: ['moveReason', 'oldUseReason'].flatMap(it => textAnswer(answers, it).trim() || []),
	};
}
/** The same for people, a line each. */
export const moveInLines = ({
	to,
	accessKeyId,
	keyArn,
	backedUp,
	keptUntil,
	movedAt,
	restartedAt,
	leftBehind,
	reasons,
	wentBackAt,
}: Move): readonly string[] => [
	...(wentBackAt
		? [
				`NPS uses this setup again, not setup ${to}: somebody said so ${timeInWords(wentBackAt)}`,
				`It was to be moved to access key ${accessKeyId}, KMS key ${keyArn}`,
			]
		: [`NPS is moved to setup ${to}: access key ${accessKeyId}, KMS key ${keyArn}`]),
	...(backedUp ? [`Backed up, keys exported: ${backedUp}, somebody said`] : []),
	...(movedAt
		? [
				`NPS ${wentBackAt ? 'used' : 'uses'} the new access key: ` +
					(movedAt === 'said' ? 'somebody said so' : `${movedAt}, by AWS`),
			]
		: []),
	...(restartedAt ? [`Every NPS server restarted by ${restartedAt}, somebody said`] : []),
	...reasons.map(it => `Went on because: ${it}`),
	...(leftBehind ? [`Old access key ${leftBehind}: set Inactive`] : []),
	...(keptUntil ? [`Old KMS key: kept until the backups from before the move are over, ${keptUntil}`] : []),
];
