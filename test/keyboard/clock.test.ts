import {once} from 'node:events';
import {connect, createServer, type Socket} from 'node:net';
import {expect, test} from 'vitest';
import {wallClock} from '../../src/keyboard/clock.js';

test('a call comes only after all that was typed until then was read, however late both are', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const keyboard = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
	const [[terminal]] = (await Promise.all([once(server, 'connection'), once(keyboard, 'connect')])) as [
		[Socket],
		unknown,
	];
	const happened: string[] = [];
	terminal.on('data', () => happened.push('read'));
	const called = new Promise<void>(done =>
		wallClock.after(5, () => {
			happened.push('called');
			done();
		}),
	);
	keyboard.write('x');
	// A busy machine comes to neither in time.
	for (const end = Date.now() + 60; Date.now() < end; );
	await called;
	keyboard.destroy();
	terminal.destroy();
	server.close();
	expect(happened).toEqual(['read', 'called']);
});
test('a call that is taken back never comes', async () => {
	let calls = 0;
	wallClock.after(1, () => calls++)();
	const late = wallClock.after(1, () => calls++);
	await new Promise<void>(done => wallClock.after(20, done));
	late();
	expect(calls).toBe(1);
});
