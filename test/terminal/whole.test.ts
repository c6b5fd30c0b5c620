import {describe, expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {entering} from './enter.js';
import {sizes} from './terminal.js';

describe('Enter alone', () => {
	test.concurrent.for(['wide', 'narrow'] as const)(
		'leads through a rehearsal, from the first screen to the hand-off, %s',
		async (size, {desk}) => {
			const terminal = desk.openBare({size: sizes[size]});
			const seen = await entering(terminal);
			expect(await terminal.ends()).toEqual(clean(0));
			expect(seen[0]).toContain('No AWS credentials are found on this machine.');
			expect(seen.at(-1)).toContain('Step 7 of 7 · Hand over to Privilege Secure');
			expect(terminal.history).toMatch(/✔ Prove +all \d+ checks passed/);
		},
	);
});

describe('before anything is written', () => {
	const told = {
		'+ create policy': [
			'Description: Decrypt for NPS',
			'cost=42',
			'nps-kms:setup=nps',
			'Allow kms:Decrypt on arn:aws:kms:*',
		],
		'+ create user': ['+ create attachment', 'cost=42', 'nps-kms:id='],
		'+ create KMS key': [
			'Description: The NPS key',
			'cost=42',
			'kms:GrantIsForAWSResource',
			'KeySpec: SYMMETRIC_DEFAULT',
		],
	};
	test.concurrent.for(['wide', 'narrow'] as const)(
		'its review was on the screen to its last line: documents, tags, descriptions, settings, %s',
		async (size, {desk}) => {
			const answers = [
				'--tag',
				'cost=42',
				'--policy-description',
				'Decrypt for NPS',
				'--key-description',
				'The NPS key',
			];
			const terminal = desk.open({size: sizes[size], args: answers});
			const seen = (await entering(terminal)).map(it => it.replaceAll(/\s+/g, ' '));
			expect(await terminal.ends()).toEqual(clean(0));
			for (const [first, lines] of Object.entries(told)) {
				const from = seen.findIndex(it => it.includes(first));
				const apply = seen.findIndex((it, at) => at >= from && it.includes('↵ apply'));
				const review = seen.slice(from, apply + 1).join(' ');
				expect(lines.filter(it => !review.includes(it))).toEqual([]);
			}
		},
	);
});
