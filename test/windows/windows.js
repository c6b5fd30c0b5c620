// On a Windows: npm ci, npm run build, node test/windows/windows.js. What neither Linux nor Wine can show: access
// lists, one holder of a lock, Ctrl+Break, Windows PowerShell 5.1. Nothing leaves the machine. Ends with its counts.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {awsOfOurs, breaker} from './stand-ins.js';

/** A built program, or a single file that NPS_KMS_EXE names. */
const exe = process.env.NPS_KMS_EXE;
const [command, first] = exe ? [exe, []] : [process.execPath, [join(process.cwd(), 'dist', 'nps-kms.js')]];
const folder = mkdtempSync(join(tmpdir(), 'nps-kms-windows-'));
const system = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32');
const env = {...process.env, NPS_KMS_HOME: join(folder, 'home'), NPS_KMS_PATIENCE: '0'};
let [passed, failed] = [0, 0];
function check(says, good, seen = '') {
	console.log(`${good ? '✔' : '✖'} ${says}${good ? '' : `\n${seen}`}`);
	if (good) passed += 1;
	else failed += 1;
}
const run = (...args) => spawnSync(command, [...first, ...args], {env, encoding: 'utf8', timeout: 300_000});
const told = ({status, stdout, stderr}) => `ended with ${status}\n${stdout}\n${stderr}`;

/** The accounts that an access list names, each with its rights. */
function listOf(file) {
	const {stdout} = spawnSync(join(system, 'icacls.exe'), [file], {encoding: 'utf8'});
	return [...stdout.replace(file, '').matchAll(/^\s*(\S.*?):((?:\([^)]*\))+)\s*$/gm)].map(([, who, rights]) => ({
		who,
		rights,
	}));
}
function accessLists() {
	const file = join(folder, 'the secret.csv');
	const setup = run('setup', '--yes', '--sandbox', '--region', 'eu-west-1', '--secret-file', file);
	check('a set-up, with its proof', setup.status === 0 && setup.stdout.includes('all 20 checks passed'), told(setup));
	const list = existsSync(file) ? listOf(file) : [];
	const me = spawnSync(join(system, 'whoami.exe'), {encoding: 'utf8'}).stdout.trim().toLowerCase();
	const mine = list.length === 1 && list[0].who.toLowerCase() === me && list[0].rights === '(F)';
	check("the secret's file is this user's alone, and inherits nothing", mine, JSON.stringify({me, list}));
}

/** A sandbox on one file: it holds that file as a run holds its record. */
async function holder(file) {
	const child = spawn(command, [...first, 'sandbox', '--file', file], {env, stdio: ['ignore', 'pipe', 'inherit']});
	let said = '';
	const up = new Promise(done =>
		child.stdout.on('data', it => {
			said += it;
			if (said.includes('AWS_PROFILE=')) done();
		}),
	);
	const over = new Promise(done => child.on('close', done));
	await Promise.race([up, over]);
	return {child, over};
}
async function twoAtOnce() {
	const file = join(folder, 'account.json');
	const one = await holder(file);
	const other = run('sandbox', '--file', file);
	const refused = other.status === 2 && other.stderr.includes('Another sandbox is using');
	check('of two at once on one file the second is refused', refused, told(other));
	one.child.kill();
	await one.over;
	const next = await holder(file);
	check('a holder that was killed holds nothing', next.child.exitCode === null);
	next.child.kill();
	await next.over;
}

/** Ctrl+Break reaches all of a console: so it is pressed in one of its own. */
function ctrlBreak() {
	const ended = join(folder, 'ended');
	const [script, sender] = [join(folder, 'break.cjs'), join(folder, 'break.ps1')];
	writeFileSync(sender, breaker.sender);
	writeFileSync(script, breaker.script({command, args: [...first, 'sandbox'], sender, ended}));
	const started = ['/d', '/c', 'start', '""', '/wait', '/min', process.execPath, script];
	spawnSync(join(system, 'cmd.exe'), started, {env, timeout: 120_000, windowsVerbatimArguments: false});
	const how = existsSync(ended) ? readFileSync(ended, 'utf8') : 'not at all';
	check('Ctrl+Break ends it in order, with 143', how === '143', `ended with ${how}`);
}

function powershell51() {
	const place = join(folder, "it's Jürgen's.csv");
	const script = join(folder, 'setup.ps1');
	const flags = ['--sandbox', '--setup', 'printed', '--region', 'eu-west-1', '--secret-file', place, '--out', script];
	const printed = run('setup', '--print-commands', ...flags);
	check('it prints for PowerShell', printed.status === 0 && existsSync(script), told(printed));
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	writeFileSync(join(bin, 'aws.cjs'), awsOfOurs(join(folder, 'heard')));
	writeFileSync(join(bin, 'aws.cmd'), `@"${process.execPath}" "%~dp0aws.cjs" %*\r\n`);
	const shell = join(system, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
	const ran = spawnSync(shell, ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', script], {
		env: {...env, PATH: `${bin};${process.env.PATH}`},
		encoding: 'utf8',
		input: '',
	});
	check('Windows PowerShell 5.1 runs it to its end', ran.status === 0, told(ran));
	const calls = existsSync(join(folder, 'heard')) ? readFileSync(join(folder, 'heard'), 'utf8').trim().split('\n') : [];
	const made = calls.map(it => JSON.parse(it)).filter(it => it.input !== null);
	check('each change with its whole input', made.length >= 8, calls.join('\n'));
	const text = existsSync(place) ? readFileSync(place, 'utf8') : '';
	check('the secret is in its file', text.endsWith('\r\nAKIA1,the secret\r\n'), text);
	check('which is for one account alone', listOf(place).length === 1, JSON.stringify(listOf(place)));
}

if (process.platform !== 'win32') {
	console.log('not run: needs Windows');
	process.exitCode = process.env.CI === 'true' ? 1 : 0;
} else
	try {
		accessLists();
		await twoAtOnce();
		ctrlBreak();
		powershell51();
		console.log(`${passed} passed, ${failed} failed`);
		process.exitCode = failed > 0 ? 1 : 0;
	} finally {
		rmSync(folder, {recursive: true, force: true, maxRetries: 5});
	}
