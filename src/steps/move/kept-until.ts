import type {Known} from '../../engine/step.js';
import {timeTyped} from './the-move.js';

const day = 24 * 3_600_000;
/**
 * The last day on which a KMS key that NPS was moved away from, or is being, may be needed for a backup; undefined
 * where none was told, or it is over.
 */
export function keptUntil({facts: {keptUntil: until, movingTo}, run}: Known): string | undefined {
	if (until === undefined || movingTo === undefined) return undefined;
	const isOver = Date.parse(run.now ?? '') >= timeTyped(until) + day;
	return isOver ? undefined : until;
}
