import {parseArn} from '../../aws/rules/arn.js';
import {commandLine} from '../../engine/command-line.js';
import {type Facts, type Known, type ThisRun, textAnswer} from '../../engine/step.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The name of the setup that NPS is moved to. */
		movingTo: string;
		/** Its access key's id, its KMS key's ARN, and where the secret is, in words: what RotateAwsKey asks for. */
		movingToAccessKey: string;
		movingToKey: string;
		movingToSecret: string;
		/** When its access key was delivered, in ISO 8601. */
		movingToSince: string;
		/** `yes` where it was used before the move was begun, or that couldn't be told. */
		movingToUsed: string;
		/** When the move was begun, in ISO 8601: NPS was backed up, and no older use tells of the rotation. */
		moveBegunAt: string;
		/** The day on which NPS's database was backed up and its keys were exported, as the person said. */
		backedUpOn: string;
		/** The last day on which a backup that was made before the move may be needed. */
		keptUntil: string;
		/** When AWS showed that NPS uses the new access key, in ISO 8601, or `said` where only the person did. */
		movedAt: string;
		/** When the person said that SbPAM.RotateAwsKey had run, where that was asked, in ISO 8601. */
		movedSaidAt: string;
		/** The ARNs of the KMS keys that NPS was rotated to, as AWS showed or somebody said; they stay if NPS goes back. */
		movedKey: string;
		/** When every NPS server's services had been restarted after that, as the person said, in ISO 8601. */
		restartedAt: string;
		/** The old access key, once it was set Inactive by the move. */
		leftBehind: string;
		/** When that was, in ISO 8601; where others did it, when it was seen. */
		leftBehindAt: string;
		/** Since when it was Inactive as the person said, once those days were over, that NPS is healthy. */
		notMissedSince: string;
	}
}

/** How far a move of NPS to another setup is, as the record holds it; undefined where none was begun. */
export function stageOfMove({movingTo, movedAt, restartedAt, leftBehind, keptUntil}: Facts): string | undefined {
	if (movingTo === undefined) return undefined;
	if (leftBehind !== undefined)
		return `NPS was moved to setup ${movingTo}; the KMS key is kept until ${keptUntil ?? 'its backups are over'}`;
	const to = `NPS is being moved to setup ${movingTo}`;
	if (movedAt === undefined) return `${to}: SbPAM.RotateAwsKey is to be run`;
	return restartedAt === undefined
		? `${to}: its services are to be restarted`
		: `${to}: the old access key is to be set Inactive`;
}
/** The KMS keys that NPS was rotated to, the one that it is moved to now among them. */
export const movedKeys = ({facts: {movedKey = '', movingToKey = ''}}: Known): string =>
	[...new Set([...movedKey.split(' '), movingToKey])].filter(it => it !== '').join(' ');
/** Whether NPS was rotated to that KMS key once. */
export const wasMovedTo = (keyArn: string | undefined, {movedKey = ''}: Facts): boolean =>
	keyArn !== undefined && movedKey.split(' ').includes(keyArn);
/** The name of the setup to move to, as it was given. */
export const newSetup = ({answers, facts}: Known): string => textAnswer(answers, 'toSetup') || (facts.movingTo ?? '');
/** A run of the other setup, for the wording of its command lines. */
export const runOfNew = (known: Known): ThisRun => ({
	setup: newSetup(known),
	...(known.run.sandbox && {sandbox: true}),
});
/** A command line of the other setup. */
export const lineOfNew = (known: Known, command: string): string => commandLine(runOfNew(known), command);
/** The region of the new KMS key. */
export const newRegion = ({facts}: Known): string => parseArn(facts.movingToKey ?? '')?.region ?? '';

/** A time that was typed (day, or day and time, in UTC), in milliseconds; not a number where it is none. */
export function timeTyped(text: string): number {
	const [, day, time = ''] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?Z?$/.exec(text.trim()) ?? [];
	if (day === undefined || !isDay(day)) return Number.NaN;
	return Date.parse(`${day}T${time === '' ? '00:00' : time}Z`);
}
/** Whether it is a day of the calendar, as YYYY-MM-DD. */
export const isDay = (text: string): boolean =>
	/^\d{4}-\d\d-\d\d$/.test(text) &&
	!Number.isNaN(Date.parse(text)) &&
	new Date(text).toISOString().slice(0, 10) === text;
/** The rule for a day that is typed. */
export const dayRule = (it: unknown): string | undefined =>
	it === '' || isDay(String(it)) ? undefined : 'A day as YYYY-MM-DD';
/** Today, in UTC. */
export const todayOf = ({run}: Known): string => (run.now ?? '').slice(0, 10);
