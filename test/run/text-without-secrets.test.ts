import {describe, expect, test} from 'vitest';
import {printable} from '../../src/run/text-without-secrets.js';
import {usage} from '../../src/run/usage-error.js';

describe('what was given is shown', () => {
	test.each([
		['as it is', '--region EU-WEST-1, jürgen, 日本, arn:aws:iam::111122223333:role/Team1/Boss'],
		['with a long name', `Policy_${'a1B_'.repeat(33)}`],
		['with 40 letters', 'abcdefghijklmnopqrstuvwxyzabcdefghijklmn'],
	])('%s', (_how, text) => {
		expect(printable(text)).toBe(text);
	});
	test.each([
		['a colour', 'a\u001B[31mb', 'a\\u{1b}[31mb'],
		['a bell and a line end', 'a\u0007\r\nb', 'a\\u{7}\\u{d}\\u{a}b'],
		['C1', 'a\u009B2Jb', 'a\\u{9b}2Jb'],
		['the other direction', 'a\u202Eb', 'a\\u{202e}b'],
		['no width', 'a\u200Bb', 'a\\u{200b}b'],
		['half a letter', 'a\uD800b', 'a\\u{d800}b'],
	])('without obeying it: %s', (_what, text, seen) => {
		expect(printable(text)).toBe(seen);
	});
	test('to its end only where it has one to be read', () => {
		expect(printable('ab '.repeat(5000)).length).toBeLessThan(1100);
	});
});

test.each([
	['a secret access key', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
	['a session token', `FwoGZXIvYXdzE${'a1B2/+'.repeat(40)}==`],
])('%s is not shown, wherever it was put', (_what, secret) => {
	for (const text of [secret, `--tag team=${secret} is not allowed`, `"${secret}"`, `--x=${secret}`]) {
		const {problem} = usage(text, text, text);
		expect(JSON.stringify(problem)).not.toContain(secret.slice(0, 20));
		expect(problem.what).toContain('may be a secret');
	}
});
