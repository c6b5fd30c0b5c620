import {factNamed} from '../engine/facts.js';
import type {Change, Facts, Value} from '../engine/step.js';
import {csvRow, type Piece, queryOf, type Reading, readingsOf, variable, type Word, wordsOf} from './shell-words.js';

/** One word as bash reads it: in single quotes where it needs them, variables in double quotes. */
export function quoted(word: Word): string {
	const parts = word.filter(it => it !== '');
	return parts.length === 0 ? "''" : parts.map(part).join('');
}
function part(it: Piece): string {
	if (typeof it !== 'string') return `"$${it.variable}"`;
	return /^[\w./:=@,+-]+$/.test(it) ? it : `'${it.replaceAll("'", `'\\''`)}'`;
}

/** The secret that we choose and that the change is made with, by its variable. */
export function chosenSecret({keeps}: Change): string | undefined {
	const chosen = Object.values(keeps?.row ?? {}).find(it => typeof it === 'object' && '$secret' in it);
	return typeof chosen === 'object' && '$secret' in chosen ? variable(chosen.$secret) : undefined;
}

/** The command alone. */
export function commandOf(
	{call}: Pick<Change, 'call'>,
	facts: Facts,
	readings: readonly Reading[],
	options: readonly Word[] = [],
): string {
	const [aws = [], ...words] = wordsOf(call, facts);
	return [aws, ...options, ...words, ...queryOf(readings)].map(quoted).join(' ');
}

/** The two lines of a secret's file. */
export function rowsOf({keeps}: Change, readings: readonly Reading[], facts: Facts): readonly [Word, Word] {
	const row = Object.entries(keeps?.row ?? {});
	const piece = (it: Value): Piece => {
		if (typeof it !== 'object' || it === null) return String(it);
		if ('$reply' in it) return {variable: readings.find(reading => reading.path === it['$reply'])?.variable ?? ''};
		if ('$secret' in it) return {variable: variable(String(it['$secret']))};
		const fact = String((it as {$fact?: string}).$fact);
		return factNamed(facts, fact) ?? {variable: variable(fact)};
	};
	return [csvRow(row.map(([column]) => column)), csvRow(row.map(([, it]) => piece(it)))];
}

/**
 * One line for bash that makes the same change: known facts filled in, others as variables that earlier lines set, a
 * secret straight into its file.
 */
export function commandLine(
	change: Change,
	facts: Facts,
	needed: ReadonlySet<string>,
	options: readonly string[] = [],
): string {
	const readings = readingsOf(change, needed);
	const command = commandOf(
		change,
		facts,
		readings,
		options.map(it => [it]),
	);
	const place = change.keeps?.place;
	if (place) {
		const [header, row] = rowsOf(change, readings, facts).map(quoted);
		const keep = `printf '%s\\r\\n' ${header} ${row}`;
		const secret = chosenSecret(change);
		const work = secret
			? `${secret}=$(${passwordLine}) && ${keep} && printf %s "$${secret}" | ${command} >&2`
			: `${command} | (read -r ${readings.map(it => it.variable).join(' ')} && ${keep})`;
		const later = readings.findIndex(it => needed.has(factOf(change, it)));
		const told =
			later < 0
				? ''
				: ` && ${readings[later]?.variable ?? ''}=$(sed -n 2p ${quoted([place])} | cut -d, -f${later + 1})`;
		return `(umask 077; set -C; exec >${quoted([place])} && ${work})${told}`;
	}
	const [only, ...more] = readings;
	if (!only) return command;
	return more.length === 0
		? `${only.variable}=$(${command})`
		: `read -r ${readings.map(it => it.variable).join(' ')} < <(${command})`;
}
const factOf = ({learns = {}}: Change, {path}: Reading): string =>
	Object.entries(learns).find(([, it]) => it === path)?.[0] ?? '';

/**
 * Tells a password of 40 characters of every kind, none that JSON or CSV would need quotes for. It begins with a
 * letter: what = + - or @ begin is a formula to a spreadsheet.
 */
export const passwordLine = [
	'echo "Ak7+$(head -c 4096 /dev/urandom',
	"LC_ALL=C tr -dc 'A-HJ-NP-Za-km-z2-9!@#%^*()_+=-'",
	'cut -c1-36)"',
].join(' | ');
