// From a key to the frame that shows it, in a real pseudoterminal, beside a bare echo as the yardstick: part of npm run bench
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {reach} from '../../src/aws/client/send.js';
import {direct} from '../../src/aws/network/network.js';
import {sendNow} from '../aws/client/send-now.js';
import {Desk} from '../terminal/desk.js';
import {entering} from '../terminal/enter.js';
import {keys, Terminal} from '../terminal/terminal.js';

const presses = Number(process.argv[2] ?? 200);
/** About as fast as a key that is held. */
const gapMs = 45;
/** The end of a frame, as Ink marks it. */
const frameEnd = '\u001B[?2026l';

/** The least that a Node process can do with a key: the pseudoterminal's and this machine's part of each time. */
const echo = `process.stdin.setRawMode(true); process.stdout.write('ready'); process.stdin.on('data', () => process.stdout.write('.${frameEnd.replace('\u001B', '\\x1B')}'));`;

/** Milliseconds from a key to the end of the frame that shows it. */
async function press(terminal: Terminal, key: string): Promise<number> {
	const start = performance.now();
	const framed = new Promise<number>(done => {
		terminal.onWrite = text => {
			if (text.includes(frameEnd)) done(performance.now() - start);
		};
	});
	terminal.press(key);
	const ms = await framed;
	await sleep(gapMs);
	return ms;
}
async function measure(terminal: Terminal, key: (turn: number) => string): Promise<readonly number[]> {
	const times: number[] = [];
	// The first ones warm up what the program has just loaded.
	for (let turn = -10; turn < presses; turn++) {
		const ms = await press(terminal, key(turn + 10));
		if (turn >= 0) times.push(ms);
	}
	return times.sort((one, other) => one - other);
}
const at = (sorted: readonly number[], part: number): string =>
	(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);

const desk = await Desk.set();
const bare = new Terminal({file: process.execPath, args: ['-e', echo], env: {...desk.bare}});
try {
	await bare.sees('ready');
	const echoing = await measure(bare, () => 'x');
	const {url, operator} = desk.sandbox;
	const aws = reach({region: 'eu-west-1', network: direct, endpoint: url, credentials: async () => operator});
	for (let user = 0; user < 199; user++)
		await sendNow(aws, {api: 'iam:CreateUser', input: {UserName: `administrator-${String(user).padStart(3, '0')}`}});
	const {code, stderr} = await desk.pipe({
		args: ['setup', '--yes', '--stop-after', 'access-key', '--secret-file', join(desk.home, 'secret.csv')],
	});
	if (code !== 0) throw new Error(stderr);
	const terminal = desk.open();
	await entering(terminal, 'Step 4 of 7', '▸ Alias');
	terminal.press('tab');
	await terminal.sees('▸ Description');
	const typing = await measure(terminal, turn => 'abcdefghij'.charAt(turn % 10));
	terminal.press('tab');
	await terminal.sees('200 of 200');
	// Up and down the whole list.
	const moving = await measure(terminal, turn => (turn % 398 < 199 ? keys.down : keys.up));
	console.log(`\nfrom a key to its frame, ${presses} keys each, ${gapMs} ms apart, Node ${process.version}\n`);
	console.log(`${'what'.padEnd(44)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'most'.padStart(9)}`);
	for (const [what, sorted] of [
		['a bare echo', echoing],
		['typing in a form', typing],
		['moving in a list of 200 administrators', moving],
	] as const)
		console.log(
			`${what.padEnd(44)}${at(sorted, 0.5).padStart(9)}${at(sorted, 0.99).padStart(9)}${at(sorted, 1).padStart(9)}`,
		);
} finally {
	await bare.close();
	await desk.clear();
}
