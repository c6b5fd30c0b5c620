import {type Field, type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {keyToolsFolder, vendorPage} from '../things/vendor.js';
import {noTarget} from './no-target.js';
import {dayRule, todayOf} from './the-move.js';

const fields: readonly Field[] = [
	{
		name: 'backedUp',
		label: 'Day of the backup and the export',
		flagSays: "day on which NPS's database was backed up and SbPAM.RotateKey export was run",
		kind: 'text',
		optional: true,
		settles: 'never',
		hint: 'YYYY-MM-DD',
		suggest: async (_look, {facts}) => facts.backedUpOn ?? '',
		wrong: dayRule,
	},
	{
		name: 'backupsExpire',
		label: 'The last backup from before the move expires on',
		flagSays: 'day on which the last backup made before the move expires; the old KMS key is kept until then',
		kind: 'text',
		optional: true,
		settles: 'never',
		hint: 'YYYY-MM-DD; made before the move, it needs the old KMS key',
		suggest: async (_look, {facts}) => facts.keptUntil ?? '',
		wrong: dayRule,
	},
];
/** NPS's database is backed up, its keys are exported, and it is known for how long the old KMS key is needed. */
export const seeBackup = step<undefined>({
	id: 'move-backup',
	name: 'Backup',
	title: 'Back up NPS before it is moved',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			`Back up NPS's database, and run SbPAM.RotateKey.exe export -n keys.exp from ${keyToolsFolder}. Keep both ` +
				'where a server that fails takes neither with it.',
			'A backup that was made before the move can be read only with the old KMS key. So that key is kept, Enabled, ' +
				'until the last of them has expired.',
		],
		links: [vendorPage],
	},
	fields: () => fields,
	observe: async () => undefined,
	plan: (_seen, known) => (known.facts.movingTo === undefined ? noTarget(known) : (lacking(known) ?? planFor(known))),
});

const said = ({answers}: Known): {readonly backedUp: string; readonly expire: string} => ({
	backedUp: textAnswer(answers, 'backedUp'),
	expire: textAnswer(answers, 'backupsExpire'),
});
function planFor(known: Known): Plan {
	const {backedUp, expire} = said(known);
	return {
		changes: [],
		facts: {
			backedUpOn: backedUp,
			keptUntil: expire,
			...(known.facts.movedAt === undefined && {moveBegunAt: known.facts.moveBegunAt ?? known.run.now ?? ''}),
		},
		says: `on ${backedUp}, you said; backups from before the move are kept until ${expire}`,
	};
}
function lacking(known: Known): Stop | undefined {
	const {backedUp, expire} = said(known);
	const stop = {
		is: 'pause',
		what: 'NPS is to be backed up before it is moved',
		first: "Back up NPS's database, and run SbPAM.RotateKey.exe export -n keys.exp on the NPS server",
		code: 'NotBackedUp',
	} as const;
	const day = {is: 'answer', says: 'say on which day', field: 'backedUp', flags: '--backed-up DAY'} as const;
	const end = {
		is: 'answer',
		says: 'say on which day the last backup from before the move expires',
		field: 'backupsExpire',
		flags: '--backups-expire DAY',
	} as const;
	if (backedUp === '')
		return {...stop, why: 'If the rotation fails half-way, this is what brings NPS back', ways: [day]};
	if (backedUp > todayOf(known)) return {...stop, why: `${backedUp} is still to come`, ways: [day]};
	if (expire === '')
		return {
			...stop,
			what: 'It is to be known how long backups from before the move are kept',
			why: 'They can be read only with the old KMS key, which is kept until then',
			first: 'Ask whoever keeps them',
			ways: [end],
		};
	return expire < backedUp
		? {...stop, why: `The backup of ${backedUp} would be gone on ${expire}, before it was made`, ways: [end]}
		: undefined;
}
