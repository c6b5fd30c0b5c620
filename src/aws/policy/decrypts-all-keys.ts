import type {Value} from '../../engine/step.js';
import {matches, type Statement, statements, texts} from './statements.js';

/** Whether a policy lets decrypt with all KMS keys; `undefined` where only AWS's own reasoning tells. */
export type DecryptsAll = {readonly holds: boolean | undefined; readonly because: string};

const decrypting = ['kms:Decrypt', 'kms:ReEncryptFrom'];
/** A key of nobody: what covers it covers every key. */
const anyKey = 'arn:aws:kms:xx-nowhere-1:000000000000:key/00000000-0000-0000-0000-000000000000';

/**
 * Judges a policy as KMS.1 does: by resources alone, whatever the conditions. `holds` is that it allows no decryption
 * with all keys. https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-1
 */
export function decryptsAllKeys(document: Value): DecryptsAll {
	const about = statements(document).filter(decrypts);
	const allowed = about.filter(it => it['Effect'] === 'Allow');
	const wide = allowed.filter(it => reach(it) !== 'named');
	if (wide.length === 0) return {holds: true, because: named(allowed)};
	const all = wide.some(it => reach(it) === 'all');
	if (all && about.length === allowed.length)
		return {holds: false, because: `it allows decryption with every key (on ${resources(wide)})`};
	return {
		holds: undefined,
		because: all
			? 'it allows decryption with every key, and denies some of it'
			: `it allows decryption on ${resources(wide)}, and AWS does not say whether that counts as all keys`,
	};
}

const decrypts = (it: Statement): boolean =>
	it['NotAction'] === undefined
		? texts(it['Action']).some(pattern => decrypting.some(action => matches(pattern, action)))
		: decrypting.some(action => !texts(it['NotAction']).some(pattern => matches(pattern, action)));

function reach(it: Statement): 'named' | 'some' | 'all' {
	if (it['NotResource'] !== undefined) return 'some';
	const patterns = texts(it['Resource'] ?? '*');
	if (patterns.some(pattern => matches(pattern, anyKey))) return 'all';
	return patterns.every(pattern => !/[*?]|\$\{/.test(pattern)) ? 'named' : 'some';
}
const resources = (all: readonly Statement[]): string =>
	all
		.flatMap(it =>
			it['NotResource'] === undefined
				? texts(it['Resource'] ?? '*')
				: [`all but ${texts(it['NotResource']).join(', ')}`],
		)
		.join(', ');
const named = (allowed: readonly Statement[]): string =>
	allowed.length === 0 ? 'it allows no decryption' : `it allows decryption with ${resources(allowed)} only`;
