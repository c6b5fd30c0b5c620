import {createHash, timingSafeEqual} from 'node:crypto';
import {Sha256} from '@smithy/core/checksum';
import {HttpRequest} from '@smithy/core/protocols';
import {SignatureV4} from '@smithy/signature-v4';
import type {Refusal} from '../operation.js';
import {type Form, refusal} from './refusals.js';

/** A request as it came over the wire. */
export type Wire = {
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string | string[]>>;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
};
/** Who says to have signed it, for which service and region, when, and over which headers. */
export type Signed = {
	readonly accessKeyId: string;
	readonly region: string;
	readonly service: string;
	readonly at: number;
	readonly headers: readonly string[];
	readonly signature: string;
};

const tolerance = 5 * 60_000;
const wikipedia = 'See http://en.wikipedia.org/wiki/ISO_8601';

/** The service that a request is signed for, if it is. */
export const scopedService = (authorization: string | undefined): string | undefined =>
	/\bCredential=[^/\s]*\/[^/]*\/[^/]*\/([^/]+)\//.exec(authorization ?? '')?.[1];

/**
 * Reads the signature; refuses one that is missing or incomplete.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function readSignature({headers}: Wire, form: Form): Signed {
	const {authorization} = headers;
	if (authorization === undefined) throw refusal(form, 'unsigned');
	const incomplete = (says: string): Refusal => refusal(form, 'incomplete', says);
	const [, fields] = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(authorization) ?? [];
	if (fields === undefined) throw incomplete("Unsupported AWS 'algorithm': AWS4-HMAC-SHA256 is expected.");
	const told = new Map(
		fields.split(/\s*,\s*/).map(it => [it.slice(0, it.indexOf('=')), it.slice(it.indexOf('=') + 1)]),
	);
	const part = (name: string): string => {
		const value = told.get(name);
		if (!value) throw incomplete(`Authorization header requires '${name}' parameter. Authorization=AWS4-HMAC-SHA256 …`);
		return value;
	};
	const credential = part('Credential').split('/');
	const [accessKeyId = '', day = '', region = '', service = '', end] = credential;
	if (credential.length !== 5 || end !== 'aws4_request')
		throw incomplete(
			'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got ' +
				`'${credential.join('/')}'`,
		);
	const date = headers['x-amz-date'];
	if (date === undefined)
		throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
	const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
	const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
	if (Number.isNaN(at)) throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${date}'. ${wikipedia}`);
	if (!date.startsWith(day) || day.length !== 8)
		throw refusal(
			form,
			'badSignature',
			`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != ` +
				`'${date.slice(0, 8)}', from '${date}'.`,
		);
	return {accessKeyId, region, service, at, headers: part('SignedHeaders').split(';'), signature: part('Signature')};
}

/** The refusal of a signature made so long ago. */
export function expired(at: number, now: number, form: Form): Refusal {
	return refusal(
		form,
		'badSignature',
		`Signature expired: ${basic(at)} is now earlier than ${basic(now - tolerance)} (${basic(now)} - 5 min.)`,
	);
}

/** Refuses a signature of another time than now; five minutes either way are let pass. */
export function checkClock({at}: Signed, now: number, form: Form): void {
	if (at < now - tolerance) throw expired(at, now, form);
	if (at > now + tolerance)
		throw refusal(
			form,
			'badSignature',
			`Signature not yet current: ${basic(at)} is still later than ${basic(now + tolerance)} (${basic(now)} + 5 min.)`,
		);
}

/** Refuses what this secret did not sign: signs the request as it came, and compares. */
export async function checkSignature(wire: Wire, signed: Signed, secret: string, form: Form): Promise<void> {
	const must = [
		'host',
		...Object.keys(wire.headers).filter(it => it.startsWith('x-amz-') && it !== 'x-amz-content-sha256'),
	];
	const forgotten = must.find(it => !signed.headers.includes(it));
	if (forgotten !== undefined)
		throw refusal(form, 'badSignature', `'${forgotten}' must be a 'SignedHeader' in the AWS Authorization.`);
	const told = wire.headers['x-amz-content-sha256'];
	if (told !== undefined && told !== createHash('sha256').update(wire.body).digest('hex'))
		throw refusal(
			form,
			'badSignature',
			"The value passed in for x-amz-content-sha256 does not match the request's body.",
		);
	const again = await new SignatureV4({
		applyChecksum: false,
		credentials: {accessKeyId: signed.accessKeyId, secretAccessKey: secret},
		region: signed.region,
		service: signed.service,
		sha256: Sha256,
	}).sign(
		new HttpRequest({
			method: wire.method,
			path: wire.path,
			query: {...wire.query},
			headers: Object.fromEntries(Object.entries(wire.headers).filter(([name]) => signed.headers.includes(name))),
			body: wire.body,
		}),
		{signingDate: new Date(signed.at), signableHeaders: new Set(signed.headers)},
	);
	const right = /Signature=([0-9a-f]+)$/.exec(again.headers['authorization'] ?? '')?.[1] ?? '';
	if (!same(right, signed.signature)) throw refusal(form, 'badSignature');
}

function same(right: string, told: string): boolean {
	const [a, b] = [Buffer.from(right), Buffer.from(told)];
	return a.length === b.length && timingSafeEqual(a, b);
}
const basic = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
