import {type ExecException, exec} from 'node:child_process';
import type {AwsCredentialIdentity} from '@smithy/types';
import {thenAgain} from '../problems/cant-call.js';
import {CantSignIn} from './cant-sign-in.js';
import {type Line, placeOf} from './config-files.js';
import {quoted} from './profiles.js';
import {usable} from './usable-access-key.js';

type Printed = Readonly<Record<string, unknown>>;

/**
 * As much as a helper may print, in bytes, and as long as it may take, in milliseconds, for it may ask a person: right
 * before credentials are waited for no longer.
 */
const [most, longest] = [1_048_576, 295_000];
/** When a helper is waited for no longer: once the run is left, and after that long. */
type Until = {readonly left?: AbortSignal | undefined; readonly longestMs?: number};

/**
 * What the helper of a profile prints, up to 1 MB, within five minutes. That may hold a secret, so nothing of it is
 * ever told. https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function byProcess(profile: string, command: Line, until: Until = {}): Promise<AwsCredentialIdentity> {
	const cant = (why: string, code: string): CantSignIn =>
		new CantSignIn({
			is: 'problem',
			what: `Profile ${profile} can't sign in`,
			why,
			todo:
				`See that the command works which aws configure get credential_process --profile ${quoted(profile)} shows ` +
				`(${placeOf(command)}), ${thenAgain}`,
			code,
		});
	const stdout = await printedBy(command.value, until).catch((error: ExecException) => {
		throw cant(whyNot(error), 'ProcessFailed');
	});
	const it = parsed(stdout);
	if (!it) throw cant('Its credential_process printed no JSON of Version 1', 'ProcessFailed');
	const expiration = typeof it['Expiration'] === 'string' ? new Date(it['Expiration']) : undefined;
	if (expiration && expiration.getTime() <= Date.now())
		throw cant(`What its credential_process gave was over at ${told(expiration)}`, 'ExpiredToken');
	const part = (name: string): {value: string; from: string} => ({
		value: typeof it[name] === 'string' ? it[name] : '',
		from: `${name}, as the credential_process of profile ${profile} prints it`,
	});
	const identity = usable({id: part('AccessKeyId'), secret: part('SecretAccessKey'), token: part('SessionToken')});
	return {...identity, ...(expiration && {expiration})};
}

/** What a command prints; fails with the error of `exec`, or why it was ended. */
function printedBy(command: string, {left, longestMs = longest}: Until): Promise<string> {
	return new Promise((resolve, failed) => {
		const child = exec(command, {windowsHide: true, maxBuffer: most}, (error, printed) => {
			forget();
			if (error) failed(error);
			else resolve(printed);
		});
		const end = (why: string): void => {
			forget();
			// One that hears no request to end, or that left a process of its own, would keep this one from ending.
			child.kill('SIGKILL');
			for (const it of [child.stdout, child.stderr]) it?.destroy();
			failed(new Ended(why));
		};
		const late = setTimeout(end, longestMs, `wasn't done after ${longestMs / 1000} seconds`);
		const leave = (): void => end('was ended, for this run was left');
		const forget = (): void => {
			clearTimeout(late);
			left?.removeEventListener('abort', leave);
		};
		left?.addEventListener('abort', leave);
		if (left?.aborted) leave();
	});
}
/** It was waited for no longer. */
class Ended extends Error {}
function whyNot(error: ExecException): string {
	const {code, signal, syscall, message} = error as ExecException & NodeJS.ErrnoException;
	if (error instanceof Ended) return `Its credential_process ${message}`;
	if (`${code}` === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
		return `Its credential_process printed more than ${most} bytes`;
	if (syscall?.startsWith('spawn')) return `Its credential_process can't be started: ${message}`;
	return (
		`Its credential_process ended with code ${code ?? signal ?? ''}; what it printed is not shown, for it may hold ` +
		'a secret'
	);
}

function parsed(text: string): Printed | undefined {
	try {
		const it = JSON.parse(text.trim()) as Printed;
		return it['Version'] === 1 ? it : undefined;
	} catch {
		return undefined;
	}
}
const told = (date: Date): string =>
	Number.isNaN(date.getTime())
		? 'a time that is none'
		: date
				.toISOString()
				.replace('T', ' ')
				.replace(/\.\d+Z$/, ' UTC');
