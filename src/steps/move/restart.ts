import {keyOf} from '../../engine/keys.js';
import {type Field, type Known, type Look, type Stop, step, textAnswer} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {type LastUse, lastUseOf, type ToldUses, usesWith} from '../looks/evidence-of-use.js';
import {npsServers, npsServersFact, npsServersIn} from '../replace/nps-servers.js';
import {listAccessKeys, type SeenAccessKey} from '../things/access-keys.js';
import {keyToolsFolder, vendorPage} from '../things/vendor.js';
import {lookAtNew, type SeenNew, wasUsed} from './new-use.js';
import {timeTyped} from './the-move.js';

/** What AWS shows of the old access key and the old KMS key since the restart, and from where the new one is used. */
export type SeenSince = {
	readonly old: SeenAccessKey | undefined;
	readonly told: ToldUses | undefined;
	readonly last: LastUse;
	readonly fresh: SeenNew['use'];
};
/** Looks at what used the old ones since every NPS server was restarted. */
export async function lookSince(look: Look, known: Known): Promise<SeenSince> {
	const {userName = '', accessKeyId = '', keyArn = '', keyId = ''} = known.facts;
	const since = restartOf(known);
	const [keys, last, told, fresh] = await Promise.all([
		listAccessKeys(look, userName),
		lastUseOf(look, keyId),
		Number.isNaN(since) ? undefined : usesWith(look, accessKeyId, keyArn, since),
		known.facts.leftBehind === undefined ? lookAtNew(look, known) : undefined,
	]);
	return {old: keys.find(it => it.id === accessKeyId), told, last, fresh: fresh?.use};
}

/** When every NPS server had been restarted, as the person said, in milliseconds. */
const restartOf = ({answers, facts}: Known): number =>
	timeTyped(textAnswer(answers, 'servicesRestarted') || (facts.restartedAt ?? '').slice(0, 19));
const hour = 3_600_000;
const minute = 60_000;
/** AWS shows a use late, IAM up to four hours: what isn't seen before that says nothing. */
const lateness = 4 * hour;

const fields: readonly Field[] = [
	{
		name: 'servicesRestarted',
		label: 'When were they all restarted?',
		flagSays: "time (UTC) after SbPAM.RotateAwsKey at which every NPS server's services had been restarted",
		kind: 'text',
		after: 'move-switch',
		afterFact: 'movedAt',
		optional: true,
		settles: 'never',
		hint: 'YYYY-MM-DD HH:MM, UTC',
		// A reason told of what was used since another restart.
		gives: {oldUseReason: ''},
		suggest: async (_look, {facts}) => (facts.restartedAt ?? '').slice(0, 16).replace('T', ' '),
		wrong: it =>
			it === '' || !Number.isNaN(timeTyped(String(it))) ? undefined : 'A day and a time in UTC, as YYYY-MM-DD HH:MM',
	},
	...npsServers,
	{
		name: 'everyServerMoved',
		label: 'Has every NPS server the new keys?',
		flagSays: 'every other NPS server has imported the new keys, and was restarted',
		kind: 'yes-no',
		initial: false,
		after: 'move-switch',
		afterFact: 'movedAt',
		settles: 'never',
		asked: 'by-flag',
	},
	{
		name: 'oldUseReason',
		label: 'If the old one was used since, go on because',
		flagSays: 'why a use of the old access key or KMS key since the restart is no use by NPS',
		kind: 'text',
		after: 'move-switch',
		afterFact: 'movedAt',
		optional: true,
		settles: 'never',
		hint: 'kept in the record',
	},
];
/** After a restart of every NPS server nothing uses the old access key and the old KMS key any more. */
export const seeRestart = step<SeenSince | undefined>({
	id: 'move-restart',
	name: 'Restart',
	title: 'See that nothing uses the old ones any more',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			'A service of NPS may hold what it read with the old KMS key until it is restarted. So the services of every ' +
				'NPS server are restarted after SbPAM.RotateAwsKey, and then AWS is asked whether the old ones were used.',
			`Other NPS servers get the new keys by SbPAM.RotateKey.exe export -n keys.exp on the first and import -n ` +
				`keys.exp on each of them, from ${keyToolsFolder}.`,
			'AWS shows a use late, up to four hours: before that nothing is said to be unused.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html'],
	},
	fields: () => fields,
	observe: async (look, known) => (known.facts.leftBehind === undefined ? lookSince(look, known) : undefined),
	plan(seen, known) {
		const {leftBehind, restartedAt = ''} = known.facts;
		if (!seen) return {changes: [], says: `${leftBehind ?? ''} is left behind`};
		const stop = notRestarted(known) ?? stillUsed(seen, known) ?? otherServers(seen, known);
		if (stop) return stop;
		const at = new Date(restartOf(known)).toISOString();
		const reason = reasonGiven(known);
		return {
			changes: [],
			facts: {restartedAt: restartedAt === at ? restartedAt : at, ...npsServersFact(known)},
			says: `restarted by ${timeInWords(at)}, and ${reason === '' ? 'nothing used the old ones since' : reason}`,
		};
	},
});

