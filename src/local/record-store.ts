import {randomUUID} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import Conf from 'conf';
import type {Entry} from '../engine/record.js';
import {Trouble} from '../engine/trouble.js';
import {besideOf, isBeside, placeOf, replaceFile, syncFolder} from './durable-file.js';
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
 * and these aren't read (build/library-replacements.js). To check this schema by JSON Schema's own would take longer
 * than all else.
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
	const kept = isThere(file) ? read(dir, setup) : undefined;
	let held: readonly Entry[] = kept?.entries ?? [];
	let v = kept?.v ?? version;
	let write: ((it: Kept) => void) | undefined;
	return {
		file,
		entries: () => held,
		append(entry) {
			try {
				makeFolder(dir);
				const entries = [...held, entry];
				if (v < version) keepCopy(file, v, new Date(entry.at));
				v = version;
				const first = write === undefined;
				write ??= writer(file);
				write({v: version, setup, entries});
				held = entries;
				syncFolder(dirname(placeOf(file)));
				// Who writes holds the record alone: what is half-written beside it is a dead process's.
				if (first) sweep(file);
			} catch (error) {
				throw unwritable(file, error);
			}
		},
	};
}

/**
 * What puts a record in its place: written beside it by our own hand, for what conf writes with takes a write that a
 * full disk cut short for a whole one, and read there by conf as the next run will.
 */
function writer(file: string): (it: Kept) => void {
	const place = placeOf(file);
	const beside = besideOf(place);
	const conf = confOf(dirname(place), basename(beside), '');
	return it => replaceFile(place, JSON.stringify(it, undefined, '\t'), beside, () => void conf.store);
}

/** Removes the files that killed processes left half-written beside a record. */
function sweep(file: string): void {
	const place = placeOf(file);
	for (const name of readdirSync(dirname(place))) {
		if (!isBeside(name, basename(place))) continue;
		try {
			rmSync(join(dirname(place), name));
		} catch {
			// it goes with the next run
		}
	}
}

const confOf = (cwd: string, configName: string, fileExtension: string): Conf<Kept> =>
	new Conf<Kept>({
		cwd,
		configName,
		fileExtension,
		projectName: 'nps-kms',
		projectSuffix: '',
		clearInvalidConfig: false,
		accessPropertiesByDotNotation: false,
		schema: recordSchema,
		ajvOptions: once,
	});

/** Far more than a setup of many years has, in bytes. */
const most = 67_108_864;

/** Whether there is a record; a folder that may not be looked into is told, for it says neither. */
function isThere(file: string): boolean {
	try {
		return statSync(file, {throwIfNoEntry: false}) !== undefined;
	} catch (error) {
		throw unreadable(file, error);
	}
}

/** A record that is there. */
function read(dir: string, stem: string, setup = stem): {v: number; entries: readonly Entry[]} {
	const file = recordFile(dir, stem);
	try {
		const it = statSync(file);
		// Asked before it is read: who opens a pipe waits for somebody to write.
		if (!it.isFile()) throw damaged(file, "that isn't a file");
		if (it.size > most) throw damaged(file, 'no record is as long as that');
		refuseNewer(file);
		const {v, setup: name, entries} = confOf(dir, stem, 'json').store;
		return {v, entries: checked(file, setup, {v, setup: name, entries})};
	} catch (error) {
		throw error instanceof Trouble ? error : unreadable(file, error);
	}
}

function refuseNewer(file: string): void {
	const v = (JSON.parse(readFileSync(file, 'utf8')) as {v?: unknown} | null)?.v;
	if (typeof v === 'number' && v > version) {
		throw new Trouble({
			is: 'problem',
			what: 'The record was written by a newer nps-kms',
			why: `${file} has version ${v}; this program reads version ${version}`,
			todo: `Use the newer nps-kms${copyFor(file)}`,
			code: 'RecordNewer',
		});
	}
}

/** Where the newest copy is that this program reads, of before a newer one took the record over. */
function copyFor(file: string): string {
	const copies = namesIn(dirname(file)).flatMap(name => {
		const [, v, time = ''] = /\.json\.v(\d{1,4})-(\d{8}T\d{6}Z)$/.exec(name) ?? [];
		return name.startsWith(`${basename(file)}.v`) && Number(v) <= version ? [{name, time}] : [];
	});
	const last = copies.sort((one, other) => one.time.localeCompare(other.time)).at(-1);
	return last ? `; to go back, put its copy ${join(dirname(file), last.name)} in its place` : '';
}

