import type {Entry} from '../engine/record.js';

/** The version of the record that this program writes. */
export const version = 2;

/** An entry as an older version wrote it: its kind, and whatever that had. */
type Older = {readonly type: string; readonly [name: string]: unknown};

/** The entries of a record of an older version, as this one writes them: nothing is lost, and nothing is made up. */
export const migrated = (entries: readonly Entry[], v: number): readonly Entry[] =>
	v < version ? entries.map(it => fromFirst(it as Older) as Entry) : entries;

/** From version 1. */
function fromFirst(entry: Older): Older {
	switch (entry.type) {
		case 'completed': {
			const {left, ...facts} = entry['facts'] as Readonly<Record<string, string>>;
			return {...entry, facts, ...(left !== undefined && {left})};
		}
		default:
			return entry;
	}
}
