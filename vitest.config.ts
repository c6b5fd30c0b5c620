import {defineConfig} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';

/** Tests that share nothing but what is read, so that a worker runs one file after the other without loading all anew. */
const pure = 'aws|build|engine|front|keyboard|plain|sandbox|script|steps';
/** But for these, which start other programs. */
const starting = 'test/sandbox/{clients,processes}.test.ts';
/** Tests that draw tens of thousands of frames: with the React that the program has, twice as fast as with the other. */
const drawing = 'test/streams/**/*.test.ts';
/** What takes long, longest first: the end of a run is not to wait for one of them alone. */
const long = [
	'test/streams/',
	'test/kills/',
	'test/strict/never-wider.',
	'test/contract/flow.',
	'test/faults/',
	'test/crash/discard.',
	'test/contract/waits.',
	'test/field/events.',
	'test/sandbox/clients.',
	'test/contract/',
	'test/terminal/',
	'test/crash/',
];

class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const rank = ({moduleId}: TestSpecification): number => {
			const at = long.findIndex(it => moduleId.includes(it));
			return at < 0 ? long.length : at;
		};
		return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
	}
}

export default defineConfig({
	test: {
		// What is waited for comes late on a busy machine; it still has to come. Nothing is tried twice here.
		testTimeout: 600_000,
		expect: {poll: {timeout: 60_000}},
		hookTimeout: 300_000,
		pool: 'forks',
		maxWorkers: 2,
		slowTestThreshold: 60_000,
		sequence: {sequencer: LongestFirst},
		// Ink asks other programs for the size of a terminal that doesn't tell it, at each screen: as large as it takes it to be.
		env: {FORCE_COLOR: '0', COLUMNS: '80', LINES: '24'},
		projects: [
			{
				extends: true,
				test: {name: 'pure', include: [`test/@(${pure})/**/*.test.{ts,tsx}`], exclude: [starting], isolate: false},
			},
			{
				extends: true,
				test: {
					name: 'whole',
					include: ['test/*.test.ts', `test/!(${pure})/**/*.test.{ts,tsx}`, starting],
					exclude: [drawing],
				},
			},
			{
				extends: true,
				oxc: {jsx: {runtime: 'automatic', development: false}},
				test: {name: 'drawing', include: [drawing], env: {NODE_ENV: 'production'}},
			},
		],
	},
});
