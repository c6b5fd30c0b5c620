import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, onTestFinished, test} from 'vitest';
import {printCommands} from '../../src/commands/setup/print-commands.js';
import {type Heard, readFault} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import {accountIn, difference, pictureOf} from '../kills/end-state.js';
import type {World} from '../kills/killed-process.js';
import {type Case, missing, powershell, quiet, runInPowershell} from '../powershell.js';
import {pathWithAws} from '../sandbox/aws-cli.js';
import {Terminal} from '../terminal/terminal.js';
import {Bench} from './in-process.js';
import {oddAnswers} from './odd-answers.js';

/** Where CI is set it runs, and fails. */
const left = missing.length > 0 && !process.env['CI'];
if (left) console.log(`The script printed for PowerShell is not run: ${missing.join(' and ')} missing`);

/** Answers by the kind of script that they make. */
const kinds = {
	plain: (home: string) => ({secretFile: join(home, 'secret.csv')}),
	// The CLI reads $HOME and %HOME% in a path.
	odd: (home: string) => ({...oddAnswers(home), consolePasswordFile: join(home, "$HOME it's %HOME%.csv")}),
	dashes: (home: string) => ({
		policyName: '-policy',
		policyDescription: '--description',
		tags: {'-team': '-x', '--cost': '@4711'},
		userName: '-user',
		consoleAccess: true,
		consolePasswordFile: join(home, '-password.csv'),
		accessKeyDescription: '--NPS',
		secretFile: join(home, '-secret.csv'),
		keyAlias: '-key',
		keyDescription: '-d "x"',
	}),
} as const;
type Kind = keyof typeof kinds;

const changes = (heard: readonly Heard[]): readonly string[] =>
	heard
		.filter(({api}) => !/^(Get|List|Lookup|Describe|Simulate)/.test(api))
		.filter(it => it.status === 200 && it.caller?.arn.endsWith(':user/admin'))
		.map(({service, api}) => `${service}:${api}`);

/** The account without what is random, and which secret is where. */
function picture({sandbox, home}: Bench): string {
	const files = readdirSync(home).filter(it => it.endsWith('.csv'));
	const kept = [...files.map(it => [it, `home/${it}`]), ['setups/nps.json', 'home/state/setups/nps.json']];
	const world = {
		account: sandbox.account,
		files: Object.fromEntries(
			kept.map(([name = '', as]) => {
				const file = join(home, name);
				return [as, {text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777}];
			}),
		),
	};
	return accountIn(pictureOf(world as unknown as World));
}

/** An account and a home, and the script of that kind in a folder of somebody else, who has credentials of that account. */
async function printed(kind: Kind): Promise<Bench & {readonly script: string}> {
	const bench = await Bench.start();
	onTestFinished(() => bench.end());
	const out: string[] = [];
	const said: string[] = [];
	const answers = join(bench.home, 'answers.json');
	writeFileSync(answers, JSON.stringify(kinds[kind](join(bench.home))));
	const how = await printCommands(
		{
			course: setup,
			others: [],
			options: {setup: 'nps', printCommands: true, shell: 'powershell', answers},
			env: {...process.env, NPS_KMS_HOME: bench.home},
			outlet: {json: false, out: it => void out.push(it), err: it => void said.push(it)},
			version: '0.0.0',
			now: new Date(),
		},
		() => undefined,
	);
	expect(how, said.join('\n')).toBe('done');
	for (const it of ['elsewhere', '$HOME %HOME%']) mkdirSync(join(bench.home, it));
	const script = join(bench.home, 'elsewhere', 'setup.ps1');
	writeFileSync(script, out.join(''));
	bench.heard.length = 0;
	return Object.assign(bench, {script});
}

