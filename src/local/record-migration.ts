import type {Entry} from '../engine/record.js';

/** The version of the record that this program writes. */
export const version = 2;

/** An entry as an older version wrote it: its kind, and whatever that had. */
type Older = {readonly type: string; readonly [name: string]: unknown};
type Texts = Readonly<Record<string, string>>;

/** The entries of a record of an older version, as this one writes them: nothing is lost, and nothing is made up. */
export const migrated = (entries: readonly Entry[], v: number): readonly Entry[] =>
	v < version ? entries.flatMap(it => fromFirst(it as Older) as readonly Entry[]) : entries;

/** From version 1. */
function fromFirst(entry: Older): readonly Older[] {
	switch (entry.type) {
		case 'connected': {
			const {account, partition, region, ...rest} = entry;
			return [{...rest, facts: {account, partition, region, caller: entry['caller']}}];
		}
		case 'answered': {
			// Whose setup is carried on was an answer.
			const {takeUp, ...answers} = entry['answers'] as Readonly<Record<string, unknown>>;
			if (typeof takeUp !== 'string') return [entry];
			const {at, clock} = entry;
			return [
				{...entry, answers},
				{type: 'taken-up', setupId: takeUp, at, clock},
			];
		}
		case 'intent':
			return [{...entry, change: withRecord(entry['change'] as Older)}];
		case 'checked': {
			const {accessKeyId: id, keyArn: about, ...rest} = entry;
			return [{...rest, id, about}];
		}
		case 'nps-rotated':
			return [{...entry, type: 'in-use'}];
		case 'completed': {
			const {left, ...facts} = entry['facts'] as Texts;
			return [{...entry, facts, ...(left !== undefined && {left})}];
		}
		default:
			return [entry];
	}
}

/** What the record does with a change was a member each. */
const bookkeeping = ['uses', 'asksAnew', 'undoes', 'forgets', 'reverses', 'spends'];
function withRecord(change: Older): unknown {
	const of = (within: boolean): object =>
		Object.fromEntries(Object.entries(change).filter(([name]) => bookkeeping.includes(name) === within));
	const record = of(true);
	return Object.keys(record).length > 0 ? {...of(false), record} : change;
}
