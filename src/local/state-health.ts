import {accessSync, constants, existsSync, readdirSync} from 'node:fs';
import {dirname} from 'node:path';
import type {Problem} from '../engine/plan.js';
import {Trouble} from '../engine/trouble.js';
import {readRecords} from './record-store.js';
import {setupsDir, stateDir} from './state-folder.js';
import {codeOf, reasonOf} from './system-reasons.js';

/** The state folder as it is, and what is wrong with it and the records in it. Makes and changes nothing. */
export function stateHealth(env: NodeJS.ProcessEnv): {readonly folder: string; readonly problems: readonly Problem[]} {
	const folder = stateDir(env);
	const problems: Problem[] = [];
	try {
		accessSync(nearestThere(folder), constants.W_OK);
	} catch (error) {
		problems.push({
			is: 'problem',
			what: `The record can't be kept in ${folder}`,
			why: reasonOf(error),
			todo: 'Mend that, or set NPS_KMS_HOME to a folder you can write to',
			code: codeOf(error),
		});
	}
	for (const name of namesIn(setupsDir(env))) {
		try {
			readRecords(setupsDir(env), name);
		} catch (error) {
			if (!(error instanceof Trouble)) throw error;
			problems.push(error.problem);
		}
	}
	return {folder, problems};
}

/** The folder, or where it isn't made yet the one that it would be made in. */
function nearestThere(folder: string): string {
	return existsSync(folder) || dirname(folder) === folder ? folder : nearestThere(dirname(folder));
}
const namesIn = (folder: string): readonly string[] => {
	try {
		return readdirSync(folder).flatMap(it => /^([a-z0-9][a-z0-9-]{0,39})\.json$/.exec(it)?.[1] ?? []);
	} catch {
		return [];
	}
};
