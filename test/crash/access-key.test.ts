import {test, vi} from 'vitest';
import {everyEndIsTheSame, full, only, worldAfter} from './survey.js';

// Many thousand runs; the machine may be busy with other tests.
vi.setConfig({testTimeout: 180_000});

for (const lag of [0, 1, 2]) {
	test(`three troubles at any moments of the access key make no difference, lists lagging ${lag} looks`, async () => {
		const from = await worldAfter('user', full);
		await everyEndIsTheSame(`access-key triples, lag ${lag}`, {
			course: only('access-key'),
			from,
			answers: full,
			lag: {accessKeys: lag},
			times: 3,
			by: 'all',
		});
	});
}
