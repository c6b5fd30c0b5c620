import {realpathSync} from 'node:fs';
import {posix, win32} from 'node:path';

/**
 * What Windows takes for a device, in any folder and with any ending.
 * https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 */
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;
/** The longest path that all of Windows' own programs take. */
const longest = 259;

/** Why a file can't be named so, in words: names that a system takes, or makes something else of, and nobody means. */
export function misnamed(place: string, platform: NodeJS.Platform = process.platform): string | undefined {
	const windows = platform === 'win32';
	const {isAbsolute, basename, sep} = windows ? win32 : posix;
	if (!isAbsolute(place)) return "It's no whole path, and the folder that it begins in isn't known";
	if (place.endsWith('/') || place.endsWith(sep)) return 'It ends like a folder: name the file in it as well';
	if (basename(place).trim() === '') return 'The name of the file is only blanks';
	if (/\p{Cc}/u.test(basename(place))) return "The name of a file can't hold control characters here";
	return windows ? misnamedOnWindows(place) : undefined;
}

function misnamedOnWindows(place: string): string | undefined {
	if (/^[\\/]{2}[?.][\\/]/.test(place)) return 'It names a device: begin it with a drive or a share, such as C:\\';
	const {root} = win32.parse(place);
	if (!/^([a-z]:[\\/]|[\\/]{2})/i.test(root)) return 'It has no drive: begin it with one, such as C:\\';
	for (const name of place.slice(root.length).split(/[\\/]/)) {
		// What follows a colon is a stream that no list of the folder shows.
		const odd = /[<>:"|?*\p{Cc}]/u.exec(name)?.[0];
		if (odd !== undefined) return `A name on Windows can't hold ${odd < ' ' ? 'control characters' : odd}`;
		if (/[. ]$/.test(name)) return `Windows leaves the end of “${name}” away: no dot and no blank there`;
		if (device.test((name.split('.')[0] ?? '').trimEnd())) return `On Windows “${name}” is a device, not a file`;
	}
	return place.length > longest ? `It is longer than ${longest} characters` : undefined;
}

/** Whether two whole paths name the same file: in any spelling, on Windows in any case, and by whichever links. */
export function isSamePlace(one: string, other: string, platform: NodeJS.Platform = process.platform): boolean {
	const {resolve, dirname, basename, join} = platform === 'win32' ? win32 : posix;
	const spelled = (it: string): string => (platform === 'win32' ? resolve(it).toLowerCase() : resolve(it));
	const real = (it: string): string => {
		try {
			return join(realpathSync(dirname(it)), basename(it));
		} catch {
			return it;
		}
	};
	return spelled(one) === spelled(other) || spelled(real(one)) === spelled(real(other));
}
