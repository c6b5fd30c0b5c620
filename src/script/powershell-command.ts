import type {Change, Facts} from '../engine/step.js';
import {chosenSecret, rowsOf} from './bash-command.js';
import {ascii, psText} from './powershell-text.js';
import {inJson, queryOf, type Reading, readingsOf, type Word, wordsOf} from './shell-words.js';

/** Keeps `$file` from all but its owner, before there is a secret. */
export const ownersAlone = [
	"$me = '*' + [Security.Principal.WindowsIdentity]::GetCurrent().User.Value + ':F'",
	"& ([IO.Path]::Combine([Environment]::SystemDirectory, 'icacls.exe')) $file /inheritance:r /grant:r $me | Out-Null",
	"if ($LASTEXITCODE) { throw 'its access list can not be set' }",
].join('; ');

/**
 * One line for PowerShell (5.1 or 7) that makes the same change: known facts filled in, others as variables that
 * earlier lines set, a secret straight into its file.
 */
export function powershellLine(
	change: Change,
	facts: Facts,
	needed: ReadonlySet<string>,
	options: readonly string[] = [],
): string {
	const readings = readingsOf(change, needed);
	if (change.keeps?.place) return intoItsFile(change, facts, readings, {place: change.keeps.place, needed, options});
	const {before, command, after} = called(change, facts, readings, options);
	const taken =
		readings.length === 0
			? command
			: readings.length === 1
				? `${variables(readings)} = ${command}`
				: `${variables(readings)} = (${command}) -split '\\t'`;
	return [...before, taken, ...after].join('; ');
}
const variables = (readings: readonly Reading[]): string => readings.map(it => `$${it.variable}`).join(', ');

/** The command; what 5.1 and 7 don't hand on alike (inner quotes, nothing, what cmd reads) goes by a file. */
function called(
	change: Change,
	facts: Facts,
	readings: readonly Reading[],
	options: readonly string[],
): {readonly before: readonly string[]; readonly command: string; readonly after: readonly string[]} {
	const all = wordsOf(change.call, facts);
	const [head, words] = [all.slice(0, 3), all.slice(3)];
	const [aws = [], ...names] = head;
	const command = (given: readonly Word[]): string =>
		[aws, ...options.map((it): Word => [it]), ...names, ...given, ...queryOf(readings)].map(argument).join(' ');
	const chosen = chosenSecret(change) !== undefined;
	if (!chosen && words.every(survives)) return {before: [], command: command(words), after: []};
	return {
		before: [
			`$env:NPS_KMS_INPUT = ${chosen ? '$file' : '[IO.Path]::GetTempFileName()'}`,
			write('$env:NPS_KMS_INPUT', inJson(change.call.input, facts, ascii)),
		],
		command: command([['--cli-input-json'], ['file://$NPS_KMS_INPUT']]),
		after: chosen ? [] : ['[IO.File]::Delete($env:NPS_KMS_INPUT)'],
	};
}
const survives = (word: Word): boolean =>
	word.length > 0 && word.every(it => typeof it !== 'string' || /^[\w./:=@,+-][\w./:=@,+ -]*$/.test(it));
const argument = (word: Word): string => {
	const [text = ''] = word;
	const bare = word.length === 1 && typeof text === 'string' && /^(--[a-z-]+|[a-z][\w-]*)$/i.test(text);
	return bare ? text : psText(word);
};
const write = (file: string, what: Word): string => `[IO.File]::WriteAllText(${file}, ${psText(what)})`;

/** What holds a secret is given to no cmdlet: a machine may log what those are given. */
function intoItsFile(
	change: Change,
	facts: Facts,
	readings: readonly Reading[],
	{place, needed, options}: {place: string; needed: ReadonlySet<string>; options: readonly string[]},
): string {
	const {before, command} = called(change, facts, readings, options);
	const [header, row] = rowsOf(change, readings, facts);
	const keep = write('$file', [...header, '\r\n', ...row, '\r\n']);
	const failed = "if ($LASTEXITCODE) { throw 'the secret is not made' }";
	const secret = chosenSecret(change);
	const work = secret
		? [...passwordFor(secret), ...before, `${command} | Out-Host`, keep, failed]
		: [...before, `${variables(readings)} = (${command}) -split '\\t'`, failed, keep];
	const told = Object.entries(change.learns ?? {}).filter(([name]) => needed.has(name));
	const later = readings.find(it => told.some(([, path]) => path === it.path));
	const open = [
		"$ErrorActionPreference = 'Stop'",
		`$file = ${psText([place])}`,
		"[IO.File]::Open($file, 'CreateNew', 'Write', 'None').Dispose()",
	];
	const clear = 'if ((New-Object IO.FileInfo $file).Length -eq 0) { [IO.File]::Delete($file) }';
	const lines = [...open, `try { ${[ownersAlone, ...work].join('; ')} } finally { ${clear} }`];
	if (!later) return `& { ${lines.join('; ')} }`;
	const name = `$${later.variable}`;
	return `${name} = & { ${[...lines, name].join('; ')} }`;
}

/** A password of 40 characters of every kind, none that JSON or CSV would need quotes for, the first a letter. */
const passwordFor = (name: string): readonly string[] => [
	'$bytes = New-Object byte[] 27',
	'[Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)',
	`$${name} = 'Ak7+' + [Convert]::ToBase64String($bytes)`,
];
