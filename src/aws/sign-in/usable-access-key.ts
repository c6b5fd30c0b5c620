import type {AwsCredentialIdentity} from '@smithy/types';
import {thenAgain} from '../problems/cant-call.js';
import {CantSignIn} from './cant-sign-in.js';

/** A key that was found: its parts, each with where it stands. */
export type FoundKey = {
	readonly id: Part;
	readonly secret: Part;
	readonly token: Part;
};
type Part = {readonly value: string; readonly from: string};

const whole: Readonly<Record<keyof FoundKey, string>> = {
	id: 'access key id',
	secret: 'secret access key',
	token: 'session token',
};

/** The credentials of a key, or why they can't be used: which part of it, and never what it is. */
export function usable(key: FoundKey): AwsCredentialIdentity {
	for (const part of ['id', 'secret', 'token'] as const) {
		const {value, from} = key[part];
		const wrong = value === '' ? (part === 'token' ? undefined : 'is missing') : oddIn(value);
		if (!wrong) continue;
		throw new CantSignIn({
			is: 'problem',
			what: `The ${whole[part]} ${wrong}`,
			why: `It is that of ${from}; AWS would refuse every call`,
			todo: `${wrong === 'is missing' ? 'Set it' : `Set it anew without that`}, ${thenAgain}`,
			code: 'BadCredentials',
		});
	}
	const {id, secret, token} = key;
	return {
		accessKeyId: id.value,
		secretAccessKey: secret.value,
		...(token.value && {sessionToken: token.value}),
	};
}

/** What is in a value that no key holds. */
function oddIn(value: string): string | undefined {
	if (/[\r\n]$/.test(value)) return 'ends in a line end';
	if (/[\r\n]/.test(value)) return 'holds a line end';
	if (/[\u200B-\u200F\u2028-\u202E\u2060-\u2064\uFEFF]/.test(value)) return 'holds a blank that has no width';
	if (/\s/.test(value)) return 'holds a blank';
	if (/[\u2018-\u201F\u00AB\u00BB]/.test(value)) return 'holds curly quotes';
	if (/["'`]/.test(value)) return 'holds quotes';
	return /[^\x21-\x7E]/.test(value) ? 'holds a character that no key has' : undefined;
}

/** The key that the environment exports. */
export const exportedKey = (env: NodeJS.ProcessEnv): FoundKey => {
	const part = (...names: readonly string[]): Part => {
		const name = names.find(it => env[it]) ?? names[0] ?? '';
		return {value: env[name] ?? '', from: `${name} in the environment`};
	};
	return {
		id: part('AWS_ACCESS_KEY_ID'),
		secret: part('AWS_SECRET_ACCESS_KEY'),
		token: part('AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'),
	};
};
