import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {libraryReplacements} from './library-replacements.js';

export const root = join(import.meta.dirname, '..');
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** What a release is made of; `address` is where it is published, null until its owner says. */
export const release = JSON.parse(readFileSync(join(root, 'build/release.json'), 'utf8'));

/** The commit that is built; null outside a repository, as in a package's source. */
function commit() {
	const {status, stdout} = spawnSync('git', ['rev-parse', 'HEAD'], {cwd: root, encoding: 'utf8'});
	return status === 0 ? stdout.trim() : null;
}

/** How the program is bundled, whatever for: afresh each time, for the plugins add to it. */
export const bundling = () => ({
	entryPoints: ['src/nps-kms.ts'],
	absWorkingDir: root,
	bundle: true,
	format: 'esm',
	platform: 'node',
	jsx: 'automatic',
	// CommonJS builds of the AWS clients can't be loaded late.
	mainFields: ['module', 'main'],
	legalComments: 'none',
	logLevel: 'warning',
	metafile: true,
	plugins: libraryReplacements,
	define: {
		__VERSION__: JSON.stringify(manifest.version),
		__ADDRESS__: JSON.stringify(release.address),
		__COMMIT__: JSON.stringify(commit()),
		'process.env.NODE_ENV': '"production"',
	},
	banner: {
		js: "import {createRequire as requireFrom} from 'node:module';\nconst require = requireFrom(import.meta.url);",
	},
});
