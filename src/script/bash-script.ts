import type {Change} from '../engine/step.js';
import {chosenSecret, commandOf, passwordLine, quoted, rowsOf} from './bash-command.js';
import {comparing, functions, looks, placing, start} from './bash-functions.js';
import {announcement, type Occasion, onward, temporaryPattern, toldOf, unclearPattern, waitsOf} from './preamble.js';
import {type Printed, type Procedure, reviewedPolicy} from './printed-steps.js';
import {escaped} from './shell-words.js';

const word = (text: string): string => quoted([text]);

/** A script for bash (3.2 or later) and the AWS CLI (1 or 2) that makes the changes of a procedure, once. */
export function bashScript(procedure: Procedure, occasion: Occasion): string {
	const changes = procedure.steps.flatMap(it => it.changes);
	const places = Object.keys(procedure.places);
	const all = changes.map(it => it.change);
	return [
		...head(procedure, occasion),
		'',
		functions,
		"onward() {\n\tcat <<'END'",
		...onward(occasion, procedure),
		'END\n}',
		...(places.length > 0 ? ['', placing] : []),
		...(all.some(it => reviewedPolicy(it, all)) ? ['', comparing] : []),
		...(changes.some(it => chosenSecret(it.change)) ? ['', `password() {\n\t${passwordLine}\n}`] : []),
		'',
		looks,
		"cat <<'END'",
		...announcement(procedure).map(it => `  ${it}`),
		'END',
		...places.map(name => `free "$${name}"`),
		...(changes.length > 0 ? [start] : []),
		...procedure.steps.flatMap(({title, changes: made}) => [
			'',
			`# ${escaped(title)}`,
			...made.flatMap(it => [...unlessChanged(it.change, all), ...lines(it)]),
		]),
		'',
		...(changes.length > 0 ? ['say Done.'] : []),
		'onward',
		'',
	].join('\n');
}

function head(procedure: Procedure, {setup, account, region, version, on, banner}: Occasion): readonly string[] {
	const changes = procedure.steps.flatMap(it => it.changes);
	const names = changes.flatMap(it => [
		...it.readings.map(reading => reading.variable),
		chosenSecret(it.change) ?? 'reply',
	]);
	const places = Object.entries(procedure.places);
	return [
		'#!/usr/bin/env bash',
		`# What is left to do in AWS for setup ${setup} of Netwrix Privilege Secure.`,
		`# Printed by nps-kms ${version} on ${on}, for account ${account} and region ${region}.`,
		...(banner ? [`# ${escaped(banner)}`] : []),
		'#',
		'# Run it once, with bash and credentials of that account. It says what it will do and stops at the first error.',
		'# Started a second time it does nothing: then nps-kms carries on, as it says at its end.',
		'',
		'set -euo pipefail',
		'set +xv # what is traced could hold a secret',
		'umask 077',
		`unset ${[...new Set(['reply', ...names])].join(' ')} # an exported name would show a secret to other programs`,
		`export AWS_REGION=${word(region)} AWS_DEFAULT_REGION=${word(region)} # the AWS CLI 2 reads the first, 1 the ` +
			'second',
		'export AWS_MAX_ATTEMPTS=1 # a change goes out once: a call repeated unasked could make a second key',
		"export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off PYTHONUTF8=1",
		'',
		...(places.length > 0
			? ['# Where secrets go, each for its owner alone. Name another file where there is no such folder.']
			: []),
		...places.map(([name, place]) => `${name}=${word(place)}`),
		`account=${word(account)}`,
		`changes=${changes.length}`,
		`mark=${procedure.mark}`,
		`busy=${word(temporaryPattern)}`,
		`unclear=${word(unclearPattern)}`,
	];
}

/** Stops where somebody wrote the key policy since it was reviewed. */
function unlessChanged(change: Change, all: readonly Change[]): readonly string[] {
	const reviewed = reviewedPolicy(change, all);
	return reviewed ? [`same ${word(reviewed.KeyId)} ${word(JSON.stringify(reviewed.policy))}`] : [];
}

/** One change: its secret's place, the call, what is learned, the secret. */
function lines({change, facts, readings, place}: Printed): readonly string[] {
	const waits = waitsOf(change).map(it => `retry ${it.atMost} ${word(it.pattern)} `);
	const secret = chosenSecret(change);
	const made =
		`call ${word(toldOf(change))} ` +
		`${waits.join('')}${secret ? `feed "$${secret}" ` : ''}${commandOf(change, facts, readings)}`;
	const learn = readings.length > 0 ? [`learn ${readings.map(it => it.variable).join(' ')}`] : [];
	const file = `"$${place ?? ''}"`;
	const [header, row] = rowsOf(change, readings, facts).map(quoted);
	const keep = `keep ${file} ${header} ${row}`;
	if (!place) return [made, ...learn, ...toldFacts(change, readings)];
	const hidden = secret ? [secret] : readings.filter(it => !isFact(change, it.path)).map(it => it.variable);
	const end = [`kept ${file}`, ...(hidden.length > 0 ? [`unset ${hidden.join(' ')}`] : [])];
	return secret
		? [`claim ${file}`, `${secret}=$(password) && secret=$${secret}`, keep, made, ...end]
		: [`claim ${file}`, made, ...learn, keep, ...end, ...toldFacts(change, readings)];
}
const isFact = ({learns = {}}: Printed['change'], path: string): boolean => Object.values(learns).includes(path);
const toldFacts = (change: Printed['change'], readings: Printed['readings']): readonly string[] =>
	readings.filter(it => isFact(change, it.path)).map(it => `note "  ${it.variable} $${it.variable}"`);
