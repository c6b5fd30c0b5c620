import {retire} from '../steps/index.js';
import {courseCommand} from './course-command.js';

/** Ends a setup that NPS used. */
export const retireCommand = courseCommand(retire, {
	examples: [
		['nps-kms retire', 'asks, and carries on at the next gate each time'],
		['nps-kms retire --yes --servers-restarted 2026-11-02 --backups-until 2027-05-01', 'without questions'],
	],
	says: 'ends a setup that NPS used, in stages over weeks; each can be turned round, and the KMS key is kept',
	yes: 'ask nothing; waits at each gate unless its flag is given',
});
