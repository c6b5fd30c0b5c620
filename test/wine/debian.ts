import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';

const cache = join(process.cwd(), 'node_modules/.cache');
/** The folder with a Debian 13, whose Wine starts today's Node: older ones abort in it. */
export const debian = join(cache, 'nps-kms-wine');

/** Whether a Debian 13 with Wine is there, made if need be; or why it can't be. */
export function prepared(): {readonly missing: string} | undefined {
	if (process.platform !== 'linux' || process.arch !== 'x64') return {missing: 'Linux on x64'};
	if (process.getuid?.() !== 0) return {missing: 'root and debootstrap'};
	if (existsSync(debian)) return undefined;
	if (!has('debootstrap')) {
		// Where there is no apt, or it may not, that is told below.
		spawnSync('apt-get', ['update'], {stdio: 'ignore'});
		spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', 'debootstrap'], {stdio: 'ignore'});
		if (!has('debootstrap')) return {missing: 'root and debootstrap'};
	}
	console.log(`Making a Debian 13 with Wine in ${debian}, once: 1.4 GB, some minutes`);
	mkdirSync(cache, {recursive: true});
	const part = `${debian}.part`;
	rmSync(part, {recursive: true, force: true});
	execFileSync('debootstrap', ['--variant=minbase', '--include=wine,wine64', 'trixie', part], {stdio: 'ignore'});
	renameSync(part, debian);
	return undefined;
}
const has = (program: string): boolean => spawnSync(program, ['--version'], {stdio: 'ignore'}).error === undefined;
