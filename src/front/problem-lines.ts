import type {Problem, Way} from '../engine/step.js';
import {toDoByFlags} from '../engine/to-do.js';

/** A problem for people: what, why with its code, what to do. Where the course only waits, it is no failure. */
export const inThreeLines = (problem: Problem): readonly string[] => {
	const {what, why, code, is} = problem;
	return [
		`${is === 'pause' ? '…' : '✖'} ${what}`,
		`  ${why}${code ? ` [${code}]` : ''}`,
		`  → ${toDoByFlags(problem)}`,
	];
};
/** A problem as programs see it: the ways out in words and as data, without what only a key on a screen does. */
export function forPrograms(problem: Problem): unknown {
	const {what, why, ways, code} = problem;
	return {what, why, todo: toDoByFlags(problem), ...(ways && {ways: ways.map(told)}), ...(code && {code})};
}
const told = (way: Way): unknown => {
	if (way.is !== 'choose') return way;
	const {is, label, says = label, flags, command} = way;
	return {is, says, ...(flags !== undefined && {flags}), ...(command !== undefined && {command})};
};
