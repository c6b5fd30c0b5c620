import {kmsHost} from '../aws/rules/regions.js';
import {commandLine} from '../engine/command-line.js';
import {keyOf} from '../engine/keys.js';
import {type Field, type Known, type Plan, type Stop, step} from '../engine/step.js';
import {timeInWords} from '../engine/time-in-words.js';
import {capital} from '../engine/to-do.js';
import {differencesOfUse} from './looks/differences-of-use.js';
import {doubtOf, lookAtUse, mayWatch, noteOf, npsUse, type SeenUse, watchingFor} from './looks/nps-use.js';
import {proofWith} from './prove.js';
import {dueDay, stageOf} from './things/access-key-age.js';
import {guardOnSheet} from './things/deletion-guard.js';
import {isSinceBound} from './things/proof-from-elsewhere.js';
import {placeOf, whereIs} from './things/secret-place.js';
import {sourcesOnSheet} from './things/sources.js';
import {keyToolsFolder, newestVendorPage, vendorPage} from './things/vendor.js';

/** "The KMS is ready to be rotated in Privilege Secure." */
export const handOff = step<SeenUse | undefined>({
	id: 'hand-off',
	name: 'Hand-off',
	title: 'Hand over to Privilege Secure',
	guide: {
		covers: 'the end of the page: ready to be rotated in Privilege Secure',
		text: [
			`On the NPS server, run SbPAM.RotateAwsKey from ${keyToolsFolder}. It asks for ` +
				'four values, in the order of the sheet, and then takes a few minutes.',
			'The sheet never holds the secret. It says where the secret was put.',
		],
		links: [vendorPage, newestVendorPage],
	},
	fields: () => [
		{
			name: 'npsRotated',
			label: 'Have you run SbPAM.RotateAwsKey?',
			flagSays: 'SbPAM.RotateAwsKey has run on the NPS server',
			kind: 'yes-no',
			flag: 'nps-rotated',
			ofDelivered: true,
			settles: 'never',
			async shown(look, known) {
				// Who has not seen the sheet yet has run nothing with it.
				const seen = isFresh(known) ? undefined : await lookAtUse(look, known);
				return seen && npsUse(seen, known)?.words;
			},
		},
		watching,
	],
	observe: lookAtUse,
	plan(seen, known) {
		const id = known.facts.accessKeyId ?? '';
		const use = seen && npsUse(seen, known);
		if (use) return {changes: [], says: use.words, notes: [noteOf(id, use)]};
		const doubt = seen ? doubtOf(seen, known) : '';
		const watches = known.answers['watchNps'] === true && mayWatch(known);
		return watches && seen && !saidToRun(known) ? watch(seen, doubt, known) : bySaying(doubt, known);
	},
	audit: (_look, seen, known) => (seen ? [Promise.resolve(differencesOfUse(seen, known))] : []),
	shows: known => ({
		intro: ['On the NPS server run SbPAM.RotateAwsKey, in', `${keyToolsFolder}, and enter:`],
		// The keyToolsFolder stands in a line of its own: at its space a narrow terminal would break it.
		inFull: ['On the NPS server, in', `  ${keyToolsFolder}`, 'run SbPAM.RotateAwsKey and enter:'],
		lines: [
			{label: 'Access key', value: known.fact('accessKeyId'), copy: true},
			{label: 'Secret key', value: secretPlace(known)},
			{label: 'KMS key', value: known.fact('keyArn'), copy: true},
			{label: 'AWS region', value: known.fact('region'), copy: true},
		],
		warns: [
			...replacementOf(known),
			proofOf(known),
			'Do not delete the access key before NPS has been rotated to a new one.',
			"Never disable or delete this KMS key: NPS's protected data is lost with it.",
			...guardOnSheet(known),
			...(hasFile(known) ? ['Delete the secret file once NPS has been rotated.'] : []),
			`The NPS server must reach ${kmsHost(known.facts.region ?? '')}:443.`,
			...sourcesOnSheet(known),
			'If there are more NPS servers: SbPAM.RotateKey.exe export -n keys.exp here, import -n keys.exp on each of ' +
				'them, from the same folder.',
			'If the rotation fails half-way, nothing is lost as long as what NPS used before still works: keep it, read ' +
				"the tool's log, run it again.",
			`Before an upgrade of NPS, which rotates its keys again, run ${commandLine(known.run, 'status')} and ` +
				`${commandLine(known.run, 'prove')}.`,
			`Replace the access key ${dueWords(known)}: ${commandLine(known.run, 'replace-access-key')} does it, with NPS ` +
				'at work meanwhile.',
			`${commandLine(known.run, 'status', '--calendar', 'nps-kms.ics')} puts that day into a calendar.`,
			'The KMS key lives in this region for good.',
		],
	}),
});

