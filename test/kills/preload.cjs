'use strict';
// What the product has no hook for: a process that ends right before, in the middle of, or right after a write that is to last.
// Each such moment is a line of the log, in order; the harness writes the calls to AWS into the same log.
const fs = require('node:fs');
const {basename, dirname} = require('node:path');
const {syncBuiltinESMExports} = require('node:module');

const {home, log, at, when} = JSON.parse(process.env['NPS_KMS_KILL'] ?? '{}');
process.umask(0);
const real = {...fs};
const out = real.openSync(log, 'a');
const opened = new Map();
let moments = 0;
let due = at;

const note = line => real.writeSync(out, `${line}\n`);
const die = () => {
	process.kill(process.pid, 'SIGKILL');
	for (;;);
};
const ours = path => typeof path === 'string' && path.startsWith(home);
const temporary = path => /\.tmp-\w+$/.test(path);
const nameOf = path =>
	basename(String(path))
		.replace(/\.tmp-\w+$/, '')
		.replace(/-\d{8}T\d{6}Z/, '-<time>')
		// Of the lock: a draft, and the key's own.
		.replace(/[~-][\da-f]{4,12}$/, ' draft');

/** A moment that a process can end at. */
function moment(label, run, half) {
	const here = ++moments === due;
	note(`moment ${label}`);
	// A run may write once more than the one that was counted, as where a busy machine held it up.
	if (here && when === 'half' && !half) due++;
	if (here && when === 'before') die();
	if (here && when === 'half' && half) {
		half();
		die();
	}
	const result = run();
	if (here && when === 'after') die();
	return result;
}

/** The entry that a record about to be put in place ends with. */
function lastEntry(file) {
	const {entries = []} = JSON.parse(real.readFileSync(file, 'utf8'));
	const it = entries.at(-1) ?? {};
	const about = it.type === 'outcome' ? entries.find(other => other.type === 'intent' && other.id === it.of) : it;
	return [it.type, about?.change?.id ?? about?.step].filter(Boolean).join(' ');
}

fs.openSync = (path, flags, ...rest) => {
	const open = () => real.openSync(path, flags, ...rest);
	const makes =
		ours(path) &&
		!temporary(path) &&
		(typeof flags === 'number' ? flags & real.constants.O_CREAT : /[wa]/.test(flags ?? 'r'));
	const fd = makes && !real.existsSync(path) ? moment(`create ${nameOf(path)}`, open) : open();
	if (ours(path)) opened.set(fd, path);
	else opened.delete(fd);
	return fd;
};
fs.writeSync = (fd, data, ...rest) => {
	const path = opened.get(fd);
	const write = () => real.writeSync(fd, data, ...rest);
	if (path === undefined) return write();
	const bytes = Buffer.from(data);
	const half = () => real.writeSync(fd, bytes, 0, Math.floor(bytes.length / 2), 0);
	return moment(`write ${temporary(path) ? 'beside ' : ''}${nameOf(path)}`, write, half);
};
fs.fsyncSync = fd => {
	const path = opened.get(fd);
	const sync = () => real.fsyncSync(fd);
	if (path === undefined) return sync();
	const place = temporary(path) ? 'beside ' : real.fstatSync(fd).isDirectory() ? 'folder ' : '';
	if (place === '') return moment(`fsync ${nameOf(path)}`, sync);
	note(`sync ${place}${nameOf(path)}`);
	return sync();
};
fs.ftruncateSync = (fd, ...rest) => {
	const path = opened.get(fd);
	const cut = () => real.ftruncateSync(fd, ...rest);
	return path === undefined ? cut() : moment(`empty ${nameOf(path)}`, cut);
};
fs.fchmodSync = (fd, mode) => {
	const path = opened.get(fd);
	const change = () => real.fchmodSync(fd, mode);
	return path === undefined ? change() : moment(`chmod ${nameOf(path)}`, change);
};
fs.renameSync = (from, to) => {
	const rename = () => real.renameSync(from, to);
	if (!ours(to)) return rename();
	return moment(`rename ${nameOf(to)}${temporary(from) ? `: ${lastEntry(from)}` : ''}`, rename);
};
fs.mkdirSync = (path, ...rest) => {
	const make = () => real.mkdirSync(path, ...rest);
	// Without its parent it isn't made yet.
	const makes = ours(path) && !real.existsSync(path) && (rest[0]?.recursive || real.existsSync(dirname(path)));
	return makes ? moment(`folder ${nameOf(path)}`, make) : make();
};
for (const name of ['unlinkSync', 'rmSync']) {
	fs[name] = (path, ...rest) => {
		const remove = () => real[name](path, ...rest);
		return ours(path) && real.existsSync(path) ? moment(`remove ${nameOf(path)}`, remove) : remove();
	};
}
fs.writeFileSync = (path, ...rest) => {
	const write = () => real.writeFileSync(path, ...rest);
	return ours(path)
		? moment(`write in place ${nameOf(path)}`, write, () =>
				real.writeFileSync(path, Buffer.from(rest[0]).subarray(0, 10), rest[1]),
			)
		: write();
};
syncBuiltinESMExports();
