import type {Terminal} from './terminal.js';

/** What tells one question from the next: the rail, and the line of keys. */
const question = (screen: string): string | undefined => {
	const live = screen.slice(Math.max(0, screen.lastIndexOf('──')));
	return / ↵ /.test(live) ? live : undefined;
};

/** Presses Enter at each question until the program ends or shows the text; returns the screens it came by. */
export async function entering(terminal: Terminal, until?: string): Promise<readonly string[]> {
	const seen: string[] = [];
	let last: string | undefined;
	const there = (): boolean => until !== undefined && terminal.screen.includes(until);
	for (;;) {
		await terminal.until(() => there() || terminal.over || (question(terminal.screen) ?? last) !== last, 'there is another question');
		if (there() || terminal.over) return seen;
		last = question(terminal.screen);
		seen.push(terminal.screen);
		if (seen.length > 60) throw new Error(`Enter leads nowhere:\n${terminal.history}`);
		terminal.press('enter');
	}
}
