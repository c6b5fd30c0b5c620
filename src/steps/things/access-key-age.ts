import type {Facts} from '../../engine/step.js';

const day = 24 * 60 * 60_000;
/** The age, in days, at which an access key is to be replaced. */
export const most = 90;

/** The day, in UTC, on which an access key made then is so many days old. */
export const dayAtAge = (madeAt: Date, days: number): string =>
	new Date(madeAt.getTime() + days * day).toISOString().slice(0, 10);
/** The day on which an access key made then is to be replaced. */
export const dueDay = (madeAt: Date): string => dayAtAge(madeAt, most);
/** How old an access key is, in whole days. */
export const ageInDays = (madeAt: Date, now: Date): number => Math.floor((now.getTime() - madeAt.getTime()) / day);
/** Whether an access key is to be replaced. */
export const isDue = (madeAt: Date, now: Date): boolean => ageInDays(madeAt, now) >= most;
/** From this age on, in days, a replacement is worth mentioning. */
export const dueSoon = 80;
/** How far a replacement under way is, as the record holds it. */
export function stageOf({newAccessKeyId, accessKeyId}: Facts): string {
	if (newAccessKeyId === undefined) return 'the new access key is to be made';
	return accessKeyId === newAccessKeyId
		? `NPS uses ${newAccessKeyId}, and the old one is to be retired`
		: `NPS is to be rotated to ${newAccessKeyId}`;
}
