import {Refused, Unclear} from '../../engine/apply.js';
import {commandLine} from '../../engine/command-line.js';
import type {Problem, Way, Ways} from '../../engine/step.js';
import {isSkew, statusOfOther} from '../client/refusals.js';
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
		byClock(told) ?? demandOf(told.message, where.change) ?? byErrorCode(told, where) ?? byConnection(told, where);
	const again = commandLine(where.run);
	if (known) {
		const ways: Ways = [...known.ways, ...byOthers(told, where)];
		return {is: 'problem', what, ...known, ways, again, code: told.code};
	}
	if (told.status === undefined && !(error instanceof Refused)) return undefined;
	return {
		is: 'problem',
		what,
		why: told.message,
		ways: [{is: 'by-hand', says: 'see to what AWS says'}],
		again,
		code: told.code,
	};
}

/** Who may not make a thing has others make it: by a script, or by an engine that the organization runs anyway. */
function byOthers({code}: Told, {change, run}: Where): readonly Way[] {
	const made = ['iam:CreatePolicy', 'iam:CreateUser', 'kms:CreateKey'].includes(change?.call.api ?? '');
	if (!made || !code.startsWith('AccessDenied')) return [];
	return [
		{is: 'run', says: 'print what to ask for', command: commandLine(run, 'permissions')},
		{is: 'run', says: 'a script for who may', command: commandLine(run, 'setup', '--print-commands')},
		{is: 'run', says: 'a CloudFormation template for who may', command: commandLine(run, 'export', 'cloudformation')},
		{is: 'run', says: 'Terraform files for who may', command: commandLine(run, 'export', 'terraform', '--out nps')},
	];
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
		$metadata?: {httpStatusCode?: number};
		errors?: unknown[];
	};
	if (errors?.[0] instanceof Error && error.message === '') return read(Object.assign(errors[0], {api, via}));
	const status = $metadata?.httpStatusCode;
	const name = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : error.name;
	const other = statusOfOther(error);
	if (other !== undefined) return {code: `HTTP ${other}`, message: 'not AWS', status, api, via};
	return {code: name, message: error.message, status, api, via};
}

function byClock({code, message}: Told): Words | undefined {
	if (!isSkew(code, message)) return undefined;
	const both = /This machine's clock says .+$/.exec(message)?.[0];
	return {
		why: both ?? "This machine's clock differs too much from AWS's",
		ways: [{is: 'by-hand', says: 'set the clock'}],
	};
}

const reach = (hosts = 'iam, sts and kms hosts'): Way => ({
	is: 'by-hand',
	says: `see that ${hosts} can be reached (${commandLine({}, 'doctor')} tells how)`,
});
function byConnection({code, message, status, via}: Told, {facts}: Where): Words | undefined {
	const through = via ? ` (through the proxy ${via})` : '';
	if (code.startsWith('HTTP '))
		return {
			why: via
				? `What answered isn't AWS but ${code}, perhaps by the proxy ${via}`
				: `What answered isn't AWS: ${code}, perhaps a proxy or a firewall`,
			ways: [reach()],
		};
	if (code === 'AnswerTooLong')
		return {
			why: `What answered isn't AWS: its answer is longer than any of AWS's, perhaps a proxy or a firewall${through}`,
			ways: [reach()],
		};
	if (status !== undefined && status >= 500)
		return {why: `AWS had trouble of its own: ${message}`, ways: [{is: 'wait', says: 'wait a minute'}]};
	if (/^(TimeoutError|AbortError|ETIMEDOUT)$/.test(code))
		return {
			why: `No answer came in time${through}`,
			ways: [reach()],
		};
	if (code === 'ENOTFOUND' && facts.region && !isKnownRegion(facts.region))
		return {
			why: `There is no such host: ${message}. Region ${facts.region} isn't in the list this program knows`,
			ways: [
				{is: 'answer', says: 'choose another region', field: 'region', flags: '--region REGION'},
				reach('its hosts'),
			],
		};
	if (
		/^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|CERT_\w+|DEPTH_ZERO\w*|SELF_SIGNED\w*|UNABLE_TO\w*|ERR_TLS\w*|ERR_SSL\w*|HPE_\w+)$/.test(
			code,
		) ||
		/socket hang up/.test(message)
	) {
		return {
			why: `The connection failed: ${message}${through}`,
			ways: [reach()],
		};
	}
	return undefined;
}
