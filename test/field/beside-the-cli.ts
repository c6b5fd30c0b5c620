import {createHash} from 'node:crypto';
import http, {type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {
	AttachRolePolicyCommand,
	AttachUserPolicyCommand,
	CreateAccessKeyCommand,
	CreateRoleCommand,
	CreateUserCommand,
} from '@aws-sdk/client-iam';
import {AssumeRoleCommand} from '@aws-sdk/client-sts';
import {onTestFinished} from 'vitest';
import {clientsOf, sandboxFor} from '../sandbox/clients.js';
import {awsCli} from './aws-cli.js';
import {authority, forwardProxy, inTls} from './network.js';
import {machine} from './program.js';

/** What a case may name: keys of two people, and places. */
export type Ground = {
	readonly admin: string;
	readonly bob: string;
	/** Two proxies, and two endpoints that aren't AWS. */
	readonly proxy: string;
	readonly other: string;
	readonly endpoint: string;
	readonly elsewhere: string;
	/** The host and the port of the first proxy. */
	readonly at: string;
	/** The company's authority. */
	readonly ca: string;
	/** A folder of the case's own. */
	readonly home: string;
};
/** Files by their path in the home folder, variables, and words of the command. */
export type Inputs = {
	readonly files?: Readonly<Record<string, string | Buffer>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly words?: readonly string[];
};
/** A rule, what is given to both programs, and what comes of it. */
export type Row = readonly [rule: string, make: (ground: Ground) => Inputs, choice: Choice];
/** As whom, in which region, and by which way to which host AWS was asked first; `nothing`: it wasn't asked. */
type Choice = `${string} in ${string} by ${string}` | 'nothing';

export const account = '123456789012';
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
/** The file of a token that `aws sso login` left. */
export const tokenFile = (session: string): string =>
	`.aws/sso/cache/${createHash('sha1').update(session).digest('hex')}.json`;
export const token = (): string =>
	JSON.stringify({
		accessToken: 'the-token',
		expiresAt: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
		region: 'eu-west-1',
		startUrl: 'https://acme.awsapps.com/start',
	});
export const exported = (lines: string): Record<string, string> => {
	const [, AWS_ACCESS_KEY_ID = '', , AWS_SECRET_ACCESS_KEY = ''] = lines.split(/ = |\n/);
	return {AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY};
};

/** A company's network with AWS behind it, and both programs in it. */
export async function network() {
	const sandbox = await sandboxFor({accountId: account});
	const {iam, sts} = clientsOf(sandbox);
	await iam.send(new CreateUserCommand({UserName: 'bob'}));
	await iam.send(new AttachUserPolicyCommand({UserName: 'bob', PolicyArn: administrator}));
	const {AccessKey: bob} = await iam.send(new CreateAccessKeyCommand({UserName: 'bob'}));
	const who = {Effect: 'Allow', Principal: {AWS: `arn:aws:iam::${account}:root`}, Action: 'sts:AssumeRole'};
	const AssumeRolePolicyDocument = JSON.stringify({Version: '2012-10-17', Statement: [who]});
	await iam.send(new CreateRoleCommand({RoleName: 'Boss', AssumeRolePolicyDocument}));
	await iam.send(new AttachRolePolicyCommand({RoleName: 'Boss', PolicyArn: administrator}));
	const {Credentials: session} = await sts.send(
		new AssumeRoleCommand({RoleArn: `arn:aws:iam::${account}:role/Boss`, RoleSessionName: 'sso'}),
	);
	const signedIn = {
		accessKeyId: session?.AccessKeyId,
		secretAccessKey: session?.SecretAccessKey,
		sessionToken: session?.SessionToken,
		expiration: session?.Expiration?.getTime(),
	};
	const lines = (id = '', secret = ''): string => `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
	const seen: Choice[] = [];
	/** A way to AWS that is told by its name, and what AWS is asked by it. */
	const front = async (way: string): Promise<string> => {
		const server = http.createServer((request, response) => {
			let body = '';
			request.on('data', (it: Buffer) => (body += it.toString()));
			request.on('end', () => {
				if (request.url?.startsWith('/federation/credentials')) {
					response.writeHead(200, {'content-type': 'application/json', 'x-amzn-requestid': 'r'});
					return void response.end(JSON.stringify({roleCredentials: signedIn}));
				}
				const heard = sandbox.heard.length;
				const passed = http.request(
					sandbox.url + (request.url ?? ''),
					{method: request.method, headers: request.headers},
					answer => {
						const it = sandbox.heard.slice(heard).find(each => each.api === 'GetCallerIdentity');
						const whom = nameOf(it?.caller?.arn ?? '');
						if (it) seen.push(`${whom} in ${scopeOf(request)} by ${way}${hostOf(request, way)}`);
						response.writeHead(answer.statusCode ?? 500, answer.headers);
						answer.pipe(response);
					},
				);
				passed.end(body);
			});
		});
		await new Promise<void>(done => server.listen(0, '127.0.0.1', () => done()));
		onTestFinished(() => {
			server.closeAllConnections();
			server.close();
		});
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	};
	const through = async (way: string) => {
		const plain = await front(`${way} `);
		return forwardProxy({to: (await inTls(plain)).port, plainTo: Number(new URL(plain).port)});
	};
	const [one, two] = [await through('proxy'), await through('other')];
	const [endpoint, elsewhere] = [await front('endpoint'), await front('elsewhere')];
	const given = (home: string): Ground => ({
		admin: lines(sandbox.operator.accessKeyId, sandbox.operator.secretAccessKey),
		bob: lines(bob?.AccessKeyId, bob?.SecretAccessKey),
		proxy: one.at(),
		other: two.at(),
		at: one.at().replace('http://', ''),
		ca: authority,
		endpoint,
		elsewhere,
		home,
	});
	/** Starts a program among the same files, variables and words. */
	const start = async (
		make: (ground: Ground) => Inputs,
		run: (
			at: ReturnType<typeof machine>,
			words: readonly string[],
			env: NodeJS.ProcessEnv,
		) => Promise<{stderr: string; stdout: string}>,
	) => {
		const at = machine();
		const {files = {}, env = {}, words = []} = make(given(at.home));
		for (const [name, content] of Object.entries(files)) at.write(name, content);
		seen.length = 0;
		const said = await run(at, words, env);
		return {choice: seen[0] ?? 'nothing', said: `${said.stdout.trim().split('\n').at(-1)}\n${said.stderr}`};
	};
	return {
		ours: (make: (ground: Ground) => Inputs) =>
			start(make, (at, words, env) => at.run(['setup', '--yes', '--json', '--stop-after', 'connect', ...words], env)),
		theirs: (make: (ground: Ground) => Inputs) =>
			start(make, (at, words, env) =>
				at.start(awsCli, ['sts', 'get-caller-identity', '--output', 'json', ...words], {
					...env,
					AWS_EC2_METADATA_DISABLED: 'true',
					AWS_MAX_ATTEMPTS: '1',
				}),
			),
	};
}

const scopeOf = ({headers}: IncomingMessage): string =>
	/Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
const hostOf = ({headers}: IncomingMessage, way: string): string => (way.endsWith(' ') ? (headers.host ?? '') : '');
/** `admin` and `bob`, or the session of a role as `Boss` and `Boss by SSO`. */
const nameOf = (arn: string): string =>
	arn.includes(':assumed-role/') ? (arn.endsWith('/Boss/sso') ? 'Boss by SSO' : 'Boss') : (arn.split('/').at(-1) ?? '');
