// Moto, an AWS emulator, once for each worker of the tests: the files that one worker runs use it one after the other.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';

/** As many as vitest.config.ts has workers. */
const workers = 2;

/**
 * Starts them, where Python has moto, and tells where they are by an environment; who has named one already gets none.
 * @param {NodeJS.ProcessEnv} env
 */
export async function startEmulators(env) {
	if (env.MOTO_ENDPOINT) return {env: {}, stop: async () => undefined};
	const started = Array.from({length: workers}, () => start(env));
	const urls = await Promise.all(started.map(it => it.url));
	return {
		env: urls.includes(undefined) ? {} : {NPS_KMS_TEST_EMULATORS: urls.join(' ')},
		stop: () => Promise.all(started.map(it => it.stop())),
	};
}

function start(env) {
	const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let over = false;
	const ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => (over = true));
	const told = new Promise(done => {
		for (const stream of [child.stdout, child.stderr])
			createInterface(stream).on('line', line => {
				const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
				if (url) done(url);
			});
	});
	return {
		url: Promise.race([told, ended.then(() => undefined)]),
		async stop() {
			if (!over) child.kill('SIGKILL');
			await ended;
		},
	};
}
