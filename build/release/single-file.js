import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';
import {bundling} from '../bundle.js';
import {here, nodeOf} from './node-bases.js';
import {asNpsKms} from './windows.js';

/** The whole program as one module: a single executable can load no chunks of its own. Returns esbuild's metafile. */
export async function oneModule(outfile) {
	const {metafile} = await build({...bundling(), splitting: false, target: 'node24', outfile});
	return metafile;
}

/**
 * One file that needs no Node: the platform's Node with the program in it. It is put together by this machine's Node
 * of the same version. https://nodejs.org/api/single-executable-applications.html
 */
export async function singleFile(platform, main, folder) {
	mkdirSync(folder, {recursive: true});
	const windows = platform.startsWith('win');
	const base = join(folder, windows ? 'base.exe' : 'base');
	const plain = readFileSync(nodeOf(platform).program);
	writeFileSync(base, windows ? await asNpsKms(plain) : plain, {mode: 0o755});
	const output = join(folder, windows ? 'nps-kms.exe' : 'nps-kms');
	const settings = join(folder, 'sea.json');
	writeFileSync(
		settings,
		JSON.stringify({
			main,
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
	execFileSync(nodeOf(here()).program, ['--build-sea', settings], {stdio: 'pipe'});
	return output;
}
