import {execFile} from 'node:child_process';
import type {Readable} from 'node:stream';
import type {AwsCredentialIdentity} from '@smithy/types';
import {call} from '../aws/client/call.js';
import {type Aws, reach} from '../aws/client/send.js';
import {type Network, networkOf} from '../aws/network/network.js';
import {readsSystemStore} from '../aws/network/trust.js';
import {awsProblem} from '../aws/problems/aws-problem.js';
import {CantCall} from '../aws/problems/cant-call.js';
import {kmsHost, regionRule} from '../aws/rules/regions.js';
import {readConfig} from '../aws/sign-in/config-files.js';
import {credentialsFor} from '../aws/sign-in/credentials.js';
import {ssoAddresses} from '../aws/sign-in/device-code.js';
import {defaultProfile, type Sources, sourcesOf} from '../aws/sign-in/profiles.js';
import {regionOf, type Service} from '../aws/sign-in/settings.js';
import {toDoByFlags} from '../engine/to-do.js';
import {Trouble, Usage} from '../engine/trouble.js';
import {stateHealth} from '../local/state-health.js';
import type {Finding} from './finding.js';
import {Codes} from './mfa-codes.js';
import {permissionFindings} from './permission-findings.js';
import {namedRegion} from './region.js';
import {type Route, routeToAws} from './route-to-aws.js';
import {usage} from './usage-error.js';

type Wish = {
	readonly env: NodeJS.ProcessEnv;
	readonly version: string;
	readonly profile: string | undefined;
	readonly region: string | undefined;
	/** An MFA code that was given. */
	readonly mfaCode?: string | undefined;
	/** Where a copied text goes. */
	readonly clipboard: string;
};
const right = (name: string, says: string): Finding => ({is: 'right', name, says});
const note = (name: string, says: string): Finding => ({is: 'note', name, says});

/** What each look at this machine tells; one that fails is a finding, and the others go on. Nothing is changed. */
export async function examine({
	env,
	version,
	profile,
	region: asked,
	mfaCode,
	clipboard,
}: Wish): Promise<readonly Finding[]> {
	const found: Finding[] = [right('nps-kms', `${version}, on Node ${process.version}, ${process.platform}`)];
	const look = async <T>(name: string, it: () => Promise<T>): Promise<T | undefined> => {
		try {
			return await it();
		} catch (error) {
			found.push(wrong(name, error));
			return undefined;
		}
	};
	await look('State folder', async () => {
		const {folder, problems} = stateHealth(env);
		found.push(right('State folder', folder));
		for (const it of problems)
			found.push({is: 'wrong', name: 'State folder', says: `${it.what}: ${it.why ?? ''}`, todo: toDoByFlags(it)});
	});
	found.push(note('Clipboard', clipboard), systemStore(), await awsCli());
	const region = await look('Region', async () => {
		const value = await namedRegion({region: asked, profile, env});
		found.push(await regionSeen(value, asked, profile, env));
		return value;
	});
	const way = await look('Settings', () => routeToAws(profile, env));
	if (!way) return found;
	for (const it of way.notes) found.push(note('Credentials', it));
	const {network, settings} = way;
	const where = region ?? 'us-east-1';
	const askCode = new Codes(mfaCode).ask;
	const credentials = credentialsFor({profile, region: where, env, network, settings, askCode});
	const aws = reach({region: where, network, settings, credentials, timeoutMs: 15_000});
	const config = await readConfig(env);
	const sources = sourcesOf(config, env);
	const name = profile ?? defaultProfile(sources);
	const signsInAt =
		(await look('Credentials', async () => (name ? ssoAddresses(name, {env, config, settings}) : {}))) ?? {};
	const hosts = await examineHosts({...signsInAt, ...(await aws.endpoints())}, way);
	found.push(...hosts);
	const reached = hosts.every(it => it.is !== 'wrong');
	const from = name
		? `profile ${name}, which ${namer(profile, sources)}`
		: sources.environment
			? exported
			: 'this machine';
	await look('Credentials', async () => {
		const identity = await credentials();
		found.push(right('Credentials', `those of ${from}`));
		if (reached) await look('You are', async () => void found.push(...(await whoAndWhat(aws.look, identity))));
	});
	return found;
}

