import {commandLine} from '../engine/command-line.js';
import type {Problem} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import {reasonOf} from './system-reasons.js';

/** What the system says of a call that it refused; Node wraps some of its words once more. */
type Said = {
	readonly code?: unknown;
	readonly syscall?: unknown;
	readonly path?: unknown;
	readonly dest?: unknown;
	readonly hostname?: unknown;
	readonly address?: unknown;
	readonly port?: unknown;
	readonly info?: Said;
};

/**
 * What the operating system refused, in words that name the thing it is about; undefined for what it didn't. Whoever
 * knows more of it tells it before.
 */
export function systemProblem(error: unknown, run: ThisRun): Problem | undefined {
	if (!(error instanceof Error)) return undefined;
	const said: Said = (error as Error & Said).info ?? (error as Error & Said);
	const {code, syscall} = said;
	if (typeof code !== 'string' || !/^(E[A-Z0-9]+|ERR_(OSSL|SSL|TLS)_\w+)$/.test(code)) return undefined;
	const thing = syscall === 'uv_cwd' ? 'the current folder' : (thingOf(said) ?? 'this machine');
	const call = typeof syscall === 'string' ? ` (${syscall})` : '';
	return {
		is: 'problem',
		what: `The system refuses what this run needs of ${thing}`,
		why: `${code === 'EACCES' || code === 'EPERM' ? "you aren't allowed to" : reasonOf(error)}${call}`,
		todo: `Mend that, then run ${commandLine(run)} again; it looks what was done and carries on`,
		code,
	};
}

function thingOf({path, dest, hostname, address, port}: Said): string | undefined {
	const [file, host] = [path ?? dest, hostname ?? address].map(it =>
		typeof it === 'string' && it !== '' ? it : undefined,
	);
	return file ?? (host && (typeof port === 'number' ? `${host}:${port}` : host));
}
