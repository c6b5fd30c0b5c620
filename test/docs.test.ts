import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = [
	...readdirSync(root).filter(it => it.endsWith('.md')),
	...readdirSync(join(root, 'docs'))
		.filter(it => it.endsWith('.md'))
		.map(it => `docs/${it}`),
];
const text = (page: string): string => readFileSync(join(root, page), 'utf8');
/** A page without what it shows as it is printed; undefined, if that never ends. */
function prose(page: string): string | undefined {
	const parts = text(page).split(/^```.*$/m);
	return parts.length % 2 === 1 ? parts.filter((_, at) => at % 2 === 0).join('\n') : undefined;
}
/** How a heading is linked to: https://docs.github.com/en/get-started/writing-on-github */
const anchor = (heading: string): string =>
	heading
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N} -]/gu, '')
		.replaceAll(' ', '-');
const anchorsOf = (page: string): readonly string[] =>
	[...(prose(page) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, it = '']) => anchor(it));

/** The links of a page that lead nowhere. */
function broken(page: string): readonly string[] {
	return [...(prose(page) ?? '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) => {
		if (/^[a-z]+:/.test(to)) return [];
		const [path = '', part] = to.split('#');
		const target = path === '' ? page : join(dirname(page), path);
		if (!existsSync(join(root, target))) return [`${page}: ${to}`];
		return part === undefined || anchorsOf(target).includes(part) ? [] : [`${page}: ${to}`];
	});
}

test('what a page shows as it is printed ends before its next words', () => {
	expect(pages.filter(it => prose(it) === undefined)).toEqual([]);
});

test('every link between the pages leads somewhere', () => {
	expect(pages.flatMap(broken)).toEqual([]);
	expect(pages.length).toBeGreaterThan(15);
});

test('every file of the project that a page names is there', () => {
	const named = pages.flatMap(page =>
		[...text(page).matchAll(/\b(?:src|components|build|test)\/[\w./-]*\w/g)].map(([path]) => ({page, path})),
	);
	expect(named.filter(({path}) => !existsSync(join(root, path)))).toEqual([]);
	expect(named.length).toBeGreaterThan(30);
});

test('README is one page: what it is, how to get it, what it makes, if it stops, the way back, where to read on', () => {
	const readme = text('README.md');
	expect(readme.split(/\s+/).length).toBeLessThan(900);
	expect([...readme.matchAll(/^## (.*)$/gm)].map(([, it]) => it)).toEqual([
		'Get it',
		'What it makes, and what it costs',
		'If it stops half-way',
		'How to take it back',
		'Read on',
	]);
	for (const command of ['npm ci && npm start', 'npm ci && npm test']) expect(readme).toContain(command);
});

test('every page of docs can be reached from README', () => {
	const reached = new Set<string>();
	const visit = (page: string): void => {
		if (reached.has(page)) return;
		reached.add(page);
		for (const [, to = ''] of text(page).matchAll(/\]\(([^)\s#]+\.md)(?:#[^)\s]*)?\)/g))
			if (!/^[a-z]+:/.test(to)) visit(join(dirname(page), to));
	};
	visit('README.md');
	expect(pages.filter(it => !reached.has(it))).toEqual([]);
});
