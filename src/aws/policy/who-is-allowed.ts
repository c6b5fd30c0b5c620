import type {Value} from '../../engine/step.js';
import {isWithin} from './narrowings.js';
import {covers, plain, principals, type Statement, sentence, statements} from './statements.js';

/**
 * Principals that AWS shows by a bare id: the user or role is deleted, and one made again under its name is another.
 */
export const strangers = (document: Value): readonly string[] => [
	...new Set(
		statements(document)
			.flatMap(principals)
			.filter(it => /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(it)),
	),
];

/** What the document allows to someone, or to everyone, besides what ours do, each as a sentence. */
export const allowsBeyond = (document: Value, ours: Value, user: string): readonly string[] =>
	statements(document)
		.filter(it => it['Effect'] === 'Allow' && (isEveryone(it) || principals(it).includes(user)))
		.filter(it => isEveryone(it) || !statements(ours).some(own => principals(own).includes(user) && isWithin(it, own)))
		.map(sentence);

/**
 * Whether a key policy lets someone decrypt with its key, unconditionally; its account's root stands for all that IAM
 * policies allow.
 */
export const opens = (document: Value, principal: string): boolean =>
	statements(document).some(it =>
		covers(it, plain({Effect: 'Allow', Principal: {AWS: principal}, Action: 'kms:Decrypt', Resource: '*'})),
	);

/** Whether a statement allows something to everyone. */
export const allowsEveryone = (document: Value): boolean =>
	statements(document).some(it => it['Effect'] === 'Allow' && isEveryone(it));

const isEveryone = (it: Statement): boolean =>
	it['NotPrincipal'] !== undefined || principals(it).some(name => name.includes('*'));
