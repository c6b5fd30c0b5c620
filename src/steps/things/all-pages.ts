import type {Call, Look} from '../../engine/step.js';

/** What each page of a list holds, all in one; none where the thing asked about isn't there. */
export async function collect<R, T>(
	look: Pick<Look, 'all'>,
	list: Call<R>,
	pick: (page: R) => readonly (T | undefined)[] | undefined,
): Promise<readonly T[]> {
	const found: T[] = [];
	for await (const page of look.all(list)) for (const it of pick(page) ?? []) if (it !== undefined) found.push(it);
	return found;
}
