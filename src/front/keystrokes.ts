const esc = '\u001B';
const single = '\u007F\b\u0003';
const paste = `${esc}\\[200~.*?(?:${esc}\\[201~|$)`;
const sequence = `${esc}+(?:\\[[0-?]*[ -/]*[@-~]?|O.?|[^${esc}]?)`;
/**
 * A paste, an escape sequence, a key that takes away, Ctrl+C, or text; what is cut off at the end belongs to what comes
 * next.
 */
const strokes = new RegExp(`${paste}|${sequence}|[${single}]|[^${esc}${single}]+`, 'gsu');

/**
 * The keys of a chunk, one by one. A text with a line's end in it is a paste: it stays whole, and its line's end is no
 * Enter.
 */
export const strokesOf = (chunk: string): readonly string[] =>
	(chunk.match(strokes) ?? []).flatMap(it => {
		if (it.startsWith(esc)) return [it];
		if (/[\r\n]/.test(it)) return /^\r+$/.test(it) ? it.split('') : [it];
		return it.split(/(\t)/).filter(Boolean);
	});

/**
 * The same input, read one key at a time: over a slow line several come at once, and each must find what the one before
 * it came to.
 */
export function oneByOne(stdin: NodeJS.ReadStream): NodeJS.ReadStream {
	const left: string[] = [];
	let busy = false;
	const read = (): string | null => {
		if (busy) return null;
		if (left.length === 0) left.push(...strokesOf(stdin.read()?.toString() ?? ''));
		const key = left.shift() ?? null;
		if (key !== null) {
			busy = true;
			// By then all that follows from it is done and drawn.
			setImmediate(() => {
				busy = false;
				stdin.emit('readable');
			});
		}
		return key;
	};
	return new Proxy(stdin, {
		get(target, name) {
			if (name === 'read') return read;
			const it: unknown = Reflect.get(target, name, target);
			return typeof it === 'function' ? it.bind(target) : it;
		},
	});
}
