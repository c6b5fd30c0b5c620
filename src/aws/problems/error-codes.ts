import {commandLine} from '../../engine/command-line.js';
import type {Change, Facts, Stop, Way} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';
import {otherNameIn} from './other-names.js';

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
export type Words = Pick<Stop, 'why' | 'first' | 'ways'>;
type Failed = Told & Where;

const byHand = (says: string): Way => ({is: 'by-hand', says});

/** What AWS means with its error code, and what to do; undefined for a code that isn't known here. */
export function byErrorCode(told: Told, where: Where): Words | undefined {
	const code = told.code.replace(/Exception$/, '');
	return Object.hasOwn(meanings, code) ? meanings[code]?.({...told, ...where}) : undefined;
}

function denied({message, change, api}: Failed): Words {
	const asks = byHand(`ask for ${permission(change?.call.api ?? api, message)}`);
	// A permission may hold under a condition only, which AWS doesn't name.
	const boundless = change?.call.api === 'iam:CreateUser' && change.call.input['PermissionsBoundary'] === undefined;
	return boundless
		? {
				why: message,
				ways: [
					asks,
					{
						is: 'answer',
						says: 'if you have it for users with a permissions boundary only, give that',
						field: 'permissionsBoundary',
						flags: '--permissions-boundary ARN',
					},
				],
			}
		: {why: message, ways: [asks]};
}
const expired = (): Words => ({why: 'Your sign-in has expired', ways: [byHand('sign in again')]});
const unknownKey = ({api, facts}: Failed): Words =>
	// STS has told the account by then, so the credentials are right.
	api?.startsWith('kms:') && facts.account
		? regionOff(facts.region ?? '', facts.account)
		: {
				why: "AWS doesn't know this access key",
				ways: [
					byHand(
						'check that the credentials are right and of this partition (aws, aws-cn and aws-us-gov know nothing of ' +
							`each other), and that ${facts.region ? `region ${facts.region}` : 'the region'} is enabled in their ` +
							'account',
					),
				],
			};
const badSignature = ({message}: Failed): Words => ({
	why: `The secret of these credentials is wrong, or this machine's clock is: ${message}`,
	ways: [byHand('check both')],
});
const noCredentials = ({message}: Failed): Words => ({
	why: credentialWords(message),
	ways: [
		{is: 'answer', says: 'name a profile', field: 'profile', flags: '--profile NAME'},
		byHand('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'),
		byHand('sign in (aws sso login --profile NAME)'),
	],
});
const tooMuch = (): Words => ({why: 'AWS asks to slow down', ways: [{is: 'wait', says: 'wait a minute'}]});
const taken = ({message, change}: Failed): Words => ({
	why: `${message} It wasn't found by looking: it may stand under a path or be hidden from you`,
	ways: [otherNameIn(change?.call.api)],
});
const lockedOut = ({message, facts}: Failed): Words => ({
	why: `KMS takes no key policy that leaves ${facts.caller ?? 'whoever puts it'} unable to put the next: ${message}`,
	ways: [
		{
			is: 'answer',
			says: 'keep yourself among the key administrators',
			field: 'keyAdministrators',
			flags: '--key-administrator ARN',
		},
		byHand('use credentials that may put key policies by another statement or by IAM'),
	],
});
const malformed = (failed: Failed): Words =>
	/update the key policy in the future/.test(failed.message) ? lockedOut(failed) : otherwiseMalformed(failed);
const otherwiseMalformed = ({message, facts, run}: Failed): Words => ({
	why: message,
	ways: /invalid principals/.test(message)
		? [
				{
					is: 'answer',
					says: 'name key administrators that exist (users or roles of this partition)',
					field: 'keyAdministrators',
					flags: '--key-administrator ARN',
				},
				byHand(`see that ${facts.region ? `region ${facts.region}` : 'the region'} is enabled`),
			]
		: [
				{
					is: 'run',
					says: 'report this with the output of this',
					command: commandLine(run, 'setup', '--dry-run', '--json'),
				},
			],
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
	DeleteConflict: ({message}) => ({
		why: `Something is on it that this setup did not put there: ${message}`,
		ways: [byHand('take that away in IAM (for a user: groups, policies, MFA devices, certificates, keys, passwords)')],
	}),
	LimitExceeded: ({message}) => ({
		why: message,
		ways: cantBeRaised.test(message)
			? [byHand('remove what is no longer needed: AWS raises this quota for nobody')]
			: [byHand('remove what is no longer needed'), byHand('ask AWS for a higher quota')],
	}),
	PasswordPolicyViolation: ({message}) => ({
		why: message,
		first: "The account's password policy refuses a password of 40 characters of every kind",
		ways: [
			{
				is: 'answer',
				says: 'leave console access out (NPS never needs it)',
				field: 'consoleAccess',
				flags: '--no-console-access',
			},
		],
	}),
	MalformedPolicyDocument: malformed,
};

/**
 * Quotas that are the same for every account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const cantBeRaised = /(Tags|AccessKeys|Versions)Per|\b(tags|versions)\b/i;

/**
 * KMS of a region that isn't enabled doesn't know the account's credentials.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export const regionOff = (region: string, account: string): Words => ({
	why: `KMS in ${region} doesn't know credentials that account ${account} does know: the region isn't enabled in it`,
	ways: [
		{is: 'call', says: 'enable it', commands: [`aws account enable-region --region-name ${region}`]},
		{is: 'answer', says: 'choose another', field: 'region', flags: '--region REGION'},
	],
});

const permission = (api: string | undefined, message: string): string => {
	const named = /perform: (\w+:\w+)/.exec(message)?.[1] ?? api;
	return named ? `the permission ${named}` : 'the permission to look';
};
/** What a credential helper printed may hold a secret: only the SDK's own first sentence is told. */
const credentialWords = (message: string): string =>
	/process/i.test(message) ? 'The credential_process of this profile failed' : (message.split('\n')[0] ?? '');
