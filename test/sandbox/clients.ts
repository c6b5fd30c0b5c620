import {IAMClient} from '@aws-sdk/client-iam';
import {KMSClient} from '@aws-sdk/client-kms';
import {STSClient} from '@aws-sdk/client-sts';
import {onTestFinished} from 'vitest';
import {type Heard, type Sandbox, type SandboxOptions, startSandbox} from '../../src/sandbox/index.js';

/** A sandbox for one test, with what it heard. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox & {readonly heard: Heard[]}> {
	const heard: Heard[] = [];
	const sandbox = await startSandbox({...options, onRequest: it => heard.push(it)});
	onTestFinished(() => sandbox.close());
	return Object.assign(sandbox, {heard});
}

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
