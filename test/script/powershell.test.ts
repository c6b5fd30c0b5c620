import {createRequire} from 'node:module';
import {Language, Parser} from '@vscode/tree-sitter-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {isProblem} from '../../src/engine/plan.js';
import type {Change} from '../../src/engine/step.js';
import {powershellScript} from '../../src/script/powershell-script.js';
import {psText} from '../../src/script/powershell-text.js';
import {procedureOf} from '../../src/script/printed-steps.js';
import {foreseen, odd, sent, variables} from './foreseen.js';

let parser: Parser;
beforeAll(async () => {
	await Parser.init();
	parser = new Parser();
	parser.setLanguage(
		await Language.load(
			createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm'),
		),
	);
});

describe('a text is one expression of plain ASCII', () => {
	test.each([
		['plain', "'plain'"],
		['', "''"],
		["it's", "'it''s'"],
		['"quoted"', `'"quoted"'`],
		['$HOME $(x) `n', "'$HOME $(x) `n'"],
		['‘x’', "('' + [char]0x2018 + 'x' + [char]0x2019)"],
		['Jürgen', "('J' + [char]0x00FC + 'rgen')"],
		['two\nlines', "('two' + [char]0x000A + 'lines')"],
		['😀', "('' + [char]0xD83D + [char]0xDE00)"],
		['C:\\Users\\Anna Lee\\', "'C:\\Users\\Anna Lee\\'"],
		['%PATH%', "'%PATH%'"],
		['-Json', "'-Json'"],
		['@x', "'@x'"],
	])('%j is %s', (it, told) => {
		expect(psText([it])).toBe(told);
	});
	test('what is not known is a variable, after a text: nothing is added up', () => {
		expect(psText([{variable: 'KEY_ID'}])).toBe("('' + $KEY_ID)");
		expect(psText(['{"KeyId":"', {variable: 'KEY_ID'}, '"}'])).toBe(`('{"KeyId":"' + $KEY_ID + '"}')`);
	});
	test('any text is read back as it was', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({unit: 'binary'}), fc.string({unit: 'grapheme'})), it => {
				expect(psText([it])).toMatch(/^[ -~]*$/);
				expect(evaluated(psText([it]), {})).toBe(it);
			}),
		);
	});
});

/** What PowerShell makes of texts, chars and variables added together. */
function evaluated(expression: string, variables: Readonly<Record<string, string>>): string {
	const inner = expression.startsWith('(') ? expression.slice(1, -1) : expression;
	const parts = /^(?:'(?<text>(?:[^']|'')*)'|\[char\]0x(?<code>[0-9A-F]{4})|\$(?<name>\w+))(?: \+ |$)/;
	let [rest, value] = [inner, ''];
	while (rest !== '') {
		const {0: all, groups = {}} = parts.exec(rest) ?? expect.fail(`no text: ${rest}`);
		value +=
			groups['text']?.replaceAll("''", "'") ??
			(groups['code'] ? String.fromCharCode(Number.parseInt(groups['code'], 16)) : variables[groups['name']!]!);
		rest = rest.slice(all.length);
	}
	return value;
}

