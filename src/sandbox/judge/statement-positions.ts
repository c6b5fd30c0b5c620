/** A place in a text, counted from 1. */
export type Position = {readonly Line: number; readonly Column: number};
/** Where the statements of a policy document begin and end, in their order. */
export function statementPositions(
	text: string,
): readonly {readonly StartPosition: Position; readonly EndPosition: Position}[] {
	const found: {StartPosition: Position; EndPosition: Position}[] = [];
	let depth = 0;
	let within: number | undefined;
	let start = 0;
	let before = '';
	for (const {0: token, index} of text.matchAll(/"(?:\\.|[^"\\])*"|[{}[\]]/gs)) {
		if (token === '{' || token === '[') {
			if (before === '"Statement"' && depth === 1) within = token === '[' ? 2 : 1;
			if (token === '{' && depth === within) start = index;
			depth++;
		} else if (token === '}' || token === ']') {
			depth--;
			if (token === '}' && depth === within)
				found.push({StartPosition: position(text, start), EndPosition: position(text, index + 1)});
			if (within !== undefined && depth <= 1) within = undefined;
		}
		before = token;
	}
	return found;
}
function position(text: string, index: number): Position {
	const lines = text.slice(0, index).split('\n');
	return {Line: lines.length, Column: (lines.at(-1)?.length ?? 0) + 1};
}