async function whoAndWhat(look: Aws['look'], identity: AwsCredentialIdentity): Promise<readonly Finding[]> {
	const {Arn: caller = '', Account = ''} = (await look.at(call('sts:GetCallerIdentity', {}))) ?? {};
	const told = [caller, Account && `account ${Account}`].filter(Boolean);
	const who = right('You are', told.join(', ') || 'somebody whom AWS does not name');
	return [
		who,
		...(await permissionFindings(look, caller, identity).catch((error: unknown) => [wrong('Permissions', error)])),
	];
}

async function regionSeen(
	value: string | undefined,
	asked: string | undefined,
	profile: string | undefined,
	env: NodeJS.ProcessEnv,
): Promise<Finding> {
	if (!value) return note('Region', 'none is named; a run asks it, or takes --region');
	const from = asked ? '--region' : regionOf({profile, env, config: await readConfig(env)})?.from;
	return right('Region', `${value}, from ${from ?? ''}`);
}

const exported = 'the exported AWS_ACCESS_KEY_ID';
/** Why it is this profile. */
const namer = (asked: string | undefined, {named}: Sources): string =>
	asked ? '--profile names' : named ? `${named.from} names` : 'is used unless another is named';

/** What each host is looked at for, all at once; a clock that is wrong is told once. */
async function examineHosts(
	hosts: Readonly<Record<string, string>>,
	{network, settings}: Route,
): Promise<readonly Finding[]> {
	const looks = Object.entries(hosts).map(([service, url]) => {
		const own = settings.endpoints[service as Service];
		return examineHost(`${service} ${url}${own ? ` of ${own.from}` : ''}`, url, network);
	});
	const found = (await Promise.all(looks)).flat();
	const first = found.findIndex(it => it.name === 'Clock');
	if (found.every(it => it.is !== 'wrong')) return [...found, clockIsRight];
	return found.filter((it, at) => it.name !== 'Clock' || at === first);
}

/** The way from the NPS server to KMS: name, proxy, connection, certificate and clock; nobody signs in. */
export async function examineFromNps(region: string, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
	const rule = regionRule(region);
	if (rule) throw usage(`--from-nps ${region} is not allowed`, rule, 'Give the region of the KMS key');
	const host = kmsHost(region);
	const found = await examineHost(
		`KMS ${host}`,
		`https://${host}`,
		networkOf(env, async () => undefined),
	);
	return found.every(it => it.is !== 'wrong') ? [...found, clockIsRight] : found;
}

/** Asks a host for nothing in particular: any answer tells that it is reached, and its date tells the clock. */
async function examineHost(name: string, url: string, network: Network): Promise<readonly Finding[]> {
	const {protocol, hostname, port: text} = new URL(url);
	const port = text ? Number(text) : undefined;
	try {
		const {proxy, why} = (await network.routes())({protocol, hostname, port});
		const way = proxy ? `through the proxy ${proxy.shown} of ${proxy.from}` : `directly (${why})`;
		const script = why.endsWith('name a script')
			? [note(name, `${why} that chooses the proxy: it isn't read; set HTTPS_PROXY if one is needed`)]
			: [];
		const secure = protocol === 'https:';
		const bundle = secure ? (await network.trust()).bundle : await network.bundle();
		const {HttpRequest} = await import('../aws/client/sdk.js');
		const request = new HttpRequest({protocol, hostname, path: '/', method: 'GET', headers: {host: hostname}});
		if (port !== undefined) request.port = port;
		const handler = network.handler({connectionTimeout: 10_000, requestTimeout: 10_000, throwOnRequestTimeout: true});
		const {response} = await handler.handle(request);
		const {statusCode, headers, body} = response;
		// It isn't read.
		(body as Readable | undefined)?.destroy();
		if (statusCode !== 302 && isPage(headers)) return [notAws(name, hostname, `${way}, HTTP ${statusCode}`), ...script];
		const vouched = bundle
			? secure
				? `, vouched for by ${bundle.value} of ${bundle.from}`
				: `, by http: ${bundle.from} isn't used there`
			: '';
		return [right(name, `reached ${way}${vouched}`), ...script, ...clock(name, headers['date'])];
	} catch (error) {
		return [unreached(name, error, hostname, port ?? (protocol === 'https:' ? 443 : 80)) ?? wrong(name, error)];
	}
}