const occasion = {
	setup: 'nps',
	setupId: 'id-1',
	account: '111122223333',
	region: 'eu-west-1',
	version: '1',
	on: '2026-01-01',
	next: 'nps-kms setup',
	host: 'desk',
};
describe('the script for PowerShell', () => {
	test.each([
		['the usual answers', {}],
		['odd answers', odd],
	])('is PowerShell, in plain ASCII that no code page changes: %s', async (_what, answers) => {
		const text = powershellScript(
			procedureOf(await foreseen(answers), it => it.title),
			{...occasion, banner: 'Übung'},
		);
		expect(text).toMatch(/^[ -~\t\n]*$/);
		const broken: string[] = [];
		const walk = (it: NonNullable<ReturnType<Parser['parse']>>['rootNode']): void => {
			if (it.isError || it.isMissing) broken.push(`line ${it.startPosition.row + 1}: ${it.text.slice(0, 80)}`);
			for (const child of it.children) if (child) walk(child);
		};
		walk(parser.parse(text)!.rootNode);
		expect(broken).toEqual([]);
	});
	test('gives the CLI the inputs of the forecast, in its order, each from a file', async () => {
		const plans = await foreseen(odd);
		const text = powershellScript(
			procedureOf(plans, it => it.title),
			occasion,
		);
		const calls: {api: string; input: unknown}[] = [];
		let inFile = '';
		for (const line of text.split('\n')) {
			const file = /^\t\[IO\.File\]::WriteAllText\(\$CONSOLE_PASSWORD_FILE, (\('\{.*\))\) #/.exec(line);
			if (file) inFile = file[1]!;
			const made =
				/^\tInvoke-Change -What .+? -Call '(\w+)', '([\w-]+)' (?:-Json ('(?:[^']|'')*'|\(.*?\))|-File \$CONSOLE_PASSWORD_FILE)(?: -Waits .*?)?(?: -Query '[^']*')?$/.exec(
					line,
				);
			if (made) calls.push({api: `${made[1]} ${made[2]}`, input: JSON.parse(evaluated(made[3] ?? inFile, variables))});
		}
		const expected = plans.flatMap(({plan}) => (!isProblem(plan) ? plan.changes.map(it => it.call) : []));
		const kebab = (api: string): string =>
			api
				.replace(':', ' ')
				.replaceAll(/([a-z])([A-Z])/g, '$1-$2')
				.toLowerCase();
		expect(calls).toEqual(expected.map(({api, input}) => ({api: kebab(api), input: sent(input)})));
		expect(calls.length).toBe(11);
	});
	test('has the secret in a file for its owner alone, and lets go of it', async () => {
		const text = powershellScript(
			procedureOf(await foreseen(odd), it => it.title),
			occasion,
		);
		const lines = text.split('\n').map(it => it.trim());
		const at = lines.indexOf('New-SecretFile $SECRET_FILE');
		expect(
			lines
				.slice(at)
				.filter(it => !it.startsWith('Invoke-Change'))
				.slice(0, 7),
		).toMatchInlineSnapshot(`
			[
			  "New-SecretFile $SECRET_FILE",
			  "$ACCESS_KEY_ID = Get-Answer 0 'ACCESS_KEY_ID'",
			  "$SECRET_ACCESS_KEY = Get-Answer 1 'SECRET_ACCESS_KEY'",
			  "$answer = @()",
			  "[IO.File]::WriteAllText($SECRET_FILE, ('Access key ID,Secret access key' + [char]0x000D + [char]0x000A + $ACCESS_KEY_ID + ',' + $SECRET_ACCESS_KEY + [char]0x000D + [char]0x000A))",
			  "Complete-SecretFile $SECRET_FILE",
			  "$SECRET_ACCESS_KEY = $null",
			]
		`);
		expect(lines.filter(it => it.includes('CONSOLE_PASSWORD') && it.startsWith('Invoke-Change'))).toEqual([
			expect.stringContaining('-File $CONSOLE_PASSWORD_FILE'),
		]);
		// What a function or a cmdlet is given may be logged.
		const given = lines.flatMap(it => /(?:^|= )[A-Z][a-z]+-\w+ (.*)/.exec(it)?.[1] ?? []);
		expect(given.filter(it => /\$(secret|CONSOLE_PASSWORD|SECRET_ACCESS_KEY)\b/.test(it))).toEqual([]);
	});
	test('it says that it replaces a key policy without a look at what somebody wrote since', async () => {
		const policy = {Version: '2012-10-17', Statement: []};
		const put = (KeyId: string): Change => ({
			...{id: 'put-key-policy', verb: 'update', subject: 'key policy'},
			diff: {from: policy, to: policy},
			call: {api: 'kms:PutKeyPolicy', input: {KeyId, PolicyName: 'default', Policy: JSON.stringify(policy)}},
		});
		const printed = (change: Change) => ({change, facts: {}, readings: [], words: []});
		const text = powershellScript(
			{
				steps: [{title: 'Create the managed key', changes: [put('k'), put('k')].map(printed), warns: []}],
				...{left: [], places: {}, mark: 'm'},
			},
			occasion,
		);
		const lines = text.split('\n').map(it => it.trim());
		const at = lines.findIndex(it => it.includes('does not look whether'));
		expect(lines[at + 2]).toContain('put-key-policy');
		expect(lines.filter(it => it.includes('does not look whether'))).toHaveLength(1);
	});
});
