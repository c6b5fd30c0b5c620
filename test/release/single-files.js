// npm run test:release: the single files are made as for a release, and tried: the one for Linux in a root that holds
// nothing but what it needs; of the one for Windows its parts. Needs root, for that root. Ends with a line of counts.
import {execFileSync, spawnSync} from 'node:child_process';
import {copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {NtExecutable, NtExecutableResource, Resource} from '../../build/release/node_modules/resedit/dist/index.js';
import {here, nodeOf} from '../../build/release/node-bases.js';
import {signed} from '../../build/release/signing.js';
import {inChunks, singleFile} from '../../build/release/single-file.js';

const folder = mkdtempSync(join(tmpdir(), 'nps-kms-release-'));
let passed = 0;
let failed = 0;
const check = (says, good, seen = '') => {
	console.log(`${good ? '✔' : '✖'} ${says}${good ? '' : `\n${seen}`}`);
	if (good) passed += 1;
	else failed += 1;
};

/** A root with the file, the libraries that it names, certificates, /tmp and /proc: nothing else. */
function rootFor(file) {
	const root = join(folder, 'root');
	for (const it of ['tmp', 'proc', 'etc']) mkdirSync(join(root, it), {recursive: true});
	copyFileSync(file, join(root, 'nps-kms'));
	const needed = execFileSync('ldd', [file], {encoding: 'utf8'}).matchAll(/(\/\S+)(?= \(0x)/g);
	for (const [library = ''] of needed) {
		mkdirSync(join(root, dirname(library)), {recursive: true});
		copyFileSync(library, join(root, library));
	}
	cpSync('/etc/ssl', join(root, 'etc', 'ssl'), {
		recursive: true,
		dereference: true,
		filter: it => !it.includes('private'),
	});
	return root;
}

function linux() {
	const root = rootFor(made.get(here()));
	const inside = (...args) =>
		spawnSync('chroot', [root, '/nps-kms', ...args], {
			encoding: 'utf8',
			env: {PATH: process.env.PATH, NPS_KMS_HOME: '/tmp/state', NPS_KMS_PATIENCE: '0', HOME: '/tmp'},
			timeout: 300_000,
		});
	execFileSync('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
	try {
		const version = inside('--version');
		check('in an empty root it tells its version', /^\d+\.\d+\.\d+\n$/.test(version.stdout), version.stderr);
		const rehearsal = inside('setup', '--yes', '--sandbox', '--region', 'eu-west-1');
		const good = rehearsal.status === 0 && rehearsal.stdout.includes('all 20 checks passed');
		check('in an empty root it rehearses a whole set-up, proof included', good, rehearsal.stdout + rehearsal.stderr);
		const status = inside('status', '--sandbox');
		check('and finds it as it left it', status.status === 0, status.stdout + status.stderr);
		const records = readdirSync('test/fixtures/records').map(it => it.replace('.json', ''));
		const setups = join(root, 'tmp', 'state', 'setups');
		mkdirSync(setups, {recursive: true, mode: 0o700});
		const unread = records.filter(it => {
			copyFileSync(`test/fixtures/records/${it}.json`, join(setups, 'nps.json'));
			return inside('record', '--setup', 'nps', '--json').status !== 0;
		});
		check(`it opens each of the ${records.length} records of earlier versions`, unread.length === 0, unread.join());
		const left = readdirSync(join(root, 'tmp')).join();
		check('it leaves nothing but its state and its cache there', left === '.cache,state', left);
	} finally {
		execFileSync('umount', [join(root, 'proc')]);
	}
}

/** Beside a single file that only writes a line: the least of each, for others may be at work here. */
async function startsSoon() {
	const empty = join(folder, 'empty');
	mkdirSync(empty);
	writeFileSync(join(empty, 'nps-kms.js'), "process.stdout.write('0.0.0\\n');\n");
	const files = {empty: await singleFile(here(), empty, join(folder, 'least')), ours: made.get(here())};
	const least = {empty: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY};
	for (let times = 0; times < 7; times++)
		for (const [name, file] of Object.entries(files)) {
			const before = performance.now();
			execFileSync(file, ['--version'], {stdio: 'ignore'});
			least[name] = Math.min(least[name], performance.now() - before);
		}
	const ratio = least.ours / least.empty;
	const told = `${Math.round(least.ours)} ms, ${ratio.toFixed(2)} times an empty single file's`;
	check(`it tells its version in ${told}`, ratio <= 1.5, 'at most 1.5 times');
}

function windows(file) {
	const exe = NtExecutable.from(readFileSync(file));
	const {entries} = NtExecutableResource.from(exe);
	const [version] = Resource.VersionInfo.fromEntries(entries);
	const told = version.getStringValues({lang: 1033, codepage: 1200});
	check('the program for Windows bears its own name and version', told.OriginalFilename === 'nps-kms.exe', told);
	const [icons] = Resource.IconGroupEntry.fromEntries(entries);
	check('and its own icon, in four sizes', icons.icons.length === 4);
	check("and not Node's signature", exe.newHeader.optionalHeaderDataDirectory.get(4).size === 0);
	const key = join(folder, 'key.pem');
	const certificate = join(folder, 'certificate.pem');
	const bundle = join(folder, 'certificate.p12');
	const subject = ['-subj', '/CN=nps-kms test', '-addext', 'extendedKeyUsage=codeSigning'];
	const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
	execFileSync('openssl', ['req', ...made, ...subject], {stdio: 'pipe'});
	execFileSync(
		'openssl',
		['pkcs12', '-export', '-inkey', key, '-in', certificate, '-out', bundle, '-passout', 'pass:'],
		{
			stdio: 'pipe',
		},
	);
	check('it is signed by the certificate that is named', signed(file, {NPS_KMS_SIGN_CERTIFICATE: bundle}));
	const verified = spawnSync('osslsigncode', ['verify', '-CAfile', certificate, '-in', file], {encoding: 'utf8'});
	check('and that signature holds', verified.status === 0, verified.stdout + verified.stderr);
}

const made = new Map();
try {
	const program = join(folder, 'program');
	await inChunks(program);
	for (const platform of [here(), 'win-x64'])
		made.set(platform, await singleFile(platform, program, join(folder, platform)));
	const node = execFileSync(nodeOf(here()).program, ['--version'], {encoding: 'utf8'}).trim();
	console.log(`made with Node ${node}`);
	linux();
	await startsSoon();
	windows(made.get('win-x64'));
	const telling = [...made].filter(([, file]) => readFileSync(file).includes(process.cwd())).map(([it]) => it);
	check('they say nothing of the machine that they were made on', telling.length === 0, telling.join());
} finally {
	rmSync(folder, {recursive: true, force: true});
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
