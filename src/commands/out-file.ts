import {Option} from 'commander';
import {visibleLines} from '../engine/control-characters.js';
import {type DocumentFile, documentFile, documentFolder} from '../local/document-file.js';
import type {Flags, Outlet} from '../run/run.js';
import {usage} from '../run/usage-error.js';

/** The flags of a command that prints a document. */
export const outFlags = (into = new Option('--out <file>', 'write it into this file instead')): readonly Option[] => [
	into,
	new Option('--force', 'let --out replace a file that holds something else'),
];

type Document = {readonly text: string; readonly runs?: boolean};

/**
 * A document on its way to stdout, or into the file that --out names. That is looked at here; `put` sends it. Throws
 * Trouble where the file can't be, or may not, be written.
 */
export function documentOf(
	{text, runs = false}: Document,
	{out, force}: Flags,
	outlet: Pick<Outlet, 'out' | 'err'>,
): {put(): void} {
	if (out === undefined) return {put: () => outlet.out(text)};
	const document = documentFile(String(out), asFile(text), {force: force === true, runs});
	return {
		put() {
			document.put();
			tell(document, outlet);
		},
	};
}

/** The same for several documents: into the folder that --out names, by the names given. */
export function documentsOf(
	documents: Readonly<Record<string, string>>,
	{out, force}: Flags,
	outlet: Pick<Outlet, 'out' | 'err'>,
): {put(): void} {
	const [only = '', ...more] = Object.values(documents);
	if (out === undefined && more.length === 0) return {put: () => outlet.out(only.replace(/\n$/, ''))};
	if (out === undefined)
		throw usage(
			'--out is needed',
			`There are several files: ${Object.keys(documents).join(', ')}`,
			'Name the folder that they go to with --out',
		);
	const whole = Object.fromEntries(Object.entries(documents).map(([name, text]) => [name, asFile(text)]));
	const folder = documentFolder(String(out), whole, {force: force === true});
	return {
		put() {
			folder.put();
			for (const it of folder.files) tell(it, outlet);
		},
	};
}

const asFile = (text: string): string => `${visibleLines(text).replace(/\n+$/, '')}\n`;
const tell = ({isThere, file}: DocumentFile, outlet: Pick<Outlet, 'err'>): void =>
	outlet.err(isThere ? `${file} holds just that already.` : `Written to ${file}`);

/** Refuses --out and --force where no document is printed that they could be about. */
export function mustPrint({out, force}: Flags, prints: boolean, how: string): void {
	if (force === true && out === undefined)
		throw usage('--force needs --out', 'It is about the file there', 'Give both');
	if (out !== undefined && !prints)
		throw usage('--out writes nothing here', `It takes a document: ${how}`, 'Leave it out');
}
