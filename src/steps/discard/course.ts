import {commandLine} from '../../engine/command-line.js';
import type {Course} from '../../engine/course.js';
import {
	type Change,
	type Confirm,
	type Field,
	isProblem,
	type Kept,
	type Known,
	type Look,
	type Plan,
	type Stay,
	type Step,
	type Stop,
	step,
	undoing,
	type Way,
	type Ways,
} from '../../engine/step.js';
import {connect} from '../connect.js';
import {lookAtUse, npsUse, type SeenUse} from '../looks/nps-use.js';
import {keptUntil} from '../move/kept-until.js';
import {isRetired} from '../retire/stage.js';
import {aliasNow} from '../things/kms-key.js';
import {columns} from '../things/secret-place.js';
import {untoldReason} from '../things/untold-reason.js';
import {vendorPage} from '../things/vendor.js';
import {type AfterRetiring, lookAfterRetiring, notYet} from './after-retiring.js';
import {lastWords, offers} from './at-home.js';
import {type Extent, lastUse, lookAtExtent, mayHaveKmsKey} from './extent.js';
import {type MovedHere, movedHere, usedByMove} from './moved-here.js';

type Seen = {
	readonly use: SeenUse | undefined;
	readonly extent: Extent;
	readonly plans: readonly (Plan | Stop)[];
	readonly retired: AfterRetiring | undefined;
	readonly moved: MovedHere | undefined;
};
/** What each part would do, seen at once. */
async function lookAtAll(parts: readonly Step[], look: Look, known: Known): Promise<Seen> {
	const planned = parts.map(async it => it.plan(await it.observe(look, known.of(it.id)), known.of(it.id)));
	const [use, extent, plans, retired, moved] = await Promise.all([
		lookAtUse(look, known),
		lookAtExtent(look, known),
		Promise.all(planned),
		lookAfterRetiring(look, known),
		movedHere(look, known),
	]);
	return {use, extent, plans, retired, moved};
}
const all = ({
	plans,
}: Seen): {readonly changes: readonly Change[]; readonly stays: readonly Stay[]; readonly warns: readonly string[]} => {
	const good = plans.flatMap(it => (isProblem(it) ? [] : it));
	return {
		changes: good.flatMap(it => [...it.changes, ...(it.afterwards ?? [])]),
		stays: good.flatMap(it => it.stays ?? []),
		warns: good.flatMap(it => it.warns ?? []),
	};
};

/** Everything that would go and stay, read before anything changes; the word that it needs. */
const takeBack = (parts: readonly Step[]): Step =>
	step<Seen>({
		id: 'take-back',
		name: 'Take back',
		title: 'Take the setup back',
		guide: {
			covers: 'nothing: the way back is ours',
			text: [
				'Everything that this setup made goes, in an order that locks out first whoever holds the secret. What it ' +
					'only took over stays, and so does what somebody else added.',
				'If the secret was handed over and it is not known whether NPS uses it, only what can be undone is done: ' +
					'the access key is set Inactive and the KMS key is disabled.',
				'What NPS protected with the KMS key is lost once that key is deleted. KMS deletes no key before 7 to 30 ' +
					'days have passed.',
			],
			links: [vendorPage, 'https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html'],
		},
		fields: questions,
		observe: (look, known) => lookAtAll(parts, look, known),
		plan(seen, known) {
			const problem =
				keptForBackups(known) ??
				(seen.retired ? notYet(seen.retired, known) : refusal(known, seen)) ??
				seen.plans.find(isProblem);
			if (problem) return problem;
			const {changes, stays, warns} = all(seen);
			const kept = {...(stays.length > 0 && {stays})};
			if (changes.length === 0) return {changes: [], ...kept, says: 'there is nothing to take back'};
			return {
				changes: [],
				forecast: changes,
				...kept,
				warns: [...seen.extent.ours.map(it => handedOver(it.id, `${lastUse(it, known)}`, known)), ...warns],
				confirm: word(seen.extent, known),
				says:
					`${changes.length} ${changes.length === 1 ? 'change' : 'changes'}, ` +
					`${stays.length} ${stays.length === 1 ? 'thing stays' : 'things stay'}`,
			};
		},
	});

