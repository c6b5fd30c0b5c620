import {exec} from 'node:child_process';
import type {AwsCredentialIdentity} from '@smithy/types';
import {thenAgain} from '../problems/cant-call.js';
import {CantSignIn} from './cant-sign-in.js';
import {type Line, placeOf} from './config-files.js';
import {quoted} from './profiles.js';
import {usable} from './usable-access-key.js';

type Printed = Readonly<Record<string, unknown>>;

/**
 * What the helper of a profile prints. That may hold a secret, so nothing of it is ever told.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function byProcess(profile: string, command: Line): Promise<AwsCredentialIdentity> {
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
	const stdout = await new Promise<string>((resolve, failed) => {
		exec(command.value, {windowsHide: true}, (error, out) =>
			error
				? failed(
						cant(
							`Its credential_process ended with code ${error.code ?? error.signal ?? ''}; what it printed is not ` +
								'shown, for it may hold a secret',
							'ProcessFailed',
						),
					)
				: resolve(out),
		);
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
