import type {Clock} from '../keyboard/clock.js';
import {Keystrokes, pasteOf} from '../keyboard/keystrokes.js';
import {edited, editOf, type Line, oneLine} from '../keyboard/line-edit.js';
import {hearStop, stopHere} from '../keyboard/stopping.js';

type Around = {readonly clock: Clock; readonly question: string; write(text: string): void};

/**
 * Asks for a line that is typed unseen, with the keys that edit a line everywhere; undefined where the input ends, or
 * at Ctrl+D. Ctrl+C is made the signal that it stands for.
 */
export function unseen(terminal: NodeJS.ReadStream, {clock, question, write}: Around): Promise<string | undefined> {
	const keystrokes = new Keystrokes();
	let line: Line = {before: '', after: ''};
	let forget = (): void => undefined;
	return new Promise(done => {
		const end = (typed: string | undefined): void => {
			forget();
			forgetStop();
			terminal.off('data', hear);
			terminal.off('end', ended);
			terminal.off('error', ended);
			terminal.setRawMode(false);
			write('\n');
			done(typed);
		};
		const ended = (): void => end(undefined);
		/** Whether the line goes on. */
		const press = (stroke: string): boolean => {
			if (stroke === '\r') end((line.before + line.after).trim());
			else if (stroke === '\u0004' && line.before + line.after === '') end(undefined);
			else if (stroke === '\u0003') process.kill(process.pid, 'SIGINT');
			else if (stroke === '\u001A') stopHere();
			else {
				const pasted = pasteOf(stroke);
				const edit = pasted === undefined ? editOf(stroke) : {text: oneLine(pasted)};
				if (typeof edit === 'string') line = edited(line, edit);
				else if (edit) line = {...line, before: line.before + edit.text};
				return true;
			}
			return stroke === '\u0003' || stroke === '\u001A';
		};
		const hear = (chunk: Buffer | string): void => {
			forget();
			if (!keystrokes.push(String(chunk)).every(press) || keystrokes.waits === 0) return;
			forget = clock.after(keystrokes.waits, () => void keystrokes.flush().every(press));
		};
		const forgetStop = hearStop({
			handBack: async () => void terminal.setRawMode(false),
			takeAgain: async () => {
				terminal.setRawMode(true);
				write(`${question} `);
			},
		});
		terminal.setRawMode(true);
		terminal.on('data', hear);
		terminal.on('end', ended);
		terminal.on('error', ended);
		// Who types as soon as they can read the question must not see it.
		write(`${question} `);
	});
}
