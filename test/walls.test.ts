import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, sep} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '..');

/** Whom each room may import, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	engine: [],
	sandbox: [],
	aws: ['engine'],
	local: ['engine'],
	script: ['engine', 'aws'],
	steps: ['engine', 'aws'],
	components: ['engine'],
	plain: ['engine'],
	run: ['engine', 'aws', 'local', 'steps', 'sandbox'],
	front: ['engine', 'aws', 'steps', 'components', 'plain', 'run', 'script'],
	commands: ['engine', 'sandbox', 'aws', 'local', 'script', 'steps', 'components', 'plain', 'run', 'front'],
	cli: ['commands', 'engine'],
	// Runs before anything else is loaded.
	'nps-kms': ['cli', 'local'],
};
/** The only files that may import these packages at runtime. */
const packages: readonly (readonly [RegExp, (file: string) => boolean])[] = [
	[/^@aws-sdk\/client-/, file => file === 'src/aws/client/apis.ts'],
	[
		/^(@aws-sdk|@smithy)\//,
		file =>
			[
				'src/aws/client/sdk.ts',
				'src/aws/client/apis.ts',
				'src/aws/sign-in/credentials.ts',
				'src/aws/sign-in/profiles.ts',
				'src/sandbox/http/signature.ts',
			].includes(file),
	],
	[
		/^node:fs(\/promises)?$/,
		file => ['local', 'sandbox'].includes(roomOf(file)) || ['src/run/answers.ts', 'src/aws/files.ts'].includes(file),
	],
	[/^(react|ink)($|[/-])/, file => roomOf(file) === 'components' || file === 'src/front/screens.tsx'],
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
			if (room !== roomOf(file) && !mayImport[roomOf(file)]?.includes(room)) found.push(`${file} imports ${from}`);
		} else if (!types && packages.some(([name, allowed]) => name.test(from) && !allowed(file)))
			found.push(`${file} imports ${from}`);
	}
	if (!['src/cli.ts', 'src/nps-kms.ts'].includes(file) && /\bprocess\.(exit\(|exitCode\s*=)/.test(text))
		found.push(`${file} exits the process`);
	// What is to be typed names the setup, the rehearsal and the profile where it must.
	if (/\brun nps-kms\b/i.test(text)) found.push(`${file} words a command line of its own: engine/command-line.ts does`);
	const lines = text.split('\n').length - 1;
	if (lines > 300) found.push(`${file} has ${lines} lines, 300 at most`);
	return found;
}

const sources: readonly Source[] = ['src', 'components'].flatMap(folder =>
	readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
		.filter(it => it.isFile() && /\.tsx?$/.test(it.name))
		.map(it => join(it.parentPath, it.name))
		.map(path => ({file: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8')})),
);

/** What still crosses a wall, until its house is built. */
const crossing = [
	/^src\/run\/session\.ts has \d+ lines/,
	/^src\/cli\.ts imports \.\/(run|front|local|steps)\//,
	/^src\/run\/session\.ts imports \.\.\/front\//,
];

test('each room imports only the rooms below it, and only some files touch AWS, disk, screen and exit', () => {
	expect(sources.flatMap(offences).filter(it => !crossing.some(known => known.test(it)))).toEqual([]);
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
	['src/commands/x.ts', 'process.exitCode = 1;'],
	['src/steps/x.ts', "const todo = 'Mend that, then run nps-kms again';"],
	['src/engine/x.ts', '\n'.repeat(301)],
])('in %s this is told: %s', (file, text) => {
	expect(offences({file, text})).toHaveLength(1);
});

test.each([
	['src/steps/x.ts', "import type {User} from '@aws-sdk/client-iam';"],
	['src/aws/client/apis.ts', "import {IAMClient} from '@aws-sdk/client-iam';"],
	['src/aws/sign-in/credentials.ts', "import {fromIni} from '@aws-sdk/credential-providers';"],
	['src/front/screens.tsx', "import {render} from 'ink';"],
	['src/local/x.ts', "import {readFileSync} from 'node:fs';"],
	['components/x.tsx', "import type {Step} from '../src/engine/step.js';"],
	['src/engine/x.ts', "import {fold} from './record.js';"],
	['src/engine/x.ts', '\n'.repeat(300)],
])('in %s this is fine: %s', (file, text) => {
	expect(offences({file, text})).toEqual([]);
});
