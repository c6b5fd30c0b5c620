// npm run release: all that is published, from npm's and Debian's packages alone.
// --only PLATFORM[,PLATFORM] makes a part.
import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {manifest, release, root} from '../bundle.js';
import {licencesOf} from '../licences.js';
import {laidOut, sums, tarred, zipped} from './archives.js';
import {writeManifests} from './manifests.js';
import {nodeLicence} from './node-bases.js';
import {sbom} from './sbom.js';
import {signed} from './signing.js';
import {inChunks, singleFile} from './single-file.js';

const out = join(root, 'release');
const work = join(out, 'work');
const platforms = ['win-x64', 'linux-x64', 'linux-arm64'];
const [, only] = /^--only=(.*)$/.exec(process.argv.find(it => it.startsWith('--only=')) ?? '') ?? [];
const chosen = only === undefined ? platforms : only.split(',');
const say = line => process.stdout.write(`${line}\n`);
const run = (command, ...args) =>
	execFileSync(command, args, {cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8'});

/** As old as what it is made of: two runs of one commit give the same bytes. */
const at = new Date(Number(run('git', 'log', '-1', '--format=%ct').trim()) * 1000);

function tools() {
	for (const [tool, pack] of [
		['tar', 'tar'],
		['xz', 'xz-utils'],
		['zip', 'zip'],
	])
		try {
			execFileSync(tool, ['--version'], {stdio: 'ignore'});
		} catch {
			throw new Error(`${tool} is missing. On Debian: apt-get install ${pack}`);
		}
	if (!existsSync(join(import.meta.dirname, 'node_modules')))
		run('npm', 'ci', '--silent', '--omit=optional', '--prefix', import.meta.dirname);
}

/** The package for npm, packed from dist. */
function npmPackage() {
	run(process.execPath, 'build.js', '--release');
	// npm packs the modes that it finds: those of a clone are its owner's umask.
	run('chmod', '-R', 'u=rwX,go=rX', 'dist');
	const [name = ''] = run('npm', 'pack', '--silent', '--pack-destination', out, './dist').trim().split('\n').slice(-1);
	return join(out, name);
}

async function archiveOf(platform, program, texts) {
	const windows = platform.startsWith('win');
	const single = await singleFile(platform, program, join(work, platform));
	if (windows) say(signed(single) ? '  signed' : '  not signed: NPS_KMS_SIGN_CERTIFICATE names no certificate');
	const name = `nps-kms-${manifest.version}-${platform}`;
	const file = windows ? 'nps-kms.exe' : 'nps-kms';
	const folder = laidOut(join(work, name), {[file]: single, ...texts}, {at});
	return (windows ? zipped : tarred)(folder, work, join(out, name));
}

async function main() {
	tools();
	rmSync(out, {recursive: true, force: true});
	mkdirSync(work, {recursive: true});
	if (release.address === null)
		say('No public address is given in build/release.json: manifests name no repository, homepage or bugs.');
	const program = join(work, 'program');
	const metafile = await inChunks(program);
	const licences = Buffer.from(
		`${licencesOf(metafile)}\n${'-'.repeat(80)}\n\nNode.js ${release.node.version}\n\n${nodeLicence()}`,
	);
	const texts = {'README.md': join(root, 'README.md'), LICENSE: join(root, 'LICENSE'), 'LICENSES.txt': licences};
	const made = [npmPackage()];
	const manifests = [];
	say(`made ${made[0]}`);
	for (const platform of chosen) {
		made.push(await archiveOf(platform, program, texts));
		say(`made ${made.at(-1)}`);
		if (platform.startsWith('win')) manifests.push(...writeManifests(made.at(-1), out));
	}
	const bill = join(out, `nps-kms-${manifest.version}.cdx.json`);
	writeFileSync(bill, sbom(metafile));
	copyFileSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
	writeFileSync(join(out, 'LICENSES.txt'), licences);
	writeFileSync(join(out, 'SHA256SUMS'), `${sums([...made, ...manifests, bill, join(out, 'LICENSES.txt')])}\n`);
	rmSync(work, {recursive: true});
	say(readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd());
}

await main();
