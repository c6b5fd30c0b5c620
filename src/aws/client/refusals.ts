import {Refused} from '../../engine/apply.js';
import {temporaryRefusals} from '../problems/temporary-refusals.js';

type AwsError = Error & {$metadata?: {httpStatusCode?: number; requestId?: string}};

/** Whether AWS says that a thing isn't there. */
export const isAbsent = (error: unknown): boolean =>
	asRefusal(error) !== undefined &&
	['NoSuchEntity', 'NoSuchEntityException', 'NotFoundException'].includes((error as Error).name);

/** How the SDK calls an answer that it can't read as AWS's. */
const unreadable = /^(SyntaxError|TypeError|Error|Unknown\w*)$/;
/** The status of an answer that isn't AWS's, such as a proxy's page. */
export function statusOfOther(error: Error): number | undefined {
	const {name, $metadata} = error as AwsError;
	return $metadata?.requestId || !unreadable.test(name) ? undefined : $metadata?.httpStatusCode;
}
/** Why a look came to nothing, in words, where that leaves something untold and stops nothing. */
export function whyFailed(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const status = statusOfOther(error);
	return status === undefined ? error.message : `what answered isn't AWS: HTTP ${status}`;
}

/** AWS's no: a 4xx with its code and request id. Anything else (5xx, a proxy's page, a dropped line) is doubt. */
export function asRefusal(error: unknown): Refused | undefined {
	if (!(error instanceof Error)) return undefined;
	const {name, message, $metadata} = error as AwsError;
	const status = $metadata?.httpStatusCode ?? 0;
	if (status < 400 || status > 499 || status === 408 || !$metadata?.requestId || unreadable.test(name))
		return undefined;
	return new Refused(name, message, $metadata.requestId, temporary(name, message));
}

function temporary(code: string, message: string): Refused['temporary'] {
	const known = temporaryRefusals.find(it => it.code === code && message.toLowerCase().includes(it.says ?? ''));
	if (known) return known;
	// Its answer tells AWS's time, by which the next one is signed.
	if (isSkew(code, message)) return {why: "this machine's clock is wrong; signing by AWS's own", atMost: 5};
	return undefined;
}

/**
 * Whether AWS refuses a call for its time: codes of their own, or the words with which IAM, STS and KMS explain a wrong
 * signature.
 */
export const isSkew = (code: string, message: string): boolean =>
	/^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)(Exception)?$/.test(code) ||
	(/^(SignatureDoesNotMatch|InvalidSignature|AuthFailure)(Exception)?$/.test(code) &&
		/Signature (expired|not yet current)/.test(message));

const told = (ms: number): string =>
	new Date(ms)
		.toISOString()
		.replace('T', ' ')
		.replace(/\.\d+Z$/, ' UTC');
/** The words that tell both clocks. */
export const bothClocks = (ahead: number): string =>
	`This machine's clock says ${told(Date.now())}, AWS's says ${told(Date.now() + ahead)}`;
