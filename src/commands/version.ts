import {asciiJson} from '../engine/control-characters.js';
import {stateDir} from '../local/state-folder.js';

declare const __COMMIT__: string | null;
const commit = typeof __COMMIT__ === 'string' ? __COMMIT__ : null;

/** What a report should name, for a program: the version, its commit, Node, the system, where records are. */
export const versionForPrograms = (version: string, env: NodeJS.ProcessEnv): string =>
	asciiJson({
		v: 1,
		version,
		commit,
		node: process.version,
		platform: process.platform,
		arch: process.arch,
		stateFolder: stateDir(env),
	});
