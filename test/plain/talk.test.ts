import {PassThrough} from 'node:stream';
import {describe, expect, test, vi} from 'vitest';
import {talkOver} from '../../src/plain/talk.js';
import {turns} from '../components/turns.js';
import {handClock} from '../keyboard/hand-clock.js';

/** A talk over a real stream, with all that was written. */
function talking(asTerminal = false, clock = handClock()) {
	const stdin = new PassThrough();
	const modes: boolean[] = [];
	if (asTerminal) Object.assign(stdin, {isTTY: true, setRawMode: (mode: boolean) => modes.push(mode)});
	let written = '';
	const talk = talkOver(stdin, text => (written += text), [], clock);
	return {stdin, talk, modes, written: () => written};
}

describe('a talk', () => {
	test('gives each question its line, and shows the answer where no terminal does', async () => {
		const {stdin, talk, written} = talking();
		const first = talk.ask('One?');
		stdin.write('  a \r\n');
		expect(await first).toBe('a');
		const second = talk.ask('Two?');
		stdin.write('b\n');
		expect(await second).toBe('b');
		talk.say('Done.');
		expect(written()).toBe('One?   a \nTwo? b\nDone.\n');
	});
	test('keeps lines that come before their question, in their order', async () => {
		const {stdin, talk} = talking();
		stdin.write('a\n\nb\n');
		await turns();
		expect([await talk.ask('One?'), await talk.ask('Two?'), await talk.ask('Three?')]).toEqual(['a', '', 'b']);
	});
	test('leaves lines that nobody asked for to the next talk', async () => {
		const stdin = new PassThrough();
		const lines: string[] = [];
		const first = talkOver(stdin, () => undefined, lines);
		stdin.write('a\nb\nc\n');
		await turns();
		expect(await first.ask('One?')).toBe('a');
		first.close();
		const next = talkOver(stdin, () => undefined, lines);
		expect([await next.ask('Two?'), await next.ask('Three?')]).toEqual(['b', 'c']);
	});
	test('puts a line together from its pieces', async () => {
		const {stdin, talk} = talking();
		const answer = talk.ask('One?');
		stdin.write('a');
		await turns();
		stdin.write('b\n');
		expect(await answer).toBe('ab');
	});
	test('has no answer once its input fails, as that of a terminal that is gone', async () => {
		const {stdin, talk} = talking(true);
		const answer = talk.ask('One?');
		stdin.destroy(new Error('read EIO'));
		expect(await answer).toBeUndefined();
	});
	test('leaves lines without end where they come from, and loses none', async () => {
		const {stdin, talk} = talking();
		const flood = Array.from({length: 5000}, (_, at) => `${at}\n`);
		for (const it of flood) stdin.write(it);
		stdin.end();
		await turns();
		expect([stdin.isPaused(), stdin.readableLength > 0]).toEqual([true, true]);
		for (let at = 0; at < flood.length; at++) expect(await talk.ask('')).toBe(String(at));
		expect(await talk.ask('')).toBeUndefined();
	});
	test('has no answer once no more lines come, and takes a last one without its end', async () => {
		const {stdin, talk} = talking();
		const answer = talk.ask('One?');
		stdin.end('a');
		expect(await answer).toBe('a');
		expect(await talk.ask('Two?')).toBeUndefined();
		expect(await talk.ask('Three?')).toBeUndefined();
	});
	test('ends a question that waits when the lines end', async () => {
		const {stdin, talk} = talking();
		const answer = talk.ask('One?');
		stdin.end();
		expect(await answer).toBeUndefined();
	});
	test('writes no answer itself where the terminal has shown it', async () => {
		const {stdin, talk, written} = talking(true);
		const answer = talk.ask('One?');
		stdin.write('a\n');
		expect(await answer).toBe('a');
		expect(written()).toBe('One? ');
	});
});

