import {call} from '../../aws/client/call.js';
import type {Field, Known, Look} from '../../engine/step.js';
import {aliasNow, type SeenKmsKey, tagsOf} from './kms-key.js';

/**
 * Whether the KMS key is made as a multi-Region primary key: by flag only, at its creation.
 * https://docs.aws.amazon.com/kms/latest/developerguide/create-primary-keys.html
 */
export const multiRegionField: Field = {
	name: 'multiRegion',
	settles: 'for-good',
	asked: 'by-flag',
	label: 'A multi-Region key',
	flagSays: "make it a multi-Region key, which can't be changed later",
	kind: 'yes-no',
	initial: false,
	suggest: recoveredMultiRegion,
	hint: "can't be changed later",
};
/** Where the record was lost, the KMS key tells. */
async function recoveredMultiRegion(look: Look, known: Known): Promise<boolean> {
	if (known.recovered !== true) return false;
	const seen = await look
		.at(call('kms:DescribeKey', {KeyId: known.facts.keyId ?? aliasNow(known)}))
		.catch(() => undefined);
	const {KeyId, KeyManager, MultiRegion} = seen?.KeyMetadata ?? {};
	if (KeyId === undefined || KeyManager !== 'CUSTOMER' || MultiRegion !== true) return false;
	const tags = await tagsOf(look, KeyId).catch(() => undefined);
	return known.setupId !== undefined && tags?.['nps-kms:id'] === known.setupId;
}
/** Whether that was asked for. */
export const isMultiRegion = ({answers}: Known): boolean => answers['multiRegion'] === true;
/** The same for the review, before what else there is to say. */
export const multiRegionInWords = (known: Known): string =>
	isMultiRegion(known) ? "a multi-Region key, which can't be changed later; " : '';
/** That a key which is there already can't become one. */
export const staysInOneRegion = ({arn, multiRegion}: SeenKmsKey, known: Known): readonly string[] =>
	isMultiRegion(known) && multiRegion === undefined
		? [`KMS key ${arn} is not a multi-Region key and can't become one: it is used as it is.`]
		: [];
