import {Refused, Unclear} from '../../engine/apply.js';
import {commandLine} from '../../engine/command-line.js';
import type {Problem} from '../../engine/step.js';
import {isSkew} from '../client/refusals.js';
import {isKnownRegion} from '../rules/regions.js';
import {CantCall} from './cant-call.js';
import {byErrorCode, type Told, type Where, type Words} from './error-codes.js';
import {demandOf} from './organization-demands.js';

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
		byErrorCode(told, where) ??
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

function byClock({code, message}: Told, {run}: Where): Words | undefined {
	if (!isSkew(code, message)) return undefined;
	const both = /This machine's clock says .+$/.exec(message)?.[0];
	return {
		why: both ?? "This machine's clock differs too much from AWS's",
		todo: `Set the clock, then run ${commandLine(run)} again; it carries on here`,
	};
}

function byConnection({code, message, status, via}: Told, {facts, run}: Where): Words | undefined {
	const again = `run ${commandLine(run)} again; it looks what was done and carries on`;
	const through = via ? ` (through the proxy ${via})` : '';
	if (code.startsWith('HTTP '))
		return {
			why: via
				? `What answered isn't AWS but ${code}, perhaps by the proxy ${via}`
				: `What answered isn't AWS: ${code}, perhaps a proxy or a firewall`,
			todo: `See that iam, sts and kms hosts can be reached (nps-kms doctor tells how), then ${again}`,
		};
	if (code === 'AnswerTooLong')
		return {
			why: `What answered isn't AWS: its answer is longer than any of AWS's, perhaps a proxy or a firewall${through}`,
			todo: `See that iam, sts and kms hosts can be reached (nps-kms doctor tells how), then ${again}`,
		};
	if (status !== undefined && status >= 500)
		return {why: `AWS had trouble of its own: ${message}`, todo: `Wait a minute, then ${again}`};
	if (/^(TimeoutError|AbortError|ETIMEDOUT)$/.test(code))
		return {
			why: `No answer came in time${through}`,
			todo: `See that iam, sts and kms hosts can be reached (nps-kms doctor tells how), then ${again}`,
		};
	if (code === 'ENOTFOUND' && facts.region && !isKnownRegion(facts.region))
		return {
			why: `There is no such host: ${message}. Region ${facts.region} isn't in the list this program knows`,
			todo:
				'See that the region is spelled right, or that its hosts can be reached (nps-kms doctor tells how), ' +
				`then ${again}`,
		};
	if (
		/^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|CERT_\w+|DEPTH_ZERO\w*|SELF_SIGNED\w*|UNABLE_TO\w*|ERR_TLS\w*|ERR_SSL\w*|HPE_\w+)$/.test(
			code,
		) ||
		/socket hang up/.test(message)
	) {
		return {
			why: `The connection failed: ${message}${through}`,
			todo: `See that iam, sts and kms hosts can be reached (nps-kms doctor tells how), then ${again}`,
		};
	}
	return undefined;
}
