import {spawnSync} from 'node:child_process';
import {systemProgram} from './program-path.js';

type Started = {
	readonly platform: NodeJS.Platform;
	/** The arguments that it was given: a double click gives none. */
	readonly args: readonly string[];
	readonly input: Pick<NodeJS.ReadStream, 'isTTY' | 'once' | 'ref' | 'resume'>;
	readonly output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
	/** The program that started it, as Windows calls it. */
	readonly by: () => string | undefined;
};

/** Waits for Enter where a double click opened a window for this program alone: Windows would close it, unread. */
export async function untilRead({platform, args, input, output, by}: Started): Promise<void> {
	if (platform !== 'win32' || args.length > 0 || !input.isTTY || !output.isTTY) return;
	if (by()?.toLowerCase() !== 'explorer.exe') return;
	output.write('\nPress Enter to close this window.\n');
	input.ref();
	input.resume();
	await new Promise<void>(read => input.once('data', () => read()));
}

/** The program that started this one, as Windows' tasklist tells it; undefined where that isn't told. */
export function startedBy(parent: number, systemRoot: string | undefined): string | undefined {
	const {stdout} = spawnSync(systemProgram('tasklist', systemRoot), ['/fi', `PID eq ${parent}`, '/fo', 'csv', '/nh'], {
		windowsHide: true,
		encoding: 'utf8',
		timeout: 5000,
	});
	return imageIn(stdout ?? '');
}
/** The name in the first column of tasklist's CSV. */
export const imageIn = (told: string): string | undefined => /^\s*"([^"]+)","\d+"/.exec(told)?.[1];
