import {fold, knownFor} from '../engine/record.js';
import type {Beside, Look, Other} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {readRecords, setupNames} from '../local/record-store.js';
import {setupsDir} from '../local/state-folder.js';
import {recordedProfile, recordedRegion} from './region.js';

type Around = {readonly env: NodeJS.ProcessEnv; readonly sandbox?: object | undefined};
/** Opens another setup of this machine to look at it: its record is only read, as it is when it is asked for. */
export const besideIn =
	({env, sandbox}: Around, open: (region: string, profile: string | undefined) => Promise<Look>) =>
	async (setup: string): Promise<Beside | undefined> => {
		const entries = readRecords(setupsDir(env, sandbox !== undefined), setup).find(it => !it.kept)?.entries ?? [];
		if (entries.length === 0) return undefined;
		const state = fold(entries, fold(entries).first);
		const run = {setup, now: new Date().toISOString(), ...(sandbox !== undefined && {sandbox: true as const})};
		return {
			known: knownFor('hand-off', state, run),
			eyes: () => open(recordedRegion(state) ?? '', recordedProfile(state)),
		};
	};

/** What every record of this machine tells a course; they are only read. */
export const othersIn =
	({env, sandbox}: Around) =>
	async (course: string): Promise<readonly Other[]> => {
		const dir = setupsDir(env, sandbox !== undefined);
		return setupNames(dir).flatMap((setup): readonly Other[] => {
			try {
				return readRecords(dir, setup).map(({entries}) => ({
					setup,
					known: knownFor('hand-off', fold(entries, course), {setup}),
				}));
			} catch (error) {
				if (!(error instanceof Trouble)) throw error;
				return [{setup}];
			}
		});
	};
