import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {lock} from '../local/lock.js';
import {sandboxDir} from '../local/paths.js';

/** AWS's stand-in for one run: where it listens, and whose credentials it takes. */
export type Stand = {readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string; close(): Promise<void>};

/** Starts the stand-in on this machine's own account file, so that an interrupted rehearsal resumes. A dry run makes no file. */
export async function openStand(env: NodeJS.ProcessEnv, now: Date, dryRun: boolean): Promise<Stand> {
	const file = join(sandboxDir(env), 'account.json');
	const held = dryRun ? undefined : await lock(file, 'sandbox', now);
	try {
		const {startSandbox} = await import('../sandbox/index.js');
		const patience = Number(env['NPS_KMS_PATIENCE'] || 1);
		const late = 1000 * (patience >= 0 && patience <= 1 ? patience : 1);
		const sandbox = await startSandbox({...((!dryRun || existsSync(file)) && {file}), lags: {principals: late, accessKeys: late}});
		const {accessKeyId, secretAccessKey} = sandbox.operator;
		const close = async (): Promise<void> => {
			await sandbox.close();
			await held?.release();
		};
		return {url: sandbox.url, accessKeyId, secretAccessKey, close};
	} catch (error) {
		await held?.release();
		throw error;
	}
}