function checked(file: string, setup: string, {v, setup: name, entries}: Kept): readonly Entry[] {
	if (!(v >= 1 && v <= version) || !Array.isArray(entries)) throw damaged(file, "it doesn't hold a record");
	if (name !== setup) throw damaged(file, `it is the record of the setup ${name}`);
	const now = migrated(entries, v);
	const strange = now.find(it => !kinds.includes(it.type));
	if (strange) throw damaged(file, `version ${v} has no ${strange.type}`);
	const times = now.flatMap(it => [it.at, ...(it.type === 'in-use' && it.seenAt !== undefined ? [it.seenAt] : [])]);
	const none = times.find(it => Number.isNaN(Date.parse(it)));
	if (none !== undefined) throw damaged(file, `"${none}" is no time`);
	return now;
}

const damaged = (file: string, why: string): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: "The record can't be read",
		why: `${file}: ${why}`,
		todo: `Put a good copy there, or run ${run('', '--recover')} to rebuild it from what AWS shows`,
		code: 'RecordDamaged',
	}));

/** Why a record couldn't be read: damage is what stands in it; else it is the system's word, and it may be whole. */
function unreadable(file: string, error: unknown): Trouble {
	if (error instanceof SyntaxError) return damaged(file, "it isn't whole JSON");
	const code = codeOf(error);
	if (code === '') return damaged(file, reasonOf(error).split('\n')[0] ?? '');
	const why = ['EACCES', 'EPERM'].includes(code) ? 'you may not read it' : reasonOf(error);
	return new Trouble(run => ({
		is: 'problem',
		what: "The record can't be read",
		why: `${file}: ${why}`,
		todo: `Run ${run()} as the user whose record it is, or mend that; it may be whole, so leave it in its place`,
		code,
	}));
}

const unwritable = (file: string, error: unknown): Trouble =>
	new Trouble(run => ({
		is: 'problem',
		what: "The record can't be written",
		why: `${file}: ${reasonOf(error)}`,
		todo: `Mend that, or set NPS_KMS_HOME to a folder you can write to, then run ${run()} again`,
		code: codeOf(error),
	}));

/**
 * Reads the records of a setup's name without touching them, the newest first: its own, and those that a discard kept.
 */
export function readRecords(
	dir: string,
	setup: string,
): readonly {readonly file: string; readonly kept: boolean; readonly entries: readonly Entry[]}[] {
	const kept = new RegExp(`^${setup}-\\d{8}T\\d{6}Z(-[0-9a-f]{4})?\\.json$`);
	const there = namesIn(dir);
	const stems = [
		...there.filter(it => it === `${setup}.json`),
		...there
			.filter(it => kept.test(it))
			.sort()
			.toReversed(),
	].map(it => it.slice(0, -'.json'.length));
	return stems.map(stem => ({
		file: recordFile(dir, stem),
		kept: stem !== setup,
		entries: read(dir, stem, setup).entries,
	}));
}

/** The names of the setups that have a record there, in order; records that a discard kept have none of their own. */
export const setupNames = (dir: string): readonly string[] =>
	namesIn(dir)
		.flatMap(it => /^([a-z0-9][a-z0-9-]*)\.json$/.exec(it)?.[1] ?? [])
		.sort();
/** The same, with those of which only records are left that a discard kept. */
export const recordedNames = (dir: string): readonly string[] =>
	[
		...new Set(
			namesIn(dir).flatMap(
				it => /^([a-z0-9][a-z0-9-]*?)(?:-\d{8}T\d{6}Z(?:-[0-9a-f]{4})?)?\.json$/.exec(it)?.[1] ?? [],
			),
		),
	].sort();

function namesIn(dir: string): readonly string[] {
	try {
		return readdirSync(dir);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
		throw unreadable(dir, error);
	}
}

/** Keeps the file of an older version beside the one that takes its place: an older program can be given it back. */
function keepCopy(file: string, v: number, now: Date): void {
	const copy = `${file}.v${v}-${stamp(now)}`;
	replaceFile(copy, readFileSync(file, 'utf8'));
	syncFolder(dirname(copy));
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
	try {
		renameSync(file, to);
		sweep(file);
		syncFolder(dirname(file));
		return to;
	} catch (error) {
		throw unwritable(file, error);
	}
}

/** A new setup's random id. */
export const newSetupId = (): string => randomUUID();
