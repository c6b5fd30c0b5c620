import {existsSync} from 'node:fs';
import {homedir, hostname, userInfo} from 'node:os';
import {isAbsolute, join, resolve} from 'node:path';
import {Trouble} from '../engine/trouble.js';
import {makeFolder} from './own-folder.js';

/**
 * This user's home folder; undefined where neither HOME (empty counts as unset) nor the system's list of users names
 * one.
 */
export function homeDir(
	named: () => string = homedir,
	listed: () => string = () => userInfo().homedir,
): string | undefined {
	for (const look of [named, listed])
		try {
			const home = look();
			if (isAbsolute(home)) return home;
		} catch {
			// The system's list doesn't know this user.
		}
	return undefined;
}

/** This machine's name, as far as it knows it. */
export function hostName(): string {
	try {
		return hostname();
	} catch {
		return 'this machine';
	}
}

/** The platform's config dir for nps-kms, or NPS_KMS_HOME. Throws `Trouble` where nothing names one. */
export function stateDir(env: NodeJS.ProcessEnv): string {
	if (env['NPS_KMS_HOME']) return resolve(env['NPS_KMS_HOME']);
	const base = configOf(env, homeDir());
	if (base !== undefined) return base;
	throw new Trouble({
		is: 'problem',
		what: "There is no folder for the record: your home folder isn't known",
		why: `Neither ${process.platform === 'win32' ? 'USERPROFILE' : 'HOME'} nor the system's list of users names one`,
		todo: 'Set NPS_KMS_HOME to a folder of your own',
		code: 'NoHome',
	});
}
function configOf(env: NodeJS.ProcessEnv, home: string | undefined): string | undefined {
	if (process.platform === 'win32') {
		const data = env['APPDATA'] ?? (home && join(home, 'AppData', 'Roaming'));
		return data && join(data, 'nps-kms', 'Config');
	}
	if (process.platform === 'darwin') return home && join(home, 'Library', 'Preferences', 'nps-kms');
	// Its specification has a relative path passed over: it would be another folder in each folder.
	const config = env['XDG_CONFIG_HOME'];
	if (config && isAbsolute(config)) return join(config, 'nps-kms');
	return home && join(home, '.config', 'nps-kms');
}

/** The folder of what rehearsals make: their account, their secrets, their records. */
export const sandboxDir = (env: NodeJS.ProcessEnv): string => join(stateDir(env), 'sandbox');
/** The file of the rehearsals' account, and whether it is there; its folder is made if wanted. */
export function accountFile(env: NodeJS.ProcessEnv, make: boolean): {readonly file: string; readonly isThere: boolean} {
	const dir = sandboxDir(env);
	if (make) makeFolder(dir);
	const file = join(dir, 'account.json');
	return {file, isThere: existsSync(file)};
}
/** The folder of the records; those of rehearsals live apart. */
export const setupsDir = (env: NodeJS.ProcessEnv, sandbox = false): string =>
	join(sandbox ? sandboxDir(env) : stateDir(env), 'setups');