const isFresh = (known: Known): boolean =>
	Date.parse(known.run.now ?? '') - Date.parse(held(known)?.deliveredAt ?? '') < 60_000;
const watching: Field = {
	name: 'watchNps',
	label: 'wait and see',
	kind: 'yes-no',
	initial: false,
	asked: 'to-a-person',
	byKey: keyOf('watch'),
	settles: 'each-run',
	when: answers => answers['npsRotated'] !== true,
};
const saidToRun = (known: Known): boolean => known.answers['npsRotated'] === true || held(known)?.inUse === true;
/** Where AWS doesn't show it now: what was seen before, or said. */
function bySaying(doubt: string, known: Known): Plan {
	const id = known.facts.accessKeyId ?? '';
	const {seenAt} = held(known) ?? known.alsoInUse?.[id] ?? {};
	if (seenAt !== undefined)
		return {changes: [], says: `NPS used the key: ${timeInWords(new Date(seenAt))}, as AWS showed`};
	const said = saidToRun(known);
	const word = said ? 'SbPAM.RotateAwsKey has been run, you said' : 'SbPAM.RotateAwsKey: not known';
	return {
		changes: [],
		says: doubt === '' ? word : `${word}; ${doubt}`,
		notes: said && id !== '' ? [{type: 'in-use', id}] : [],
	};
}
const watch = ({untold}: SeenUse, doubt: string, {run}: Known): Stop => ({
	is: 'pause',
	what: 'NPS has not been seen to use the key yet',
	why: untold
		? 'There is nothing to watch: AWS refuses cloudtrail:LookupEvents and iam:GetAccessKeyLastUsed'
		: capital(doubt),
	code: 'NotSeenYet',
	...(!untold && {watches: watchingFor(doubt)}),
	ways: [
		untold
			? {is: 'by-hand', says: 'have one of these two calls allowed'}
			: {is: 'wait', says: 'wait: it looks by itself, now and whenever it runs'},
		{is: 'choose', key: keyOf('without'), label: 'go on without', answers: {watchNps: false}},
	],
	again: commandLine(run, ''),
});
const held = (known: Known) => known.delivered.find(it => it.id === known.facts.accessKeyId);
const secretPlace = (known: Known): string => {
	if (known.facts.secretKnown === 'no') return 'not known: the key was made earlier';
	return whereIs(known.facts.accessKeyId ?? '', known);
};
/** While an access key is being replaced, this sheet is the old one's. */
const replacementOf = ({facts, run}: Known): readonly string[] =>
	facts.replacing === undefined
		? []
		: [
				`Access key ${facts.replacing} is being replaced: ${stageOf(facts)}. ` +
					`${commandLine(run, 'replace-access-key')} goes on with that.`,
			];
const proofOf = (known: Known): string => {
	const proof = proofWith(known);
	return proof?.proven && proof.id === known.facts.accessKeyId && isSinceBound(proof, known)
		? `Proven on ${proof.at.slice(0, 10)}: the access key works, and it is limited to this KMS key.`
		: `Not proven: whether the access key works and is limited has not been shown. ` +
				`${commandLine(known.run, 'prove')} tries it.`;
};
const hasFile = (known: Known): boolean =>
	known.facts.secretKnown !== 'no' && (held(known)?.place ?? placeOf(known)) !== null;
const dueWords = (known: Known): string => {
	const from = held(known)?.deliveredAt;
	return from ? `by ${dueDay(new Date(from))}` : 'before it is 90 days old';
};
