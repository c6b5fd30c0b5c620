import {join} from 'node:path';
import {
	AttachUserPolicyCommand,
	CreateAccessKeyCommand,
	CreateUserCommand,
	PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {vi} from 'vitest';
import {permissions as printPermissions} from '../../src/commands/permissions/needed-policy.js';
import {printCommands} from '../../src/commands/setup/print-commands.js';
import type {Receipt, Scene} from '../../src/engine/scene.js';
import type {Ask} from '../../src/engine/step.js';
import type {Event} from '../../src/engine/wizard.js';
import {ask, type MakeAsking} from '../../src/front/asking.js';
import {runUnasked as headless} from '../../src/front/headless.js';
import type {Run} from '../../src/run/run.js';
import {setup} from '../../src/steps/index.js';
import {homeWith} from '../aws/config-files.js';
import {exitCode} from '../exit-codes.js';
import {clientsOf, sandboxFor} from '../sandbox/clients.js';
import type {Line, Ran} from './in-process.js';

type Files = {readonly config?: string; readonly credentials?: string; readonly env?: Readonly<Record<string, string>>};
/** What a person did and saw. */
export type Sat = {
	readonly code: number;
	readonly asked: readonly Ask[];
	readonly scenes: readonly Scene[];
	readonly receipts: readonly Receipt[];
	readonly said: string;
};
/** Answers a scene; undefined: as Enter does. */
export type Sitting = {
	event?(scene: Scene): Event | undefined;
	secret?(ask: Ask, nth: number): string | undefined | Promise<string | undefined>;
};

const account = '123456789012';
/** The device of the operator, which shows 123456. */
export const serial = (partition = 'aws'): string => `arn:${partition}:iam::${account}:mfa/admin`;
export const roleArn = (name: string, partition = 'aws'): string => `arn:${partition}:iam::${account}:role/${name}`;

/** An account in a sandbox with an operator who has an MFA device, a home folder with AWS files, and runs in this process. */
export async function place(files: (keys: string) => Files, partition = 'aws') {
	const sandbox = await sandboxFor({partition, accountId: account});
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	sandbox.account.users['admin']?.mfaDevices.push(serial(partition));
	const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
	const {home, write} = homeWith(files(keys));
	vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
	vi.stubEnv(
		'AWS_REGION',
		{aws: 'eu-west-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1', 'aws-eusc': 'eusc-de-east-1'}[
			partition
		] ?? 'eu-west-1',
	);
	const {iam} = clientsOf(sandbox);
	const runOf = (options: object, lines: Line[], said: string[]): Run => ({
		course: setup,
		others: [],
		options: {setup: 'nps', secretFile: join(home, 'secret.csv'), prove: false, ...options},
		env: {...process.env, NPS_KMS_HOME: join(home, 'state'), NPS_KMS_PATIENCE: '0.0001'},
		outlet: {json: true, out: it => void lines.push(JSON.parse(it) as Line), err: it => void said.push(it)},
		version: '0.0.0',
		now: new Date(),
	});
	/** Another user, with that policy alone, whose credentials are used from now on. */
	const become = async (name: string, policy: object | string): Promise<void> => {
		await iam.send(new CreateUserCommand({UserName: name}));
		if (typeof policy === 'string') await iam.send(new AttachUserPolicyCommand({UserName: name, PolicyArn: policy}));
		else
			await iam.send(
				new PutUserPolicyCommand({UserName: name, PolicyName: 'own', PolicyDocument: JSON.stringify(policy)}),
			);
		const {AccessKey: it} = await iam.send(new CreateAccessKeyCommand({UserName: name}));
		write(
			'.aws/credentials',
			`[default]\naws_access_key_id = ${it?.AccessKeyId}\naws_secret_access_key = ${it?.SecretAccessKey}\n`,
		);
		sandbox.heard.length = 0;
	};
	return {
		sandbox,
		home,
		write,
		iam,
		become,
		/** What `nps-kms permissions` prints. */
		async permissions(
			options: object = {},
		): Promise<{readonly Statement: readonly {readonly Action: readonly string[]; readonly Resource: unknown}[]}> {
			const lines: string[] = [];
			const run = runOf(options, [], []);
			await printPermissions(
				{...run, outlet: {json: false, out: it => void lines.push(it), err: () => undefined}},
				() => undefined,
			);
			return JSON.parse(lines.join('\n')) as {Statement: {Action: string[]; Resource: unknown}[]};
		},
		/** What `setup --print-commands` prints, and says beside it. */
		async print(options: object = {}): Promise<{readonly code: number; readonly said: string}> {
			const said: string[] = [];
			const run = runOf(options, [], said);
			const outlet = {json: false, out: () => undefined, err: (it: string) => void said.push(it)};
			return {code: exitCode[await printCommands({...run, outlet}, () => undefined)], said: said.join('\n')};
		},
		/** Without asking. */
		async run(options: object = {}): Promise<Ran> {
			const [lines, said]: [Line[], string[]] = [[], []];
			const code = exitCode[await headless(runOf({yes: true, json: true, ...options}, lines, said), () => undefined)];
			return {code, lines, result: lines.at(-1) ?? {type: 'none'}, said: said.join('\n')};
		},
		/** With a person, who presses Enter where nothing else is said. */
		async sit({event, secret}: Sitting = {}, options: object = {}): Promise<Sat> {
			const [asked, scenes, said]: [Ask[], Scene[], string[]] = [[], [], []];
			let receipts: readonly Receipt[] = [];
			const make: MakeAsking = () => ({
				draw: (_scene, lines) => void (receipts = lines),
				async ask(scene) {
					scenes.push({...scene, changed: [...scene.changed]});
					return event?.(scene) ?? enter(scene);
				},
				async secret(it) {
					asked.push(it);
					return secret?.(it, asked.length);
				},
				home: async () => ({chosen: 'go'}),
				end: async () => undefined,
			});
			const code = exitCode[await ask(runOf({json: false, ...options}, [], said), make, () => undefined)];
			return {code, asked, scenes, receipts, said: said.join('\n')};
		},
	};
}

/** Enter; at a problem, q. */
function enter({phase, fields, answers}: Scene): Event {
	if (phase.at === 'form')
		return {
			type: 'submitted',
			answers: Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? ''])),
		};
	return phase.at === 'review' ? {type: 'approved'} : {type: 'quit'};
}
