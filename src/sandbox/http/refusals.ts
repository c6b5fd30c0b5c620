import {Refusal} from '../operation.js';

/** The ways services put what they say: AWS Query (IAM, STS), JSON 1.1 (CloudTrail), and KMS's own codes in that. */
export type Form = 'query' | 'json' | 'kms';

type Words = {
	readonly query: readonly [code: string, status: number];
	readonly json: readonly [code: string, status: number];
	/** Where KMS has another. */
	readonly kms?: readonly [code: string, status: number];
	readonly says: string;
};
/**
 * What every service refuses before it looks at what is asked.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
const common = {
	unsigned: {
		query: ['MissingAuthenticationToken', 403],
		json: ['MissingAuthenticationTokenException', 400],
		says: 'Missing Authentication Token',
	},
	incomplete: {query: ['IncompleteSignature', 400], json: ['IncompleteSignatureException', 400], says: ''},
	badSignature: {
		query: ['SignatureDoesNotMatch', 403],
		json: ['InvalidSignatureException', 400],
		says:
			'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
			'Key and signing method. Consult the service documentation for details.',
	},
	unknownKey: {
		query: ['InvalidClientTokenId', 403],
		json: ['UnrecognizedClientException', 400],
		says: 'The security token included in the request is invalid.',
	},
	expired: {
		query: ['ExpiredToken', 403],
		json: ['ExpiredTokenException', 400],
		says: 'The security token included in the request is expired',
	},
	throttled: {query: ['Throttling', 400], json: ['ThrottlingException', 400], says: 'Rate exceeded'},
	tooLarge: {
		query: ['RequestEntityTooLarge', 413],
		json: ['RequestEntityTooLargeException', 413],
		says: 'Request size exceeded 1048576 bytes',
	},
	badMethod: {
		query: ['MethodNotAllowed', 405],
		json: ['MethodNotAllowedException', 405],
		says: 'The specified method is not allowed against this resource.',
	},
	badPath: {query: ['UnknownOperationException', 404], json: ['UnknownOperationException', 404], says: ''},
	noAction: {
		query: ['MissingAction', 400],
		json: ['UnknownOperationException', 400],
		says: 'The request is missing an action or a required parameter.',
	},
	unknownAction: {query: ['InvalidAction', 400], json: ['UnknownOperationException', 400], says: ''},
	malformed: {query: ['MalformedQueryString', 400], json: ['SerializationException', 400], says: ''},
	failed: {
		query: ['InternalFailure', 500],
		json: ['InternalFailure', 500],
		kms: ['KMSInternalException', 500],
		says: 'The request processing has failed because of an unknown error, exception or failure.',
	},
	unavailable: {
		query: ['ServiceUnavailable', 503],
		json: ['ServiceUnavailableException', 503],
		says: 'The request has failed due to a temporary failure of the server.',
	},
} as const satisfies Record<string, Words>;

/** One of the reasons that all services share, coded and worded as this one does. */
export function refusal(form: Form, why: keyof typeof common, says: string = common[why].says): Refusal {
	const words: Words = common[why];
	const [code, status] = form === 'kms' ? (words.kms ?? words.json) : words[form];
	return new Refusal(code, says, status);
}
