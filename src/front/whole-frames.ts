import {stripVTControlCharacters} from 'node:util';
import {columnsOf} from '../../components/wrap.js';

/** All that is on the screen goes, wherever a resize has put it. */
export const emptyScreen = '\u001B[H\u001B[J';

/**
 * A stream over a terminal of which one screen has all: whatever is drawn stands alone there, and what was drawn for
 * another size and would break at this one isn't drawn.
 */
export const wholeFrames = (stream: NodeJS.WriteStream): NodeJS.WriteStream =>
	new Proxy(stream, {
		get(target, name) {
			const it: unknown = Reflect.get(target, name, target);
			if (typeof it !== 'function') return it;
			if (name !== 'write') return it.bind(target);
			return (text: unknown, ...more: unknown[]): unknown =>
				it.call(target, typeof text === 'string' ? alone(text, target) : text, ...more);
		},
	});

function alone(text: string, {columns, rows}: NodeJS.WriteStream): string {
	const lines = stripVTControlCharacters(text).trimEnd().split('\n');
	if (lines.join('') === '') return text;
	const fits = lines.length <= (rows || 24) && lines.every(it => columnsOf(it.trimEnd()) <= (columns || 80));
	return fits ? emptyScreen + text : emptyScreen;
}
