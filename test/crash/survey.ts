import {expect} from 'vitest';
import type {Course} from '../../src/engine/course.js';
import type {Answers} from '../../src/engine/step.js';
import {setup} from '../../src/steps/index.js';
import {boot, emptyWorld, type World} from '../fake/ports.js';
import {explore, type Survey} from './explore.js';

/** Answers that ask for all there is. */
export const full: Answers = {
	policyDescription: 'made by a test',
	tags: {team: 'it'},
	consoleAccess: true,
	accessKeyDescription: 'for NPS',
	keyDescription: 'protects NPS',
	keyAdministrators: ['arn:aws:iam::111122223333:role/Admin'],
};
/** The course of one step, over the facts that the record holds. */
export const only = (id: string): Course => ({...setup, steps: setup.steps.filter(it => it.id === id)});
/** A world in which the set-up paused after a step. */
export const worldAfter = async (step: string, answers: Answers, given = emptyWorld()): Promise<World> => {
	const {ending} = await boot(given, {course: setup, answers, stopAfter: step});
	expect(ending?.status).toBe('paused');
	return given;
};
/** Surveys, says how many runs that took, and fails with the first that came to another end. */
export async function everyEndIsTheSame(name: string, survey: Survey): Promise<void> {
	const start = process.cpuUsage();
	const {runs, worlds, others, moments} = await explore(survey);
	console.log(
		`${name}: ${runs} runs, ${worlds} different worlds, ${others.length} other ends (${moments} moments, ${Math.round(process.cpuUsage(start).user / 1000)} ms of CPU)`,
	);
	expect(others.slice(0, 3).join('\n\n')).toBe('');
	expect(moments).toBeGreaterThan(5);
}
