import {optionsOf} from '../../aws/by-hand.js';
import {commandLine} from '../../engine/command-line.js';
import {visible} from '../../engine/control-characters.js';
import type {PastRun} from '../../engine/history.js';
import type {ThisRun} from '../../engine/this-run.js';
import {quoted} from '../../script/bash-command.js';
import type {ChangeRecord, RecordedChange, RecordedProof} from './change-record.js';
import type {Compliance} from './compliance.js';
import {type ToldRun, toldInWords} from './course-told.js';
import {moveInLines} from './move-told.js';
import {retirementInLines} from './retirement-told.js';

/** A change record as Markdown that reads well as plain text too: lists and short lines, no tables. */
export function asMarkdown(it: ChangeRecord, called: ThisRun): string {
	return [
		`# Change record of setup ${it.setup}${it.kept ? ' (taken back)' : ''}`,
		'',
		...facts(it, called),
		'',
		'## Who and when',
		'',
		...it.runs.flatMap(run),
		'',
		'## Changes',
		'',
		...(it.changes.length > 0 ? it.changes.flatMap((one, at) => change(one, at, it)) : ['None.']),
		'',
		'## Checks',
		'',
		...checks(it.proofs),
		'',
		...(it.compliance ? ['## Controls', '', ...controls(it.compliance), ''] : []),
		...(it.move ? ['## Moved', '', ...overWeeks(moveInLines(it.move), it.move.runs), ''] : []),
		...(it.retirement
			? ['## Retirement', '', ...overWeeks(retirementInLines(it.retirement), it.retirement.runs), '']
			: []),
		'## What exists now',
		'',
		...existing(it, called),
		'',
		'## How to take it back',
		'',
		...takeBack(it, called),
	].join('\n');
}

