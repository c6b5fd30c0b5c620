import {Trouble} from '../engine/trouble.js';
import {lock} from '../local/lock.js';
import {accountFile, sandboxDir} from '../local/state-folder.js';
import {codeOf, reasonOf} from '../local/system-reasons.js';
import {BadAccountFile, startSandbox} from '../sandbox/index.js';

/** AWS's stand-in for one run: where it listens, and whose credentials it takes. */
export type BuiltInSandbox = {
	readonly url: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	close(): Promise<void>;
};

/**
 * Starts the stand-in on this machine's own account file, so that an interrupted rehearsal resumes. A dry run makes no
 * file.
 */
export async function openSandbox(env: NodeJS.ProcessEnv, now: Date, dryRun: boolean): Promise<BuiltInSandbox> {
	const {file, isThere} = placeOf(env, !dryRun);
	const held = dryRun ? undefined : await lock(file, `the account of all rehearsals, ${file}`, now);
	try {
		const patience = Number(env['NPS_KMS_PATIENCE'] || 1);
		const late = 1000 * (patience >= 0 && patience <= 1 ? patience : 1);
		const sandbox = await startSandbox({
			...((!dryRun || isThere) && {file}),
			readOnly: dryRun,
			lags: {principals: late, accessKeys: late},
		});
		const {accessKeyId, secretAccessKey} = sandbox.operator;
		const close = async (): Promise<void> => {
			// What can't be kept at the end are times of last uses.
			await sandbox.close().catch(() => undefined);
			await held?.release();
		};
		return {url: sandbox.url, accessKeyId, secretAccessKey, close};
	} catch (error) {
		await held?.release();
		if (!(error instanceof BadAccountFile)) throw error;
		const todo = `Mend that, or move ${file} away to rehearse from the beginning`;
		throw new Trouble({
			is: 'problem',
			what: "The rehearsal's account can't be read or kept",
			why: error.message,
			todo,
			code: 'AccountDamaged',
		});
	}
}

function placeOf(env: NodeJS.ProcessEnv, make: boolean): ReturnType<typeof accountFile> {
	try {
		return accountFile(env, make);
	} catch (error) {
		throw new Trouble({
			is: 'problem',
			what: "The rehearsal's account can't be kept",
			why: `${sandboxDir(env)}: ${reasonOf(error)}`,
			todo: 'Mend that, or set NPS_KMS_HOME to a folder you can write to',
			code: codeOf(error),
		});
	}
}
