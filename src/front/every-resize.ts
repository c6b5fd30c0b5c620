/** A terminal of which every resize is heard, until it is taken back. */
type Heard = {readonly stream: NodeJS.WriteStream; forget(): void};

/**
 * The same terminal, of which a resize there and back again is told as well: its size is the same then, and what was
 * drawn may be cut. It is told as two, one column less and back, for who draws anew only what got less room.
 */
export function hearEveryResize(terminal: NodeJS.WriteStream, isAway: () => boolean): Heard {
	const sizeOf = (): string => `${terminal.columns} ${terminal.rows}`;
	let size = sizeOf();
	let less = 0;
	const hear = (): void => {
		const before = size;
		size = sizeOf();
		// What is on the terminal is the shell's then.
		if (size !== before || isAway()) return;
		for (const by of [1, 0]) {
			less = by;
			terminal.emit('resize');
		}
	};
	process.on('SIGWINCH', hear);
	const stream = new Proxy(terminal, {
		get(target, name) {
			const it: unknown = Reflect.get(target, name, target);
			if (name === 'columns' && typeof it === 'number') return it > 0 ? it - less : it;
			return typeof it === 'function' ? it.bind(target) : it;
		},
	});
	return {stream, forget: () => void process.off('SIGWINCH', hear)};
}
