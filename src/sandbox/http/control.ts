import type {Account, Key, KeyState} from '../account/account.js';
import {keyStates} from '../account/account.js';
import type {Lags} from '../account/lags.js';
import type {Fault} from './faults.js';
import {readFault} from './faults.js';
import type {Sandbox} from './sandbox.js';

/** An answer of the control endpoint: its status, and what goes out as JSON. */
export type Told = {readonly status: number; readonly says: unknown};
type Headers = Readonly<Record<string, string | undefined>>;

/**
 * `POST /_sandbox/faults ["iam:CreateUser=drop-after"]`, `/lags {"principals":2000}`, `/clock {"advance":60000}`,
 * `/key-states {"1234abcd-…":"Unavailable"}`, `/account`: what tests of another process set, and see. No answer holds
 * a secret, and none goes to a page in a browser, whatever name it gives to this machine.
 */
export function control(sandbox: Sandbox, path: string, headers: Headers, body: string): Told {
	if (headers['origin'] !== undefined) return {status: 403, says: {error: 'Pages in a browser are not answered'}};
	if (!isLoopback(headers['host'] ?? '')) return {status: 403, says: {error: 'Only 127.0.0.1 and localhost answer'}};
	const asked = read(body);
	if (asked === 'no JSON') return wrong('That is not JSON');
	const act = Object.hasOwn(controls, path) ? controls[path] : undefined;
	return act
		? act(sandbox, asked.value)
		: {status: 404, says: {error: 'There are account, clock, faults, key-states and lags'}};
}

const controls: Readonly<Record<string, (sandbox: Sandbox, asked: unknown) => Told>> = {
	'/_sandbox/account': ({account}) => done(withoutSecrets(account)),
	'/_sandbox/faults'(sandbox, asked) {
		const faults = Array.isArray(asked) ? asked.map(it => readFault(String(it))) : [undefined];
		if (!faults.every(it => it !== undefined)) return wrong('A list of faults is expected');
		sandbox.setFaults(faults satisfies readonly Fault[]);
		return done({faults});
	},
	'/_sandbox/lags'(sandbox, asked) {
		const lags = numbers(asked);
		if (!lags || !Object.keys(lags).every(it => Object.hasOwn(sandbox.lags, it)))
			return wrong('Milliseconds by lag are expected');
		sandbox.setLags(lags as Partial<Lags>);
		return done(sandbox.lags);
	},
	'/_sandbox/clock'(sandbox, asked) {
		const advance = numbers(asked)?.['advance'];
		if (advance === undefined || sandbox.now() + advance > latest) return wrong('Milliseconds to advance are expected');
		sandbox.advance(advance);
		return done({now: new Date(sandbox.now()).toISOString()});
	},
	'/_sandbox/key-states'(sandbox, asked) {
		const wished = statesOf(sandbox.account, asked);
		if (!wished) return wrong(`A state by key is expected, of ${keyStates.join(', ')}`);
		sandbox.setKeyStates(wished);
		return done(asked);
	},
};
const done = (says: unknown): Told => ({status: 200, says});
const wrong = (error: string): Told => ({status: 400, says: {error}});
const latest = Date.parse('9999-12-31T23:59:59Z');

/** A page that got itself another name for this machine still says that name. */
const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
const secret = new Set(['secret', 'token', 'material', 'password', 'earlier']);
const withoutSecrets = (account: Account): unknown =>
	JSON.parse(JSON.stringify(account, (name, value: unknown) => (secret.has(name) ? undefined : value)));

function read(body: string): {readonly value: unknown} | 'no JSON' {
	try {
		return {value: body === '' ? undefined : JSON.parse(body)};
	} catch {
		return 'no JSON';
	}
}
function numbers(asked: unknown): Readonly<Record<string, number>> | undefined {
	if (typeof asked !== 'object' || asked === null) return undefined;
	const fits = Object.values(asked).every(it => typeof it === 'number' && Number.isFinite(it) && it >= 0);
	return fits ? (asked as Readonly<Record<string, number>>) : undefined;
}
function statesOf(account: Account, asked: unknown): ReadonlyMap<Key, KeyState> | undefined {
	if (typeof asked !== 'object' || asked === null) return undefined;
	const found = new Map<Key, KeyState>();
	for (const [name, wished] of Object.entries(asked)) {
		const key = Object.values(account.keys).find(({id, arn}) => name === id || name === arn);
		const state = keyStates.find(it => it === wished);
		if (!key || !state) return undefined;
		found.set(key, state);
	}
	return found;
}