const reasonGiven = ({answers}: Known): string => textAnswer(answers, 'oldUseReason').trim();
function notRestarted(known: Known): Stop | undefined {
	const at = restartOf(known);
	const now = Date.parse(known.run.now ?? '');
	const why = Number.isNaN(at)
		? 'A service that was not restarted since SbPAM.RotateAwsKey may still need the old KMS key'
		: at > now + minute
			? `${timeInWords(new Date(at))} is still to come`
			: before(at, known);
	if (why === undefined) return undefined;
	return {
		is: 'pause',
		what: "Every NPS server's services are to be restarted",
		why,
		first: 'Restart the services of every NPS server, and test a log-in',
		ways: [
			{
				is: 'answer',
				says: 'say when they had all been restarted',
				field: 'servicesRestarted',
				flags: '--services-restarted TIME',
			},
		],
		code: 'NotRestarted',
	};
}
/** Why a restart at that time comes before SbPAM.RotateAwsKey; it is typed in whole minutes, by a clock of its own. */
function before(
	at: number,
	{facts: {movingToSince = '', moveBegunAt = '', movedSaidAt = ''}}: Known,
): string | undefined {
	const isBefore = (time: string): boolean => at + 2 * minute <= Date.parse(time);
	const then = `At ${timeInWords(new Date(at))}`;
	if (at < Date.parse(movingToSince)) return `${then} the new access key wasn't made yet`;
	if (isBefore(moveBegunAt)) return `${then} the move wasn't begun yet: that was at ${timeInWords(moveBegunAt)}`;
	return isBefore(movedSaidAt)
		? `${then} you hadn't said yet that SbPAM.RotateAwsKey has run: that was at ${timeInWords(movedSaidAt)}`
		: undefined;
}

/** What shows that something used the old ones since a moment; what can't be told holds back too. */
export function usedSince({old, told, last}: SeenSince, since: number, id: string): string | undefined {
	const [use] = told?.uses ?? [];
	const exact = use?.at.getTime() ?? -1;
	const byMinute = old?.lastUsed?.getTime() ?? -1;
	// IAM tells the minute, cut off; where CloudTrail tells of that use, it tells the second.
	const until = exact >= byMinute ? exact : byMinute + minute - 1;
	if (use && exact > since)
		return `${id} was used: ${use.operation}, ${timeInWords(use.at)}${use.address ? `, from ${use.address}` : ''}`;
	if (until > since) return `${id} was used ${timeInWords(old?.lastUsed ?? new Date(until))}`;
	if (last.is === 'used' && last.at.getTime() > since)
		return `its KMS key was used: ${last.operation}, ${timeInWords(last.at)}`;
	if (old && !old.lastUsed && !old.neverUsed && told === undefined) return `AWS doesn't tell when ${id} was used last`;
	return told?.cut === true ? `${id}: only the newest 2,000 events were read` : undefined;
}
function stillUsed(seen: SeenSince, known: Known): Stop | undefined {
	if (reasonGiven(known) !== '') return undefined;
	const {accessKeyId = ''} = known.facts;
	const since = restartOf(known);
	const used = usedSince(seen, since, accessKeyId);
	const ways: Stop['ways'] = [
		used === undefined
			? {is: 'wait', says: 'wait until then'}
			: {is: 'by-hand', says: 'find out what uses it, restart that, and say when it was'},
		{
			is: 'answer',
			says: 'if it is certainly not NPS, say why',
			field: 'oldUseReason',
			flags: '--old-use-reason WHY',
		},
	];
	if (used !== undefined)
		return {
			is: 'pause',
			what: `The old access key or KMS key was used after the restart`,
			why: `The restart was at ${timeInWords(new Date(since))}; since then ${used}`,
			ways,
			code: 'StillUsed',
		};
	const from = since + lateness;
	if (!(Date.parse(known.run.now ?? '') < from)) return undefined;
	return {
		is: 'pause',
		what: 'It is too soon to say that nothing uses the old access key',
		why: `AWS shows a use up to four hours late: from ${timeInWords(new Date(from))} on it tells`,
		ways,
		code: 'TooSoon',
	};
}

/** Of several servers each must have been seen with the new access key, or somebody says so. */
function otherServers({fresh}: SeenSince, known: Known): Stop | undefined {
	const {servers, share} = npsServersIn(known);
	const from = fresh?.addresses ?? [];
	if (servers === 1 || known.answers['everyServerMoved'] === true) return undefined;
	// A server may have an address of each kind.
	const many = Math.max(...[true, false].map(v6 => from.filter(it => it.includes(':') === v6).length));
	if (!share && many >= servers) return undefined;
	return {
		is: 'pause',
		what: `Not all of ${servers} NPS servers are seen to use the new access key`,
		why: share
			? 'They share one address, so AWS can’t tell them apart'
			: wasUsed(known)
				? 'The new access key may have been in use before the move, so AWS can’t tell whose addresses it shows'
				: from.length > 0
					? `It is used from ${from.join(', ')}`
					: 'AWS doesn’t tell from which addresses it is used',
		first: 'Run SbPAM.RotateKey.exe export -n keys.exp on the first, and import -n keys.exp on each of the others',
		code: 'OtherServers',
		ways: [
			{
				is: 'choose',
				key: keyOf('yes'),
				label: 'every server has the new keys',
				says: 'say so once every server has the new keys',
				answers: {everyServerMoved: true},
				flags: '--every-server-moved',
			},
		],
	};
}
