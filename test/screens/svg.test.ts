import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {shown} from '../terminal/terminal.js';
import {movieOf, svgOf} from './svg.js';

const root = join(import.meta.dirname, '..', '..');

test('a picture holds the words of the screen as text, each where it stands, with its colour', async () => {
	const svg = svgOf(
		await shown('\r\n  a \u001B[31mred\u001B[39m <b>\r\n\u001B[2mdim\u001B[22m   \u001B[1;36mbold\u001B[0m'),
		'A & B',
		it => it,
	);
	expect(svg).toContain('<title>A &amp; B</title>');
	expect(svg).toContain(
		'<tspan x="32.8">a</tspan><tspan x="49.6" fill="#ff7b72">red</tspan><tspan x="83.2">&lt;b&gt;</tspan>',
	);
	expect(svg).toContain(
		'<tspan x="16" fill-opacity="0.6">dim</tspan><tspan x="66.4" fill="#56d4dd" font-weight="bold">bold</tspan>',
	);
});
test('what differs from run to run is replaced, over several colours too, and nothing moves', async () => {
	const svg = svgOf(await shown('id \u001B[31mab\u001B[32mcd\u001B[0m end'), '', it => it.replace('abcd', 'wxyz'));
	expect(svg).toContain('>wx</tspan>');
	expect(svg).toContain('>yz</tspan>');
	expect(svg).toContain('<tspan x="83.2">end</tspan>');
});
test('the pictures are there that the README shows, small, and tell nothing of the machine that made them', () => {
	const named = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\((docs\/screens\/[^)]+\.svg)\)/g)].map(
		([, path = '']) => path,
	);
	expect(named).toHaveLength(3);
	for (const path of named) expect(existsSync(join(root, path)), path).toBe(true);
	for (const name of readdirSync(join(root, 'docs', 'screens'))) {
		const svg = readFileSync(join(root, 'docs', 'screens', name), 'utf8');
		expect(svg.length, name).toBeLessThan(name === 'rehearsal.svg' ? 300_000 : 10_000);
		// No picture does anything but show, and none loads anything.
		expect(svg, name).not.toMatch(/<script|\bon\w+=|href|url\(|@import/);
		expect(svg, name).not.toContain(tmpdir());
		expect(svg.match(/AKIA[A-Z2-7]{16}/g)?.every(it => it === 'AKIAIOSFODNN7EXAMPLE') ?? true, name).toBe(true);
	}
});
test('the moving picture shows each screen in its turn, and the last one to whoever wants no motion', async () => {
	const [one, two] = [svgOf(await shown('one'), '', it => it), svgOf(await shown('two'), '', it => it)];
	const movie = movieOf(
		[
			{picture: one, seconds: 3},
			{picture: two, seconds: 1},
		],
		'A & B',
	);
	expect(movie).toContain('<title>A &amp; B</title>');
	expect(movie).toContain(
		'@keyframes f0{0%{visibility:visible}75%{visibility:hidden}}.f0{animation:f0 4s step-end infinite}',
	);
	expect(movie).toContain('@keyframes f1{0%{visibility:hidden}75%{visibility:visible}}');
	expect(movie).toContain('@media (prefers-reduced-motion:reduce){.f{animation:none}.f1{visibility:visible}}');
	expect(movie.match(/<svg/g)).toHaveLength(1);
	const kept = readFileSync(join(root, 'docs', 'screens', 'rehearsal.svg'), 'utf8');
	expect(kept.match(/<g class="f /g)).toHaveLength(8);
	for (const it of ['review', 'least-privilege', 'prove']) {
		const picture = readFileSync(join(root, 'docs', 'screens', `${it}.svg`), 'utf8');
		expect(kept, it).toContain(picture.slice(picture.indexOf('<g '), picture.indexOf('</svg>')));
	}
});
