import {Refused, Unclear} from '../../engine/apply.js';
import {commandLine} from '../../engine/command-line.js';
import type {Change, Facts, Problem} from '../../engine/step.js';
import type {ThisRun} from '../../engine/this-run.js';
import {isSkew} from '../client/refusals.js';
import {isKnownRegion} from '../rules/regions.js';
import {CantCall} from './cant-call.js';
import {demandOf} from './organization-demands.js';

type Where = {
	readonly change?: Change | undefined;
	readonly facts: Facts;
	readonly run: ThisRun;
	readonly doubt?: boolean | undefined;
};
type Told = {
	readonly code: string;
	readonly message: string;
	readonly status?: number | undefined;
	readonly api?: string | undefined;
	/** The proxy that it went through, and where that is set. */
	readonly via?: string | undefined;
};

/** Tells AWS's errors, and the network's, in words; undefined for what is neither. */
export function awsProblem(error: unknown, where: Where): Problem | undefined {
	if (error instanceof CantCall) return error.problem;
	const told = read(error);
	if (!told) return undefined;
	const what = where.change
		? `${where.doubt ? "AWS's answer was lost:" : 'AWS refused to'} ${where.change.verb} ${where.change.subject}`
		: `AWS can't be looked at${told.api ? ` (${told.api})` : ''}`;
	const known =
		byClock(told, where) ??
		demandOf(told.message, where.change, where.run) ??
		byCode(told, where) ??
		byConnection(told, where);
	if (known) return {is: 'problem', what, ...known, code: told.code};
	if (told.status === undefined && !(error instanceof Refused)) return undefined;
	return {
		is: 'problem',
		what,
		why: told.message,
		todo: `Run ${commandLine(where.run)} again to look and carry on`,
		code: told.code,
	};
}

function read(error: unknown): Told | undefined {
	if (error instanceof Refused) return {code: error.code, message: error.message, api: (error as {api?: string}).api};
	if (error instanceof Unclear) return {code: 'HTTP 200', message: error.message};
	if (!(error instanceof Error)) return undefined;
	const {code, $metadata, errors, api, via} = error as Error & {
		via?: string;
		code?: unknown;
		/** The call that it is about. */
		api?: string;
		$metadata?: {httpStatusCode?: number; requestId?: string};
		errors?: unknown[];
	};
	if (errors?.[0] instanceof Error && error.message === '') return read(Object.assign(errors[0], {api, via}));
	const status = $metadata?.httpStatusCode;
	const name = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : error.name;
	if (status !== undefined && !$metadata?.requestId && /^(SyntaxError|Error|TypeError|Unknown\w*)$/.test(error.name))
		return {code: `HTTP ${status}`, message: 'not AWS', status, api, via};
	return {code: name, message: error.message, status, api, via};
}

type Words = Pick<Problem, 'why' | 'todo'>;

function byClock({code, message}: Told, {run}: Where): Words | undefined {
	if (!isSkew(code, message)) return undefined;
	const both = /This machine's clock says .+$/.exec(message)?.[0];
	return {
		why: both ?? "This machine's clock differs too much from AWS's",
		todo: `Set the clock, then run ${commandLine(run)} again; it carries on here`,
	};
}

