import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, relative, sep} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '..');
/** The files that have Ink draw on the process's own terminal. */
const drawing = ['src/front/screens.tsx', 'src/front/apart.tsx'];

/** Whom each room may import, besides itself: as docs/architecture.md says it. */
const mayImport: Readonly<Record<string, readonly string[]>> = (() => {
	const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
	const [, list = ''] = /^## Who may import whom\n[^`]*```text\n([^`]+)```/m.exec(page) ?? [];
	const names = (text: string): readonly string[] => text.split(',').map(it => it.trim());
	const lines = list.split('\n').flatMap(line => {
		const [rooms = '', others] = line.split('→');
		return others === undefined ? [] : names(rooms).map(it => [it, others] as const);
	});
	return Object.fromEntries(lines.map(([room, it]) => [room, it.trim() === 'nothing of ours' ? [] : names(it)]));
})();
/** The only files that may import these packages at runtime. */
const packages: readonly (readonly [RegExp, (file: string) => boolean])[] = [
	[/^@aws-sdk\/client-sso-oidc$/, file => file === 'src/aws/sign-in/oidc.ts'],
	[/^@aws-sdk\/client-(?!sso-oidc)/, file => file === 'src/aws/client/apis.ts'],
	[
		/^(@aws-sdk|@smithy)\//,
		file =>
			[
				'src/aws/client/sdk.ts',
				'src/aws/client/apis.ts',
				'src/aws/sign-in/oidc.ts',
				'src/aws/sign-in/sdk-providers.ts',
				'src/sandbox/http/signature.ts',
			].includes(file),
	],
	[
		/^node:fs(\/promises)?$/,
		file =>
			['local', 'sandbox', 'build'].includes(roomOf(file)) ||
			['src/run/given-answers.ts', 'src/aws/tool-files.ts'].includes(file),
	],
	[/^(react|ink)($|[/-])/, file => roomOf(file) === 'components' || drawing.includes(file)],
];

