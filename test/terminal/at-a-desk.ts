import {test as base} from 'vitest';
import {Desk} from './desk.js';

/** A test with a desk of its own, which is cleared whatever comes. */
export const test = base.extend('desk', async ({task: _task}, {onCleanup}) => {
	const desk = await Desk.set();
	onCleanup(() => desk.clear());
	return desk;
});
/** How every program ends that did what it was to do. */
export const clean = (code: number) => ({code, leftBehind: []});