function byCode({code, message, api}: Told, {change, facts, run}: Where): Words | undefined {
	const again = `then run ${commandLine(run)} again; it carries on here`;
	switch (code.replace(/Exception$/, '')) {
		case 'AccessDenied':
		case 'UnauthorizedOperation':
			return {why: message, todo: `Ask for ${permission(change?.call.api ?? api, message)}, ${again}`};
		case 'ExpiredToken':
		case 'TokenRefreshRequired':
			return {why: 'Your sign-in has expired', todo: `Sign in again, ${again}`};
		case 'InvalidClientTokenId':
		case 'UnrecognizedClient':
			// STS has told the account by then, so the credentials are right.
			if (api?.startsWith('kms:') && facts.account) return regionOff(facts.region ?? '', facts.account);
			return {
				why: "AWS doesn't know this access key",
				todo:
					'Check that the credentials are right and of this partition (aws, aws-cn and aws-us-gov know nothing of ' +
					`each other), and that region ${facts.region ?? ''} is enabled in their account, ${again}`,
			};
		case 'SignatureDoesNotMatch':
		case 'InvalidSignature':
		case 'IncompleteSignature':
			return {
				why: `The secret of these credentials is wrong, or this machine's clock is: ${message}`,
				todo: `Check both, ${again}`,
			};
		case 'CredentialsProviderError':
		case 'ProviderError':
			return {
				why: credentialWords(message),
				todo:
					'Name a profile with --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws ' +
					'sso login --profile NAME)',
			};
		case 'Throttling':
		case 'RequestLimitExceeded':
		case 'TooManyRequests':
			return {why: 'AWS asks to slow down', todo: `Wait a minute, ${again}`};
		case 'EntityAlreadyExists':
		case 'AlreadyExists':
			return {
				why: `${message} It wasn't found by looking: it may stand under a path or be hidden from you`,
				todo: 'Choose another name',
			};
		case 'DeleteConflict':
			return {
				why: `Something is on it that this setup did not put there: ${message}`,
				todo:
					'Take that away in IAM (for a user: groups, policies, MFA devices, certificates, keys, passwords), then ' +
					`run ${commandLine(run, 'discard')} again`,
			};
		case 'LimitExceeded':
			return {why: message, todo: `Remove what is no longer needed, or ask AWS for a higher quota, ${again}`};
		case 'PasswordPolicyViolation':
			return {
				why: message,
				todo:
					"The account's password policy refuses a password of 40 characters of every kind; leave console access " +
					'out, NPS never needs it',
			};
		case 'MalformedPolicyDocument':
			return {
				why: message,
				todo: /invalid principals/.test(message)
					? 'Check that each key administrator exists and is a user or a role of this partition, and that region ' +
						`${facts.region ?? ''} is enabled; ${again}`
					: `Report this with the output of ${commandLine(run, 'setup', '--dry-run', '--json')}`,
			};
		default:
			return undefined;
	}
}

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

function byConnection({code, message, status, via}: Told, {facts, run}: Where): Words | undefined {
	const again = `run ${commandLine(run)} again; it looks what was done and carries on`;
	const through = via ? ` (through the proxy ${via})` : '';
	if (code.startsWith('HTTP '))
		return {
			why: via
				? `What answered isn't AWS but ${code}, perhaps by the proxy ${via}`
				: `What answered isn't AWS: ${code}, perhaps a proxy or a firewall`,
			todo: `See that iam, sts and kms hosts can be reached, then ${again}`,
		};
	if (status !== undefined && status >= 500)
		return {why: `AWS had trouble of its own: ${message}`, todo: `Wait a minute, then ${again}`};
	if (/^(TimeoutError|AbortError|ETIMEDOUT)$/.test(code))
		return {
			why: `No answer came in time${through}`,
			todo: `See that iam, sts and kms hosts can be reached, then ${again}`,
		};
	if (code === 'ENOTFOUND' && facts.region && !isKnownRegion(facts.region))
		return {
			why: `There is no such host: ${message}. Region ${facts.region} isn't in the list this program knows`,
			todo: `See that the region is spelled right, or that its hosts can be reached, then ${again}`,
		};
	if (
		/^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|CERT_\w+|DEPTH_ZERO\w*|SELF_SIGNED\w*|UNABLE_TO\w*|ERR_TLS\w*|ERR_SSL\w*|HPE_\w+)$/.test(
			code,
		) ||
		/socket hang up/.test(message)
	) {
		return {
			why: `The connection failed: ${message}${through}`,
			todo: `See that iam, sts and kms hosts can be reached, then ${again}`,
		};
	}
	return undefined;
}

const permission = (api: string | undefined, message: string): string => {
	const named = /perform: (\w+:\w+)/.exec(message)?.[1] ?? api;
	return named ? `the permission ${named}` : 'the permission to look';
};
/** What a credential helper printed may hold a secret: only the SDK's own first sentence is told. */
const credentialWords = (message: string): string =>
	/process/i.test(message) ? 'The credential_process of this profile failed' : (message.split('\n')[0] ?? '');
