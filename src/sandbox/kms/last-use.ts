import {notedSince, shownUse} from '../account/kms-key-uses.js';
import type {Operations} from '../operation.js';
import {onKey} from './find-kms-key.js';

/**
 * The last successful use of a key; DryRun and refusals are none.
 * https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-keys-determining-usage.html
 */
export const lastUse: Operations = {
	GetKeyLastUsage: onKey(
		(key, asked) => {
			const use = shownUse(key, asked);
			return {
				KeyId: key.id,
				KeyCreationDate: new Date(key.created),
				TrackingStartDate: new Date(notedSince(key)),
				KeyLastUsage: use
					? {
							Operation: use.operation,
							Timestamp: new Date(Math.floor(use.at / 1000) * 1000),
							KmsRequestId: use.requestId,
							CloudTrailEventId: use.eventId,
						}
					: {},
			};
		},
		{late: true},
	),
};