const signedIn = ({sandbox: {url, operator}}: Bench): Record<string, string> => ({
	AWS_ENDPOINT_URL: url,
	AWS_ACCESS_KEY_ID: operator.accessKeyId,
	AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
});
/** What whoever runs the script has; never this process, whose own folders stay where they are. */
const envOf = (bench: Bench): Record<string, string> => foldersOf(bench.home, signedIn(bench));
const foldersOf = (home: string, env: Record<string, string>): Record<string, string> => ({
	...env,
	HOME: home,
	TMPDIR: join(home, '$HOME %HOME%'),
	XDG_CACHE_HOME: join(home, 'cache'),
	XDG_DATA_HOME: join(home, 'cache'),
	XDG_CONFIG_HOME: join(home, 'cache'),
});
const caseOf = (bench: Bench & {readonly script: string}): Case => ({
	script: bench.script,
	folder: bench.home,
	env: envOf(bench),
});

/** Milliseconds for what is two minutes on an idle machine, and starts some 300 programs on a busy one. */
const busy = 1_800_000;

/** What the program's own run makes, and which calls that takes. */
const own = {} as Record<Kind, {readonly picture: string; readonly calls: readonly string[]}>;
beforeAll(async () => {
	if (left) return;
	for (const kind of Object.keys(kinds) as Kind[]) {
		const bench = await Bench.start();
		try {
			const answers = join(bench.home, 'answers.json');
			writeFileSync(answers, JSON.stringify(kinds[kind](bench.home)));
			const {code, said} = await bench.run(setup, {answers, secretFile: undefined, prove: false});
			expect(code, said).toBe(0);
			own[kind] = {picture: picture(bench), calls: changes(bench.heard)};
		} finally {
			await bench.end();
		}
	}
});

/** Each call that changes something as the nth of its API. */
const numbered = (calls: readonly string[]): readonly string[] =>
	calls.map((api, at) => `${api}#${calls.slice(0, at + 1).filter(it => it === api).length}`);
function disturb({sandbox}: Bench, fault: string): void {
	const it = readFault(fault);
	if (!it) throw new Error(`${fault} is no fault`);
	sandbox.setFaults([it]);
}

/** The program's next run: it has to take up whatever was left, and to come to the end of an undisturbed one. */
async function takesUp(bench: Bench, kind: Kind, what: string, options: object = {}): Promise<void> {
	bench.sandbox.setFaults([]);
	Object.assign(process.env, signedIn(bench));
	const {code, said, result} = await bench.run(setup, {secretFile: undefined, ...options});
	expect(code, `${what}\n${said}`).toBe(0);
	expect(result, what).toMatchObject({status: 'complete', proven: true});
	expect(difference(picture(bench), own[kind].picture), what).toBe(same);
}
const same = difference('', '');

/** A secret is in its place, and in nothing that was said or left lying about. */
function isNowhereElse(bench: Bench, said: string): void {
	const secrets = Object.values(bench.sandbox.account.users)
		.filter(it => it.name !== 'admin')
		.flatMap(it => [...it.accessKeys.map(key => key.secret), it.loginProfile?.password ?? []].flat());
	const texts = readdirSync(bench.home, {recursive: true, withFileTypes: true})
		.filter(it => it.isFile() && !it.name.endsWith('.csv'))
		.map(it => readFileSync(join(it.parentPath, it.name), 'utf8'));
	for (const it of secrets) for (const text of [said, ...texts]) expect(text).not.toContain(it);
}

