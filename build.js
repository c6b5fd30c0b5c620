import {chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
	const brought = existsSync(join(import.meta.dirname, 'node_modules/.bin/node'));
	const how = brought
		? 'Run it as npm run build, which takes the Node that npm ci brought'
		: 'Run npm ci first: it brings Node 24 on Linux and Windows';
	console.error(`nps-kms is built with Node 22.12 or later; this is ${process.version}. ${how}.`);
	process.exit(1);
}

const {build} = await import('esbuild');
const {bundling, manifest, release, root} = await import('./build/bundle.js');
const {licencesOf} = await import('./build/licences.js');
const outdir = 'dist';

const {metafile} = await build({
	...bundling(),
	outdir,
	splitting: true,
	chunkNames: 'chunks/[name]-[hash]',
	// Old enough that a Node that can't run it still reads it, and is told.
	target: 'node18',
});
const program = join(root, outdir, 'nps-kms.js');
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);
clearOldChunks();
writePackage();

/** Chunks of earlier builds; young ones stay, a program that runs may still load them. */
function clearOldChunks() {
	const folder = join(root, outdir, 'chunks');
	for (const name of readdirSync(folder)) {
		const file = join(folder, name);
		const old = process.argv.includes('--release') || Date.now() - statSync(file).mtimeMs > 600_000;
		if (!metafile.outputs[`${outdir}/chunks/${name}`] && old) rmSync(file);
	}
}

/** What is published: the bundle as a package of its own, without dependencies, with the licences of what is in it. */
function writePackage() {
	const {name, version, description, license, type, engines} = manifest;
	// By name: chunks of earlier builds, and some that nothing loads, may lie beside these.
	const files = [...loadedFrom(`${outdir}/nps-kms.js`)].map(it => it.slice(outdir.length + 1)).concat('LICENSES.txt');
	const where = release.address && {
		homepage: release.address,
		repository: {type: 'git', url: `git+${release.address}.git`},
		bugs: {url: `${release.address}/issues`},
	};
	const published = {name, version, description, license, type, ...where, bin: {[name]: 'nps-kms.js'}, engines, files};
	writeFileSync(join(root, outdir, 'package.json'), `${JSON.stringify(published, null, '\t')}\n`);
	for (const it of ['README.md', 'LICENSE']) copyFileSync(join(root, it), join(root, outdir, it));
	writeFileSync(join(root, outdir, 'LICENSES.txt'), licencesOf(metafile));
}

/** A file of this build, and all that it may ever load. */
function loadedFrom(file, found = new Set()) {
	if (found.has(file)) return found;
	found.add(file);
	for (const {path, external} of metafile.outputs[file].imports) if (!external) loadedFrom(path, found);
	return found;
}
