import {commandLine} from '../../engine/command-line.js';
import {type Known, type Plan, type Stop, step} from '../../engine/step.js';
import {endsNotYet, type MovedHere, movesHere} from '../discard/moved-here.js';
import {keptUntil} from '../move/kept-until.js';
import {backupsDay, backupsFact, backupsUntil} from '../things/backups-day.js';
import {vendorPage} from '../things/vendor.js';
import {lookAtStanding, type Standing, turnedRound, undoable} from './standing.js';

type Seen = Standing & {readonly moves: readonly MovedHere[]};
/** The day until which a backup needs the KMS key is written down first, whatever the rest waits for. */
export const backups = step<Seen>({
	id: 'retire-backups',
	name: 'Backups',
	title: 'Say how long backups need the KMS key',
	guide: {
		covers: 'nothing: ending a set-up is ours',
		text: [
			'What NPS protects with this KMS key, in its database and in every backup of it, can be read only with it. ' +
				'So a set-up that NPS used ends in stages, with weeks between them, and each can be turned round until KMS ' +
				'deletes the key.',
			'The day on which the last backup expires is recorded, and the key is deleted only once it is over. Another ' +
				'day that is said later counts at once.',
		],
		links: [vendorPage],
	},
	fields: () => [backupsUntil],
	async observe(look, known) {
		const [standing, moves] = await Promise.all([lookAtStanding(look, known), movesHere(look, known)]);
		return {...standing, moves};
	},
	plan: (seen, known) =>
		unfit(seen, known) ??
		turnedRound(seen, known) ??
		rebuilt(known) ??
		undoable(keptByMove(known) ?? endsNotYet(seen.moves, known) ?? planFor(known), seen),
});

function planFor(known: Known): Plan | Stop {
	const said = backupsDay(known);
	const {keptUntil: kept = ''} = known.facts;
	if (said !== '' && said >= kept)
		return {changes: [], facts: backupsFact(known), says: `none needs the KMS key after ${said}, you said`};
	return noBackupsDay(said === '' ? '' : `. ${said} comes before ${kept}, until when the move keeps them`, known);
}
/** Nobody is told by such a record what NPS was given, nor since when something is switched off. */
const rebuilt = ({recovered, run}: Known): Stop | undefined =>
	recovered === true
		? {
				is: 'problem',
				what: `Setup ${run.setup ?? ''} can't be retired`,
				why:
					'Its record was rebuilt from the tags in AWS: it does not hold whether NPS was given the secret, nor what ' +
					'this setup made',
				ways: [
					{is: 'none', says: 'leave it'},
					{
						is: 'run',
						says: 'if NPS certainly needs its KMS key no more, remove it by hand, by the commands that this lists',
						command: commandLine(run, 'record'),
					},
				],
				code: 'Recovered',
			}
		: undefined;
/** NPS was moved away, or is being: until the backups from before that are over, nothing of it ends. */
function keptByMove(known: Known): Stop | undefined {
	const until = keptUntil(known);
	if (until === undefined) return undefined;
	return {
		is: 'pause',
		what: `Setup ${known.run.setup ?? ''} does not end before ${until} is over`,
		why:
			`NPS is moved to setup ${known.facts.movingTo ?? ''}, and backups from before that are kept until ${until}: ` +
			'they can be read only with this KMS key, Enabled, and its access key',
		ways: [{is: 'wait', says: `wait until that day, ${until}, is over`}],
		again: commandLine(known.run),
		code: 'KeptForBackups',
	};
}

/** Whether there is something to end, and no other course in the middle of it. */
function unfit({kmsKey}: Standing, {facts, run}: Known): Stop | undefined {
	const what = `Setup ${run.setup ?? ''} can't be retired`;
	if (facts.replacing !== undefined)
		return {
			is: 'problem',
			what,
			why: `Access key ${facts.replacing} is being replaced`,
			ways: [{is: 'run', says: 'finish that first', command: commandLine(run, 'replace-access-key')}],
			code: 'BeingReplaced',
		};
	if (facts.keyArn && facts.accessKeyId && kmsKey && /^(Enabled|Disabled)$/.test(kmsKey.state)) return undefined;
	return {
		is: 'problem',
		what,
		why: kmsKey
			? `KMS key ${kmsKey.arn} is ${kmsKey.state}`
			: 'It has no KMS key and access key that NPS could have used',
		ways: [{is: 'run', says: 'see what there is', command: commandLine(run, 'status')}],
		code: 'NothingToRetire',
	};
}

const noBackupsDay = (wrong: string, known: Known): Stop => ({
	is: 'pause',
	what: 'Backups of NPS may still need the KMS key',
	why:
		'A backup of its database, or an export of RotateKey, can be read only with it, for as long as it is ' +
		`kept${wrong}`,
	first: 'Find out on which day the last of them expires; if there is none, it is today',
	ways: [{is: 'answer', says: 'say that day', field: 'backupsUntil', flags: '--backups-until DAY'}],
	again: commandLine(known.run),
	code: 'Backups',
});
