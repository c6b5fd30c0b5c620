import type {Known} from '../../engine/step.js';

/** Whether a discard has found nothing left of the setup: what it made is gone, and so its record may be put away. */
export const nothingIsLeft = ({left}: Pick<Known, 'left'>): boolean => left === 'nothing';