type Source = {readonly file: string; readonly text: string};
function roomOf(file: string): string {
	const [first = '', second = ''] = file.split('/');
	return (first === 'src' ? second : first).replace(/\.tsx?$/, '');
}
/** What a source imports: types apart, for they are gone at runtime. */
function importsOf({text}: Source): readonly {readonly from: string; readonly types: boolean}[] {
	const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
	const late = text.matchAll(/\bimport\(\s*'([^']+)'/g);
	return [
		...[...statements].map(([, types, from = '']) => ({from, types: types !== undefined})),
		...[...late].map(([, from = '']) => ({from, types: false})),
	];
}
const named = "'(setup|discard|prove|replace-access-key|retire)'";
/** A comparison with a course, by its name or by itself, and a look into what belongs to that one. */
const ofOneCourse = new RegExp(
	[
		`([!=]==?|case) (${named}|(discard|proveAgain|replaceAccessKey|retire)\\b)`,
		'course(\\.name)? [!=]==? setup\\b',
		`(answers|done|course)(\\[| \\?\\? | = |: )${named}`,
	].join('|'),
);
/** Words of the steps, of the vendor, of a thing in AWS, and AWS's codes: the engine knows none of them. */
const notOfTheEngine = new RegExp(
	[
		'\\b([Aa]ccess ?[Kk]eys?|KMS|IAM|STS|SbPAM|Netwrix|[Pp]olic(y|ies)|ARNs?)\\b',
		'\\bNPS\\b|\\b(nps|secret|prove)-(?!kms\\b)[a-z]+\\b|\\b(secretTo|takeUp|accessKeyId|keyArn|policyArn|userName)\\b',
		'\\b(AccessDenied|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|DryRunOperation|Throttling)',
		'\\b(EntityAlreadyExists|AlreadyExists|NoSuchEntity|NotFound|LimitExceeded)(Exception)?\\b',
		"'(iam|kms|sts):",
	].join('|'),
	'g',
);
const ownName = /\bnps-kms\b|setup (=|!==) 'nps'/g;
/** The files that write to the process's own outputs. */
const outlets = ['src/commands/terminal-lines.ts', 'src/nps-kms.ts', ...drawing];
function offences(source: Source): readonly string[] {
	const {file, text} = source;
	const found: string[] = [];
	for (const {from, types} of importsOf(source)) {
		if (from.startsWith('.')) {
			const room = roomOf(
				join(dirname(file), from)
					.split(sep)
					.join('/')
					.replace(/\.jsx?$/, '.ts'),
			);
			if (room !== roomOf(file) && !mayImport[roomOf(file)]?.includes(room)) found.push(`${file} imports ${room}`);
		} else if (!types && packages.some(([name, allowed]) => name.test(from) && !allowed(file)))
			found.push(`${file} imports ${from}`);
	}
	if (!['src/cli.ts', 'src/nps-kms.ts'].includes(file) && /\bprocess\.(exit\(|exitCode\s*=)/.test(text))
		found.push(`${file} exits the process`);
	// What is to be typed names the setup, the rehearsal and the profile where it must.
	if (/\brun nps-kms\b/i.test(text)) found.push(`${file} words a command line of its own: engine/command-line.ts does`);
	// An aws command goes by the setup's profile, in its region, in a rehearsal to the stand-in.
	if (!['script', 'sandbox'].includes(roomOf(file)) && /[^`]\baws (?:iam|kms) [a-z-]+ --/.test(text))
		found.push(`${file} words an aws command of its own: aws/by-hand.ts does`);
	// What a course does otherwise than others is its own data.
	if (roomOf(file) === 'engine')
		for (const [word] of text.replaceAll(ownName, '').matchAll(notOfTheEngine)) found.push(`${file} says ${word}`);
	if (ofOneCourse.test(text)) found.push(`${file} compares with a particular course`);
	// What others wrote is made visible on the way out, which is one.
	if (file !== 'components/text.tsx' && /^import \{[^}]*\bText\b[^}]*\} from 'ink'/m.test(text))
		found.push(`${file} draws text past components/text.tsx`);
	if (
		!file.startsWith('build/') &&
		!outlets.includes(file) &&
		/\b(stdout|stderr|terminal)\.write\(|console\.(log|error|warn|info)\(/.test(text)
	)
		found.push(`${file} writes past the outlet`);
	if (wideLines(text).length > 0) found.push(`${file} has lines of over 120 columns`);
	return found;
}
/** The numbers of lines of over 120 columns, of which a tab takes two; one word, such as an address, is as long as it is. */
function wideLines(text: string): readonly number[] {
	return text.split('\n').flatMap((line, at) => {
		const words = line.trim().replace(/^(\/\/|\/?\*\*?)\s+/, '');
		return Array.from(line.replaceAll('\t', '  ')).length > 120 && /\s/.test(words) ? [at + 1] : [];
	});
}
/** What the linter's own rules find, by what sizes.json asks of them: long functions, long files, circles of imports. */
function lints(cwd: string, ...paths: readonly string[]): readonly string[] {
	const config = join(import.meta.dirname, 'sizes.json');
	const args = [join(root, 'node_modules/oxlint/bin/oxlint'), '-c', config, '--format', 'json', ...paths];
	const {stdout} = spawnSync(process.execPath, args, {cwd, encoding: 'utf8'});
	const {diagnostics} = JSON.parse(stdout) as {diagnostics: {code: string; message: string; filename: string}[]};
	return diagnostics.map(({code, message, filename}) => {
		const file = filename.split(sep).join('/');
		const name = /`(.+?)`/.exec(message)?.[1];
		const said: Readonly<Record<string, string>> = {
			'eslint(max-lines)': 'has over 300 lines',
			'eslint(max-lines-per-function)': `has a function of over 60 lines${name ? `: ${name}` : ''}`,
			'import(no-cycle)': 'is in a circle of imports',
		};
		return `${file} ${said[code] ?? `${code}: ${message}`}`;
	});
}

const rooms = ['src', 'components', 'build'];
const sources: readonly Source[] = rooms.flatMap(folder =>
	readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
		.filter(it => it.isFile() && /\.[jt]sx?$/.test(it.name))
		.map(it => join(it.parentPath, it.name))
		// What only a release needs is installed there.
		.filter(it => !it.includes('node_modules'))
		.map(path => ({file: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8')})),
);
const found = new Set([...sources.flatMap(offences), ...lints(root, ...rooms)]);

test('each room imports only the rooms below it, some files alone touch AWS, disk, screen and exit, none is too big', () => {
	expect([...found].sort()).toEqual([]);
	expect(sources.flatMap(importsOf).length).toBeGreaterThan(100);
});
test.each([
	['src/engine/x.ts', "import {parseArn} from '../aws/rules/arn.js';"],
	['src/engine/x.ts', "import type {Arn} from '../aws/rules/arn.js';"],
	['src/engine/x.ts', "export {parseArn} from '../aws/rules/arn.js';"],
	['src/engine/x.ts', "import {\n\ta,\n\tb,\n} from '../local/store.js';"],
	['src/engine/x.ts', "const it = await import('../steps/index.js');"],
	['src/sandbox/x.ts', "import {policyName} from '../aws/rules/name-rules.js';"],
	['src/aws/x.ts', "import {setup} from '../steps/index.js';"],
	['src/local/x.ts', "import {parseArn} from '../aws/rules/arn.js';"],
	['src/steps/x.ts', "import {openStore} from '../local/store.js';"],
	['components/x.tsx', "import {parseArn} from '../src/aws/rules/arn.js';"],
	['src/plain/x.ts', "import {reach} from '../aws/client/send.js';"],
	['src/commands/x.ts', "import {main} from '../cli.js';"],
	['src/cli.ts', "import {reach} from './aws/client/send.js';"],
	['src/steps/x.ts', "import {IAMClient} from '@aws-sdk/client-iam';"],
	['src/aws/sign-in/credentials.ts', "import {STSClient} from '@aws-sdk/client-sts';"],
	['src/steps/x.ts', "import {fromIni} from '@aws-sdk/credential-providers';"],
	['src/steps/x.ts', "import {readFileSync} from 'node:fs';"],
	['src/commands/setup.ts', "import {readFile} from 'node:fs/promises';"],
	['src/commands/status.ts', "import {render} from 'ink';"],
	['src/engine/x.ts', "import {useState} from 'react';"],
	['src/plain/x.ts', "import TextInput from 'ink-text-input';"],
	['src/commands/x.ts', 'process.exit(1);'],
	['src/commands/x.ts', 'process.stdout.write(name);'],
	['components/x.tsx', "import {Box, Text} from 'ink';"],
	['src/commands/x.ts', 'process.exitCode = 1;'],
	['src/steps/x.ts', "const todo = 'Mend that, then run nps-kms again';"],
	['src/steps/x.ts', "const todo = 'To set it Active: aws iam update-access-key --status Active';"],
	['src/front/x.ts', 'if (course === setup) return home();'],
	['src/front/x.ts', "switch (name) {\n\tcase 'discard':"],
	['src/run/x.ts', 'const again = it !== proveAgain;'],
	['src/engine/x.ts', "const answers = {...draft.answers['setup'], ...draft.answers[course]};"],
	['src/engine/x.ts', "const of = it.course ?? 'setup';"],
	['src/engine/x.ts', "const todo = 'name a file with --secret-file';"],
	['src/engine/x.ts', "field: 'secretTo',"],
	['src/engine/x.ts', "type Note = {type: 'nps-rotated'; id: string};"],
	['src/engine/x.ts', '/** An access key that was delivered. */'],
	['src/engine/x.ts', 'const {accessKeyId} = facts;'],
	['src/engine/x.ts', "if (error.code === 'DryRunOperationException') return undefined;"],
	['src/engine/x.ts', "const noes = ['AccessDenied'];"],
	['src/engine/x.ts', "const find = {api: 'iam:GetUser', input: {}};"],
	['src/engine/x.ts', "const says = 'run SbPAM.RotateAwsKey';"],
	['src/engine/x.ts', '/** Whoever NPS is. */'],
	['src/engine/x.ts', `\tconst x = '${'word '.repeat(22)}';`],
	['build/x.js', "import {parseArn} from '../src/aws/rules/arn.js';"],
])('in %s this is told: %s', (file, text) => {
	expect(offences({file, text})).toHaveLength(1);
});

test.each([
	['src/steps/x.ts', "import type {User} from '@aws-sdk/client-iam';"],
	['src/aws/client/apis.ts', "import {IAMClient} from '@aws-sdk/client-iam';"],
	['src/aws/sign-in/sdk-providers.ts', "import {fromIni} from '@aws-sdk/credential-providers';"],
	['src/front/screens.tsx', "import {render} from 'ink';"],
	['src/local/x.ts', "import {readFileSync} from 'node:fs';"],
	['components/x.tsx', "import type {Step} from '../src/engine/step.js';"],
	['src/engine/x.ts', "import {fold} from './record.js';"],
	['src/engine/x.ts', "return ['nps-kms', command].join(' ');"],
	['src/steps/x.ts', 'typedByHand(known, [`aws kms enable-key --key-id 1`])'],
	[
		'src/engine/x.ts',
		"/** AWS said no: a 4xx with AWS's own code and request id, or what a key on the keyboard does. */",
	],
	['src/engine/x.ts', 'const {proof, secret, user} = plan;'],
	['src/steps/x.ts', "const noes = ['AccessDenied'];"],
	['src/engine/x.ts', `\tconst x = '${'word '.repeat(21)}';`],
	['src/engine/x.ts', ` * https://docs.aws.amazon.com/${'x'.repeat(120)}`],
	['src/engine/x.ts', `\t\t'${'…'.repeat(115)}';`],
])('in %s this is fine: %s', (file, text) => {
	expect(offences({file, text})).toEqual([]);
});

test('functions of over 60 lines, files of over 300, and circles, of types too, are told; just below is fine', () => {
	const folder = mkdtempSync(join(tmpdir(), 'nps-kms-walls-'));
	const long = (lines: number): string => `{\n${'\tf();\n'.repeat(lines - 2)}}\n`;
	const files = {
		'file-300.ts': ';\n'.repeat(300),
		'file-301.ts': ';\n'.repeat(301),
		'function-60.ts': `declare const f: () => void;\nexport function good() ${long(60)}`,
		'function-61.ts': `declare const f: () => void;\nexport function bad() ${long(61)}`,
		'arrow-61.ts': `declare const f: () => void;\nexport const bad = () => ${long(61)}`,
		'method-61.ts': `declare const f: () => void;\nexport class It {\nbad() ${long(61)}}`,
		'view-61.tsx': `declare const f: () => void;\nexport const View = () => ${long(61)}`,
		'inner-61.js': `const f = () => 0;\nexport default (() => ${long(61)})();\n`,
		'one.ts': "import type {Two} from './two.js';\nexport type One = Two;\n",
		'two.ts': "export type {One as Two} from './one.js';\n",
		'from/three.ts': "import {four} from '../to/four.js';\nexport const three = () => four;\n",
		'to/four.ts': "import {five} from './five.js';\nexport const four = five;\n",
		'to/five.ts': "import type {three} from '../from/three.js';\nexport const five = {} as typeof three;\n",
		'on.ts': "import {four} from './to/four.js';\nexport const on = four;\n",
	};
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), {recursive: true});
		writeFileSync(join(folder, name), text);
	}
	const told = lints(folder, '.');
	rmSync(folder, {recursive: true});
	expect([...told].sort()).toEqual([
		'arrow-61.ts has a function of over 60 lines',
		'file-301.ts has over 300 lines',
		'from/three.ts is in a circle of imports',
		'function-61.ts has a function of over 60 lines: bad',
		'inner-61.js has a function of over 60 lines',
		'method-61.ts has a function of over 60 lines: bad',
		'one.ts is in a circle of imports',
		'to/five.ts is in a circle of imports',
		'to/four.ts is in a circle of imports',
		'two.ts is in a circle of imports',
		'view-61.tsx has a function of over 60 lines',
	]);
});
