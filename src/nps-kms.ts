// The first file that runs: everything else is loaded once it is known to be needed, and to be able to run.
declare const __VERSION__: string;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [only, ...more] = process.argv.slice(2);
if (major < 20) {
	process.stderr.write(`nps-kms needs Node 22.12 or later; this is ${process.version}.\n`);
	process.exitCode = 2;
} else if (only === '--version' && more.length === 0) {
	// A full disk has no stack to show.
	process.stdout.on('error', () => (process.exitCode = 1));
	process.stdout.write(`${__VERSION__}\n`);
} else {
	// Warnings that a full disk doesn't take hold nothing up; what else isn't taken is told once there is who tells it.
	process.stderr.on('error', () => undefined);
	// https://no-color.org; what colours the screens knows FORCE_COLOR only, and reads it when it is loaded.
	if (process.env['NO_COLOR'] && process.env['FORCE_COLOR'] === undefined) process.env['FORCE_COLOR'] = '0';
	if (major < 22 || (major === 22 && minor < 12)) {
		process.stderr.write(
			`nps-kms is made for Node 22.12 or later; this is ${process.version}, where it asks line by line.\n`,
		);
		// Ink needs Node 22: here its screens leave old lines standing, and it can't end them.
		process.env['ACCESSIBLE'] = '1';
		// The SDK would say in five lines more what was just said.
		process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
	}
	// Windows looks for a program in the folder that one is in, before all others: anybody may have put one there.
	if (process.platform === 'win32') process.env['NoDefaultCurrentDirectoryInExePath'] = '1';
	const {programPath} = await import('./local/program-path.js');
	process.env['PATH'] = programPath(
		{path: process.env['PATH'], systemRoot: process.env['SystemRoot']},
		process.platform,
	);
	const module: Partial<typeof import('node:module')> = await import('node:module');
	const {compileCacheFolder, whoMayChange} = await import('./local/compile-cache.js');
	const others = whoMayChange(import.meta.url);
	if (others) process.stderr.write(`! Others could change this program: ${others}.\n`);
	const folder = compileCacheFolder(process.env);
	if (folder !== undefined) module.enableCompileCache?.(folder);
	const {main} = await import('./cli.js');
	await main(process.argv);
	if (process.platform === 'win32' && process.argv.length === 2) {
		const {startedBy, untilRead} = await import('./local/own-window.js');
		const {platform, stdin: input, stdout: output} = process;
		const by = (): string | undefined => startedBy(process.ppid, process.env['SystemRoot']);
		await untilRead({platform, args: process.argv.slice(2), input, output, by});
	}
}
