import {readFileSync} from 'node:fs';

/**
 * Whether this process was started to outlive its terminal. Node forgets which signals were ignored when it began; what
 * nohup leaves behind is an input that can only be written to, which Linux tells.
 */
export function outlivesTerminal(fdinfo = '/proc/self/fdinfo/0'): boolean {
	try {
		const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(fdinfo, 'utf8'))?.[1];
		return flags !== undefined && (Number.parseInt(flags, 8) & 3) === 1;
	} catch {
		return false;
	}
}
