// A home, temporary folders and caches of the tests' own, and what they leave behind there or elsewhere on the machine.
import {chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';

/** What the program, or a tool that tests it, may write to in a home, whoever's environment it had. */
const homely = [
	'.aws',
	'.boto',
	'.config/nps-kms',
	'.local/share/nps-kms',
	'.local/state/nps-kms',
	'.nps-kms',
	'Library/Preferences/nps-kms',
];
/** Caches, by their existence alone: where there is one already, whoever else uses the program meanwhile adds to it. */
const caches = {home: ['.cache/nps-kms', 'Library/Caches/nps-kms'], tmp: ['node-compile-cache', 'nps-kms']};
/** What comes and goes in /dev by itself. */
const ofEverybody = ['fd', 'hugepages', 'mqueue', 'pts', 'shm', 'vcs'];

/**
 * Opens the ground that the tests stand on: the environment to start them with, what of theirs is left at the end (to be
 * asked before it is closed), and its own end.
 * @param {{tmp?: string, memory?: string, devices?: string, home?: string}} [machine] the machine's own folders
 */
export function openGround({tmp = tmpdir(), memory = '/dev/shm', devices = '/dev', home = homedir()} = {}) {
	const ground = mkdtempSync(join(tmp, 'nps-'));
	const inMemory = process.platform === 'linux' && existsSync(memory) ? mkdtempSync(join(memory, 'nps-')) : undefined;
	const own = {tmp: join(ground, 't'), home: join(ground, 'h'), run: join(ground, 'r'), caches: join(ground, 'c')};
	for (const it of Object.values(own)) mkdirSync(it, {mode: 0o700});
	// Other users of the machine are tested too.
	for (const it of [ground, inMemory]) if (it) chmodSync(it, 0o755);
	chmodSync(own.tmp, 0o1777);
	const places = [own.tmp, own.home, own.run, ...(inMemory ? [inMemory] : [])];
	const before = pictureOf(tmp, devices, home);
	return {
		env: {
			...process.env,
			...{TMPDIR: own.tmp, TEMP: own.tmp, TMP: own.tmp, HOME: own.home, USERPROFILE: own.home},
			...{APPDATA: own.home, LOCALAPPDATA: own.home, XDG_RUNTIME_DIR: own.run},
			...{XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined, XDG_CACHE_HOME: own.caches},
			// Vitest keeps something of its own for whoever runs it.
			XDG_DATA_HOME: join(own.caches, 'data'),
			...{NODE_COMPILE_CACHE: join(own.caches, 'node'), npm_config_cache: join(own.caches, 'npm')},
			// What Python has for this user.
			PYTHONUSERBASE: process.env['PYTHONUSERBASE'] ?? join(home, '.local'),
			...(inMemory && {NPS_KMS_TEST_MEMORY: inMemory}),
		},
		/**
		 * What differs from the beginning, a line each; programs that are about to end have that long for it.
		 * @param {number} patience milliseconds
		 */
		async leftBehind(patience = 5000) {
			const until = Date.now() + patience;
			while (processesOf(ground).length > 0 && Date.now() < until) await new Promise(done => setTimeout(done, 50));
			const running = processesOf(ground);
			for (const {pid} of running) kill(pid);
			const after = pictureOf(tmp, devices, home);
			return [
				...running.map(({pid, command}) => `a process still runs: ${command} (${pid})`),
				...places.flatMap(place => readdirSync(place).map(it => `${join(place, it)} is still there`)),
				...differences(before, after),
			];
		},
		close() {
			for (const it of [ground, inMemory]) if (it) rmSync(it, {recursive: true, force: true});
		},
	};
}

/** What belongs to everybody, by path: kind, mode, owner, and for what holds something its size and when that was written. */
function pictureOf(tmp, devices, home) {
	const picture = new Map();
	const look = (path, {deep = true, contents = true} = {}) => {
		const it = lstatSync(path, {throwIfNoEntry: false});
		if (!it) return;
		const is = [
			it.isFile() ? 'file' : it.isDirectory() ? 'folder' : 'device',
			`mode ${(it.mode & 0o7777).toString(8)}`,
		];
		picture.set(
			path,
			[...is, `owner ${it.uid}:${it.gid}`, ...(contents && it.isFile() ? [it.size, it.mtimeMs] : [])].join(', '),
		);
		if (deep && it.isDirectory()) for (const name of namesIn(path)) look(join(path, name), {contents});
	};
	for (const name of namesIn(devices)) if (!ofEverybody.includes(name)) look(join(devices, name), {contents: false});
	for (const name of homely) look(join(home, name));
	for (const name of caches.home) look(join(home, name), {deep: false});
	for (const name of caches.tmp) look(join(tmp, name), {deep: false});
	return picture;
}
function namesIn(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
function differences(before, after) {
	const changed = [...before].filter(([path, was]) => after.get(path) !== was);
	// A device that is plugged in is nobody's doing here; a file among the devices is.
	const made = [...after].filter(([path, is]) => !before.has(path) && !is.startsWith('device'));
	return [
		...changed.map(([path, was]) => `${path} was ${was}; it is ${after.get(path) ?? 'gone'}`),
		...made.map(([path, is]) => `${path} is new: ${is}`),
	];
}

/** The processes that were started with a place in this ground as their home, their folder or an argument. */
function processesOf(ground) {
	return namesIn('/proc').flatMap(pid => {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
		try {
			const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
			const ours = `${command}\n${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(`${ground}/`);
			return ours && command !== '' ? [{pid: Number(pid), command}] : [];
		} catch {
			// It has ended, or is somebody else's.
			return [];
		}
	});
}
function kill(pid) {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended by itself.
	}
}
