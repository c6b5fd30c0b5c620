import type {Note} from './plan.js';
import type {State} from './state.js';

/** Whether the record holds already what a look shows. */
export function holds({narrowings, delivered, alsoInUse}: State, note: Note): boolean {
	if (note.type === 'narrowed') return narrowings?.[note.what] !== undefined;
	const key = delivered.find(it => it.id === note.id);
	if (note.type === 'delivered') return key !== undefined && !key.unsure;
	const held = key?.inUse === false ? undefined : (key ?? alsoInUse?.[note.id]);
	// What a look shows says more than a word; of where it came from, only what is new is noted.
	const more = (note.seenAt !== undefined && !held?.seenAt) || note.from?.some(it => !held?.from?.includes(it));
	const another = Object.entries(note.through ?? {}).some(([it, who]) => {
		const known = held?.through?.[it];
		return known === undefined || who.some(one => !known.includes(one));
	});
	return held !== undefined && !more && !another;
}
