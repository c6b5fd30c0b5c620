import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		// What is waited for comes late on a busy machine; it still has to come. Nothing is tried twice.
		testTimeout: 600_000,
		expect: {poll: {timeout: 60_000}},
		hookTimeout: 300_000,
		pool: 'forks',
		maxWorkers: 2,
		env: {FORCE_COLOR: '0'},
	},
});