/** Whether the KMS key goes too is asked where NPS may be using it. */
function questions(known: Known): readonly Field[] {
	const anybodys = known.setupId === undefined;
	const asks = anybodys || ((known.delivered.length > 0 || known.facts.secretKnown === 'no') && mayHaveKmsKey(known));
	const goes: Field = {
		name: 'deleteKmsKey',
		label: 'Delete the KMS key, and all the rest',
		flagSays: 'delete the KMS key and all the rest, after a waiting period; without it all is only switched off',
		kind: 'yes-no',
		initial: false,
		settles: 'each-run',
		hint: 'no: the access key is set Inactive and the KMS key disabled, which can be undone',
	};
	const days: Field = {
		name: 'deletionDays',
		label: 'Days until KMS deletes it',
		kind: 'text',
		initial: '30',
		settles: 'each-run',
		hint: '7 to 30; until then it can be kept',
		wrong: it => (/^([7-9]|[12]\d|30)$/.test(String(it)) ? undefined : 'A whole number from 7 to 30'),
		...(asks && !anybodys && {when: answers => answers['deleteKmsKey'] === true}),
	};
	return [
		...(asks ? [goes] : []),
		...(anybodys || mayHaveKmsKey(known) ? [days] : []),
		...(anybodys || isRetired(known) ? [untoldReason] : []),
	];
}

/** Why the setup isn't taken back, if it isn't. */
function refusal(known: Known, {use, moved}: Seen): Stop | undefined {
	if (moved) return usedByMove(moved, known);
	const what = `Setup ${known.run.setup ?? ''} is not taken back`;
	const byHand: Way = {
		is: 'run',
		says:
			'if NPS certainly uses neither its access key nor its KMS key, remove them by hand, by the commands that this ' +
			'lists',
		command: commandLine(known.run, 'record'),
	};
	const leaveIt: Way = {is: 'none', says: 'leave it'};
	const ways: Ways = [
		leaveIt,
		{is: 'run', says: 'end it in stages, once NPS needs it no more', command: commandLine(known.run, 'retire')},
		byHand,
	];
	if (known.delivered.some(it => it.inUse) || known.answers['npsRotated'] === true)
		return {
			is: 'problem',
			what,
			why: 'SbPAM.RotateAwsKey has been run: NPS protects its data with this KMS key, and loses that data without it',
			ways,
			code: 'InUse',
		};
	const seen = use && npsUse(use, known);
	if (seen)
		return {
			is: 'problem',
			what,
			why:
				`AWS shows that its access key was used with the KMS key: ${seen.what}. What was protected with this KMS ` +
				'key is lost without it',
			ways,
			code: 'InUse',
		};
	if (known.recovered === true)
		return {
			is: 'problem',
			what,
			why:
				'Its record was rebuilt from the tags in AWS: it does not hold whether NPS was given the secret, nor what ' +
				'this setup made',
			ways: [leaveIt, byHand],
			code: 'Recovered',
		};
	return undefined;
}

/** NPS was moved away, or is being: backups that were made before need this KMS key. */
function keptForBackups(known: Known): Stop | undefined {
	const until = keptUntil(known);
	if (until === undefined) return undefined;
	return {
		is: 'problem',
		what: `Setup ${known.run.setup ?? ''} is not taken back before ${until} is over`,
		why:
			`NPS is moved to setup ${known.facts.movingTo ?? ''}, and backups from before that are kept until ${until}: ` +
			'they can be read only with this KMS key',
		ways: [{is: 'wait', says: `wait until that day, ${until}, is over`}],
		code: 'KeptForBackups',
	};
}