test.skipIf(left)(
	'run by PowerShell and the aws CLI it makes what nps-kms makes, and what any refusal leaves is taken up',
	async () => {
		const whole = [];
		for (const kind of Object.keys(kinds) as Kind[])
			for (const passing of ['Standard', 'Legacy'] as const)
				if (kind !== 'plain' || passing === 'Standard') whole.push({bench: await printed(kind), kind, passing});
		const refused = [];
		for (const call of numbered(own.odd.calls)) {
			const bench = await printed('odd');
			disturb(bench, `${call}=access-denied`);
			refused.push({bench, call});
		}
		const late = await printed('plain');
		late.sandbox.setLags({principals: 2500});
		late.pace = 400;
		const constrained = await printed('plain');

		const ran = await runInPowershell(
			[
				...whole.map(({bench, passing}) => ({...caseOf(bench), passing})),
				...refused.map(({bench}) => caseOf(bench)),
				caseOf(late),
				caseOf(late),
				{...caseOf(constrained), mode: 'ConstrainedLanguage' as const},
			],
			{PATH: await pathWithAws()},
		);
		expect(ran.flatMap(it => it.changed)).toEqual([]);
		const next = ran.values();
		const take = (): (typeof ran)[number] => next.next().value ?? expect.fail('nothing more ran');

		for (const {bench, kind, passing} of whole) {
			const {code, said} = take();
			expect(code, `${kind} ${passing}\n${said}`).toBe(0);
			expect(changes(bench.heard), said).toEqual(own[kind].calls);
			isNowhereElse(bench, said);
			expect(difference(picture(bench), own[kind].picture), `${kind} ${passing}`).toBe(same);
			bench.heard.length = 0;
			await takesUp(bench, kind, `${kind} ${passing}`);
			expect(changes(bench.heard)).toEqual([]);
		}
		for (const [at, {bench, call}] of refused.entries()) {
			const {code, said} = take();
			expect(code, `${call}\n${said}`).toBe(1);
			expect(said).toMatch(/An error occurred \(AccessDenied/);
			expect(said).toContain(at === 0 ? 'Nothing has changed.' : `  ${at} of 11 changes are made`);
			isNowhereElse(bench, said);
			await takesUp(bench, 'odd', call);
		}
		const first = take();
		expect(first.code, first.said).toBe(0);
		expect(first.said).toContain('waiting, at most 120 s');
		const second = take();
		expect(second.code).toBe(1);
		expect(second.said).toContain('Stopped: This script was started before');
		const {code, said} = take();
		expect(code).toBe(1);
		expect(said).toContain('Stopped: PowerShell runs in ConstrainedLanguage mode here');
		expect(said).toContain('Nothing has changed.');
		expect(said).not.toContain('InvalidOperation');
		expect(constrained.heard).toEqual([]);
	},
	busy,
);

/** The script in a terminal, with a person before it. */
function opened(bench: Bench & {readonly script: string}, path = process.env['PATH'] ?? ''): Terminal {
	const env = {...quiet, TERM: 'xterm', PATH: path, ...envOf(bench)};
	const terminal = new Terminal({
		file: powershell,
		args: ['-NoProfile', '-File', bench.script],
		env,
		size: {columns: 200, rows: 50},
	});
	onTestFinished(() => terminal.close());
	return terminal;
}
/** Its question, once it reads: it asks where the cursor is first, and Ctrl+C would take the answer to that along. */
async function asks(terminal: Terminal): Promise<void> {
	await terminal.until(() => terminal.bytes.split('Go on? [y/N]')[1]?.includes('\u001B[6n') === true, 'it asks');
	terminal.press('x');
	await terminal.until(() => /Go on\? \[y\/N\]\W*x/.test(terminal.screen), 'it echoes');
	terminal.press('backspace');
	await terminal.until(() => !/Go on\? \[y\/N\]\W*x/.test(terminal.screen), 'it takes it back');
}
const linesOf = (terminal: Terminal): readonly string[] => terminal.history.split('\n').map(it => it.trimEnd());

test.skipIf(left)('Ctrl+C, no and nothing at its question end it with 130 and leave nothing', async () => {
	const answers = ['ctrlC', 'n\r', '\r'];
	const benches = [];
	for (const keys of answers) benches.push({keys, bench: await printed('plain')});
	for (const {keys, bench} of benches) {
		const terminal = opened(bench);
		await asks(terminal);
		terminal.press(keys);
		const {code} = await terminal.ends();
		expect(code, terminal.history).toBe(130);
		expect(linesOf(terminal)).toContain('  Nothing has changed.');
		expect(changes(bench.heard)).toEqual([]);
		expect(readdirSync(join(bench.home, 'elsewhere'))).toEqual(['setup.ps1']);
	}
});

test.skipIf(left)(
	'Ctrl+C in any of its calls ends it with 130, and what was left is taken up',
	async () => {
		const calls = numbered(own.dashes.calls);
		const path = await pathWithAws();
		const stopped = async (call: string, nth: number): Promise<void> => {
			const bench = await printed('dashes');
			// Before the effect, or after it. Of an access key without its answer nobody knows whose it is; a password stays
			// where it is, in case it is one, and setup asks for another place if it isn't.
			const effect =
				nth % 2 === 1 ? !call.startsWith('iam:CreateAccessKey') : call.startsWith('iam:CreateLoginProfile');
			disturb(bench, `${call}=${effect ? 'slow:600000' : 'hang'}`);
			// The CLI itself gets the Ctrl+C too where it makes the call; elsewhere it is what hands over to it.
			const terminal = opened(bench, call.startsWith('iam:CreatePolicy#') ? undefined : path);
			await asks(terminal);
			terminal.press('y\r');
			const [api = ''] = call.split('#');
			const times = Number(call.split('#')[1]);
			await expect.poll(() => bench.heard.filter(it => `${it.service}:${it.api}` === api).length).toBe(times);
			terminal.press('ctrlC');
			const {code} = await terminal.ends();
			expect(code, `${call}\n${terminal.history}`).toBe(130);
			const told = linesOf(terminal);
			expect(told).toContain('  AWS gave no clear answer: it may have been done.');
			expect(told.some(it => it.startsWith('Stopped at: '))).toBe(true);
			isNowhereElse(bench, terminal.bytes);
			if (call.startsWith('iam:CreateAccessKey')) expect(existsSync(join(bench.home, '-secret.csv'))).toBe(false);
			ends.push({bench, call});
		};
		const ends: {bench: Bench; call: string}[] = [];
		for (let at = 0; at < calls.length; at += 2)
			await Promise.all(calls.slice(at, at + 2).map((call, nth) => stopped(call, at + nth)));
		for (const {bench, call} of ends) await takesUp(bench, 'dashes', call);
	},
	busy,
);

test.skipIf(left)(
	'Ctrl+C before a password is taken leaves it in its file, and setup goes on with another',
	async () => {
		const bench = await printed('dashes');
		disturb(bench, 'iam:CreateLoginProfile#1=hang');
		const terminal = opened(bench, await pathWithAws());
		await asks(terminal);
		terminal.press('y\r');
		await expect.poll(() => bench.heard.some(it => it.api === 'CreateLoginProfile')).toBe(true);
		terminal.press('ctrlC');
		expect((await terminal.ends()).code, terminal.history).toBe(130);
		const file = join(bench.home, '-password.csv');
		const before = readFileSync(file, 'utf8');
		isNowhereElse(bench, terminal.bytes);

		bench.sandbox.setFaults([]);
		Object.assign(process.env, signedIn(bench));
		const stops = await bench.run(setup, {secretFile: undefined});
		expect(stops.code, stops.said).toBe(1);
		expect(stops.said).toContain('-password.csv');
		const other = join(bench.home, 'other.csv');
		const {code, said, result} = await bench.run(setup, {secretFile: undefined, consolePasswordFile: other});
		expect(code, said).toBe(0);
		expect(result).toMatchObject({status: 'complete', proven: true});
		const {password = ''} = bench.sandbox.account.users['-user']?.loginProfile ?? {};
		expect(password).not.toBe('');
		expect(readFileSync(other, 'utf8')).toContain(password);
		expect(readFileSync(file, 'utf8')).toBe(before);
	},
	busy,
);
