import http from 'node:http';
import type {AddressInfo} from 'node:net';
import {PutUserPolicyCommand} from '@aws-sdk/client-iam';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {Plain} from '../../src/plain/plain.js';
import {mountStep} from '../components/frames.js';
import {place, serial} from './connecting.js';

/** AWS, which denies one action of IAM or KMS in these words. */
async function denying(url: string, action: string, why: string): Promise<string> {
	const {hostname, port} = new URL(url);
	const [service = '', api = ''] = action.split(':');
	const user = 'arn:aws:iam::123456789012:user/admin';
	const message = `User: ${user} is not authorized to perform: ${action} on resource: * ${why}`;
	const server = http.createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (it: Buffer) => parts.push(it));
		request.on('end', () => {
			const body = Buffer.concat(parts);
			const target = String(request.headers['x-amz-target'] ?? '');
			if (service === 'iam' && body.toString().startsWith(`Action=${api}&`)) {
				const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
				response.writeHead(403, {'content-type': 'text/xml', 'x-amzn-requestid': 'r'});
				return void response.end(`<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`);
			}
			if (service === 'kms' && target.endsWith(`.${api}`)) {
				response.writeHead(400, {'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r'});
				return void response.end(JSON.stringify({__type: 'AccessDeniedException', message}));
			}
			const {method, url: path, headers} = request;
			const passed = http.request({hostname, port, method, path, headers}, it => {
				response.writeHead(it.statusCode ?? 500, it.headers);
				it.pipe(response);
			});
			passed.end(body);
		});
	});
	await new Promise<void>(done => server.listen(0, '127.0.0.1', () => done()));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const flat = (text: string): string => text.replaceAll(/\s+/g, '');
/** What stands where it stopped, line by line and on a screen. */
async function shownOf(scene: Scene): Promise<{readonly lines: string; readonly screen: string}> {
	const said: string[] = [];
	const ask = async (): Promise<string | undefined> => undefined;
	await new Plain({say: it => void said.push(it), ask, askUnseen: ask, close: () => undefined}).ask(scene);
	const mounted = mountStep(scene);
	// What is read page by page begins where the page before ended.
	const screen = new Set((await mounted.readOn()).flatMap(it => it.split('\n')).filter(it => /^ {3}(?!.*↑↓)/.test(it)));
	mounted.unmount();
	return {lines: said.join(' '), screen: [...screen].join('\n')};
}

describe('a denial that no permission mends is told with what does, without questions, line by line and on screen', () => {
	test.each([
		[
			'of an organization, where something can be given',
			'iam:CreatePolicy',
			'with an explicit deny in a service control policy',
			'Ask who runs your organization what it demands. Give an IAM path',
		],
		[
			'of an organization, where nothing can',
			'iam:AttachUserPolicy',
			'with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-1/p-1',
			'Ask who runs your organization to allow it',
		],
		[
			'of your boundary',
			'iam:CreatePolicy',
			'because no permissions boundary allows the iam:CreatePolicy action',
			'Ask who set your permissions boundary to allow it',
		],
		[
			'of your session',
			'iam:CreateUser',
			'because no session policy allows the iam:CreateUser action',
			'Sign in without that session policy; or ask who gives you the session to widen it',
		],
		[
			'of the VPC endpoint',
			'kms:CreateKey',
			'because no VPC endpoint policy allows the kms:CreateKey action',
			'Ask who runs your network to allow it there; or go out another way',
		],
		[
			'of the key policy',
			'kms:EnableKeyRotation',
			'with an explicit deny in a resource-based policy',
			'No permission of yours helps. Ask who set that policy to change it',
		],
		[
			'of a key policy that names you not',
			'kms:EnableKeyRotation',
			'because no resource-based policy allows the kms:EnableKeyRotation action',
			'Ask who administers it to allow you kms:EnableKeyRotation in its policy',
		],
		[
			'of a tag policy',
			'kms:CreateKey',
			"The tag policy does not allow the specified value for the following tag key: 'CostCenter'.",
			"Give the tags that your organization's tag policy asks for",
		],
	])('that %s', async (_whose, action, why, todo) => {
		const {sandbox, run, sit} = await place(keys => ({credentials: `[default]\n${keys}`}));
		vi.stubEnv('AWS_ENDPOINT_URL', await denying(sandbox.url, action, why));
		const ran = await run();
		expect([ran.code, ran.result['problem']]).toMatchObject([
			1,
			{code: expect.stringMatching(/^AccessDenied/), why: expect.stringContaining(why)},
		]);
		expect((ran.result['problem'] as {todo: string}).todo).toContain(todo);
		expect(flat(ran.said)).toContain(flat(todo));
		const {scenes} = await sit();
		const {lines, screen} = await shownOf(scenes.at(-1) ?? expect.fail('nothing was asked'));
		for (const it of [lines, screen]) {
			expect(flat(it)).toContain(flat(todo));
			expect(it).not.toContain('Ask for the permission');
		}
	});
});

