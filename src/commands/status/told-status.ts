import wrap from 'wrap-ansi';
import {nearest} from '../../aws/sign-in/nearest.js';
import {commandLine} from '../../engine/command-line.js';
import {asciiJson, visible} from '../../engine/control-characters.js';
import type {Course} from '../../engine/course.js';
import type {StepStatus} from '../../engine/status.js';
import type {Difference} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';
import {timeInWords} from '../../engine/time-in-words.js';
import type {AccessKeyNow} from '../../steps/looks/access-key-now.js';
import type {RecordRead} from '../looking.js';

/** All that status has to tell. */
export type Whole = {
	readonly version: string;
	readonly setup: string;
	/** The setup's random id, where the record or a tag tells it. */
	readonly id?: string | undefined;
	/** What words its command lines. */
	readonly called: ThisRun;
	readonly record: RecordRead;
	readonly told: readonly StepStatus[];
	readonly account: string | undefined;
	readonly region: string;
	readonly banner: string | undefined;
	readonly at: string;
	readonly accessKey?: AccessKeyNow | undefined;
};

/** One object for programs, in a line. */
export const statusLine = (whole: Whole): string => asciiJson({v: 1, ...statusForPrograms(whole)});
/** How one setup stands, for programs. */
export const statusForPrograms = ({setup, record, account, region, at, accessKey, told}: Whole): object => ({
	setup,
	record: record.is,
	account,
	region,
	lookedAt: at,
	...(accessKey && {accessKey}),
	steps: told.map(({step, status, differences, stricter, remarks, text}) => ({
		step: step.id,
		status,
		...(text && {text}),
		differences: differences.map(forPrograms),
		...(stricter.length > 0 && {stricter: stricter.map(forPrograms)}),
		...(remarks.length > 0 && {remarks: remarks.map(forPrograms)}),
	})),
});
const forPrograms = ({code, subject, expected, found, text}: Difference): object => ({
	code,
	subject,
	expected,
	found,
	text,
});

const glyphs = {done: '✔', 'to-do': '○', changed: '≠', unknown: '?'} as const;
const words = {done: 'done', 'to-do': 'to do', changed: 'changed', unknown: 'unknown'} as const;
const width = 80;

/** A short table for people, each step's differences under it, and what to do. */
export function statusTable(whole: Whole, course: Course): readonly string[] {
	const {version, setup, record, account, region, banner, at, told} = whole;
	return [
		...folded(`nps-kms ${version} · setup ${setup} · record ${record.file}`),
		...(banner ? [visible(banner)] : []),
		`${account === undefined ? '' : `account ${account} · `}${region} · looked at ${timeInWords(at)}`,
		...recordWords(record, setup),
		'',
		...told.flatMap(stepLines),
		'',
		...ending(whole, course).flatMap(it => folded(it, 0)),
	];
}

function recordWords({is, why, others = []}: RecordRead, setup: string): readonly string[] {
	if (is === 'read') return [];
	const near = nearest(setup, others);
	const meant = near === undefined ? '' : ` Did you mean ${near}?`;
	const here = others.length > 0 ? ` The setups here are ${others.join(', ')}.${meant}` : '';
	const told =
		is === 'missing'
			? `There is no record of setup ${setup} here: what follows is told by names and by the tags in AWS.${here}`
			: `The record can't be read, and stays as it is (${why ?? ''}): what follows is told by names and by the tags ` +
				'in AWS.';
	return folded(`! ${told}`, 2);
}

function stepLines({step, status, differences, stricter, remarks, text}: StepStatus): readonly string[] {
	const [first = '', ...more] = folded(
		`${glyphs[status]} ${step.name.padEnd(16)} ${words[status].padEnd(8)} ${text}`,
		4,
	);
	return [
		first.trimEnd(),
		...more,
		...differences.flatMap(it => folded(`    - ${it.text} [${it.code}]`, 6)),
		...stricter.flatMap(it => folded(`    stricter: ${it.text} [${it.code}]`, 6)),
		...remarks.flatMap(it => folded(`    remark: ${it.text} [${it.code}]`, 6)),
	];
}

/** What it comes to in sentences. */
function ending({told, called}: Whole, course: Course): readonly string[] {
	const count = told.filter(it => it.status === 'changed').reduce((sum, it) => sum + it.differences.length, 0);
	const next = told.find(it => it.status === 'to-do');
	const unknown = told.some(it => it.status === 'unknown');
	const said: string[] = [];
	if (count > 0)
		said.push(
			`${count === 1 ? 'One difference' : `${count} differences`}. Nothing was changed. ` +
				`${commandLine(called, 'setup', '--dry-run')} shows what a run would put back; what others added it leaves ` +
				'to you.',
		);
	if (next)
		said.push(
			`Not finished: run ${commandLine(called)} to carry on at step ${course.steps.indexOf(next.step)} ` +
				`(${next.step.name}).`,
		);
	if (unknown) said.push('Not all could be looked at; what is unknown may differ.');
	return said.length > 0 ? said : ['Everything is as the set-up left it.'];
}

/** Lines of 80 columns; what follows the first is indented, and what has no break stays whole, to be copied. */
function folded(told: string, indent = 2): readonly string[] {
	const text = visible(told);
	const lead = /^ */.exec(text)?.[0] ?? '';
	const [first = '', ...rest] = wrap(text, width, {hard: false, trim: false}).split('\n');
	if (rest.length === 0) return [first];
	const more = wrap(text.slice(first.length).trimStart(), width - indent, {hard: false});
	return [first.trimEnd() === lead ? '' : first.trimEnd(), ...more.split('\n').map(it => ' '.repeat(indent) + it)];
}
