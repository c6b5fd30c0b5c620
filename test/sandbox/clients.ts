import {IAMClient} from '@aws-sdk/client-iam';
import {KMSClient} from '@aws-sdk/client-kms';
import {STSClient} from '@aws-sdk/client-sts';
import {Sha256} from '@smithy/core/checksum';
import {HttpRequest} from '@smithy/core/protocols';
import {SignatureV4} from '@smithy/signature-v4';
import {onTestFinished} from 'vitest';
import {type Heard, type Sandbox, type SandboxOptions, startSandbox} from '../../src/sandbox/index.js';

/** A sandbox for one test, with what it heard. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox & {readonly heard: Heard[]}> {
	const heard: Heard[] = [];
	const sandbox = await startSandbox({...options, onRequest: it => heard.push(it)});
	onTestFinished(() => sandbox.close());
	return Object.assign(sandbox, {heard});
}

/** Asks CloudTrail, for which the tests have no client: signed as one would. */
export async function lookUpEvents(
	{url, operator}: Pick<Sandbox, 'url' | 'operator'>,
	input: object = {},
	{region = 'eu-west-1', credentials = operator}: {readonly region?: string; readonly credentials?: Credentials} = {},
): Promise<{readonly status: number; readonly said: LookedUp}> {
	const signer = new SignatureV4({credentials, region, service: 'cloudtrail', sha256: Sha256, applyChecksum: true});
	const {host, hostname, port} = new URL(url);
	const target = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents';
	const headers = {host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target};
	const body = JSON.stringify(input);
	const {headers: signed} = await signer.sign(
		new HttpRequest({method: 'POST', protocol: 'http:', hostname, port: Number(port), path: '/', headers, body}),
	);
	const answer = await fetch(url, {method: 'POST', headers: signed, body});
	return {status: answer.status, said: (await answer.json()) as LookedUp};
}
/** What LookupEvents says, or refuses with. */
export type LookedUp = {
	readonly __type?: string;
	readonly Events: readonly {
		readonly EventId: string;
		readonly EventName: string;
		readonly EventTime: number;
		readonly ReadOnly: string;
		readonly AccessKeyId: string;
		readonly Username: string;
		readonly Resources: readonly {readonly ResourceType: string; readonly ResourceName: string}[];
		readonly CloudTrailEvent: string;
	}[];
	readonly NextToken?: string;
};
type Credentials = {readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string};
/** AWS's own clients, each call sent once. */
export function clientsOf(
	sandbox: Pick<Sandbox, 'url' | 'operator'>,
	credentials: Credentials = sandbox.operator,
	more: object = {},
) {
	const config = {endpoint: sandbox.url, region: 'eu-west-1', maxAttempts: 1, credentials: {...credentials}, ...more};
	return {iam: new IAMClient(config), kms: new KMSClient(config), sts: new STSClient(config)};
}
