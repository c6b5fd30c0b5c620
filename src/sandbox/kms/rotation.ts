import type {Key} from '../account/account.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {wholeNumber} from './ask.js';
import {onKey} from './find.js';
import {isGoing, refuseUnusable} from './states.js';

const day = 86_400_000;
const period = (input: Data): number => wholeNumber(input, 'RotationPeriodInDays', 90, 2560) ?? 365;

/** Automatic rotation. https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
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
