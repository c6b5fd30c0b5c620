import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		testTimeout: 180_000,
		// What is waited for comes late on a busy machine; it still has to come.
		expect: {poll: {timeout: 30_000}},
		hookTimeout: 120_000,
		pool: 'forks',
		maxWorkers: 2,
		// Real terminals and processes on a machine that others use too: what fails twice in a row has failed.
		retry: process.env['CI'] ? 1 : 0,
		env: {FORCE_COLOR: '0'},
	},
});
