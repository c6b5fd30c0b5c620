import type {Problem} from '../../engine/step.js';
import {type SeenAccessKey, told} from './access-keys.js';

/** The user is another by now; what it holds may have been made for it by mistake. */
export const strangers = (other: Problem, keys: readonly SeenAccessKey[]): Problem => ({
	...other,
	why: `${other.why}. It has ${keys.map(told).join('; ')}`,
	todo: `If this setup made one of them just now, remove it with --remove-access-key ID. ${other.todo}`,
	ways: keys.map((it, at) => ({key: String(at + 1), label: `remove ${it.id}`, answers: {removeAccessKey: it.id}})),
});
/** What only might be left over is asked about. */
export const whichOne = (unclear: readonly SeenAccessKey[]): Problem => ({
	is: 'problem',
	what: 'An access key may be left over from an interrupted run',
	why: `It can't be told for sure: ${unclear.map(told).join('; ')}`,
	todo: 'If nothing uses it, free it with --remove-access-key ID',
	code: 'Stray',
	ways: unclear.map((it, at) => ({key: String(at + 1), label: `remove ${it.id}`, answers: {removeAccessKey: it.id}})),
});
/** Only the person knows whether they stored what they saw. */
export const wasItStored = (id: string): Problem => ({
	is: 'problem',
	what: `Did you store the secret of access key ${id}?`,
	why: "It was shown once, and the run ended before you said so. AWS can't tell it again",
	todo: `If you have it, say so; if not, remove the key with --remove-access-key ${id}, and another is made`,
	code: 'Shown',
	ways: [
		{key: 's', label: 'I have stored it', answers: {secretStored: id}},
		{key: 'n', label: 'I do not have it', answers: {removeAccessKey: id}},
	],
});