describe('a question that approves something', () => {
	const meant = () => {
		const clock = handClock();
		const it = talking(true, clock);
		const answer = vi.fn();
		void it.talk.ask('Apply?', {approves: true}).then(answer);
		return {...it, clock, answer};
	};
	test('is answered by a line that came once it could be read', async () => {
		const {stdin, clock, answer} = meant();
		clock.advance(550);
		stdin.write('1\n');
		await turns();
		clock.advance(150);
		await turns();
		expect(answer.mock.calls).toEqual([['1']]);
	});
	test('is asked again by who goes on after a stop, and has to stand anew', async () => {
		const {stdin, clock, answer, written, talk} = meant();
		clock.advance(550);
		process.emit('SIGCONT', 'SIGCONT');
		expect(written()).toBe('Apply? Apply? ');
		clock.advance(100);
		stdin.write('1\n');
		await turns();
		clock.advance(1000);
		await turns();
		expect(answer).not.toHaveBeenCalled();
		stdin.write('2\n');
		await turns();
		clock.advance(150);
		await turns();
		expect(answer.mock.calls).toEqual([['2']]);
		talk.close();
		expect(process.listenerCount('SIGCONT')).toBe(0);
	});
	test('drops lines that were typed before it, and says so once', async () => {
		const clock = handClock();
		const {stdin, talk, written} = talking(true, clock);
		stdin.write('\n'.repeat(30));
		await turns();
		const answer = vi.fn();
		void talk.ask('Apply?', {approves: true}).then(answer);
		for (let more = 0; more < 30; more++) {
			clock.advance(33);
			stdin.write('\n');
			await turns();
		}
		clock.advance(1000);
		await turns();
		expect(answer).not.toHaveBeenCalled();
		expect(written()).toBe('Apply? keys typed ahead were dropped\nApply? ');
	});
	test('drops them for what is asked next too, and says so though nothing else is typed', async () => {
		const clock = handClock();
		const {stdin, talk, written} = talking(true, clock);
		stdin.write('ahead\n');
		await turns();
		const answers = vi.fn();
		const both = talk.ask('Apply?', {approves: true}).then(async it => answers(it, await talk.ask('Name?')));
		clock.advance(700);
		await turns();
		expect(written()).toBe('Apply? keys typed ahead were dropped\nApply? ');
		stdin.write('1\n');
		await turns();
		clock.advance(150);
		await turns();
		stdin.write('meant\n');
		await both;
		expect(answers.mock.calls).toEqual([['1', 'meant']]);
	});
	test('drops two lines that come together', async () => {
		const {stdin, clock, answer} = meant();
		clock.advance(550);
		stdin.write('\n\n');
		await turns();
		clock.advance(1000);
		await turns();
		expect(answer).not.toHaveBeenCalled();
	});
	test('is answered ahead where there is no terminal', async () => {
		const {stdin, talk} = talking();
		stdin.write('1\n');
		await turns();
		expect(await talk.ask('Apply?', {approves: true})).toBe('1');
	});
});

describe('an answer asked unseen', () => {
	test('is read as any other where there is no terminal', async () => {
		const {stdin, talk} = talking();
		const answer = talk.askUnseen('Secret?');
		stdin.write('CANARY\n');
		expect(await answer).toBe('CANARY');
	});
	test('is not shown by the terminal, nor written', async () => {
		const {stdin, talk, modes, written} = talking(true);
		const answer = talk.askUnseen('Secret?');
		expect(modes).toEqual([true]);
		stdin.write('wrong\u0015CANARX\u007FY');
		stdin.write('\u0007\r');
		expect(await answer).toBe('CANARY');
		expect(modes).toEqual([true, false]);
		expect(written()).toBe('Secret? \n');
	});
	test('is edited as a line is, and nothing of it is a line for the next question', async () => {
		const {stdin, talk} = talking(true);
		const answer = talk.askUnseen('Secret?');
		stdin.write('NARY');
		await turns();
		stdin.write('\u0001CA😀');
		stdin.write('\u007F');
		stdin.write('\r');
		expect(await answer).toBe('CANARY');
		const next = talk.ask('Next?');
		stdin.write('a\n');
		expect(await next).toBe('a');
	});
	test('is none once no more lines come, and the terminal is left as it was', async () => {
		const {stdin, talk, modes} = talking(true);
		const answer = talk.askUnseen('Secret?');
		stdin.end();
		expect(await answer).toBeUndefined();
		expect(await talk.askUnseen('Again?')).toBeUndefined();
		expect(modes.at(-1)).not.toBe(true);
	});
	test('is left by Ctrl+C, which a terminal without echo makes a letter', async () => {
		const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
		try {
			const {stdin, talk} = talking(true);
			const answer = talk.askUnseen('Secret?');
			stdin.write('\u0003');
			await vi.waitFor(() => expect(kill.mock.calls).toEqual([[process.pid, 'SIGINT']]));
			stdin.end();
			await answer;
		} finally {
			kill.mockRestore();
		}
	});
});
