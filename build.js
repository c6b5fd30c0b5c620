import {chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
	console.error(
		`nps-kms is built with Node 22.12 or later; this is ${process.version}. Run npm ci first: it brings Node 24 on Linux and Windows.`,
	);
	process.exit(1);
}

const {build} = await import('esbuild');
const {standIns} = await import('./build/stand-ins.js');
const root = import.meta.dirname;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Where the program is published, such as https://host/owner/nps-kms; null until its owner says. */
const {address} = JSON.parse(readFileSync(join(root, 'build/release.json'), 'utf8'));
const outdir = 'dist';

const {metafile} = await build({
	entryPoints: ['src/nps-kms.ts'],
	outdir,
	absWorkingDir: root,
	bundle: true,
	splitting: true,
	chunkNames: 'chunks/[name]-[hash]',
	format: 'esm',
	platform: 'node',
	// Old enough that a Node that can't run it still reads it, and is told.
	target: 'node18',
	jsx: 'automatic',
	// CommonJS builds of the AWS clients can't be loaded late.
	mainFields: ['module', 'main'],
	legalComments: 'none',
	logLevel: 'warning',
	metafile: true,
	plugins: standIns,
	define: {
		__VERSION__: JSON.stringify(manifest.version),
		__ADDRESS__: JSON.stringify(address),
		'process.env.NODE_ENV': '"production"',
	},
	banner: {
		js: "import {createRequire as requireFrom} from 'node:module';\nconst require = requireFrom(import.meta.url);",
	},
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
	const where = address && {
		homepage: address,
		repository: {type: 'git', url: `git+${address}.git`},
		bugs: {url: `${address}/issues`},
	};
	const published = {name, version, description, license, type, ...where, bin: {[name]: 'nps-kms.js'}, engines, files};
	writeFileSync(join(root, outdir, 'package.json'), `${JSON.stringify(published, null, '\t')}\n`);
	for (const it of ['README.md', 'LICENSE']) copyFileSync(join(root, it), join(root, outdir, it));
	writeFileSync(join(root, outdir, 'LICENSES.txt'), licences());
}

/** A file of this build, and all that it may ever load. */
function loadedFrom(file, found = new Set()) {
	if (found.has(file)) return found;
	found.add(file);
	for (const {path, external} of metafile.outputs[file].imports) if (!external) loadedFrom(path, found);
	return found;
}

/** The licences of all bundled packages, each once. */
function licences() {
	const folders = new Set(
		Object.keys(metafile.inputs).flatMap(it => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(it)?.[1] ?? []),
	);
	return [...folders]
		.sort()
		.map(folder => {
			const {name, version, license} = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
			const file = readdirSync(join(root, folder)).find(it => /^licen[cs]e/i.test(it));
			const text =
				file && existsSync(join(root, folder, file))
					? readFileSync(join(root, folder, file), 'utf8').trim()
					: `License: ${license}`;
			return `${name} ${version} (${license})\n\n${text}\n`;
		})
		.join(`\n${'-'.repeat(80)}\n\n`);
}
