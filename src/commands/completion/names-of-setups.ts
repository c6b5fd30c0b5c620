import {setupNames} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';

/** The names of the setups of this machine, rehearsals among them, each once. */
export const namesOfSetups = (env: NodeJS.ProcessEnv): readonly string[] =>
	[...new Set([false, true].flatMap(rehearsal => setupNames(setupsDir(env, rehearsal))))].sort();
