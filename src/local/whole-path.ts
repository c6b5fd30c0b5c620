import {join, resolve, sep} from 'node:path';
import {homeDir} from './state-folder.js';

/**
 * A path as it is typed, made absolute; ~ is the home folder, and what ends like a folder still does. It stays as it is
 * where the folder it begins in isn't known: no home, or a current folder that was removed.
 */
export function wholePath(typed: string): string {
	const home = homeDir();
	if (/^~(?=$|[/\\])/.test(typed) && home === undefined) return typed;
	try {
		const whole = resolve(typed.replace(/^~(?=$|[/\\])/, join(home ?? '')));
		return (typed.endsWith('/') || typed.endsWith(sep)) && !whole.endsWith(sep) ? `${whole}${sep}` : whole;
	} catch {
		return typed;
	}
}
