import type {User} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import type {Attempt, Change, Kept, Known, Leftover, Look, Stop} from '../../engine/step.js';
import {listAccessKeys, type SeenAccessKey} from './access-keys.js';
import {isAlone} from './other-records.js';
import {pairsOf} from './ownership.js';
import {isSame, ownerById, stranger, users} from './same-thing.js';
import {columns, placeOf} from './secret-place.js';

/** The access keys of the user, what stands in the place of the secret, and whose the user is. */
export type SeenAccessKeys = {
	readonly keys: readonly SeenAccessKey[];
	readonly place: Kept;
	readonly userIsOurs: boolean;
	readonly described: readonly string[];
	/** No other record of this setup can have made one. */
	readonly alone: boolean;
	/** The user isn't the one this setup made or took over. */
	readonly other?: Stop;
};

/** Looks at the user's access keys and at the place of the secret. */
export async function seeAccessKeys(look: Look, known: Known): Promise<SeenAccessKeys> {
	const UserName = known.fact('userName');
	const delivered = known.delivered.filter(it => !it.unsure).map(it => it.id);
	const file = placeOf(known);
	const user = (): Promise<User | undefined> => look.at(call('iam:GetUser', {UserName})).then(it => it?.User);
	// Whose the user is, and which keys it describes, matters only where there is a key, as there may be by the record.
	const beside = known.delivered.length > 0 || known.past.length > 0 ? user() : undefined;
	beside?.catch(() => undefined);
	const [keys, place] = await Promise.all([
		// Before the user is made it has none.
		known.facts.userArn === undefined ? [] : listAccessKeys(look, UserName, delivered),
		file === null ? ({is: 'absent'} as const) : look.kept(file, columns, columns[0]),
	]);
	const found = keys.length > 0 ? await (beside ?? user()) : undefined;
	const tags = pairsOf(found?.Tags);
	const seen = found && {id: found.UserId ?? '', tags};
	const userIsOurs = seen !== undefined && ownerById(users, seen, known).is === 'ours';
	const other =
		seen && !isSame(users, seen, known)
			? stranger(users, found.UserName ?? '', seen.id, found.CreateDate, known)
			: undefined;
	const inDoubt = keys.some(it => !delivered.includes(it.id)) && known.past.some(isLost);
	const alone = !inDoubt || (await isAlone(look, known));
	return {keys, place, userIsOurs, described: Object.keys(tags), alone, ...(other && {other})};
}

/** Which access keys were delivered, which one may have been, and which interrupted runs left behind. */
export function sortAccessKeys(seen: SeenAccessKeys, known: Known) {
	const {keys, place} = seen;
	const ids = new Set(keys.map(it => it.id));
	const inPlace = place.is === 'row' && ids.has(place.value) ? place.value : undefined;
	const shown = known.delivered.find(it => it.unsure && ids.has(it.id))?.id;
	const stored = shown !== undefined && known.answers['secretStored'] === shown ? shown : undefined;
	const sure = known.delivered.filter(it => !it.unsure || it.id === stored).map(it => it.id);
	const delivered = new Set([...sure, ...(inPlace ? [inPlace] : [])]);
	// A secret that was seen may have been stored: its key is no leftover.
	return {
		inPlace,
		shown,
		stored,
		delivered,
		...leftoverOf(keys, new Set([...delivered, ...(shown ? [shown] : [])]), known, seen),
	};
}

/** The access keys that interrupted runs left, for whoever starts the next. */
export async function leftAccessKeys(look: Look, known: Known): Promise<readonly Leftover[]> {
	if (!known.past.some(isLost)) return [];
	const {leftover, unclear} = sortAccessKeys(await seeAccessKeys(look, known), known);
	const left = (it: SeenAccessKey, where: string, does: string): Leftover => ({
		of: 'create-access-key',
		what:
			`access key ${it.id}, ${it.neverUsed ? 'never used and ' : ''}${where}; it costs nothing, but lets in ` +
			'whoever has its secret',
		does,
	});
	return [
		...leftover.map(it => left(it, 'delivered nowhere', 'removes it')),
		...unclear.map(it => left(it, 'not delivered by this record', 'asks about it')),
	];
}

