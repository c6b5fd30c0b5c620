import {writeText} from 'tinyclip';

/**
 * Puts a text on the clipboard of the terminal, which may not take it, and on this machine's if somebody sits at it.
 * True if it certainly arrived.
 */
export async function copyText(
	text: string,
	write: (text: string) => void,
	env: NodeJS.ProcessEnv,
	platform: NodeJS.Platform,
): Promise<boolean> {
	// OSC 52: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands
	write(`\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`);
	if (!sitsHere(env, platform)) return false;
	return writeText(text).then(
		() => true,
		() => false,
	);
}

/** Where a copied text goes, in words. */
export const whereCopies = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string =>
	sitsHere(env, platform)
		? "this machine's, and by the terminal as well"
		: `by the terminal alone (OSC 52), which may not take it: ${
				env['SSH_CONNECTION'] ? 'you are here over SSH' : 'there is no desktop'
			}`;

/** Over SSH this machine's clipboard is another one's; without a desktop there is none. */
const sitsHere = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean =>
	!env['SSH_CONNECTION'] &&
	(platform === 'win32' ||
		platform === 'darwin' ||
		Boolean(env['WAYLAND_DISPLAY'] || env['DISPLAY'] || env['WSL_DISTRO_NAME']));
