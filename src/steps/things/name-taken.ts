import type {Known} from '../../engine/step.js';

/** AWS's codes for a name that is taken. */
export const nameTaken = ['EntityAlreadyExists', 'EntityAlreadyExistsException'];
/** Whether AWS refused that change of this step for its name, which somebody has. */
export const wasNameRefused = ({past}: Known, change: string): boolean =>
	past.some(it => it.change.id === change && it.outcome === 'refused' && nameTaken.includes(it.code ?? ''));
