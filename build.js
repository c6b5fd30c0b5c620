import {chmodSync, readFileSync} from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
	console.error(`nps-kms is built with Node 22.12 or later; this is ${process.version}. Run npm ci first: it brings Node 24 on Linux and Windows.`);
	process.exit(1);
}

const {build} = await import('esbuild');
const {version} = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const outfile = 'dist/nps-kms.js';

// Ink loads React's developer tools only if DEV is set; the package isn't there.
const withoutDevtools = {
	name: 'without-devtools',
	setup(it) {
		it.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'none'}));
		it.onLoad({filter: /.*/, namespace: 'none'}, () => ({contents: 'export default {}', loader: 'js'}));
	},
};

await build({
	entryPoints: ['src/cli.ts'],
	outfile,
	absWorkingDir: import.meta.dirname,
	bundle: true,
	format: 'esm',
	platform: 'node',
	target: 'node22',
	jsx: 'automatic',
	// CommonJS builds of the AWS clients can't be loaded late.
	mainFields: ['module', 'main'],
	legalComments: 'none',
	logLevel: 'warning',
	plugins: [withoutDevtools],
	define: {__VERSION__: JSON.stringify(version), 'process.env.NODE_ENV': '"production"'},
	banner: {js: "#!/usr/bin/env node\nimport {createRequire as requireFrom} from 'node:module';\nconst require = requireFrom(import.meta.url);"},
});
chmodSync(new URL(outfile, import.meta.url), 0o755);
