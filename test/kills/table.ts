import type {Point} from './killing.js';

/** The same end, or the same after the question that product rules ask. */
const good = ['same', 'asks'];
type Cell = {readonly flow: string; readonly point: Point; readonly came: string};

/** What each kill came to, for a person to read: a row for each call and write, a column for each side of it. */
export class Table {
	readonly #cells: Cell[] = [];

	/** What is told beside a row: what came of killing the next run too, and of losing the record. */
	readonly #beside = new Map<Point, string[]>();

	add(flow: string, point: Point, came: string): void {
		this.#cells.push({flow, point, came: good.includes(came) ? came : 'OTHER'});
	}
	again(point: Point, told: string): void {
		this.#tell(point, `killed again: ${/^\d+ again$/.test(told) ? `${told.split(' ')[0]} same` : 'OTHER'}`);
	}
	lost(point: Point, told: string): void {
		this.#tell(point, `record lost: ${told.includes('\n') || told.length > 60 ? 'OTHER' : told}`);
	}
	#tell(point: Point, text: string): void {
		this.#beside.set(point, [...(this.#beside.get(point) ?? []), `${point.kill.when}, ${text}`]);
	}

	text(order: readonly {readonly flow: {readonly name: string}; readonly points: readonly Point[]}[]): string {
		const lines: string[] = [];
		for (const {flow, points} of order) {
			const cells = this.#cells.filter(it => it.flow === flow.name);
			if (cells.length === 0) continue;
			const same = cells.filter(it => it.came !== 'OTHER').length;
			lines.push(
				'',
				`${flow.name}: killed at ${cells.length} moments, ${same} came to the same end, ${cells.length - same} to another`,
			);
			lines.push(`  ${'call or write'.padEnd(58)}${'before'.padEnd(8)}${'half'.padEnd(8)}after`);
			const rows = new Map<string, Point[]>();
			for (const it of points) {
				const key = 'moment' in it.kill ? `${it.kill.moment} ${it.what}` : it.what;
				rows.set(key, [...(rows.get(key) ?? []), it]);
			}
			for (const row of rows.values()) {
				const at = (when: string): string =>
					cells.find(it => it.point.kill.when === when && row.includes(it.point))?.came ?? '';
				const text = `${(row[0]?.what ?? '').padEnd(58)}${at('before').padEnd(8)}${at('half').padEnd(8)}${at('after')}`;
				if (row.some(it => cells.some(cell => cell.point === it))) lines.push(`  ${text.trimEnd()}`);
				for (const it of row) for (const more of this.#beside.get(it) ?? []) lines.push(`      ${more}`);
			}
		}
		return lines.join('\n');
	}
}
