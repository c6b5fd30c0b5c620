import {chosenSecret, rowsOf} from './bash-command.js';
import {ended, fullLanguage, functions, looks, placing, start} from './powershell-functions.js';
import {ascii, psText} from './powershell-text.js';
import {announcement, type Occasion, onward, temporaryPattern, toldOf, unclearPattern, waitsOf} from './preamble.js';
import {type Printed, type Procedure, reviewedPolicy} from './printed-steps.js';
import type {Word} from './shell-words.js';
import {escaped, inJson, kebab} from './shell-words.js';

const text = (it: string): string => psText([it]);
const say = (it: string): string => `Write-Host ${text(it)}`;

/** A script for PowerShell (5.1 or 7) and the AWS CLI (1 or 2) that makes the changes of a procedure, once. */
export function powershellScript(procedure: Procedure, occasion: Occasion): string {
	const changes = procedure.steps.flatMap(it => it.changes);
	const places = Object.keys(procedure.places);
	const all = changes.map(it => it.change);
	return [
		...head(procedure, occasion),
		'',
		functions,
		'function Show-Onward {',
		...onward(occasion, procedure).map(it => `\t${say(it)}`),
		'}',
		...(places.length > 0 ? [placing] : []),
		'',
		'try {',
		looks,
		...announcement(procedure).map(it => `\t${say(`  ${it}`)}`),
		...places.map(name => `\tTest-Free $${name}`),
		...(changes.length > 0 ? [start] : []),
		...procedure.steps.flatMap(({title, changes: made}) => [
			'',
			`\t# ${escaped(title, ascii)}`,
			...made.flatMap(it => [...(reviewedPolicy(it.change, all) ? unread : []), ...lines(it)]).map(it => `\t${it}`),
		]),
		'',
		...(changes.length > 0 ? [`\t${say('Done.')}`] : []),
		'\tShow-Onward',
		'\t$finished = $true',
		ended,
		'',
	].join('\n');
}

/** Versions 5.1 and 7 decode what the AWS CLI writes differently: a policy could look changed that is not. */
const unread = [
	'# This replaces all of the key policy, and does not look whether somebody wrote it since it was reviewed.',
	'# Run it right after the review, or let nps-kms make this change: it looks.',
];

function head(procedure: Procedure, {setup, account, region, version, on, banner}: Occasion): readonly string[] {
	const changes = procedure.steps.flatMap(it => it.changes);
	const places = Object.entries(procedure.places);
	return [
		`# What is left to do in AWS for setup ${setup} of Netwrix Privilege Secure.`,
		`# Printed by nps-kms ${version} on ${on}, for account ${account} and region ${region}.`,
		...(banner ? [`# ${escaped(banner, ascii)}`] : []),
		'#',
		'# Run it once, as a file, with credentials of that account: powershell -ExecutionPolicy Bypass -File setup.ps1',
		'# It says what it will do and stops at the first error. Started a second time it does nothing: then nps-kms',
		'# carries on, as it says at its end.',
		'',
		fullLanguage,
		'',
		...(places.length > 0
			? ['# Where secrets go, each for its owner alone. Name another file where there is no such folder.']
			: []),
		...places.map(([name, place]) => `$${name} = ${text(place)}`),
		`$account = ${text(account)}`,
		`$region = ${text(region)}`,
		`$changes = ${changes.length}`,
		`$mark = ${text(procedure.mark)}`,
		`$busy = ${text(`60 ${temporaryPattern}`)}`,
		`$unclear = ${text(unclearPattern)}`,
	];
}

/**
 * One change: its secret's place, the call, what is learned, the secret. Its input is read from a file: 5.1 and 7 don't
 * hand quotes to programs alike.
 */
function lines({change, facts, readings, place}: Printed): readonly string[] {
	const [service = '', operation = ''] = change.call.api.split(':');
	const input = psText(inJson(change.call.input, facts, ascii));
	const waits = waitsOf(change).map(it => text(`${it.atMost} ${it.pattern}`));
	const made = (source: string): string =>
		[
			`Invoke-Change -What ${text(toldOf(change))} -Call ${text(service)}, ${text(kebab(operation))} ${source}`,
			...(waits.length > 0 ? [`-Waits ${waits.join(', ')}`] : []),
			...(readings.length > 0 ? [`-Query ${text(`[${readings.map(it => it.path).join(',')}]`)}`] : []),
		].join(' ');
	const learn = readings.map((it, at) => `$${it.variable} = Get-Answer ${at} ${text(it.variable)}`);
	const tell = readings
		.filter(it => isFact(change, it.path))
		.map(it => `Write-Log (${text(`  ${it.variable} `)} + $${it.variable})`);
	if (!place) return [made(`-Json ${input}`), ...learn, ...tell];
	const file = `$${place}`;
	const [header, row] = rowsOf(change, readings, facts);
	const keep = write(file, psText(csv(header, row)));
	const secret = chosenSecret(change);
	const hidden = secret ? [secret] : readings.filter(it => !isFact(change, it.path)).map(it => it.variable);
	const end = [`Complete-SecretFile ${file}`, ...hidden.map(it => `$${it} = $null`)];
	return secret
		? [
				`New-SecretFile ${file}`,
				`$${secret} = New-Password; $secret = $${secret}`,
				`${write(file, input)} # it is in no command and in no other file: the CLI reads it here`,
				made(`-File ${file}`),
				keep,
				...end,
			]
		: [`New-SecretFile ${file}`, made(`-Json ${input}`), ...learn, '$answer = @()', keep, ...end, ...tell];
}
/** It stands in the line itself: what a function is given may be logged. */
const write = (file: string, what: string): string => `[IO.File]::WriteAllText(${file}, ${what})`;
const isFact = ({learns = {}}: Printed['change'], path: string): boolean => Object.values(learns).includes(path);
const csv = (header: Word, row: Word): Word => [...header, '\r\n', ...row, '\r\n'];
