import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {type Known, type Plan, type Stop, step, textAnswer} from '../../engine/step.js';
import {mayWatch, watchingFor} from '../looks/nps-use.js';
import {keyToolsFolder, vendorPage} from '../things/vendor.js';
import {lookAtNew, type SeenNew, wasUsed} from './new-use.js';
import {movedKeys, newRegion} from './the-move.js';

/** NPS is rotated to the new setup's values: the course waits here for as long as it takes. */
export const switchNps = step<SeenNew>({
	id: 'move-switch',
	name: 'NPS',
	title: 'Have NPS use the new KMS key',
	guide: {
		covers: 'nothing: moving to another KMS key is ours',
		text: [
			`On the NPS server, run SbPAM.RotateAwsKey from ${keyToolsFolder}, and enter the values of the sheet. Both ` +
				'KMS keys and both access keys work meanwhile.',
			'Then AWS is asked whether the new access key was used. It shows a use with some delay, up to a few hours. If ' +
				'it shows nothing and you know that NPS was rotated, you can go on with a reason, which the record keeps.',
			'To go back, run SbPAM.RotateAwsKey with the values of the old setup: until its access key is set Inactive, ' +
				'nothing of it has changed.',
		],
		links: [vendorPage],
	},
	fields: () => [
		{
			name: 'moveRotated',
			label: 'Has SbPAM.RotateAwsKey run with it?',
			flagSays: 'SbPAM.RotateAwsKey has run with the values of the new setup',
			kind: 'yes-no',
			flag: 'nps-rotated',
			after: 'move-backup',
			afterFact: 'moveBegunAt',
			settles: 'never',
			shown: async (look, known) =>
				known.facts.movedAt === undefined && !wasUsed(known) ? (await lookAtNew(look, known)).use?.words : undefined,
		},
		{
			name: 'moveReason',
			label: 'If AWS shows no use, go on because',
			kind: 'text',
			flag: 'override-reason',
			after: 'move-backup',
			afterFact: 'moveBegunAt',
			optional: true,
			settles: 'never',
			hint: 'kept in the record',
			when: answers => answers['moveRotated'] === true,
		},
	],
	observe: async (look, known) =>
		known.facts.leftBehind === undefined ? lookAtNew(look, known) : {use: undefined, doubt: ''},
	plan(seen, known) {
		const {movedAt, movingTo = ''} = known.facts;
		if (movedAt !== undefined && (movedAt !== 'said' || !seen.use))
			return {changes: [], says: `NPS uses setup ${movingTo}`};
		const {use} = seen;
		if (use && (!wasUsed(known) || isSaid(known))) return shown(use, known);
		return gate(seen, known) ?? onWord(known);
	},
	shows: ({facts}) =>
		facts.movingToAccessKey === undefined
			? undefined
			: {
					intro: ['On the NPS server run SbPAM.RotateAwsKey, in', `${keyToolsFolder}, and enter:`],
					inFull: ['On the NPS server, in', `  ${keyToolsFolder}`, 'run SbPAM.RotateAwsKey and enter:'],
					lines: [
						{label: 'Access key', value: facts.movingToAccessKey, copy: true},
						{label: 'Secret key', value: facts.movingToSecret ?? ''},
						{label: 'KMS key', value: facts.movingToKey ?? '', copy: true},
						{label: 'AWS region', value: newRegion({facts} as Known), copy: true},
					],
					warns: [
						`Do not delete access key ${facts.accessKeyId ?? ''}, and keep its KMS key: NPS reads with them.`,
						'To go back, run SbPAM.RotateAwsKey with the values of the old setup: both work.',
						'Then run the same command again, today or another day: it goes on from here.',
					],
				},
});

const isSaid = ({answers}: Known): boolean => answers['moveRotated'] === true;
/** When it was said first that SbPAM.RotateAwsKey had run. */
const saidAt = ({facts, run}: Known) => ({movedSaidAt: facts.movedSaidAt ?? run.now ?? ''});
const shown = ({at, words}: NonNullable<SeenNew['use']>, known: Known): Plan => ({
	changes: [],
	facts: {movedAt: at.toISOString(), movedKey: movedKeys(known), ...(wasUsed(known) && saidAt(known))},
	says: words,
});
const onWord = (known: Known): Plan => ({
	changes: [],
	facts: {movedAt: 'said', movedKey: movedKeys(known), ...saidAt(known)},
	says: `NPS uses setup ${known.facts.movingTo ?? ''}, on your word: ${textAnswer(known.answers, 'moveReason').trim()}`,
});
function gate({use, doubt}: SeenNew, known: Known): Stop | undefined {
	const {movingTo = '', movingToAccessKey: id = ''} = known.facts;
	if (!isSaid(known))
		return {
			is: 'pause',
			what: `NPS is to be rotated to setup ${movingTo}, access key ${id}`,
			why:
				`Until then NPS uses access key ${known.facts.accessKeyId ?? ''}, and both work` +
				(wasUsed(known) ? '. The new one may have been in use before the move: what AWS shows is not enough' : ''),
			first: wasUsed(known)
				? 'Run SbPAM.RotateAwsKey on the NPS server: it goes on once you say so and AWS shows a use'
				: 'Run SbPAM.RotateAwsKey on the NPS server: it goes on once AWS shows that NPS uses it',
			code: 'NotRotatedYet',
			ways: [
				{
					is: 'choose',
					key: keyOf('yes'),
					label: 'it has run',
					says: 'say before that it has run',
					answers: {moveRotated: true},
					flags: '--nps-rotated',
				},
				...(use ? [] : watching(known)),
			],
			...(!use && watched(doubt, known)),
		};
	if (textAnswer(known.answers, 'moveReason').trim() !== '') return undefined;
	return {
		is: 'pause',
		what: `AWS does not show yet that NPS uses access key ${id}`,
		why: `Of setup ${movingTo}: ${doubt}. AWS shows a use late, up to some hours`,
		ways: [
			{is: 'wait', says: 'wait some hours'},
			{
				is: 'answer',
				says: 'if you know that NPS was rotated to it, say why',
				field: 'moveReason',
				flags: '--override-reason WHY',
			},
			...watching(known),
		],
		again: commandLine(known.run),
		code: 'NotSeenYet',
		...watched(doubt, known),
	};
}

/** Who stands there may have it looked at until AWS shows it. */
const watching = (known: Known): Stop['ways'][number][] =>
	mayWatch(known) ? [{is: 'choose', key: keyOf('watch'), label: 'wait and see', answers: {watchMove: true}}] : [];
const watched = (doubt: string, known: Known): Pick<Stop, 'watches'> =>
	mayWatch(known) && known.answers['watchMove'] === true ? {watches: watchingFor(doubt)} : {};
