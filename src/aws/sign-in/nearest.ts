/** The name most like the one that isn't there, if one is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
	const [best] = known
		.map(it => ({it, distance: distance(name.toLowerCase(), it.toLowerCase())}))
		.sort((one, other) => one.distance - other.distance);
	return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.it : undefined;
}

/** How many letters have to be changed, added, left out or swapped with the next one. */
function distance(one: string, other: string): number {
	const rows: number[][] = [Array.from({length: other.length + 1}, (_, at) => at)];
	for (let i = 1; i <= one.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= other.length; j += 1) {
			const same = one[i - 1] === other[j - 1] ? 0 : 1;
			const swapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
			row.push(
				Math.min(
					(rows[i - 1]?.[j] ?? 0) + 1,
					(row[j - 1] ?? 0) + 1,
					(rows[i - 1]?.[j - 1] ?? 0) + same,
					swapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
				),
			);
		}
		rows.push(row);
	}
	return rows.at(-1)?.at(-1) ?? 0;
}
