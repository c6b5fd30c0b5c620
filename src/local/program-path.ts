import {posix, win32} from 'node:path';

type Around = {readonly path: string | undefined; readonly systemRoot?: string | undefined};

/**
 * The folders that programs are started from: those of PATH that stand where they stand whatever the current folder is,
 * on Windows after the system's own, for what is there is what is meant by its name.
 */
export function programPath({path = '', systemRoot}: Around, platform: NodeJS.Platform): string {
	const windows = platform === 'win32';
	const {isAbsolute, delimiter} = windows ? win32 : posix;
	const own = windows ? systemFolders(systemRoot ?? String.raw`C:\Windows`) : [];
	const theirs = (windows ? (path.match(/(?:"[^"]*"|[^;])+/g) ?? []) : path.split(delimiter)).filter(it =>
		isAbsolute(windows ? it.replaceAll('"', '') : it),
	);
	return [...own, ...theirs].join(delimiter);
}

/** A program of Windows itself, by its whole path: no other of that name is started, whatever the PATH says. */
export const systemProgram = (name: string, systemRoot = String.raw`C:\Windows`): string =>
	win32.join(systemRoot, 'System32', `${name}.exe`);

const systemFolders = (root: string): readonly string[] =>
	['System32', String.raw`System32\WindowsPowerShell\v1.0`].map(it => win32.join(root, it));
