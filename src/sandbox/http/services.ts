import {cloudtrail} from '../cloudtrail/index.js';
import {iam} from '../iam/index.js';
import {kms} from '../kms/index.js';
import type {Data, Operations, Refusal} from '../operation.js';
import {sts} from '../sts.js';
import {answerJson, readJson, refusalJson} from './json-protocol.js';
import {answerXml, readQuery, refusalXml} from './query-protocol.js';
import {type Form, refusal} from './refusals.js';
import {scopedService, type Wire} from './signature.js';

/** One service: its operations, and how it reads and writes. */
export type Service = {
	readonly name: 'iam' | 'sts' | 'kms' | 'cloudtrail';
	readonly form: Form;
	readonly contentType: string;
	readonly operations: Operations;
	/** The API that a request names, and what it says. */
	read(wire: Wire): {readonly api: string; readonly input: Data};
	answer(api: string, answer: Data, requestId: string): string;
	refusal(refusal: Refusal, requestId: string): string;
	/** The refusal of an API it doesn't have. */
	unknown(api: string): Refusal;
};

/** What stands before the API in a target: boto's for CloudTrail is longer than the JavaScript SDK's. */
const targets = {
	kms: /^TrentService\./,
	cloudtrail: /^(com\.amazonaws\.cloudtrail\.v20131101\.)?CloudTrail_20131101\./,
};

/** The services of the sandbox. */
export const services: Readonly<Record<Service['name'], Service>> = {
	iam: overQuery('iam', '2010-05-08', iam),
	sts: overQuery('sts', '2011-06-15', sts),
	kms: overJson('kms', 'kms', kms),
	cloudtrail: overJson('cloudtrail', 'json', cloudtrail),
};

function overJson(name: 'kms' | 'cloudtrail', form: Form, operations: Operations): Service {
	return {
		name,
		form,
		contentType: 'application/x-amz-json-1.1',
		operations,
		read: ({headers, body}) => ({
			api: (headers['x-amz-target'] ?? '').replace(targets[name], ''),
			input: readJson(body.toString('utf8')),
		}),
		answer: (_api, answer) => answerJson(answer),
		refusal: refused => refusalJson(refused),
		unknown: () => refusal(form, 'unknownAction'),
	};
}

function overQuery(name: 'iam' | 'sts', version: string, operations: Operations): Service {
	const namespace = `https://${name}.amazonaws.com/doc/${version}/`;
	return {
		name,
		form: 'query',
		contentType: 'text/xml',
		operations,
		read({body}) {
			const {Action: api, Version: told, ...input} = readQuery(body.toString('utf8'));
			if (typeof api !== 'string' || api === '') throw refusal('query', 'noAction');
			if (told !== version)
				throw refusal(
					'query',
					'unknownAction',
					`Could not find operation ${api} for version ${typeof told === 'string' ? told : 'NO_VERSION_SPECIFIED'}`,
				);
			return {api, input};
		},
		answer: (api, answer, requestId) => answerXml(namespace, api, answer, requestId),
		refusal: (refused, requestId) => refusalXml(namespace, refused, requestId),
		unknown: api => refusal('query', 'unknownAction', `Could not find operation ${api} for version ${version}`),
	};
}

/**
 * Whom a request is for: its target tells KMS and CloudTrail, else what it is signed for. What tells neither is
 * answered as IAM answers.
 */
export function serviceOf({headers}: Pick<Wire, 'headers'>): Service {
	const target = headers['x-amz-target'];
	if (target !== undefined) return targets.cloudtrail.test(target) ? services.cloudtrail : services.kms;
	const scoped = scopedService(headers['authorization']);
	return scoped === 'kms' || scoped === 'sts' || scoped === 'cloudtrail' ? services[scoped] : services.iam;
}
