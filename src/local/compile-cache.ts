import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {ownFolder, writableByOthers} from './own-folder.js';
import {homeDir} from './state-folder.js';

/**
 * Where Node may keep what it compiled of this program, which it runs again unseen: a folder that nobody else can write
 * to, or none, and then the program starts slower. Never the folder for temporary files, which is everybody's.
 */
export function compileCacheFolder(env: NodeJS.ProcessEnv): string | undefined {
	try {
		const base = cachesOf(env);
		if (base === undefined) return undefined;
		const own = ownFolder(join(base, 'nps-kms'));
		return 'folder' in own ? own.folder : undefined;
	} catch {
		return undefined;
	}
}

function cachesOf(env: NodeJS.ProcessEnv): string | undefined {
	if (process.platform === 'win32') return env['LOCALAPPDATA'] || undefined;
	const home = homeDir();
	if (process.platform !== 'darwin' && env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME'];
	// A home that isn't there isn't made for this.
	if (home === undefined || !existsSync(home)) return undefined;
	return process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}

/** Who besides its owner could change a program's files, by the folders they lie in; undefined where nobody could. */
export function whoMayChange(program: string): string | undefined {
	try {
		return writableByOthers(fileURLToPath(new URL('.', program)));
	} catch {
		return undefined;
	}
}
