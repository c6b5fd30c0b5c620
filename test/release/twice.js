// npm run test:release:twice: makes the release twice, the second time as another machine might be (time zone, mode of
// new files, another folder), and compares the sums. --only=PLATFORM as for npm run release.
import {execFileSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const flags = process.argv.slice(2);
/** The sums of a release that is made in this folder. */
function sumsIn(folder, env) {
	const made = ['build/release/index.js', ...flags];
	execFileSync(process.execPath, made, {
		cwd: folder,
		env: {...process.env, ...env},
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	return readFileSync(join(folder, 'release', 'SHA256SUMS'), 'utf8');
}

const first = sumsIn(process.cwd(), {});
const parent = mkdtempSync(join(tmpdir(), 'nps-kms-twice-'));
try {
	const folder = join(parent, 'elsewhere');
	execFileSync('git', ['clone', '--quiet', process.cwd(), folder]);
	execFileSync('npm', ['ci', '--silent'], {cwd: folder, stdio: 'inherit'});
	// Each platform's Node, whose hash is compared anyway.
	const nodes = 'node_modules/.cache/nps-kms-release';
	cpSync(join(process.cwd(), nodes), join(folder, nodes), {recursive: true});
	process.umask(0o077);
	const second = sumsIn(folder, {TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8'});
	process.stdout.write(first);
	if (first !== second) process.stdout.write(`✖ the second time they were\n${second}`);
	console.log(first === second ? '1 passed, 0 failed' : '0 passed, 1 failed');
	process.exitCode = first === second ? 0 : 1;
} finally {
	rmSync(parent, {recursive: true, force: true});
}
