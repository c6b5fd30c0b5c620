// What users wait for, as medians, each beside its yardstick from the same run: npm run bench [runs]
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Heard, type Sandbox, startSandbox} from '../../src/sandbox/index.js';
import {crowd} from './crowd.js';
import {folder, newHome, program, type Took, timed, untilSeen} from './spawned.js';

const runs = Number(process.argv[2] ?? 15);
const region = 'eu-west-1';
const here = join(process.cwd(), 'test', 'bench');

const median = (values: readonly number[]): number =>
	[...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
/** Runs each in turn, so that what else the machine does meets all alike. */
async function together(all: Readonly<Record<string, () => Promise<Took>>>): Promise<Record<string, Took>> {
	const seen: Record<string, Took[]> = {};
	for (let turn = 0; turn < runs; turn++)
		for (const [name, once] of Object.entries(all)) {
			seen[name] ??= [];
			seen[name].push(await once());
		}
	return Object.fromEntries(
		Object.entries(seen).map(([name, took]) => [
			name,
			{
				ms: median(took.map(it => it.ms)),
				rssMb: Math.max(...took.map(it => it.rssMb ?? 0)),
				recordMs: median(took.map(it => it.recordMs ?? 0)),
			},
		]),
	);
}
function table(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
	console.log(`\n${title}\n`);
	for (const [name = '', ...cells] of [columns, ...rows])
		console.log(`${name.padEnd(46)}${cells.map(it => it.padStart(15)).join('')}`);
}
const ms = (took: Took | undefined): string => (took?.ms ?? 0).toFixed(0);
const ratio = (took: Took | undefined, to: Took | undefined): string =>
	`${((took?.ms ?? 0) / (to?.ms || 1)).toFixed(2)} ×`;

const heard: Heard[] = [];
async function withSandbox<T>(many: number, use: (sandbox: Sandbox, env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
	const sandbox = await startSandbox({onRequest: it => void heard.push(it)});
	crowd(sandbox.account, many, region);
	const env = {
		AWS_ENDPOINT_URL: sandbox.url,
		AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
		AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
		AWS_REGION: region,
		AWS_DEFAULT_REGION: region,
		NPS_KMS_PATIENCE: '0.01',
	};
	try {
		return await use(sandbox, env);
	} finally {
		await sandbox.close();
	}
}
const ours = (env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Took> =>
	timed(process.execPath, [program, ...args, '--json'], env);

async function starting(): Promise<void> {
	const clean = (): NodeJS.ProcessEnv => {
		const home = newHome();
		mkdirSync(home, {recursive: true});
		return {HOME: home, NPS_KMS_HOME: home, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: ''};
	};
	await withSandbox(0, async (_sandbox, env) => {
		const NPS_KMS_HOME = newHome();
		const begun = {...clean(), ...env, NPS_KMS_HOME};
		await ours(begun, 'setup', '--yes', '--stop-after', 'policy', '--no-prove');
		// As it is with AWS, whose endpoint nobody has to name.
		const home = {...begun, AWS_ENDPOINT_URL: undefined};
		const all = {
			'node -e 0': () => timed(process.execPath, ['-e', '0']),
			'--version': () => timed(process.execPath, [program, '--version']),
			'--help': () => timed(process.execPath, [program, '--help']),
			'first line in a terminal': () => untilSeen('AWS KMS set-up', [], clean()),
			'home screen, no credentials': () => untilSeen('Rehearse', [], clean()),
			'home screen, a set-up under way': () => untilSeen('Carry on', [], home),
		};
		const took = await together(all);
		table(
			'Starting',
			['', 'ms', '× node -e 0'],
			Object.entries(took).map(([name, it]) => [name, ms(it), ratio(it, took['node -e 0'])]),
		);
	});
}

/** An AWS emulator that nobody here wrote, in a process of its own. */
async function withMoto(use: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
	const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	try {
		let said = '';
		const url = await new Promise<string>((done, failed) => {
			const take = (it: Buffer): void => {
				said += it.toString();
				const found = /(http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
				if (found) done(found);
			};
			child.stdout.on('data', take);
			child.stderr.on('data', take);
			child.on('exit', () => failed(new Error(said)));
		});
		await use({
			AWS_ENDPOINT_URL: url,
			AWS_ACCESS_KEY_ID: 'test',
			AWS_SECRET_ACCESS_KEY: 'test',
			AWS_REGION: region,
			AWS_DEFAULT_REGION: region,
			NPS_KMS_PATIENCE: '0.01',
		});
	} finally {
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
}

/** The requests of one set-up, with what each account gives anew by name. */
async function requestsOf(names: readonly string[]): Promise<string> {
	return withSandbox(0, async (sandbox, env) => {
		heard.length = 0;
		const NPS_KMS_HOME = newHome();
		await ours(
			{...env, NPS_KMS_HOME},
			'setup',
			'--yes',
			'--no-prove',
			'--secret-file',
			join(newHome(), '..', 'requests.csv'),
			...names,
		);
		const key = Object.values(sandbox.account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		const accessKey = Object.values(sandbox.account.users).find(it => it.name !== 'admin')?.accessKeys[0]?.id ?? '';
		const text = JSON.stringify(heard.map(it => [it.service, it.api, it.input]));
		return text
			.replaceAll(key, '@keyId')
			.replaceAll(accessKey, '@accessKeyId')
			.replaceAll(sandbox.account.id, '123456789012');
	});
}

async function wholeSetup(): Promise<void> {
	let turn = 0;
	const names = (tag: string): [string, string, string] => [`P${tag}`, `u${tag}`, `k${tag}`];
	const flags = ([policy, user, key]: readonly string[]): string[] => [
		'--policy-name',
		policy ?? '',
		'--user-name',
		user ?? '',
		'--key-alias',
		key ?? '',
	];
	const template = await requestsOf(flags(names('@turn')).map(it => it.replace('@turn', 'TURN')));
	await withMoto(async env => {
		const took = await together({
			'nps-kms setup --yes --no-prove': () => {
				const NPS_KMS_HOME = newHome();
				mkdirSync(NPS_KMS_HOME, {recursive: true});
				const place = join(NPS_KMS_HOME, 's.csv');
				return ours(
					{...env, NPS_KMS_HOME},
					'setup',
					'--yes',
					'--no-prove',
					'--secret-file',
					place,
					...flags(names(`a${++turn}`)),
				);
			},
			"the vendor's 12 calls by the aws CLI": () =>
				timed('bash', [join(here, 'vendor.sh'), ...names(`b${++turn}`), join(folder, `cli-${turn}`)], env),
			'the same requests by boto3': () => {
				const path = join(folder, `requests-${++turn}.json`);
				writeFileSync(path, template.replaceAll('TURN', `c${turn}`));
				return timed('python3', [join(here, 'same-requests.py'), region, path], env);
			},
		});
		const [we] = Object.values(took);
		table(
			`A whole set-up against moto (${(JSON.parse(template) as unknown[]).length} requests)`,
			['', 'ms', 'we take'],
			Object.entries(took).map(([name, it]) => [name, ms(it), ratio(we, it)]),
		);
	});
}

let secrets = 0;
async function requests(many: number): Promise<void> {
	const rows: string[][] = [];
	const add = async (name: string, once: () => Promise<Took>): Promise<void> => {
		let made = 0;
		const took = (
			await together({
				it: async () => {
					heard.length = 0;
					const it = await once();
					made = heard.length;
					return it;
				},
			})
		)['it'];
		rows.push([name, String(made), ms(took), (took?.recordMs ?? 0).toFixed(0), (took?.rssMb ?? 0).toFixed(0)]);
	};
	const fresh = (...flags: readonly string[]): Promise<Took> =>
		withSandbox(many, (_sandbox, env) => {
			const NPS_KMS_HOME = newHome();
			return ours(
				{...env, NPS_KMS_HOME},
				'setup',
				'--yes',
				'--secret-file',
				join(folder, `${++secrets}.csv`),
				...flags,
			);
		});
	await add('fresh, without proof', () => fresh('--no-prove'));
	await add('fresh, with proof', () => fresh());
	await withSandbox(many, async (_sandbox, env) => {
		const mine = {...env, NPS_KMS_HOME: newHome()};
		await ours(mine, 'setup', '--yes', '--stop-after', 'access-key', '--secret-file', join(folder, `${++secrets}.csv`));
		await add('dry run, resumed at step 4', () => ours(mine, 'setup', '--dry-run'));
		await ours(mine, 'setup', '--yes');
		await add('finished already', () => ours(mine, 'setup', '--yes'));
		await add('status', () => ours(mine, 'status'));
		await add('prove', () => ours(mine, 'prove'));
	});
	table(
		`Requests, with ${many} users, access keys, policies, KMS keys and aliases of others in the account (sandbox)`,
		['', 'requests', 'ms', 'of it record', 'max RSS MB'],
		rows,
	);
}

console.log(
	`Medians of ${runs} runs, Node ${process.version}. “Of it record” is all that the program spends on writing files.`,
);
await starting();
await wholeSetup();
await requests(10);
await requests(5000);
rmSync(folder, {recursive: true, force: true});
