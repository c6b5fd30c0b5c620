import {deniesTo} from '../../aws/policy/narrowings.js';
import {parseArn} from '../../aws/rules/arn.js';
import {commandLine} from '../../engine/command-line.js';
import type {Change, Known, Stop} from '../../engine/step.js';
import type {SeenKmsKey} from '../things/kms-key.js';

const codes = ['AccessDenied', 'AccessDeniedException'];

/** The statements of the key policy that may deny whoever runs this one of these calls, as sentences. */
export function denialsOf({policy}: SeenKmsKey, apis: readonly string[], {facts}: Known): readonly string[] {
	if (policy === undefined) return [];
	const {caller = '', partition = 'aws', account = ''} = facts;
	const [kind, role = ''] = parseArn(caller)?.resource.split('/') ?? [];
	// A key policy may name the session, its role, or the whole account.
	const names = [
		caller,
		account,
		`arn:${partition}:iam::${account}:root`,
		...(kind === 'assumed-role' ? [`arn:${partition}:iam::${account}:role/${role}`] : []),
	];
	return [...new Set(names.flatMap(it => deniesTo(policy, it, apis)))];
}

/** Changes that the key policy may deny: told before, and after a denial another look names the statement. */
export const mayBeDenied = (changes: readonly Change[], denials: readonly string[]): readonly Change[] =>
	denials.length === 0 ? changes : changes.map(it => ({...it, lookAgainOn: codes}));
/** What to know before one of them is tried. */
export const denialWarnings = (denials: readonly string[]): readonly string[] =>
	denials.length === 0 ? [] : [`The key policy may forbid it, and no permission helps then: ${denials.join('; ')}.`];

/** Why it isn't tried again: KMS refused it in this run, and the key policy denies it. */
export function deniedByKeyPolicy(
	{id}: SeenKmsKey,
	changes: readonly Change[],
	denials: readonly string[],
	known: Known,
): Stop | undefined {
	const refused = known.past.findLast(
		it =>
			it.run === known.runs &&
			it.outcome === 'refused' &&
			codes.includes(it.code ?? '') &&
			changes.some(one => one.id === it.change.id),
	);
	if (!refused || denials.length === 0) return undefined;
	return {
		is: 'problem',
		what: `KMS refuses to ${refused.change.verb} ${refused.change.subject}`,
		why: `The policy of KMS key ${id} denies it: ${denials.join('; ')}`,
		first: 'No permission of yours helps',
		ways: [{is: 'by-hand', says: 'ask who wrote that statement to take it out'}],
		again: commandLine(known.run),
		code: 'KeyPolicyDenies',
	};
}
