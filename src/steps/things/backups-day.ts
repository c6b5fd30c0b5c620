import {type Facts, type Field, type Known, textAnswer} from '../../engine/step.js';
import {dayOf, wrongDay} from './days.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** The day on which the last backup expires that can be read only with this KMS key. */
		backupsUntil: string;
	}
}

/** The day until which backups need the KMS key: nobody but the person can know it. */
export const backupsUntil: Field = {
	name: 'backupsUntil',
	label: 'The last backup that needs the KMS key expires on',
	flagSays: 'the day on which the last backup of NPS that needs the KMS key expires',
	takes: 'day',
	kind: 'text',
	optional: true,
	settles: 'never',
	hint: 'YYYY-MM-DD; the key is deleted only once that day is over',
	suggest: async (_look, {facts}) => facts.backupsUntil ?? '',
	wrong: wrongDay,
};

/** The day as it was said last; empty where nobody said one. */
export const backupsDay = ({answers, facts}: Known): string =>
	textAnswer(answers, 'backupsUntil') || (facts.backupsUntil ?? '');
/** What the record is to know of it. */
export const backupsFact = (known: Known): Facts => ({backupsUntil: backupsDay(known)});
/** Whether a backup may still need the KMS key: until that day is over, in UTC. */
export const backupsNeedKey = (known: Known): boolean => !(backupsDay(known) < dayOf(known.run.now ?? ''));
