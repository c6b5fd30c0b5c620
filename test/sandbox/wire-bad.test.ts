import {connect} from 'node:net';
import {GetUserCommand, type IAMClient} from '@aws-sdk/client-iam';
import {Sha256} from '@smithy/core/checksum';
import {HttpRequest} from '@smithy/core/protocols';
import {SignatureV4} from '@smithy/signature-v4';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {iam as operations} from '../../src/sandbox/iam/index.js';
import {type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {clientsOf} from './clients.js';

const bugs: unknown[] = [];
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await startSandbox({onBug: it => bugs.push(it)});
});
afterEach(async () => {
	expect(await clientsOf(sandbox).iam.send(new GetUserCommand({}))).toMatchObject({User: {UserName: 'admin'}});
	await sandbox.close();
	expect(bugs.splice(0)).toEqual([]);
});

type Sent = {
	readonly service?: string;
	readonly method?: string;
	readonly path?: string;
	readonly headers?: Record<string, string>;
	readonly body?: string;
};
/** A request signed in order, whatever it says. */
async function send({service = 'iam', method = 'POST', path = '/', headers = {}, body = ''}: Sent): Promise<Response> {
	const {host} = new URL(sandbox.url);
	const signer = new SignatureV4({service, region: 'eu-west-1', sha256: Sha256, credentials: sandbox.operator});
	const signed = await signer.sign(new HttpRequest({method, path, headers: {...headers, host}, body}));
	const {host: _, ...sent} = signed.headers;
	return fetch(`${sandbox.url}${path}`, {method, headers: sent, ...(method === 'POST' && {body})});
}
/** Its status and code, once it is seen to be shaped as AWS shapes errors. */
async function codeOf(response: Response): Promise<string> {
	const text = await response.text();
	const id = response.headers.get('x-amzn-requestid');
	expect(id).toMatch(/^[0-9a-f-]{36}$/);
	if (response.headers.get('content-type') === 'text/xml') {
		const [, code, requestId] =
			/^<ErrorResponse xmlns="[^"]+"><Error><Type>\w+<\/Type><Code>(\w+)<\/Code><Message>[^<]*<\/Message><\/Error><RequestId>(.+)<\/RequestId><\/ErrorResponse>\n$/.exec(
				text,
			) ?? [];
		expect(requestId).toBe(id);
		return `${response.status} ${code}`;
	}
	expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
	return `${response.status} ${(JSON.parse(text) as {__type: string}).__type}`;
}

