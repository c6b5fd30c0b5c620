import {hasRootStatement} from '../../aws/policy/policy-documents.js';
import {parseArn} from '../../aws/rules/arn.js';
import type {Known} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';
import {managedInWords} from './managed-elsewhere.js';

/** What somebody else's key is, to be known before it is taken over. */
export const whatKeyIs = (key: SeenKmsKey, known: Known): readonly string[] => [
	...(key.description ? [`it is described as “${key.description}”`] : []),
	...(key.multiRegion ? ['it is a multi-Region key'] : []),
	...managedInWords(key.tags, known),
];

/** Why a key can't be adopted, if it can't. */
export function unfit(key: SeenKmsKey, known: Known): string | undefined {
	if (key.state !== 'Enabled') return `The key is ${key.state}`;
	if (key.multiRegion === 'REPLICA') return "The key is a replica: its rotation is its primary's, in another region";
	if (key.spec !== 'SYMMETRIC_DEFAULT' || key.usage !== 'ENCRYPT_DECRYPT')
		return `The key is not a symmetric key to encrypt and decrypt${inBrackets([key.spec, key.usage])}`;
	if (key.manager !== 'CUSTOMER')
		return key.manager === '' ? 'AWS does not tell who manages the key' : 'AWS manages the key';
	if (key.origin !== 'AWS_KMS') return `The key's material does not come from KMS${inBrackets([key.origin])}`;
	if (parseArn(key.arn)?.account !== known.facts.account) return 'The key is of another account';
	return hasRootStatement(key.policy, known.facts.partition ?? 'aws', known.facts.account ?? '')
		? undefined
		: "The key's policy does not leave the account in charge of it (no root statement)";
}
const inBrackets = (told: readonly string[]): string => {
	const known = told.filter(it => it !== '');
	return known.length > 0 ? ` (${known.join(', ')})` : '';
};
