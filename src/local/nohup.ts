import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

/** What tells how this process was started: Linux's view of processes, the environment, and who started it. */
type Start = {readonly proc?: string; readonly env?: NodeJS.ProcessEnv; readonly parent?: number};

/**
 * Whether this process was started to outlive its terminal. Node forgets which signals were ignored when it began; left
 * of it, on Linux, are an input that can only be written to, as nohup makes of a terminal, the name under which bash
 * started nohup, and a parent that ignores SIGHUP itself.
 */
export function outlivesTerminal({proc = '/proc', env = process.env, parent = process.ppid}: Start = {}): boolean {
	const told = (file: string, what: RegExp): string | undefined => {
		try {
			return what.exec(readFileSync(join(proc, file), 'utf8'))?.[1];
		} catch {
			return undefined;
		}
	};
	const flags = told('self/fdinfo/0', /^flags:\s*([0-7]+)$/m);
	if (flags !== undefined && (Number.parseInt(flags, 8) & 3) === 1) return true;
	if (basename(env['_'] ?? '') === 'nohup') return true;
	// Bit by bit from the right: SIGHUP is the first signal.
	return /[13579bdf]$/.test(told(`${parent}/status`, /^SigIgn:\s*([\da-f]+)$/m) ?? '');
}
