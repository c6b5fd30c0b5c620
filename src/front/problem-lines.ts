import type {Problem} from '../engine/step.js';

/** A problem for people: what, why with its code, what to do. Where the course only waits, it is no failure. */
export const inThreeLines = ({what, why, todo, code, is}: Problem): readonly string[] => [
	`${is === 'pause' ? '…' : '✖'} ${what}`,
	`  ${why}${code ? ` [${code}]` : ''}`,
	`  → ${todo}`,
];
/** A problem as programs see it. */
export const forPrograms = ({what, why, todo, code}: Problem): unknown => ({what, why, todo, ...(code && {code})});
