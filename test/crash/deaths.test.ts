import {test, vi} from 'vitest';
import {setup} from '../../src/steps/index.js';
import {emptyWorld} from '../fake/ports.js';
import {everyEndIsTheSame, full} from './survey.js';

// Many thousand runs; the machine may be busy with other tests.
vi.setConfig({testTimeout: 180_000});

const day = 24 * 60 * 60_000;

test.each([
	['with defaults', {}],
	['with all that can be asked for', full],
] as const)('one death or other trouble at any moment of a set-up %s makes no difference', async (name, answers) => {
	await everyEndIsTheSame(`one death, ${name}`, {course: setup, from: emptyWorld(), answers, times: 1, by: 'all'});
	await everyEndIsTheSame(`one death, ${name}, a day before each run`, {
		course: setup,
		from: emptyWorld(),
		answers,
		times: 1,
		by: 'all',
		pause: day,
	});
});

test.each([
	['2 looks', {policies: 2, users: 2, accessKeys: 2, kmsKeys: 2, principals: 2}],
	['12 seconds', {seconds: 12}],
	['2 changes', {changes: 2}],
] as const)('one trouble while AWS shows everything %s late makes no difference', async (name, lag) => {
	await everyEndIsTheSame(`one death, all ${name} late`, {
		course: setup,
		from: emptyWorld(),
		answers: full,
		lag,
		times: 1,
		by: 'all',
	});
});

test('two troubles at any moments of a set-up make no difference', async () => {
	await everyEndIsTheSame('pairs', {course: setup, from: emptyWorld(), answers: full, times: 2, by: 'all'});
});
