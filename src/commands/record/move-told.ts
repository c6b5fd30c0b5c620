import {type Entry, fold} from '../../engine/record.js';
import {textAnswer} from '../../engine/step.js';
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
	readonly runs: readonly ToldRun[];
};
/** What a record tells of a move; undefined where none was begun. */
export function moveIn(entries: readonly Entry[]): Move | undefined {
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
		runs: toldOf(entries, moveKey),
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
}: Move): readonly string[] => [
	`NPS is moved to setup ${to}: access key ${accessKeyId}, KMS key ${keyArn}`,
	...(backedUp ? [`Backed up, keys exported: ${backedUp}, somebody said`] : []),
	...(movedAt
		? [`NPS uses the new access key: ${movedAt === 'said' ? 'somebody said so' : `${movedAt}, by AWS`}`]
		: []),
	...(restartedAt ? [`Every NPS server restarted by ${restartedAt}, somebody said`] : []),
	...reasons.map(it => `Went on because: ${it}`),
	...(leftBehind ? [`Old access key ${leftBehind}: set Inactive`] : []),
	...(keptUntil ? [`Old KMS key: kept until the backups from before the move are over, ${keptUntil}`] : []),
];
