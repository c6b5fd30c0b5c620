import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {basename, join} from 'node:path';

const utc = {...process.env, TZ: 'UTC', LC_ALL: 'C'};

/** Puts files into one folder of that name, each as old as the commit: the same content gives the same bytes. */
export function laidOut(folder, files, {at}) {
	rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {recursive: true});
	for (const [name, from] of Object.entries(files)) {
		const to = join(folder, name);
		if (Buffer.isBuffer(from)) writeFileSync(to, from);
		else copyFileSync(from, to);
		// A zip holds the modes that it finds: those of a clone are its owner's umask.
		chmodSync(to, statSync(to).mode & 0o100 ? 0o755 : 0o644);
		utimesSync(to, at, at);
	}
	utimesSync(folder, at, at);
	return folder;
}

/** A .tar.xz of a folder: sorted, of nobody, packed by one thread so that the bytes don't depend on the machine. */
export function tarred(folder, parent, archive) {
	const mode = ['--mode', 'u=rwX,go=rX', '--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--format=gnu'];
	execFileSync('tar', [...mode, '-C', parent, '-cf', `${archive}.tar`, basename(folder)], {env: utc});
	execFileSync('xz', ['-T1', '-6', '--force', `${archive}.tar`], {env: utc});
	return `${archive}.tar.xz`;
}

/** A .zip of a folder: sorted, without times of access and ids. */
export function zipped(folder, parent, archive) {
	const file = `${archive}.zip`;
	rmSync(file, {force: true});
	const inside = readdirSync(folder)
		.sort()
		.map(it => `${basename(folder)}/${it}`);
	execFileSync('zip', ['-X', '-q', '-9', file, ...inside], {cwd: parent, env: utc});
	return file;
}

/** Lines that sha256sum -c understands. */
export const sums = files =>
	files
		.map(it => `${createHash('sha256').update(readFileSync(it)).digest('hex')}  ${basename(it)}`)
		.sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1))
		.join('\n');
