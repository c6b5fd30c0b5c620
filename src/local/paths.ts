import {homedir} from 'node:os';
import {join, resolve} from 'node:path';

/** The platform's config dir for nps-kms, or NPS_KMS_HOME. */
export function stateDir(env: NodeJS.ProcessEnv): string {
	if (env['NPS_KMS_HOME']) return resolve(env['NPS_KMS_HOME']);
	const home = homedir();
	if (process.platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'nps-kms', 'Config');
	if (process.platform === 'darwin') return join(home, 'Library', 'Preferences', 'nps-kms');
	return join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'nps-kms');
}
/** The folder of what rehearsals make: their account, their secrets, their records. */
export const sandboxDir = (env: NodeJS.ProcessEnv): string => join(stateDir(env), 'sandbox');
/** The folder of the records; those of rehearsals live apart. */
export const setupsDir = (env: NodeJS.ProcessEnv, sandbox = false): string => join(sandbox ? sandboxDir(env) : stateDir(env), 'setups');
