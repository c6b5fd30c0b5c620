import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		testTimeout: 180_000,
		hookTimeout: 120_000,
		pool: 'forks',
		maxWorkers: 2,
		env: {FORCE_COLOR: '0'},
	},
});
