import {kmsHost} from '../aws/rules/regions.js';
import {commandLine} from '../engine/command-line.js';
import {type Known, step} from '../engine/step.js';
import {dueDay, stageOf} from './things/access-key-age.js';
import {placeOf, whereIs} from './things/secret-place.js';
import {keyToolsFolder, vendorPage} from './things/vendor.js';

/** "The KMS is ready to be rotated in Privilege Secure." */
export const handOff = step({
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
		links: [vendorPage],
	},
	fields: () => [
		{
			name: 'npsRotated',
			label: 'Have you run SbPAM.RotateAwsKey?',
			kind: 'yes-no',
			flag: 'nps-rotated',
			ofDelivered: true,
			settles: 'never',
		},
	],
	observe: async () => undefined,
	plan: (_seen, known) => {
		const id = known.facts.accessKeyId;
		const rotated = known.answers['npsRotated'] === true || held(known)?.inUse === true;
		return {
			changes: [],
			says: rotated ? 'SbPAM.RotateAwsKey has been run' : 'SbPAM.RotateAwsKey: not known',
			notes: rotated && id ? [{type: 'in-use', id}] : [],
		};
	},
	shows: known => ({
		intro: 'On the NPS server run SbPAM.RotateAwsKey and enter:',
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
			...(hasFile(known) ? ['Delete the secret file once NPS has been rotated.'] : []),
			`The NPS server must reach ${kmsHost(known.facts.region ?? '')}:443.`,
			`Replace the access key ${dueWords(known)}: make a second, run SbPAM.RotateAwsKey with it, set the old one ` +
				'Inactive, later delete it.',
			'The KMS key lives in this region for good.',
		],
	}),
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
const proofOf = ({proof, run}: Known): string =>
	proof?.proven
		? `Proven on ${proof.at.slice(0, 10)}: the access key works, and it is limited to this KMS key.`
		: `Not proven: whether the access key works and is limited has not been shown. ${commandLine(run, 'prove')} ` +
			'tries it.';
const hasFile = (known: Known): boolean =>
	known.facts.secretKnown !== 'no' && (held(known)?.place ?? placeOf(known)) !== null;
const dueWords = (known: Known): string => {
	const from = held(known)?.deliveredAt;
	return from ? `by ${dueDay(new Date(from))}` : 'before it is 90 days old';
};
