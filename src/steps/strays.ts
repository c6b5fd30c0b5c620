import type {Attempt, Known} from '../engine/step.js';
import type {SeenKey} from './seen-keys.js';

const five = 5 * 60_000;

/**
 * Tells which access keys interrupted runs left behind. A stray is the one key that appeared between an unsettled intent and the next,
 * made within 5 minutes of it by AWS's clock, never used, delivered nowhere, without a description tag (ours comes after delivery), of a user of ours. What only might be one is unclear.
 */
export function straysOf(
	keys: readonly SeenKey[],
	delivered: ReadonlySet<string>,
	known: Known,
	userIsOurs: boolean,
	described: readonly string[],
): {strays: readonly SeenKey[]; unclear: readonly SeenKey[]} {
	const intents = known.past.filter(it => it.change.id === 'create-access-key');
	const now = keys.map(it => it.id);
	const strays = new Map<string, SeenKey>();
	const unclear = new Map<string, SeenKey>();
	for (const [at, intent] of intents.entries()) {
		if (intent.outcome) continue;
		const next = intents[at + 1];
		const until = next ? idsBefore(next) : now;
		const appeared = until.filter(id => !idsBefore(intent).includes(id));
		const there = keys.filter(it => appeared.includes(it.id) && !delivered.has(it.id));
		const [only] = there;
		if (appeared.length === 1 && only && userIsOurs && !described.includes(only.id) && isStray(only, intent)) strays.set(only.id, only);
		else for (const it of there) unclear.set(it.id, it);
	}
	const asked = known.answers['removeAccessKey'];
	return {strays: [...strays.values()], unclear: [...unclear.values()].filter(it => !strays.has(it.id) && it.id !== asked)};
}

const isStray = (key: SeenKey, intent: Attempt): boolean =>
	key.neverUsed && intent.clock === 'aws' && key.madeAt !== undefined && Math.abs(key.madeAt.getTime() - Date.parse(intent.at)) <= five;
const idsBefore = ({change}: Attempt): readonly string[] => (Array.isArray(change.before) ? change.before.map(String) : []);
