import {randomBytes} from 'node:crypto';
import type {Key} from '../account/account.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {materialId} from './cipher.js';
import {onKey} from './find-kms-key.js';
import {isGoing, refuseUnusable} from './kms-key-states.js';
import {listed, optional, wholeNumber} from './parameters.js';

const day = 86_400_000;
/** https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html */
const onDemand = 25;
const period = (input: Data): number => wholeNumber(input, 'RotationPeriodInDays', 90, 2560) ?? 365;

/** Rotation of key material. https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
export const rotation: Operations = {
	EnableKeyRotation: onKey(
		(key, {input, now}) => {
			refuseUnusable(key);
			refuseOther(key);
			key.rotation = {days: period(input), since: key.rotation?.since ?? now};
			return {};
		},
		{checks: ({input}) => void period(input)},
	),
	DisableKeyRotation: onKey(key => {
		refuseUnusable(key);
		refuseOther(key);
		delete key.rotation;
		return {};
	}),
	/** Done at once; what was encrypted before is decrypted still. */
	RotateKeyOnDemand: onKey((key, {now}) => {
		refuseUnusable(key);
		refuseOther(key);
		const earlier = key.earlierMaterial ?? [];
		if (earlier.filter(({type}) => type === 'ON_DEMAND').length >= onDemand)
			throw new Refusal(
				'LimitExceededException',
				`${key.arn} was rotated on demand ${onDemand} times, the most there is.`,
			);
		key.earlierMaterial = [...earlier, {material: key.material, until: now, type: 'ON_DEMAND'}];
		key.material = randomBytes(32).toString('base64');
		return {KeyId: key.id};
	}),
	/** Of the rotations on demand; automatic ones change nothing here. */
	ListKeyRotations: onKey(
		(key, asked) => {
			refuseOther(key);
			const {input} = asked;
			const all = optional(input, 'IncludeKeyMaterial', {oneOf: ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY']});
			return listed(asked, 'Rotations', rotationsOf(key).slice(all === 'ALL_KEY_MATERIAL' ? 0 : 1));
		},
		{late: true},
	),
	GetKeyRotationStatus: onKey(
		(key, {now}) => {
			refuseOther(key);
			// A key that is to be deleted isn't rotated; should its deletion be cancelled, it is again.
			if (!key.rotation || isGoing(key)) return {KeyId: key.arn, KeyRotationEnabled: false};
			const {days, since} = key.rotation;
			const turns = Math.floor((now - since) / (days * day)) + 1;
			return {
				KeyId: key.arn,
				KeyRotationEnabled: true,
				RotationPeriodInDays: days,
				NextRotationDate: new Date(since + turns * days * day),
			};
		},
		{late: true},
	),
};

/** Each key material of a key, the first of which came with no rotation. */
function rotationsOf(key: Key): readonly Data[] {
	const earlier = key.earlierMaterial ?? [];
	return [...earlier.map(({material}) => material), key.material].map((material, at, all) => {
		const rotation = earlier[at - 1];
		return {
			KeyId: key.id,
			KeyMaterialId: materialId(material),
			KeyMaterialState: at === all.length - 1 ? 'CURRENT' : 'NON_CURRENT',
			...(rotation && {RotationDate: new Date(rotation.until), RotationType: rotation.type}),
		};
	});
}
function refuseOther({arn, spec, origin}: Key): void {
	if (spec !== 'SYMMETRIC_DEFAULT')
		throw new Refusal(
			'UnsupportedOperationException',
			`${arn} key spec is ${spec} which is not valid for this operation.`,
		);
	if (origin !== 'AWS_KMS')
		throw new Refusal(
			'UnsupportedOperationException',
			`${arn} origin is ${origin} which is not valid for this operation.`,
		);
}