/** A page for people, which AWS's own hosts don't send but to lead elsewhere. */
const isPage = (headers: Readonly<Record<string, string>>): boolean =>
	/html/i.test(headers['content-type'] ?? '') && headers['x-amzn-requestid'] === undefined;
const notAws = (name: string, host: string, way: string): Finding => ({
	is: 'wrong',
	name,
	says: `what answers isn't AWS but a web page (reached ${way})`,
	todo: `Ask who runs your network, or its proxy, to let this machine reach ${host}`,
});

/** A name or a connection that fails, in the words of who looks at the network. */
function unreached(name: string, error: unknown, host: string, port: number): Finding | undefined {
	if (!(error instanceof Error) || error instanceof CantCall) return undefined;
	const {code = error.name, via} = error as Error & {code?: string; via?: string};
	const isName = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
	if (!isName && !/^(E[A-Z]+|TimeoutError|AbortError)$/.test(code)) return undefined;
	const proxy = via ? '' : '; if a proxy is the only way out, set HTTPS_PROXY to it';
	return {
		is: 'wrong',
		name,
		says: isName
			? `the name ${host} isn't known on this machine (${code})`
			: `no connection to port ${port}${via ? ` through the proxy ${via}` : ''}: ${error.message || code}`,
		todo: `Ask who runs your network to let this machine reach ${host}:${port}${proxy}`,
	};
}

/** AWS lets five minutes pass; milliseconds that this machine's clock may be away. */
const apart = 240_000;
const clockIsRight = right('Clock', `within ${apart / 60_000} minutes of AWS's`);
function clock(name: string, date: string | undefined): readonly Finding[] {
	const ahead = Date.parse(date ?? '') - Date.now();
	if (Number.isNaN(ahead) || Math.abs(ahead) < apart) return [];
	const minutes = Math.round(Math.abs(ahead) / 60_000);
	const says = `this machine's clock is ${minutes} minutes ${ahead > 0 ? 'behind' : 'ahead of'} that of ${name}`;
	return [{is: 'wrong', name: 'Clock', says, todo: "Set it, by the system's time service"}];
}

/** The finding of what went wrong; what no person can mend is thrown on. */
function wrong(name: string, error: unknown): Finding {
	if (error instanceof CantCall && error.problem.code === 'MfaCode')
		return note(name, `${error.problem.why ?? ''}; signing in wasn't tried, for it asks a code`);
	const problem =
		error instanceof Trouble || error instanceof Usage ? error.problem : awsProblem(error, {facts: {}, run: {}});
	if (!problem) {
		if (!(error instanceof Error)) throw error;
		return {is: 'wrong', name, says: error.message, todo: 'See that its host can be reached'};
	}
	// Who reads this is where the others are sent, and nothing was begun.
	const todo = toDoByFlags(problem)
		.replace(/ \((nps-kms|npm start --) doctor [^)]*\)/, '')
		.replace(/[,;] then (try|run) .*$/, '');
	return {is: 'wrong', name, says: `${problem.what}: ${problem.why ?? ''}`, ...(todo && {todo})};
}

/** Whether a company's own authority counts once it is in the system's certificate store. */
export const systemStore = (reads = readsSystemStore): Finding =>
	reads
		? right('Certificates', "the system's certificate store counts beside Node's own")
		: note(
				'Certificates',
				`Node ${process.version} doesn't read the system's certificate store, as 22.15 and later do: name a ` +
					"company's own authority with AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS",
			);

/** The aws CLI, which signs in by SSO. */
const awsCli = (): Promise<Finding> =>
	new Promise(resolve => {
		execFile('aws', ['--version'], {timeout: 20_000, windowsHide: true}, (error, stdout, stderr) => {
			const version = /aws-cli\/[\d.]+/.exec(`${stdout}${stderr}`)?.[0];
			resolve(
				error || !version
					? note('aws CLI', "isn't found; nothing here needs it but printed scripts")
					: right('aws CLI', version),
			);
		});
	});
