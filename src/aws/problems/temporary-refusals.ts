import type {Wait} from '../../engine/step.js';

const slow = 'AWS asks to slow down';
const busy = 'another change is under way';
const later = 'AWS asks to try again later';
const refusal = (code: string, why: string, says?: string): Wait => ({code, why, atMost: 60, ...(says && {says})});

/**
 * What AWS refuses for a while, whatever was asked.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export const temporaryRefusals: readonly Wait[] = [
	...['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'].map(code =>
		refusal(code, slow),
	),
	...[
		'ConcurrentModification',
		'ConcurrentModificationException',
		'EntityTemporarilyUnmodifiable',
		'EntityTemporarilyUnmodifiableException',
	].map(code => refusal(code, busy)),
	// A full quota bears the same code: only the words tell them apart. https://github.com/aws/aws-sdk-go/issues/807
	...['LimitExceeded', 'LimitExceededException'].flatMap(code => [
		refusal(code, later, 'try again'),
		refusal(code, later, 'later'),
	]),
];