/** A text as code: in one more backtick than it holds in a row, which nothing in it can end. */
function code(text: string): string {
	const most = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([it]) => it.length));
	const [fence, gap] = ['`'.repeat(most + 1), most > 0 ? ' ' : ''];
	return `${fence}${gap}${visible(text)}${gap}${fence}`;
}
/** A text in which nothing is taken for Markdown: names may hold what it gives a meaning. */
const plainly = (text: string): string => visible(text.replaceAll(/[\\`*<[\]~&|]|(?<!\w)_|_(?!\w)/g, '\\$&'));
/** The time alone where it is of the same day. */
const timeOrDay = (at: string, day: string): string =>
	at.slice(0, 10) === day.slice(0, 10) ? at.slice(11, 19) : time(at);
const time = (at: string): string => `${visible(at).slice(0, 19).replace('T', ' ')} UTC`;

function facts(
	{account, accountAlias, partition, region, stands, setupId, file}: ChangeRecord,
	{sandbox}: ThisRun,
): readonly string[] {
	const where = partition && partition !== 'aws' ? `, partition ${plainly(partition)}` : '';
	return [
		...(sandbox ? ['- A rehearsal against the built-in stand-in: nothing here is AWS'] : []),
		`- Account: ${plainly(account ?? 'none yet')}${accountAlias ? ` (${plainly(accountAlias)})` : ''}${where}`,
		`- Region: ${plainly(region ?? 'none yet')}`,
		`- Stands: ${stands}`,
		`- Tag: ${code(`nps-kms:id=${setupId ?? ''}`)}`,
		`- Record: ${code(file)}`,
	];
}

const ends: Readonly<Record<string, string>> = {
	complete: 'ended complete',
	paused: 'paused on purpose',
	interrupted: 'was left',
	stopped: 'stopped on a problem',
};
function run(
	{course, at, clock, host, pid, version, caller, endpoint, endedAt, status}: PastRun,
	index: number,
): readonly string[] {
	const when = `${time(at)}${clock === 'local' ? " (this machine's clock)" : ''}`;
	const end = endedAt ? `${ends[status ?? ''] ?? status ?? 'ended'} ${time(endedAt)}` : 'did not end in order';
	const ran = [...(pid === undefined ? [] : [`process ${pid}`]), ...(version ? [`nps-kms ${plainly(version)}`] : [])];
	const where = plainly(host ?? 'a machine not known');
	return [
		`${index + 1}. ${when}: ${plainly(course)}, ${plainly(end)}`,
		`   - by ${caller ? code(caller) : 'credentials that changed nothing'}, on ${where}` +
			`${ran.length > 0 ? ` (${ran.join(', ')})` : ''}`,
		...(endpoint ? [`   - at ${code(endpoint)}, not AWS`] : []),
	];
}

const outcomes: Readonly<Record<RecordedChange['outcome'], string>> = {
	done: 'done',
	refused: 'refused by AWS, nothing changed',
	found: "done: AWS's answer was lost, looking found it",
	unknown: "perhaps done: AWS's answer was lost",
};
function change(it: RecordedChange, at: number, {runs}: ChangeRecord): readonly string[] {
	const which = runs.length > 1 ? `, run ${it.run}` : '';
	const why = it.code ? ` (${plainly(it.code)}: ${plainly(it.message ?? '')})` : '';
	return [
		`${at + 1}. **${plainly(it.name)}**: ${plainly(it.verb)} ${plainly(it.subject)}`,
		`   - ${time(it.at)}${which}: ` +
			`${outcomes[it.outcome]}${why}${it.approvedAt ? ` (approved ${timeOrDay(it.approvedAt, it.at)})` : ''}`,
		`   - ${plainly(it.call.api)}, request ${it.requestId ? code(it.requestId) : 'id not known'}`,
		...it.words.map(words => `   - ${code(words.replaceAll(/ {2,}/g, ' '))}`),
	];
}

function checks(proofs: readonly RecordedProof[]): readonly string[] {
	const last = proofs.at(-1);
	if (!last) return ['Not proven: no check was made.'];
	const good = last.checks.every(it => it.ok === true);
	return [
		`${good ? 'Proven' : 'Not proven'} on ${time(last.at)}, with access key ${plainly(last.accessKeyId)} and ` +
			`${code(last.keyArn)}:`,
		'',
		...last.checks.map(({check, by, says, ok, because, untried}) => {
			const result = ok === true ? 'ok' : ok === null ? "can't tell" : 'FAILED';
			const how = by === 'operator' ? 'looked at' : untried ? 'simulated by IAM' : 'tried with the access key';
			const why = because && ok !== true ? `: ${plainly(because)}` : '';
			return `- ${result}: ${plainly(says ?? check)} (${plainly(check)}, ${how})${why}`;
		}),
		...(proofs.length > 1
			? [
					'',
					`Earlier proofs: ${proofs
						.slice(0, -1)
						.map(it => time(it.at))
						.join(', ')}.`,
				]
			: []),
	];
}

const verdicts = new Map<boolean | null, string>([
	[true, 'holds'],
	[false, "doesn't hold"],
	[null, "can't be told"],
]);
function controls({lookedAt, listedOn, listedBy, controls: all}: Compliance): readonly string[] {
	return [
		`As AWS showed it on ${time(lookedAt)}, for what this setup made alone: Security Hub judges all of the account, ` +
			'and what it finds is what counts.',
		'',
		...all.flatMap(({id, title, holds, subject, because, cis}) => [
			`- ${verdicts.get(holds) ?? ''}: ${id} ${plainly(title)}`,
			`  - ${plainly(`${subject}: ${because}`)}`,
			...(cis ? [`  - CIS AWS Foundations Benchmark ${sectionsOf(cis.sections)}: ${cis.name}`] : []),
		]),
		'',
		`The list is of ${listedOn}, from AWS's pages:`,
		'',
		...listedBy.map(page => `- ${page}`),
	];
}
const sectionsOf = (sections: Readonly<Record<string, string>>): string =>
	Object.entries(sections)
		.map(([version, section]) => `v${version}/${section}`)
		.join(', ');

/** How it stands, and what each run told. */
const overWeeks = (stands: readonly string[], runs: readonly ToldRun[]): readonly string[] => [
	...stands.map(line => `- ${plainly(line)}`),
	'',
	...runs.flatMap(({run: at, course, by, told}) => [
		`- Run ${at}, ${plainly(course)}${by === undefined ? '' : `, by ${code(by)}`}:`,
		...told.map(one => `  - ${time(one.at)} ${plainly(toldInWords(one))}`),
	]),
];

const origins = {
	made: 'made by this setup',
	adopted: 'was there before, and was taken over',
	found: 'was there before, or its making is not in this record',
} as const;
function existing({exists}: ChangeRecord, called: ThisRun): readonly string[] {
	if (exists.length === 0) return ['Nothing, as far as this record knows.'];
	return [
		`As this record knows it; ${code(commandLine(called, 'status'))} looks.`,
		'',
		...exists.flatMap(({kind, id, by, note}) => [
			`- ${kind} ${code(id)}`,
			`  - ${origins[by]}${note ? `; ${plainly(note)}` : ''}`,
		]),
	];
}

function takeBack(
	{takeBack: commands, npsRotated, exists, account = '', profile, region, move, retirement}: ChangeRecord,
	called: ThisRun,
): readonly string[] {
	if (called.sandbox)
		return [
			`It was a rehearsal: nothing of it is in AWS. ${code(commandLine(called, 'discard'))} rehearses taking it back.`,
		];
	if (account === '' && exists.length > 0)
		return [`This record does not tell the account; ${code(commandLine(called, 'discard'))} looks for what exists.`];
	if (commands.length === 0)
		return [
			exists.length === 0
				? 'There is nothing to take back.'
				: 'There is nothing to take back: what exists goes by itself, or was there before.',
		];
	const options = optionsOf({profile, region}, undefined)
		.map(it => `${quoted([it])} `)
		.join('');
	const lost =
		'What NPS protected with the KMS key is lost once the key is deleted; until then its deletion can be cancelled.';
	const [until] = [move?.keptUntil, retirement?.backupsUntil]
		.flatMap(it => it ?? [])
		.sort()
		.toReversed();
	return [
		...(until === undefined ? [] : [`Not before ${until} is over: until then backups of NPS need the KMS key.`, '']),
		npsRotated
			? `Don't, while NPS uses it: SbPAM.RotateAwsKey has been run. ${lost}`
			: `Make sure first that NPS uses neither the access key nor the KMS key. ${lost}`,
		'',
		...(npsRotated
			? []
			: [
					`${code(commandLine(called, 'discard'))} shows what goes and what stays, and takes it back step by step.`,
					'',
				]),
		`By hand, in this order, and only if the first line tells ${code(account)}:`,
		'',
		'```',
		`aws ${options}sts get-caller-identity --query Account --output text`,
		...commands,
		'```',
	];
}
