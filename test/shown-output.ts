import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
/** The pages of the project, but for what is history. */
export const pages: readonly string[] = [
	...readdirSync(root).filter(it => it.endsWith('.md') && it !== 'CHANGELOG.md'),
	...readdirSync(join(root, 'docs'))
		.filter(it => it.endsWith('.md'))
		.map(it => `docs/${it}`),
];

/** A block of a page, as it is fenced: its language, the comment above it, its text. */
export type Block = {readonly page: string; readonly language: string; readonly note: string; readonly text: string};
export const blocksOf = (page: string): readonly Block[] =>
	[...readFileSync(join(root, page), 'utf8').matchAll(/(?:^<!-- (.*) -->\n+)?^ *```(.*)\n([\s\S]*?)^ *```$/gm)].map(
		([, note = '', language = '', text = '']) => ({page, language, note, text}),
	);

/** What makes the output that a block shows: its own first line, or the comment above it. */
export const madeBy = ({language, note, text}: Block): string =>
	language === 'console'
		? (/^\$ (.*)\n/.exec(text)?.[1] ?? '')
		: (/^(?:said|measured) by: (.*)$/.exec(note)?.[1] ?? '');

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
/** What is another each day stands for any of its kind. */
const undated = (text: string): string =>
	text
		.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY')
		.replaceAll(/(?<=_)\d{8}(?=\.csv)/g, 'DAY')
		.replaceAll(/\d\d:\d\d(?::\d\d)?(?=Z| UTC)/g, 'TIME');
/**
 * The lines of a block that aren't said one after the other: `…` alone stands for lines left out, within a line for
 * text. The whole of what is said begins and ends as the block does.
 */
export function unsaid(shown: string, said: string, whole: boolean): string | undefined {
	const lines = undated(shown).trimEnd().split('\n');
	const pattern = lines
		.map(line => (line.trim() === '…' ? '(?:.*\n)+?' : `${line.split('…').map(literal).join('.*')}\n`))
		.join('');
	const all = `${undated(said).trimEnd()}\n`;
	if (new RegExp(`^${pattern}${whole ? '$' : ''}`, whole ? '' : 'm').test(all)) return undefined;
	const missing = lines.filter(
		it => it.trim() !== '…' && !new RegExp(`^${it.split('…').map(literal).join('.*')}$`, 'm').test(all),
	);
	return `not said${missing.length === 0 ? ' in this order' : ''}:\n${(missing.length === 0 ? lines : missing).join('\n')}`;
}
