import {commandLine} from '../../engine/command-line.js';
import type {Change, Facts, Problem} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';

/** What was going to change, in which account and region, and in which run. */
export type Where = {
	readonly change?: Change | undefined;
	readonly facts: Facts;
	readonly run: ThisRun;
	readonly doubt?: boolean | undefined;
};
/** What an error told of itself. */
export type Told = {
	readonly code: string;
	readonly message: string;
	readonly status?: number | undefined;
	readonly api?: string | undefined;
	/** The proxy that it went through, and where that is set. */
	readonly via?: string | undefined;
};
/** Why it failed, and what to do. */
export type Words = Pick<Problem, 'why' | 'todo' | 'field'>;
type Failed = Told & Where & {readonly again: string};

/** What AWS means with its error code, and what to do; undefined for a code that isn't known here. */
export function byErrorCode(told: Told, where: Where): Words | undefined {
	const again = `then run ${commandLine(where.run)} again; it carries on here`;
	const code = told.code.replace(/Exception$/, '');
	return Object.hasOwn(meanings, code) ? meanings[code]?.({...told, ...where, again}) : undefined;
}

function denied({message, change, api, again}: Failed): Words {
	const asks = `Ask for ${permission(change?.call.api ?? api, message)}`;
	// A permission may hold under a condition only, which AWS doesn't name.
	const boundless = change?.call.api === 'iam:CreateUser' && change.call.input['PermissionsBoundary'] === undefined;
	return boundless
		? {
				why: message,
				todo:
					`${asks}; or, if you have it for users with a permissions boundary only, give that with ` +
					`--permissions-boundary ARN; ${again}`,
				field: 'permissionsBoundary',
			}
		: {why: message, todo: `${asks}, ${again}`};
}
const expired = ({again}: Failed): Words => ({why: 'Your sign-in has expired', todo: `Sign in again, ${again}`});
const unknownKey = ({api, facts, again}: Failed): Words =>
	// STS has told the account by then, so the credentials are right.
	api?.startsWith('kms:') && facts.account
		? regionOff(facts.region ?? '', facts.account)
		: {
				why: "AWS doesn't know this access key",
				todo:
					'Check that the credentials are right and of this partition (aws, aws-cn and aws-us-gov know nothing of ' +
					`each other), and that region ${facts.region ?? ''} is enabled in their account, ${again}`,
			};
const badSignature = ({message, again}: Failed): Words => ({
	why: `The secret of these credentials is wrong, or this machine's clock is: ${message}`,
	todo: `Check both, ${again}`,
});
const noCredentials = ({message}: Failed): Words => ({
	why: credentialWords(message),
	todo:
		'Name a profile with --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws sso ' +
		'login --profile NAME)',
});
const tooMuch = ({again}: Failed): Words => ({why: 'AWS asks to slow down', todo: `Wait a minute, ${again}`});
const taken = ({message}: Failed): Words => ({
	why: `${message} It wasn't found by looking: it may stand under a path or be hidden from you`,
	todo: 'Choose another name',
});
const malformed = ({message, facts, run, again}: Failed): Words => ({
	why: message,
	todo: /invalid principals/.test(message)
		? 'Check that each key administrator exists and is a user or a role of this partition, and that region ' +
			`${facts.region ?? ''} is enabled; ${again}`
		: `Report this with the output of ${commandLine(run, 'setup', '--dry-run', '--json')}`,
});

/** By AWS's code, without the word Exception that KMS appends. */
const meanings: Readonly<Record<string, (failed: Failed) => Words>> = {
	AccessDenied: denied,
	UnauthorizedOperation: denied,
	ExpiredToken: expired,
	TokenRefreshRequired: expired,
	InvalidClientTokenId: unknownKey,
	UnrecognizedClient: unknownKey,
	SignatureDoesNotMatch: badSignature,
	InvalidSignature: badSignature,
	IncompleteSignature: badSignature,
	CredentialsProviderError: noCredentials,
	ProviderError: noCredentials,
	Throttling: tooMuch,
	RequestLimitExceeded: tooMuch,
	TooManyRequests: tooMuch,
	EntityAlreadyExists: taken,
	AlreadyExists: taken,
	DeleteConflict: ({message, run}) => ({
		why: `Something is on it that this setup did not put there: ${message}`,
		todo:
			'Take that away in IAM (for a user: groups, policies, MFA devices, certificates, keys, passwords), then ' +
			`run ${commandLine(run, 'discard')} again`,
	}),
	LimitExceeded: ({message, again}) => ({
		why: message,
		todo: `Remove what is no longer needed, or ask AWS for a higher quota, ${again}`,
	}),
	PasswordPolicyViolation: ({message}) => ({
		why: message,
		todo:
			"The account's password policy refuses a password of 40 characters of every kind; leave console access out, " +
			'NPS never needs it',
	}),
	MalformedPolicyDocument: malformed,
};

/**
 * KMS of a region that isn't enabled doesn't know the account's credentials.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export const regionOff = (region: string, account: string): Words => ({
	why: `KMS in ${region} doesn't know credentials that account ${account} does know: the region isn't enabled in it`,
	todo:
		`Enable it (aws account enable-region --region-name ${region}), or choose another ` +
		'with --region, then try again',
});

const permission = (api: string | undefined, message: string): string => {
	const named = /perform: (\w+:\w+)/.exec(message)?.[1] ?? api;
	return named ? `the permission ${named}` : 'the permission to look';
};
/** What a credential helper printed may hold a secret: only the SDK's own first sentence is told. */
const credentialWords = (message: string): string =>
	/process/i.test(message) ? 'The credential_process of this profile failed' : (message.split('\n')[0] ?? '');
