/** An expression that stands as it is, such as a reference. */
export type Raw = {readonly raw: string};
/** A call of `jsonencode` with a value. */
export type Encoded = {readonly jsonencode: Hcl};
/** A value of Terraform's language. */
export type Hcl = string | number | boolean | null | Raw | Encoded | readonly Hcl[] | {readonly [name: string]: Hcl};
/** A block: its type and labels, and what stands in it; a comment stands before it. */
export type Block = {
	readonly type: string;
	readonly labels?: readonly string[];
	readonly comment?: readonly string[];
	readonly attributes?: {readonly [name: string]: Hcl};
	readonly blocks?: readonly Block[];
};

export const raw = (text: string): Raw => ({raw: text});
export const jsonencode = (value: Hcl): Encoded => ({jsonencode: value});

/** A file of blocks as `terraform fmt` leaves it: the same bytes for the same blocks. */
export const hclFile = (blocks: readonly Block[]): string =>
	`${blocks.map(it => blockLines(it, '').join('\n')).join('\n\n')}\n`;

function blockLines({type, labels = [], comment = [], attributes = {}, blocks = []}: Block, indent: string): string[] {
	const head = [type, ...labels.map(quoted)].join(' ');
	const within = attributeLines(Object.entries(attributes), `${indent}  `, identifier);
	const nested = blocks.flatMap((it, at) => [
		...(at > 0 || within.length > 0 ? [''] : []),
		...blockLines(it, `${indent}  `),
	]);
	return [...comment.map(it => `${indent}# ${it}`.trimEnd()), `${indent}${head} {`, ...within, ...nested, `${indent}}`];
}

/** Attributes one under the other: of those on one line in a row, the values stand one under the other. */
function attributeLines(
	all: readonly (readonly [string, Hcl])[],
	indent: string,
	named: (name: string) => string,
): string[] {
	const each = all.map(([name, value]) => ({name: named(name), lines: valueLines(value, indent)}));
	return each.flatMap(({name, lines: [first = '', ...more]}, at) => {
		if (more.length > 0) return [`${indent}${name} = ${first}`, ...more];
		let [from, to] = [at, at];
		while (from > 0 && each[from - 1]?.lines.length === 1) from--;
		while (each[to + 1]?.lines.length === 1) to++;
		const widest = Math.max(...each.slice(from, to + 1).map(it => columns(it.name)));
		return [`${indent}${name}${' '.repeat(widest - columns(name))} = ${first}`];
	});
}

/** A value in lines; all but the first begin where they stand. */
function valueLines(value: Hcl, indent: string): readonly string[] {
	if (typeof value === 'string') return [quoted(value)];
	if (typeof value !== 'object' || value === null) return [String(value)];
	if (isRaw(value)) return [value.raw];
	if (isEncoded(value)) {
		const [first = '', ...more] = valueLines(value.jsonencode, indent);
		const last = more.pop();
		return last === undefined ? [`jsonencode(${first})`] : [`jsonencode(${first}`, ...more, `${last})`];
	}
	if (Array.isArray(value)) return listLines(value as readonly Hcl[], indent);
	const entries = Object.entries(value as {readonly [name: string]: Hcl});
	if (entries.length === 0) return ['{}'];
	return ['{', ...attributeLines(entries, `${indent}  `, key), `${indent}}`];
}
function listLines(items: readonly Hcl[], indent: string): readonly string[] {
	const each = items.map(it => valueLines(it, `${indent}  `));
	const inLine = `[${each.map(([first]) => first).join(', ')}]`;
	if (each.every(it => it.length === 1) && inLine.length <= 80) return [inLine];
	const lines = each.flatMap(([first = '', ...more]) => {
		const all = [`${indent}  ${first}`, ...more];
		return all.map((line, at) => (at === all.length - 1 ? `${line},` : line));
	});
	return ['[', ...lines, `${indent}]`];
}
const isRaw = (it: object): it is Raw => 'raw' in it && Object.keys(it).length === 1;
const isEncoded = (it: object): it is Encoded => 'jsonencode' in it && Object.keys(it).length === 1;

const identifier = (name: string): string => name;
const key = (name: string): string => (/^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !words.has(name) ? name : quoted(name));
/** What Terraform reads as something else than a name where it stands as a key. */
const words = new Set(['true', 'false', 'null', 'for', 'if', 'in']);

/**
 * A text between quotes, with nothing left to expand.
 * https://developer.hashicorp.com/terraform/language/expressions/strings
 */
export const quoted = (text: string): string =>
	`"${text
		.replaceAll(/["\\]/g, '\\$&')
		.replaceAll('\n', '\\n')
		.replaceAll('\r', '\\r')
		.replaceAll('\t', '\\t')
		// Doubled it means itself; behind another one, the doubling would be read otherwise.
		.replaceAll(/[$%]+(?=\{)/g, it => (it.length === 1 ? it + it : it.slice(0, -1) + byNumber(it.slice(-1))))
		.replaceAll(odd, byNumber)}"`;
/** What isn't seen, or turns what follows round. */
const odd = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const byNumber = (it: string): string => {
	const number = (it.codePointAt(0) ?? 0).toString(16);
	return number.length > 4 ? `\\U${number.padStart(8, '0')}` : `\\u${number.padStart(4, '0')}`;
};
const columns = (text: string): number => [...new Intl.Segmenter().segment(text)].length;
