import {expect, test} from 'vitest';
import {frontEndOf, nobodyToAsk} from '../../src/front/which-front-end.js';
import {discard, replaceAccessKey, setup} from '../../src/steps/index.js';

const tty = {isTTY: true, columns: 80, rows: 24};
test.each([
	['two terminals', {}, {}, tty, tty, 'screens'],
	['a dumb one', {}, {TERM: 'dumb'}, tty, tty, 'plain'],
	['ACCESSIBLE=1', {}, {ACCESSIBLE: '1'}, tty, tty, 'plain'],
	['one too small', {}, {}, tty, {...tty, columns: 39}, 'plain'],
	['a size that is not known', {}, {}, tty, {isTTY: true, columns: 0, rows: 0}, 'screens'],
	['--plain without a terminal', {plain: true}, {}, {}, {}, 'plain'],
	['nobody', {}, {}, {}, tty, undefined],
	['--yes', {yes: true}, {}, {}, {}, 'headless'],
	['--dry-run', {dryRun: true}, {}, tty, tty, 'headless'],
] as const)('%s', (_name, options, env, stdin, stdout, expected) => {
	expect(frontEndOf({setup: 'nps', ...options}, env, stdin, stdout)).toBe(expected);
});

test.each([
	['at the other output', {}, tty, 'plain', tty],
	['nowhere', {}, {}, undefined, tty],
	['nowhere, line by line', {plain: true}, {}, undefined, tty],
	['by no terminal', {plain: true}, {}, 'plain', {}],
] as const)('who types where the output is a file is asked %s', (_where, options, stderr, expected, stdin) => {
	expect(frontEndOf({setup: 'nps', ...options}, {}, stdin, {}, stderr)).toBe(expected);
});

test.each([
	[setup, 'nps', 'nps-kms setup --yes'],
	[discard, 'nps', 'nps-kms discard --yes --confirm nps'],
	[discard, 'lab', 'nps-kms discard --setup lab --yes --confirm lab'],
])('where nobody can answer, $name of setup %s tells the line that would work', async (course, name, line) => {
	const {problem} = await nobodyToAsk({setup: name}, {AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x'}, course);
	expect(problem.todo).toContain(line);
	expect(problem.what).toContain(course.name);
});

test('and where a terminal is wanted, the line is of the same setup and profile too', async () => {
	const {problem} = await nobodyToAsk(
		{setup: 'lab', profile: 'work'},
		{AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x'},
		replaceAccessKey,
	);
	expect(problem.todo).toContain('Run nps-kms replace-access-key --setup lab --profile work in a terminal');
});