describe('a bad request is refused as AWS refuses, and the next one is answered', () => {
	const kms = {service: 'kms', headers: {'x-amz-target': 'TrentService.ListKeys'}};
	test.each<[string, Sent, string]>([
		['an action that is not there', {body: 'Action=MakeTea&Version=2010-05-08'}, '400 InvalidAction'],
		['an action that every object has', {body: 'Action=constructor&Version=2010-05-08'}, '400 InvalidAction'],
		['an action of another version', {body: 'Action=GetUser&Version=2009-01-01'}, '400 InvalidAction'],
		['no version', {body: 'Action=GetUser'}, '400 InvalidAction'],
		['an action of another service', {service: 'sts', body: 'Action=GetUser&Version=2011-06-15'}, '400 InvalidAction'],
		['no action', {body: 'UserName=nps'}, '400 MissingAction'],
		['nothing', {}, '400 MissingAction'],
		['JSON for Query', {body: '{"UserName":"nps"}'}, '400 MissingAction'],
		['a broken form', {body: 'Action=%zz'}, '400 MalformedQueryString'],
		[
			'a form that contradicts itself',
			{body: 'Action=GetUser&Version=2010-05-08&Action=ListUsers'},
			'400 MalformedInput',
		],
		['broken JSON', {...kms, body: '{'}, '400 SerializationException'],
		['a form for JSON', {...kms, body: 'Action=ListKeys'}, '400 SerializationException'],
		[
			'an unknown target',
			{...kms, headers: {'x-amz-target': 'TrentService.MakeTea'}, body: '{}'},
			'400 UnknownOperationException',
		],
		[
			'another service’s target',
			{...kms, headers: {'x-amz-target': 'Logs_20140328.ListKeys'}, body: '{}'},
			'400 UnknownOperationException',
		],
		['KMS without a target', {service: 'kms', body: '{}'}, '400 UnknownOperationException'],
		[
			'a service that is not here',
			{service: 's3', body: 'Action=GetUser&Version=2010-05-08'},
			'403 SignatureDoesNotMatch',
		],
		['KMS’s target signed for IAM', {...kms, service: 'iam', body: '{}'}, '400 InvalidSignatureException'],
		['another method', {method: 'PUT'}, '405 MethodNotAllowed'],
		['a path', {path: '/users', body: 'Action=GetUser&Version=2010-05-08'}, '404 UnknownOperationException'],
		['a control endpoint that is off', {path: '/_sandbox/account'}, '404 UnknownOperationException'],
		[
			'more than a megabyte',
			{body: `Action=GetUser&Version=2010-05-08&UserName=${'x'.repeat(2_000_000)}`},
			'413 RequestEntityTooLarge',
		],
		[
			'more than a megabyte of JSON',
			{...kms, body: `{"KeyId":"${'x'.repeat(2_000_000)}"}`},
			'413 RequestEntityTooLargeException',
		],
	])('%s', async (_what, sent, code) => {
		expect(await codeOf(await send(sent))).toBe(code);
	});
	test.each([
		['GET', 405],
		['DELETE', 405],
		['OPTIONS', 405],
		['HEAD', 405],
	])('%s', async (method, status) => {
		expect(await fetch(sandbox.url, {method})).toMatchObject({status});
	});
	test.each([
		['another algorithm', 'Basic YWRtaW46YWRtaW4=', '400 IncompleteSignature'],
		['no credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00', '400 IncompleteSignature'],
		[
			'a short credential',
			'AWS4-HMAC-SHA256 Credential=AKIA/iam, SignedHeaders=host, Signature=00',
			'400 IncompleteSignature',
		],
		[
			'no date',
			'AWS4-HMAC-SHA256 Credential=A/20261124/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=00',
			'400 IncompleteSignature',
		],
	])('an Authorization header with %s', async (_what, authorization, code) => {
		expect(await codeOf(await fetch(sandbox.url, {method: 'POST', headers: {authorization}}))).toBe(code);
	});
	test('a signature of other letters than hex', async () => {
		const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
		const credential = `${sandbox.operator.accessKeyId}/${date.slice(0, 8)}/eu-west-1/iam/aws4_request`;
		const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${'\u00e9'.repeat(64)}`;
		expect(await codeOf(await fetch(sandbox.url, {method: 'POST', headers: {authorization, 'x-amz-date': date}}))).toBe(
			'403 SignatureDoesNotMatch',
		);
	});
	test('a target that is not signed', async () => {
		const {host} = new URL(sandbox.url);
		const signer = new SignatureV4({
			service: 'kms',
			region: 'eu-west-1',
			sha256: Sha256,
			credentials: sandbox.operator,
		});
		const {headers} = await signer.sign(new HttpRequest({method: 'POST', path: '/', headers: {host}, body: '{}'}));
		const {host: _, ...sent} = headers;
		const response = await fetch(sandbox.url, {
			method: 'POST',
			body: '{}',
			headers: {...sent, 'x-amz-target': 'TrentService.ListKeys'},
		});
		expect(await codeOf(response)).toBe('400 InvalidSignatureException');
	});
});

/** Writes to the port, and reads until the other side ends. */
async function raw(bytes: string | Buffer, end: boolean): Promise<string> {
	const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
	const chunks: Buffer[] = [];
	socket.on('data', it => chunks.push(it));
	socket.on('error', () => undefined);
	const closed = new Promise<void>(done => socket.once('close', () => done()));
	socket.write(bytes, () => (end ? socket.destroy() : undefined));
	await closed;
	return Buffer.concat(chunks).toString('utf8');
}

describe('what is hardly HTTP ends neither the server nor its patience', () => {
	test('garbage is told so, in XML', async () => {
		expect(await raw(Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]), false)).toMatch(
			/^HTTP\/1\.1 400 Bad Request\r\n.*<ErrorResponse.*<Code>MalformedHttpRequest/s,
		);
	});
	test('headers without end are cut off', async () => {
		expect(await raw(`POST / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(100_000)}`, false)).toContain('400 Bad Request');
	});
	test.each([
		['in its headers', 'POST / HTTP/1.1\r\nhost: x'],
		['in its body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nAction='],
		['in a chunk', 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nff\r\nAction='],
	])('a connection closed %s is forgotten', async (_where, text) => {
		await raw(text, true);
	});
});

test('a bug of an operation is a 500 to its client, and told to who listens', async () => {
	const mutable = operations as Record<string, (typeof operations)[string]>;
	const {GetUser: kept} = mutable;
	mutable['GetUser'] = {
		about: () => ['*'],
		run: () => {
			throw new TypeError('x is undefined');
		},
	};
	try {
		const iam: IAMClient = clientsOf(sandbox).iam;
		await expect(iam.send(new GetUserCommand({}))).rejects.toMatchObject({
			name: 'InternalFailure',
			$metadata: {httpStatusCode: 500},
		});
		expect(bugs.splice(0)).toEqual([new TypeError('x is undefined')]);
	} finally {
		mutable['GetUser'] = kept!;
	}
});
