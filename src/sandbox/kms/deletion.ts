import {type Data, type Operations, Refusal} from '../operation.js';
import {onKey} from './find-kms-key.js';
import {isGoing, refuseScheduling} from './kms-key-states.js';
import {wholeNumber} from './parameters.js';

const window = (input: Data): number => wholeNumber(input, 'PendingWindowInDays', 7, 30) ?? 30;

/** Deletion, which has its waiting time. https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html */
export const deletion: Operations = {
	ScheduleKeyDeletion: onKey(
		(key, {input, now}) => {
			refuseScheduling(key);
			const days = window(input);
			const at = now + days * 86_400_000;
			key.state = 'PendingDeletion';
			key.deletion = {at, days};
			return {KeyId: key.arn, DeletionDate: new Date(at), KeyState: key.state, PendingWindowInDays: days};
		},
		{checks: ({input}) => void window(input)},
	),
	CancelKeyDeletion: onKey(key => {
		if (!isGoing(key)) throw new Refusal('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
		key.state = 'Disabled';
		delete key.deletion;
		return {KeyId: key.arn};
	}),
};