describe('a Deny without MFA', () => {
	const without = {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}};
	const allowed = ['iam:GetUser', 'iam:ListMFADevices', 'sts:GetSessionToken'];
	const statement = {Effect: 'Deny', NotAction: allowed, Resource: '*', Condition: without};
	const PolicyDocument = JSON.stringify({Version: '2012-10-17', Statement: [statement]});
	const at = async () => {
		let lines = '';
		const it = await place(keys => {
			lines = keys;
			return {credentials: `[default]\n${keys}`};
		});
		await it.iam.send(new PutUserPolicyCommand({UserName: 'admin', PolicyName: 'NoMfa', PolicyDocument}));
		it.sandbox.heard.length = 0;
		const withDevice = (): void => void it.write('.aws/credentials', `[default]\n${lines}mfa_serial = ${serial()}\n`);
		return Object.assign(it, {withDevice});
	};
	test('is told with how to sign in by it, and what is advised goes on without questions', async () => {
		const {run, withDevice} = await at();
		const {code, result} = await run({stopAfter: 'policy'});
		expect([code, result['problem']]).toMatchObject([
			1,
			{todo: expect.stringMatching(/without MFA, put mfa_serial .* into the profile .*--profile NAME --mfa-code CODE/)},
		]);
		withDevice();
		const next = await run({stopAfter: 'policy', profile: 'default', mfaCode: '123456'});
		expect([next.code, next.result['status']]).toEqual([0, 'paused']);
	});
	test('is told on screen too, where trying again asks the code once the device is named', async () => {
		const {sit, withDevice} = await at();
		const {asked, scenes, receipts} = await sit(
			{
				secret: () => '123456',
				event({phase}) {
					if (phase.at !== 'stopped') return undefined;
					withDevice();
					return {type: 'retry'};
				},
			},
			{stopAfter: 'policy'},
		);
		const stopped = scenes.filter(it => it.phase.at === 'stopped');
		expect([stopped.length, asked.map(it => it.kind), receipts.map(it => it.name)]).toEqual([
			1,
			['secret'],
			['Connect', 'Policy'],
		]);
		const {lines, screen} = await shownOf(stopped[0] ?? expect.fail('it never stopped'));
		for (const it of [lines, screen])
			expect(flat(it)).toContain(flat('try again by that profile: the code is asked then'));
	});
	test('keeps from simulating, and that is told at Connect', async () => {
		const {sit} = await at();
		const {scenes} = await sit({}, {stopAfter: 'connect'});
		const found = scenes.flatMap(it => it.found).find(it => it.label === 'Permission');
		expect(found?.value).toBe("can't tell (you may not simulate)");
		const warns = scenes.flatMap(({phase}) => (phase.at === 'review' ? (phase.plan.warns ?? []) : []));
		expect(warns).toContainEqual(expect.stringContaining('denies everything without MFA'));
	});
	test('whose files stay as they are is signed in for no second time', async () => {
		const {sit, sandbox} = await at();
		let tries = 0;
		await sit(
			{event: ({phase}) => (phase.at === 'stopped' && (tries += 1) < 3 ? {type: 'retry'} : undefined)},
			{stopAfter: 'policy'},
		);
		expect([tries, sandbox.heard.filter(it => it.api === 'GetSessionToken')]).toEqual([3, []]);
	});
});
