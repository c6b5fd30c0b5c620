import type {Lags} from '../account/lags.js';
import type {Fault} from './faults.js';
import {readFault} from './faults.js';
import type {Sandbox} from './server.js';

/** An answer of the control endpoint: its status, and what goes out as JSON. */
export type Told = {readonly status: number; readonly says: unknown};

/**
 * `POST /_sandbox/faults ["iam:CreateUser=drop-after"]`, `/lags {"principals":2000}`, `/clock {"advance":60000}`,
 * `/account`: what tests of another process set, and see.
 */
export function control(sandbox: Sandbox, path: string, body: string): Told {
	let asked: unknown;
	try {
		asked = body === '' ? undefined : JSON.parse(body);
	} catch {
		return {status: 400, says: {error: 'That is not JSON'}};
	}
	switch (path) {
		case '/_sandbox/account':
			return {status: 200, says: sandbox.account};
		case '/_sandbox/faults': {
			const faults = Array.isArray(asked) ? asked.map(it => readFault(String(it))) : [undefined];
			if (!faults.every(it => it !== undefined)) return {status: 400, says: {error: 'A list of faults is expected'}};
			sandbox.setFaults(faults satisfies readonly Fault[]);
			return {status: 200, says: {faults}};
		}
		case '/_sandbox/lags': {
			const lags = numbers(asked);
			if (!lags || !Object.keys(lags).every(it => Object.hasOwn(sandbox.lags, it)))
				return {status: 400, says: {error: 'Milliseconds by lag are expected'}};
			sandbox.setLags(lags as Partial<Lags>);
			return {status: 200, says: sandbox.lags};
		}
		case '/_sandbox/clock': {
			const advance = numbers(asked)?.['advance'];
			if (advance === undefined) return {status: 400, says: {error: 'Milliseconds to advance are expected'}};
			sandbox.advance(advance);
			return {status: 200, says: {now: new Date(sandbox.now()).toISOString()}};
		}
		default:
			return {status: 404, says: {error: 'There are account, clock, faults and lags'}};
	}
}

function numbers(asked: unknown): Readonly<Record<string, number>> | undefined {
	if (typeof asked !== 'object' || asked === null) return undefined;
	const fits = Object.values(asked).every(it => typeof it === 'number' && Number.isFinite(it) && it >= 0);
	return fits ? (asked as Readonly<Record<string, number>>) : undefined;
}
