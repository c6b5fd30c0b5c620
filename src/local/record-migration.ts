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
		case 'checked': {
			const {accessKeyId: id, keyArn: about, ...rest} = entry;
			return {...rest, id, about};
		}
		case 'intent':
			return {...entry, change: withRecord(entry['change'] as Older)};
		default:
			return entry;
	}
}

/** What was a member each is one. */
const bookkeeping = ['uses', 'asksAnew', 'undoes', 'forgets', 'reverses', 'spends'];
function withRecord(change: Older): unknown {
	const of = (within: boolean): object =>
		Object.fromEntries(Object.entries(change).filter(([name]) => bookkeeping.includes(name) === within));
	const record = of(true);
	return Object.keys(record).length > 0 ? {...of(false), record} : change;
}
