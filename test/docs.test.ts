import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Command} from 'commander';
import {expect, test} from 'vitest';
import {commands} from '../src/commands/index.js';

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

test('every file, folder and name of the code that the pages about the code tell of is there', () => {
	const files = ['src', 'components', 'build', 'test', 'docs'].flatMap(folder =>
		readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map(it =>
			`/${folder}/${it}`.replaceAll('\\', '/'),
		),
	);
	const code = files.filter(it => /^\/(?:src|components|test)\/.*\.tsx?$/.test(it)).map(text);
	const about = ['docs/architecture.md', 'docs/how-to.md'].flatMap(page =>
		[...(prose(page) ?? '').matchAll(/`([\w./-]+)`/g)].map(([, it = '']) => ({page, it: it.replace(/\/$/, '')})),
	);
	const paths = about.filter(({it}) => /\w\/\w|\.(?:tsx?|js|py|md|txt)$/.test(it));
	const names = about.filter(({it}) => /^[a-z]+[A-Z]\w*$/.test(it));
	const isThere = (it: string): boolean => files.some(file => file.endsWith(`/${it}`));
	expect(paths.filter(({it}) => !isThere(it))).toEqual([]);
	expect(names.filter(({it}) => !code.some(one => new RegExp(`\\b${it}\\b`).test(one)))).toEqual([]);
	expect([paths.length > 50, names.length > 5]).toEqual([true, true]);
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

/** The command lines of this program in a page: those of blocks, and those between backticks. */
function commandLines(page: string): readonly string[] {
	const parts = text(page).split(/^```.*$/m);
	const inBlocks = parts
		.filter((_, at) => at % 2 === 1)
		.flatMap(it => it.split('\n'))
		.flatMap(it => /(?:^|^\$ |^(?:[\d*]+ ){5}|"C:\\Tools\\)(nps-kms(?:\.exe)? [a-z-][^"|]*)/.exec(it)?.[1] ?? []);
	const inProse = parts
		.filter((_, at) => at % 2 === 0)
		.flatMap(it => [...it.matchAll(/`(nps-kms [^`]+)`/g)].map(([, line = '']) => line));
	return [...inBlocks, ...inProse].map(it =>
		it
			.replace(/\s+#.*$|\s{3,}.*$|\s*\)\s*$/, '')
			.replace(/^nps-kms\.exe/, 'nps-kms')
			.trim(),
	);
}
/** What stands for something else in a page, as a value that is one. */
const meant: Readonly<Record<string, string>> = {
	STEP: 'policy',
	ID: '111122223333',
	N: '7',
	DAYS: '80',
	REGION: 'eu-west-1',
	NAME: 'lab',
};
/** Why a command line isn't understood, if it isn't: read by the real commands, without running any. */
function misread(line: string): string | undefined {
	const root = new Command('nps-kms').exitOverride();
	for (const it of commands) {
		const command = root.command(it.name, {isDefault: it.byDefault === true}).exitOverride();
		for (const flag of it.flags()) command.addOption(flag);
		const takes = it.takes?.();
		if (takes) command.addArgument(takes);
		command.action(() => undefined);
	}
	root.version('0');
	for (const it of [root, ...root.commands]) it.configureOutput({writeErr: () => undefined, writeOut: () => undefined});
	const words = [...line.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([it]) => it.replaceAll(/^["']|["']$/g, ''));
	// A command is also called by its name alone.
	if (words[1] === 'help' || (words.length === 2 && commands.some(it => it.name === words[1]))) return undefined;
	try {
		root.parse(
			words.slice(1).map(it => meant[it] ?? it),
			{from: 'user'},
		);
		return undefined;
	} catch (error) {
		const {code, message} = error as Error & {code?: string};
		return code === 'commander.helpDisplayed' || code === 'commander.version' ? undefined : `${line}: ${message}`;
	}
}

test('every command line of this program in a page is one that it understands', () => {
	const told = pages
		.filter(it => it !== 'CHANGELOG.md')
		.flatMap(page => commandLines(page).map(line => ({page, line})))
		// A list of words to choose from, and words left out, are no command lines.
		.filter(({line}) => !/[…<>|]|-win-|-linux-|TOPIC/.test(line));
	expect(told.flatMap(({page, line}) => misread(line)?.replace(/^/, `${page}: `) ?? [])).toEqual([]);
	expect(told.length).toBeGreaterThan(60);
});
test('one that it does not understand is told', () => {
	expect(misread('nps-kms status --al')).toContain("unknown option '--al'");
	expect(misread('nps-kms export pulumi')).toContain('pulumi');
	expect(misread('nps-kms move-key --to-setup x')).toBeUndefined();
	expect(misread('nps-kms status --all --monitor')).toBeUndefined();
});

/** What stands between backticks in the prose of a page, or in a line of a block of commands. */
const said = pages
	.filter(it => it !== 'CHANGELOG.md')
	.flatMap(page => {
		const inBlocks = [...text(page).matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].flatMap(([, it = '']) => it.split('\n'));
		const inProse = [...(prose(page) ?? '').matchAll(/`([^`\n]+)`/g)].map(([, it = '']) => it);
		return [...inBlocks, ...inProse].map(words => ({page, words: words.trim()}));
	});
/** Why a flag that a page names isn't one, if no command understands it, with its value if it has one. */
function unknownFlag(words: string): string | undefined {
	const flags = commands.flatMap(it => it.flags()).map(it => it.long);
	const [flag = '', ...values] = words.split(' ');
	if (values.length === 0) return [...flags, '--help', '--version'].includes(flag) ? undefined : flag;
	return commands.some(it => {
		const [word] = it.takes?.().argChoices ?? [''];
		return misread(`nps-kms ${it.name} ${word ?? ''} ${words}`) === undefined;
	})
		? undefined
		: words;
}
test('every flag that a page names is one of this program, and takes that value', () => {
	// This one is a flag of the project's own script.
	const ofScripts = new Map([['--only=linux-x64', 'build/release/index.js']]);
	const flags = said.filter(({words}) => /^--[a-z]/.test(words) && !ofScripts.has(words));
	expect(flags.flatMap(({page, words}) => unknownFlag(words)?.replace(/^/, `${page}: `) ?? [])).toEqual([]);
	expect(flags.length).toBeGreaterThan(80);
	for (const [flag, file] of ofScripts) expect(text(file)).toContain(flag.replace(/=.*/, '='));
	expect(['--al', '--shell fish', '--setup UPPER', '--deletion-days'].map(unknownFlag)).toEqual([
		'--al',
		'--shell fish',
		'--setup UPPER',
		undefined,
	]);
});
test('every script of npm that a page names is there, and what follows npm start is understood', () => {
	const {scripts} = JSON.parse(text('package.json')) as {scripts: Readonly<Record<string, string>>};
	const runs = said.flatMap(({page, words}) =>
		[...words.matchAll(/\bnpm (?:run )?([a-z][\w:]*)/g)].map(([, name = '']) => ({page, name})),
	);
	const npms = new Set(['ci', 'i', 'rm', 'pack']);
	expect(runs.filter(({name}) => !npms.has(name) && !(name in scripts))).toEqual([]);
	expect(runs.length).toBeGreaterThan(30);
	const started = said.flatMap(({words}) => /^npm start -- (.*)/.exec(words)?.[1] ?? []);
	expect(started.flatMap(it => misread(`nps-kms ${it}`) ?? [])).toEqual([]);
	expect(started.length).toBeGreaterThan(0);
});
test('every variable that a page names is one that something of the project reads', () => {
	const files = ['src', 'build', 'test', 'components', 'node_modules/ink/build'].flatMap(folder =>
		readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
			.filter(it => /\.(?:[jt]sx?|py|sh)$/.test(it) && it !== 'docs.test.ts')
			.map(it => readFileSync(join(root, folder, it), 'utf8')),
	);
	const all = files.join('\n');
	// The page says of it that it is never read.
	const unread = 'AWS_RETRY_MODE';
	const named = said.flatMap(({page, words}) => {
		const [name] = /^[A-Z]+(?:_[A-Z]+)+(?=$|=)/.exec(words) ?? [];
		return name === undefined ? [] : [{page, name}];
	});
	expect(named.filter(({name}) => !all.includes(name)).map(it => it.name)).toEqual([unread]);
	expect(named.length).toBeGreaterThan(20);
});

test('no page tells of a command that there is not', () => {
	const words = pages.flatMap(page =>
		[...text(page).matchAll(/\bnps-kms (rotate|delete|init)\b/g)].map(([it]) => `${page}: ${it}`),
	);
	expect(words).toEqual([]);
});
test('a stranger finds the page of each task within one click of README', () => {
	const linked = new Set([...text('README.md').matchAll(/\]\((docs\/[\w-]+\.md)/g)].map(([, it = '']) => it));
	const tasks = [
		...[
			'first-setup',
			'credentials',
			'proxy',
			'without-questions',
			'replace-access-key',
			'move',
			'retire',
			'watch',
			'status',
			'accounts',
		],
		...['ticket', 'strict', 'install', 'files', 'testing', 'take-back', 'unverified'],
	];
	expect(tasks.filter(it => !linked.has(`docs/${it}.md`))).toEqual([]);
});
