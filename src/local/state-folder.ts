import {existsSync, mkdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';

/** The platform's config dir for nps-kms, or NPS_KMS_HOME. */
export function stateDir(env: NodeJS.ProcessEnv): string {
	if (env['NPS_KMS_HOME']) return resolve(env['NPS_KMS_HOME']);
	const home = homedir();
	if (process.platform === 'win32')
		return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'nps-kms', 'Config');
	if (process.platform === 'darwin') return join(home, 'Library', 'Preferences', 'nps-kms');
	return join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'nps-kms');
}
/** The folder of what rehearsals make: their account, their secrets, their records. */
export const sandboxDir = (env: NodeJS.ProcessEnv): string => join(stateDir(env), 'sandbox');
/** The file of the rehearsals' account, and whether it is there; its folder is made if wanted. */
export function accountFile(env: NodeJS.ProcessEnv, make: boolean): {readonly file: string; readonly isThere: boolean} {
	const dir = sandboxDir(env);
	if (make) mkdirSync(dir, {recursive: true, mode: 0o700});
	const file = join(dir, 'account.json');
	return {file, isThere: existsSync(file)};
}
/** The folder of the records; those of rehearsals live apart. */
export const setupsDir = (env: NodeJS.ProcessEnv, sandbox = false): string =>
	join(sandbox ? sandboxDir(env) : stateDir(env), 'setups');
