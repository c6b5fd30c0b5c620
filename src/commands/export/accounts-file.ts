import {parse} from 'csv-parse/sync';
import {regionRule} from '../../aws/rules/regions.js';
import {textOf} from '../../aws/tool-files.js';
import {readBounded} from '../../local/bounded-file.js';
import {codeOf, reasonOf} from '../../local/system-reasons.js';
import {wrongSetupName} from '../../run/setup-name.js';
import {usage} from '../../run/usage-error.js';

/** One set-up of many: its name, who signs in for it, and where it stands. */
export type Row = Readonly<Record<(typeof columns)[number], string>>;
const columns = ['setup', 'profile', 'account', 'region'] as const;
/** Far more than there are accounts, in bytes. */
const most = 1_048_576;

type Read = {readonly record: Readonly<Record<string, string>>; readonly info: {readonly lines: number}};

/** The accounts that a CSV file names. Throws a usage problem that names the line. */
export function accountsOf(file: string): readonly Row[] {
	const text = textAt(file);
	let header: readonly string[] = [];
	const named = (names: readonly string[]): string[] => {
		header = names.map(it => it.trim().toLowerCase());
		checkHeader(file, header);
		return [...header];
	};
	let rows: readonly Read[];
	try {
		rows = parse(text, {columns: named, info: true, skip_empty_lines: true, trim: true}) as unknown as readonly Read[];
	} catch (error) {
		if (!(error instanceof Error) || !('lines' in error)) throw error;
		throw wrong(file, Number(error.lines), 'It is no row of CSV with as many values as the first line', 'Correct it');
	}
	if (rows.length === 0) throw usage(`${file} names no account`, 'Below its first line there is nothing', 'Add them');
	const seen = new Map<string, number>();
	return rows.map(({record, info: {lines}}) => {
		const row = Object.fromEntries(columns.map(it => [it, record[it] ?? ''])) as Row;
		checkRow(file, lines, row);
		for (const [what, one] of [
			['setup', row.setup],
			['account and region', `${row.account} ${row.region}`],
		] as const) {
			const before = seen.get(`${what} ${one}`);
			if (before !== undefined)
				throw wrong(file, lines, `The ${what} ${one} is in line ${before} already`, 'Each is named once');
			seen.set(`${what} ${one}`, lines);
		}
		return row;
	});
}

function textAt(file: string): string {
	try {
		return textOf(readBounded(file, most));
	} catch (error) {
		throw usage(
			`The file of accounts ${file} can't be read`,
			codeOf(error) === 'ENOENT' ? "the file isn't there" : reasonOf(error),
			'Give the path of a CSV file with --accounts',
		);
	}
}

function checkHeader(file: string, header: readonly string[]): void {
	const odd = header.find((it, at) => !columns.some(one => one === it) || header.indexOf(it) !== at);
	const missing = columns.find(it => !header.includes(it));
	if (odd !== undefined) throw wrong(file, 1, `The column ${odd || '(empty)'} isn't understood`, whichColumns);
	if (missing !== undefined) throw wrong(file, 1, `The column ${missing} isn't there`, whichColumns);
}
const whichColumns = `The first line names ${columns.join(',')}`;

function checkRow(file: string, line: number, {setup, profile, account, region}: Row): void {
	const name = wrongSetupName(setup);
	if (name) throw wrong(file, line, `The setup ${setup || '(empty)'} is not allowed`, name);
	if (profile === '' || /[\p{Cc}"'`$\\]/u.test(profile))
		throw wrong(file, line, 'The profile is missing, or no name of one', 'Name the profile that signs in there');
	if (!/^\d{12}$/.test(account))
		throw wrong(
			file,
			line,
			`The account ${account || '(empty)'} is no id of 12 digits`,
			'Give it in full; a spreadsheet may have taken zeros away at its beginning',
		);
	const rule = regionRule(region);
	if (rule) throw wrong(file, line, `The region ${region || '(empty)'} isn't known: ${rule}`, 'Correct it');
}
const wrong = (file: string, line: number, why: string, todo: string): Error =>
	usage(`Line ${line} of ${file} is not understood`, why, todo);
