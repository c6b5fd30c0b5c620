import type {IBufferCell, Terminal} from '@xterm/headless';

/** What takes the place of what differs from run to run: of the same length, so that nothing moves. */
export type Instead = (text: string) => string;

const cell = {width: 8.4, height: 19};
const margin = {x: 16, y: 14};
const paper = '#0d1117';
const ink = '#e6edf3';
/** The sixteen colours as they are named: black red green yellow blue magenta cyan white, then bright. */
const palette = ['#484f58', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#b1bac4'];
const fonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

type Run = {readonly at: number; text: string; readonly look: string};

/** The screen of a terminal as a picture whose text is text. */
export function svgOf(terminal: Terminal, title: string, instead: Instead): string {
	const rows = rowsOf(terminal);
	const width = Math.round(terminal.cols * cell.width + 2 * margin.x);
	const height = Math.round(rows.length * cell.height + 2 * margin.y);
	const lines = rows.flatMap((runs, row) => (runs.length > 0 ? [lineOf(runs, row, instead)] : []));
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
		`<g font-family="${fonts}" font-size="14" fill="${ink}" xml:space="preserve">`,
		...lines,
		'</g>',
		'</svg>',
		'',
	].join('\n');
}

/** One screen of several that follow on each other: what it shows, and for how long, in seconds. */
export type Frame = {readonly picture: string; readonly seconds: number};

/**
 * Pictures of one width, one after the other, by CSS alone and for ever; whoever wants no motion sees the last one.
 * Each holds the words of its screen as text.
 */
export function movieOf(frames: readonly Frame[], title: string): string {
	const whole = frames.reduce((sum, it) => sum + it.seconds, 0);
	const sizes = frames.map(it => /viewBox="0 0 (\d+) (\d+)"/.exec(it.picture)?.slice(1).map(Number) ?? [0, 0]);
	const [width, height] = [0, 1].map(at => Math.max(...sizes.map(it => it[at] ?? 0)));
	let from = 0;
	const rules = frames.map(({seconds}, at) => {
		const [begin, end] = [from, from + seconds].map(it => Math.round((it / whole) * 10_000) / 100);
		from += seconds;
		const shown = `${begin}%{visibility:visible}${end === 100 ? '' : `${end}%{visibility:hidden}`}`;
		const first = begin === 0 ? '' : '0%{visibility:hidden}';
		return `@keyframes f${at}{${first}${shown}}.f${at}{animation:f${at} ${whole}s step-end infinite}`;
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
		`<title>${escaped(title)}</title>`,
		'<style>',
		'.f{visibility:hidden}',
		...rules,
		`@media (prefers-reduced-motion:reduce){.f{animation:none}.f${frames.length - 1}{visibility:visible}}`,
		'</style>',
		`<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
		...frames.flatMap(({picture}, at) => [`<g class="f f${at}">`, ...drawn(picture), '</g>']),
		'</svg>',
		'',
	].join('\n');
}
/** What is drawn of a picture, without its frame and its paper. */
const drawn = (picture: string): readonly string[] =>
	picture.split('\n').filter(it => it !== '' && !/^<(\/?svg|title|rect)/.test(it));

/** The screen's rows from the first to the last that holds anything, as runs of one look each. */
function rowsOf({buffer: {active}, rows: height, cols}: Terminal): readonly (readonly Run[])[] {
	const rows: Run[][] = [];
	for (let row = 0; row < height; row++) {
		const line = active.getLine(active.baseY + row);
		const runs: Run[] = [];
		for (let at = 0; at < cols; at++) {
			const it = line?.getCell(at);
			if (!it) continue;
			const [look, text] = [lookOf(it), it.getChars() || ' '];
			const last = runs.at(-1);
			if (last && last.look === look) last.text += text;
			else runs.push({at, text, look});
		}
		rows.push(runs.filter(it => it.text.trim() !== ''));
	}
	const first = rows.findIndex(it => it.length > 0);
	const last = rows.findLastIndex(it => it.length > 0);
	return rows.slice(Math.max(0, first), last + 1);
}

function lookOf(it: IBufferCell): string {
	const colour = it.isFgPalette() ? palette[it.getFgColor() % 8] : undefined;
	return [colour && ` fill="${colour}"`, it.isBold() && ' font-weight="bold"', it.isDim() && ' fill-opacity="0.6"']
		.filter(Boolean)
		.join('');
}

function lineOf(runs: readonly Run[], row: number, instead: Instead): string {
	const y = Math.round(margin.y + (row + 0.75) * cell.height);
	const parts = inPlace(runs, instead).map(({at, text, look}) => {
		const lead = text.length - text.trimStart().length;
		const x = Math.round((margin.x + (at + lead) * cell.width) * 10) / 10;
		return `<tspan x="${x}"${look}>${escaped(text.trim())}</tspan>`;
	});
	return `<text y="${y}">${parts.join('')}</text>`;
}

/** The runs with what stands in the place of other words, which may go over several of them. */
function inPlace(runs: readonly Run[], instead: Instead): readonly Run[] {
	let row = '';
	for (const it of runs) row = row.padEnd(it.at) + it.text;
	const changed = instead(row);
	return runs.map(it => ({...it, text: changed.slice(it.at, it.at + it.text.length)}));
}

const escaped = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