const isLost = ({change, outcome}: Attempt): boolean => change.id === 'create-access-key' && !outcome;

/**
 * How long after its intent a key may have been made, and how much before: the call goes out within 5 seconds or never,
 * and AWS tells whole seconds.
 */
const [after, before] = [10_000, 1000];
/** How far two access keys are made apart of which one may be another's. */
const apart = 62_000;

/**
 * From when on another access key can't be taken for the one of a call whose answer was lost: by this record, by a copy
 * of it, or by one that somebody else holds and this one was taken up from.
 */
export function apartFromLost({past, recoveredAt, run}: Known): Pick<Change, 'notBefore'> {
	const lost = past.filter(isLost).map(it => it.at);
	const last = Math.max(...[...lost, ...(recoveredAt ? [recoveredAt] : [])].map(it => Date.parse(it)));
	const at = last + apart;
	if (!(at > Date.parse(run.now ?? ''))) return {};
	const why = 'one whose making was cut off may show up until then, on another machine too; the two stay apart';
	return {notBefore: {at: new Date(at).toISOString(), why}};
}

/**
 * Tells which access keys interrupted runs left behind. A leftover is the one key that appeared between an unsettled
 * intent and the next, made within ten seconds of it by AWS's clock as an answer had told it right before, never used,
 * delivered nowhere, without a description tag (ours comes after delivery), of a user of ours, where nothing tells of
 * another record of this setup. What only might be one is unclear.
 */
export function leftoverOf(
	keys: readonly SeenAccessKey[],
	delivered: ReadonlySet<string>,
	known: Known,
	{userIsOurs, described, alone}: Pick<SeenAccessKeys, 'userIsOurs' | 'described' | 'alone'>,
): {leftover: readonly SeenAccessKey[]; unclear: readonly SeenAccessKey[]} {
	const intents = known.past.filter(it => it.change.id === 'create-access-key');
	const now = keys.map(it => it.id);
	const leftover = new Map<string, SeenAccessKey>();
	const unclear = new Map<string, SeenAccessKey>();
	for (const [at, intent] of intents.entries()) {
		if (intent.outcome) continue;
		const next = intents[at + 1];
		const until = new Set([...(next ? idsBefore(next) : now), ...removedBetween(intent, next, known)]);
		const appeared = [...until].filter(id => !idsBefore(intent).includes(id));
		const there = keys.filter(it => appeared.includes(it.id) && !delivered.has(it.id));
		const [only] = there;
		const isOurs = userIsOurs && alone && appeared.length === 1;
		if (isOurs && only && !described.includes(only.id) && isLeftover(only, intent)) leftover.set(only.id, only);
		else for (const it of there) unclear.set(it.id, it);
	}
	const asked = known.answers['removeAccessKey'];
	return {
		leftover: [...leftover.values()],
		unclear: [...unclear.values()].filter(it => !leftover.has(it.id) && it.id !== asked),
	};
}

function isLeftover(key: SeenAccessKey, intent: Attempt): boolean {
	const late = (key.madeAt?.getTime() ?? Number.NaN) - Date.parse(intent.at);
	return key.neverUsed && intent.clock === 'aws' && late >= -before && late <= after;
}
/** What was there meanwhile, though it isn't any more: the other one isn't the only one that appeared. */
const removedBetween = (intent: Attempt, next: Attempt | undefined, {past}: Known): readonly string[] =>
	past
		.slice(past.indexOf(intent), next && past.indexOf(next))
		.flatMap(it => /^delete-(.+)$/.exec(it.change.id)?.[1] ?? []);
const idsBefore = ({change}: Attempt): readonly string[] =>
	Array.isArray(change.before) ? change.before.map(String) : [];
