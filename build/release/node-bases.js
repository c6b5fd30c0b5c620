import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {release, root} from '../bundle.js';

const cache = join(root, 'node_modules/.cache/nps-kms-release');

/**
 * The Node of a platform, out of its npm package, compared with the pinned integrity: the folder of the package, the
 * program in it and its licence. Fetched once.
 */
export function nodeOf(platform) {
	const {version, packages} = release.node;
	const pinned = packages[platform];
	if (!pinned) throw new Error(`build/release.json pins no Node for ${platform}`);
	mkdirSync(cache, {recursive: true});
	const file = join(cache, `${pinned.name}-${version}.tgz`);
	if (!existsSync(file)) {
		const what = `${pinned.name}@${version}`;
		execFileSync('npm', ['pack', '--silent', '--pack-destination', cache, what], {stdio: 'pipe'});
	}
	const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
	if (integrity !== pinned.integrity)
		throw new Error(`${pinned.name} ${version} is ${integrity}, and build/release.json pins ${pinned.integrity}`);
	const folder = join(cache, `${pinned.name}-${version}`);
	if (!existsSync(folder)) {
		mkdirSync(folder);
		execFileSync('tar', ['-xzf', file, '-C', folder, '--strip-components=1']);
	}
	return {folder, program: join(folder, 'bin', platform.startsWith('win') ? 'node.exe' : 'node'), ...pinned};
}

/** Node's own licence, which some of its packages leave out; it is the same for all platforms. */
export const nodeLicence = () => readFileSync(join(nodeOf('linux-x64').folder, 'LICENSE'), 'utf8');

/** The platform that this machine is. */
export const here = () => `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