function handedOver(id: string, use: string, known: Known): string {
	const held = known.delivered.find(it => it.id === id);
	const secret = !held
		? 'its secret reached nobody'
		: held.place === null
			? 'its secret was shown'
			: `its secret is in ${held.place}`;
	return `Access key ${id}: ${secret}; ${use}.`;
}

function word({careful, halts}: Extent, known: Known): Confirm {
	const setup = known.run.setup ?? '';
	const alias = aliasNow(known);
	if (!careful) return {words: [setup], says: "NPS can't be using any of this.", flags: {confirm: [setup]}};
	// An alias that was answered anew, and can't be given, is on no key.
	const names = [...new Set([alias, known.facts.keyAlias ?? alias])];
	const words = names.flatMap(it => [it.replace(/^alias\//, ''), it]);
	const ends = halts
		? 'If it does, it stops working with the KMS key until both are set going again.'
		: 'If it does, what it protected is lost once the KMS key is deleted.';
	return {
		words,
		says: `The secret was handed over, and NPS may be using it. ${ends}`,
		flags: {confirm: [setup], 'confirm-alias': words},
	};
}

type Left = {readonly seen: Seen; readonly files: readonly {readonly place: string; readonly there: Kept}[]};
/** What is left, in AWS and on this machine. */
const whatIsLeft = (parts: readonly Step[]): Step =>
	step<Left>({
		id: 'left',
		name: 'What is left',
		title: 'See what is left',
		guide: {
			covers: 'nothing: the way back is ours',
			text: ['Nothing changes here. What stays is told, and why.'],
			links: [vendorPage],
		},
		async observe(look, known) {
			const files = known.claimed.map(async place => ({place, there: await look.kept(place, columns, columns[0])}));
			const [seen, found] = await Promise.all([lookAtAll(parts, look, known), Promise.all(files)]);
			return {seen, files: found.filter(it => it.there.is !== 'absent')};
		},
		plan({seen, files}, known) {
			const {changes, stays, warns} = all(seen);
			const ours = stays.filter(it => it.ours);
			const nothing = changes.length === 0 && ours.length === 0;
			// A run that writes nothing down has taken nothing back either: what it forecast is still there.
			const cameBack = changes.length > 0 && known.run.records === true;
			return {
				changes: [],
				left: nothing ? 'nothing' : 'something',
				says: ours.map(it => it.subject).join(', ') || (cameBack ? 'what came back' : 'nothing of this setup'),
				warns: [
					...stays.map(it => `${it.subject} stays: ${it.why}.`),
					...(changes.length === 0 ? warns : []),
					...(cameBack ? [`Something came back meanwhile: run ${commandLine(known.run)} again.`] : []),
					...(seen.extent.halts
						? [
								`To set it going again: ${commandLine(known.run, 'setup')}. To remove all of it: ` +
									`${commandLine(known.run, 'discard', '--delete-kms-key')}.`,
							]
						: []),
					...files.map(it => `${it.place} is still there: ${secretIn(it.there, seen.extent, known)}.`),
				],
			};
		},
	});
function secretIn(it: Kept, {ours}: Extent, known: Known): string {
	if (it.is !== 'row' || !known.delivered.some(key => key.id === it.value)) return 'delete it if nobody needs it';
	return (
		'it holds the secret of access key ' +
		`${it.value}${ours.some(key => key.id === it.value) ? '' : ', which is gone: delete it'}`
	);
}

/** Takes back what these steps made: what was made last goes first, unless an undo says when it goes. */
export function takingBack(steps: readonly Step[]): Course {
	const parts = undoing(steps);
	return {
		name: 'discard',
		steps: [connect, takeBack(parts), ...parts, whatIsLeft(parts)],
		confirms: [
			{flag: 'confirm', takes: 'name', says: 'the name of the setup: yes, this one', namesSetup: true},
			{flag: 'confirm-alias', takes: 'alias', says: 'the alias of its KMS key: needed where NPS may be using it'},
		],
		results: ({left}) => ({left}),
		halfDone: 'taken back in part',
		offers,
		lastWords,
	};
}
