// npm run test:wine: nps-kms.exe is made as for a release and goes through a set-up, its proof, status, record,
// replacement, discard, the wizard by keys, paths and signals, on Wine. Ends with a line of counts.
import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {enteringSlowly} from '../terminal/enter.js';
import {prepared} from './debian.js';
import {Machine} from './machine.js';

let [passed, failed] = [0, 0];
function check(says: string, good: boolean, seen = ''): void {
	console.log(`${good ? '✔' : '✖'} ${says}${good ? '' : `\n${seen}`}`);
	if (good) passed += 1;
	else failed += 1;
}
const began = Date.now();

/** The file for Windows, made by what makes a release. */
async function made(folder: string): Promise<string> {
	if (!existsSync('build/release/node_modules'))
		execFileSync('npm', ['ci', '--silent', '--omit=optional', '--prefix', 'build/release'], {stdio: 'inherit'});
	const url = pathToFileURL(join(process.cwd(), 'build/release/single-file.js')).href;
	const {inChunks, singleFile} = (await import(url)) as {
		inChunks(folder: string): Promise<unknown>;
		singleFile(platform: string, program: string, folder: string): Promise<string>;
	};
	const program = join(folder, 'program');
	await inChunks(program);
	return singleFile('win-x64', program, folder);
}

/** The commands, one after the other, on one rehearsal. */
function commands(machine: Machine): void {
	const run = (...args: readonly string[]) => {
		const {code, out, err} = machine.run(...args);
		return {code, out, said: `ended with ${code}\n${out}\n${err}`};
	};
	const version = run('--version');
	check('it tells its version', version.code === 0 && /^\d+\.\d+\.\d+\r?\n$/.test(version.out), version.said);
	const setup = run('setup', '--yes', '--sandbox', '--region', 'eu-west-1');
	const proven = setup.out.includes('all 20 checks passed');
	check('a set-up, with its proof by 20 of 20', setup.code === 0 && proven, setup.said);
	check('text that goes into a file is ASCII', /^[\r\n -~]*$/.test(setup.out), setup.out);
	const again = run('setup', '--yes', '--sandbox');
	check('again it changes nothing', again.code === 0 && !again.out.includes('+ create'), again.said);
	const status = run('status', '--sandbox');
	check('status finds it as it was left', status.code === 0, status.said);
	const prove = run('prove', '--sandbox');
	check('prove', prove.code === 0 && prove.out.includes('all 20 checks passed'), prove.said);
	const record = run('record', '--sandbox', '--out', 'C:\\change record.md');
	const text = record.code === 0 ? readFileSync(machine.file('change record.md'), 'utf8') : '';
	check('record, into a file: UTF-8 without a mark, lines end by LF', /^#[^\r]*$/.test(text), record.said);
	const script = run('setup', '--print-commands', '--sandbox', '--setup', 'printed');
	check('what is printed is for PowerShell', script.out.includes('# Run it once, as a file'), script.said);
	check('and for it alone', script.out.includes('powershell -ExecutionPolicy'), script.said);
	const replaced = run('replace-access-key', '--sandbox', '--yes');
	check('replacement, until NPS is to be rotated', replaced.said.includes('[NotRotatedYet]'), replaced.said);
	const shown = run('record', '--sandbox', '--json');
	check('--json is ASCII, and JSON', /^[\r\n -~]*$/.test(shown.out) && JSON.parse(shown.out).v === 1, shown.said);
	const word = ['--confirm', 'nps', '--confirm-alias', 'nps-kms-key'];
	const discarded = run('discard', '--sandbox', '--yes', ...word);
	check('discard', discarded.code === 0, discarded.said);
}

/** Places that Windows reads otherwise than they are written. */
function paths(machine: Machine): void {
	for (const it of [
		'C:\\NUL.csv',
		'C:\\aux',
		'C:\\a.csv:stream',
		'C:\\trailing.',
		'C:\\what?.csv',
		'\\\\.\\C:\\a.csv',
	]) {
		const {code, out, err} = machine.run('setup', '--yes', '--sandbox', '--setup', 'paths', '--secret-file', it);
		check(
			`${it} is no place for a secret`,
			code !== 0 && err.includes("can't go to"),
			`ended with ${code}\n${out}\n${err}`,
		);
	}
	const there = machine.run('setup', '--yes', '--sandbox', '--setup', 'path', '--secret-file', 'C:\\o p\\k.csv');
	check('a folder that is not there is told', there.code !== 0 && there.err.includes('k.csv'), there.out + there.err);
	const first = machine.run('setup', '--yes', '--sandbox', '--setup', 'case', '--secret-file', 'C:\\Keys.csv');
	const other = machine.run('setup', '--yes', '--sandbox', '--setup', 'case', '--secret-file', 'c:/KEYS.CSV');
	check('the same file in another spelling is the same answer', first.code === 0 && other.code === 0, other.err);
}

/** The screens, by keys. */
async function wizard(machine: Machine): Promise<void> {
	const whole = machine.open({WT_SESSION: '1'}, '--sandbox', '--setup', 'keys');
	try {
		// Wine's console counts what moves the cursor as letters, and breaks lines there.
		await enteringSlowly(whole);
		const {code} = await whole.ends();
		check('the wizard, by keys, to its end', code === 0 && whole.history.includes('RotateAwsKey'), whole.history);
	} finally {
		await whole.close();
	}
	const ascii = machine.open({TERM: 'vt100'}, '--sandbox', '--setup', 'stopped');
	try {
		await ascii.sees('save and quit');
		do ascii.press('ctrlC');
		while (!(await ascii.becomes(() => ascii.over)));
		const {code} = await ascii.ends();
		check('Ctrl+C leaves it with 130', code === 130, `ended with ${code}\n${ascii.history}`);
		check('where Unicode is not drawn, ASCII is', !/[─▸✔↵]/.test(ascii.history), ascii.history);
	} finally {
		await ascii.close();
	}
}

async function all(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'nps-kms-wine-'));
	let machine: Machine | undefined;
	try {
		machine = new Machine(await made(folder));
		commands(machine);
		paths(machine);
		const served = await machine.runUntil('AWS_PROFILE=', 'sandbox');
		const shells = served.includes("$env:AWS_ENDPOINT_URL = '") && served.includes('set "AWS_ENDPOINT_URL=');
		check("sandbox tells the lines of PowerShell, and cmd's", shells, served);
		await wizard(machine);
	} finally {
		machine?.end();
		rmSync(folder, {recursive: true, force: true});
	}
	console.log(`${passed} passed, ${failed} failed, in ${Math.round((Date.now() - began) / 1000)} s`);
	process.exitCode = failed > 0 ? 1 : 0;
}

const lacks = prepared();
if (lacks) {
	console.log(`not run: needs ${lacks.missing}`);
	process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
} else await all();
