import {execFile} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {services} from '../../src/sandbox/http/services.js';
import type {Sandbox} from '../../src/sandbox/index.js';
import {pathWithAws} from './aws-cli.js';
import {sandboxFor} from './clients.js';

const run = promisify(execFile);
const beside = (name: string): string => join(import.meta.dirname, name);
/** Nothing of this machine's own credentials, profiles or proxies. */
const envOf = ({url, operator}: Sandbox): NodeJS.ProcessEnv => ({
	PATH: process.env['PATH'],
	HOME: '/nonexistent',
	TMPDIR: tmpdir(),
	AWS_CONFIG_FILE: '/nonexistent',
	AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
	AWS_EC2_METADATA_DISABLED: 'true',
	AWS_ENDPOINT_URL: url,
	AWS_ACCESS_KEY_ID: operator.accessKeyId,
	AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
	AWS_DEFAULT_REGION: 'eu-west-1',
	AWS_PAGER: '',
	NO_PROXY: '*',
});
async function has(program: string, ...args: readonly string[]): Promise<boolean> {
	return run(program, args).then(
		() => true,
		() => false,
	);
}
const hasBoto = await has('python3', '-c', 'import boto3');
const hasCli = await has('aws', '--version');
const hasCliAsModule = hasBoto && (await has('python3', '-c', 'import awscli'));

/** Has every operation that the sandbox offers called by a script; one that it leaves out is told too. */
async function everyCall(
	script: string,
	...flags: readonly string[]
): Promise<{wrong: unknown; warned: string; calls: number; operations: number}> {
	const sandbox = await sandboxFor({pageSize: 1});
	const offered = Object.fromEntries(
		Object.values(services).map(({name, operations}) => [name, Object.keys(operations)]),
	);
	const running = run('python3', ['-B', ...flags, beside(script), sandbox.url], {env: envOf(sandbox)});
	running.child.stdin?.end(JSON.stringify(offered));
	const {stdout, stderr} = await running;
	return {
		wrong: JSON.parse(stdout),
		warned: stderr,
		calls: sandbox.heard.length,
		operations: Object.values(offered).flat().length,
	};
}

test.skipIf(!hasBoto)('boto3 calls every operation, page by page, and each answer fits AWS’s own model', async () => {
	const {wrong, warned, calls, operations} = await everyCall('every_call.py', '-W', 'error');
	expect({wrong, warned}).toEqual({wrong: [], warned: ''});
	expect(calls).toBeGreaterThan(operations);
});
test.skipIf(!hasCliAsModule)('the aws CLI calls every operation, and reads each answer as boto3 does', async () => {
	const {wrong, calls, operations} = await everyCall('every_cli.py');
	expect(wrong).toEqual([]);
	expect(calls).toBeGreaterThan(operations);
});

test.skipIf(!hasCli)('the aws CLI goes the vendor’s way from policy to proof', async () => {
	const sandbox = await sandboxFor({pageSize: 1});
	const {stdout, stderr} = await run('bash', [beside('cli.sh')], {
		env: {...envOf(sandbox), PATH: await pathWithAws(), INSTALLED: process.env['PATH']},
	});
	expect(stderr).toBe('');
	expect(stdout.trim().split('\n').at(-1)).toBe('all as it should be');
});
