import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {build} from 'esbuild';
import {bundling, root} from '../bundle.js';
import {here, nodeOf} from './node-bases.js';
import {asNpsKms} from './windows.js';

/** The program in the files that it loads one by one, in this folder. Returns esbuild's metafile. */
export async function inChunks(outdir) {
	const {metafile} = await build({
		...bundling(),
		splitting: true,
		chunkNames: 'chunks/[name]-[hash]',
		target: 'node24',
		outdir,
	});
	return metafile;
}

/** The files below a folder, by their names there. */
const assetsIn = folder =>
	Object.fromEntries(
		readdirSync(folder, {recursive: true, withFileTypes: true})
			.filter(it => it.isFile())
			.map(it => join(it.parentPath, it.name))
			.sort()
			.map(it => [relative(folder, it), it]),
	);

/**
 * One file that needs no Node: the platform's Node with the program, a folder by inChunks, in it. It is put together by
 * this machine's Node of the same version. https://nodejs.org/api/single-executable-applications.html
 */
export async function singleFile(platform, program, folder) {
	mkdirSync(folder, {recursive: true});
	const windows = platform.startsWith('win');
	const base = join(folder, windows ? 'base.exe' : 'base');
	const plain = readFileSync(nodeOf(platform).program);
	writeFileSync(base, windows ? await asNpsKms(plain) : plain, {mode: 0o755});
	// A signature wouldn't hold what is added.
	if (platform.startsWith('darwin')) execFileSync('codesign', ['--remove-signature', base]);
	const output = join(folder, windows ? 'nps-kms.exe' : 'nps-kms');
	const settings = join(folder, 'sea.json');
	writeFileSync(
		settings,
		JSON.stringify({
			// As it stands here it goes into the file.
			main: 'build/release/start.mjs',
			assets: assetsIn(program),
			mainFormat: 'module',
			executable: base,
			output,
			disableExperimentalSEAWarning: true,
			// A code cache and a snapshot are of one system only.
			useCodeCache: false,
			useSnapshot: false,
			execArgvExtension: 'none',
		}),
	);
	execFileSync(nodeOf(here()).program, ['--build-sea', settings], {cwd: root, stdio: 'pipe'});
	return output;
}
