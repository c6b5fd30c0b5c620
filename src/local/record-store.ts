import {randomUUID} from 'node:crypto';
import {closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, unlinkSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {writeFileSync} from 'atomically';
import Conf from 'conf';
import type {Entry} from '../engine/record.js';
import {Trouble} from '../engine/trouble.js';
import {makeFolder} from './own-folder.js';
import {migrated, version} from './record-migration.js';
import {kinds, recordSchema} from './record-schema.js';
import {codeOf, reasonOf} from './system-reasons.js';

type Kept = {v: number; setup: string; entries: Entry[]};

/** The record of one setup, on disk. */
export type Store = {
	readonly file: string;
	entries(): readonly Entry[];
	/** Makes the entry durable before it returns. */
	append(entry: Entry): void;
};

/**
 * Run from its sources, this program has ajv compile the check when a record is opened; the bundle brings it compiled,
 * and these aren't read (build/stand-ins.js). To check this schema by JSON Schema's own would take longer than all
 * else.
 */
const once = {validateSchema: false, meta: false, code: {optimize: false}};

/** The file of a setup's record. */
export const recordFile = (dir: string, setup: string): string => join(dir, `${setup}.json`);

/**
 * Opens a record; one that can't be read is told, never reset. A record that isn't there is empty and makes no file
 * until the first append.
 */
export function openStore(dir: string, setup: string): Store {
	const file = recordFile(dir, setup);
	let conf: Conf<Kept> | undefined = existsSync(file) ? open(dir, setup) : undefined;
	let held: readonly Entry[] = conf ? checked(conf, file, setup) : [];
	let v = conf?.store.v ?? version;
	let swept = false;
	return {
		file,
		entries: () => held,
		append(entry) {
			try {
				if (!conf) {
					makeFolder(dir);
					conf = open(dir, setup);
				}
				const it = conf;
				const entries = [...held, entry];
				if (v < version) keepCopy(file, v, new Date(entry.at));
				v = version;
				beside(() => (it.store = {v: version, setup, entries}));
				syncDir(dir);
				held = entries;
				// Who writes holds the record alone: what is half-written beside it is a dead process's.
				if (!swept) sweep(file);
				swept = true;
			} catch (error) {
				throw new Trouble(run => ({
					is: 'problem',
					what: "The record can't be written",
					why: `${file}: ${reasonOf(error)}`,
					todo: `Mend that, or set NPS_KMS_HOME to a folder you can write to, then run ${run()} again`,
					code: codeOf(error),
				}));
			}
		},
	};
}

/**
 * Has conf write beside the file and rename. Where SNAP is set, as in a terminal of an editor from Ubuntu's store, it
 * would write in place, and a kill would leave half a record.
 */
function beside(write: () => void): void {
	const {SNAP} = process.env;
	delete process.env['SNAP'];
	try {
		write();
	} finally {
		if (SNAP !== undefined) process.env['SNAP'] = SNAP;
	}
}

/** Removes the files that killed processes left half-written beside a record. */
function sweep(file: string): void {
	const start = `${basename(file)}.tmp-`;
	for (const name of readdirSync(dirname(file))) {
		if (!name.startsWith(start) || !/^\d{10}[\da-f]{6}$/.test(name.slice(start.length))) continue;
		try {
			unlinkSync(join(dirname(file), name));
		} catch {
			// it goes with the next run
		}
	}
}

function open(dir: string, setup: string): Conf<Kept> {
	const file = recordFile(dir, setup);
	try {
		refuseNewer(file);
		return new Conf<Kept>({
			cwd: dir,
			configName: setup,
			projectName: 'nps-kms',
			projectSuffix: '',
			configFileMode: 0o600,
			clearInvalidConfig: false,
			accessPropertiesByDotNotation: false,
			schema: recordSchema,
			ajvOptions: once,
		});
	} catch (error) {
		if (error instanceof Trouble) throw error;
		throw unreadable(
			file,
			error instanceof SyntaxError ? "it isn't whole JSON" : (reasonOf(error).split('\n')[0] ?? ''),
		);
	}
}

function refuseNewer(file: string): void {
	if (!existsSync(file)) return;
	const {v} = JSON.parse(readFileSync(file, 'utf8')) as {v?: unknown};
	if (typeof v === 'number' && v > version) {
		throw new Trouble({
			is: 'problem',
			what: 'The record was written by a newer nps-kms',
			why: `${file} has version ${v}; this program reads version ${version}`,
			todo: 'Use the newer nps-kms',
			code: 'RecordNewer',
		});
	}
}

function checked(conf: Conf<Kept>, file: string, setup: string): readonly Entry[] {
	const {v, setup: name, entries} = conf.store;
	if (!(v >= 1 && v <= version) || !Array.isArray(entries)) throw unreadable(file, "it doesn't hold a record");
	if (name !== setup) throw unreadable(file, `it is the record of the setup ${name}`);
	const now = migrated(entries, v);
	const strange = now.find(it => !kinds.includes(it.type));
	if (strange) throw unreadable(file, `version ${v} has no ${strange.type}`);
	return now;
}

const unreadable = (file: string, why: string): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: "The record can't be read",
		why: `${file}: ${why}`,
		todo: `Put a good copy there, or run ${run('', '--recover')} to rebuild it from what AWS shows`,
		code: 'RecordDamaged',
	}));

/**
 * Reads the records of a setup's name without touching them, the newest first: its own, and those that a discard kept.
 */
export function readRecords(
	dir: string,
	setup: string,
): readonly {readonly file: string; readonly kept: boolean; readonly entries: readonly Entry[]}[] {
	const kept = new RegExp(`^${setup}-\\d{8}T\\d{6}Z(-[0-9a-f]{4})?\\.json$`);
	const there = existsSync(dir) ? readdirSync(dir) : [];
	const stems = [
		...there.filter(it => it === `${setup}.json`),
		...there
			.filter(it => kept.test(it))
			.sort()
			.toReversed(),
	].map(it => it.slice(0, -'.json'.length));
	return stems.map(stem => {
		const file = recordFile(dir, stem);
		return {file, kept: stem !== setup, entries: checked(open(dir, stem), file, setup)};
	});
}

/** Keeps the file of an older version beside the one that takes its place: an older program can be given it back. */
function keepCopy(file: string, v: number, now: Date): void {
	writeFileSync(`${file}.v${v}-${stamp(now)}`, readFileSync(file), {mode: 0o600});
	syncDir(dirname(file));
}

/** Moves a record that can't be read out of the way, never away. Returns where it went. */
export const setAside = (file: string, now: Date): string => move(file, `${file}.damaged-${stamp(now)}`);
/** Keeps the record of a setup of which nothing is left; its name is free again. Returns where it went. */
export function archive(file: string, now: Date): string {
	const kept = `${file.replace(/\.json$/, '')}-${stamp(now)}`;
	// Two within one second: the first is kept too.
	return move(file, existsSync(`${kept}.json`) ? `${kept}-${randomUUID().slice(0, 4)}.json` : `${kept}.json`);
}
const stamp = (now: Date): string => now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
function move(file: string, to: string): string {
	renameSync(file, to);
	sweep(file);
	syncDir(dirname(file));
	return to;
}

/** Makes a rename or a new file durable; systems without that notion are left alone. */
export function syncDir(dir: string): void {
	if (process.platform === 'win32') return;
	const fd = openSync(dir, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}

/** A new setup's random id. */
export const newSetupId = (): string => randomUUID();
