/** A terminal of which each key is heard, until that is over. */
type Raw = {readonly stdin: NodeJS.ReadStream; over(): void};

/**
 * The same input, raw from now on until that is over, but while the terminal is the shell's. Who draws in turn on one
 * terminal turns raw mode on only once it has drawn: what is typed into a first frame would be the terminal's by then,
 * and Enter a line's end, which is no key.
 */
export function staysRaw(terminal: NodeJS.ReadStream, isAway: () => boolean): Raw {
	let over = false;
	terminal.setRawMode(true);
	const stdin = new Proxy(terminal, {
		get(target, name) {
			const it: unknown = Reflect.get(target, name, target);
			if (typeof it !== 'function') return it;
			if (name !== 'setRawMode') return it.bind(target);
			return (on: boolean): NodeJS.ReadStream => {
				if (on || over || isAway()) target.setRawMode(on);
				return stdin;
			};
		},
	});
	return {
		stdin,
		over() {
			over = true;
			terminal.setRawMode(false);
		},
	};
}
