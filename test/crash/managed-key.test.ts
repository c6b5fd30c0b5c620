import {test, vi} from 'vitest';
import {everyEndIsTheSame, full, only, worldAfter} from './survey.js';

// Many thousand runs; the machine may be busy with other tests.
vi.setConfig({testTimeout: 180_000});

for (const lag of [0, 1, 2]) {
	test(`three troubles at any moments of the managed key make no difference, KMS lagging ${lag} looks`, async () => {
		// Comparing key policies takes most of the time; the pairs of the whole set-up have administrators in them.
		const answers = {...full, keyAdministrators: []};
		const from = await worldAfter('access-key', answers);
		await everyEndIsTheSame(`managed-key triples, lag ${lag}`, {
			course: only('managed-key'),
			from,
			answers,
			lag: {kmsKeys: lag},
			times: 3,
			by: 'all',
		});
	});
}

test('two troubles make no difference while KMS shows a new key 100 seconds late', async () => {
	const from = await worldAfter('access-key', full);
	await everyEndIsTheSame('managed-key pairs, 100 s late', {
		course: only('managed-key'),
		from,
		answers: full,
		lag: {seconds: 100},
		times: 2,
		by: 'all',
	});
});
