import type {Terminal} from './terminal.js';

/** The part of the screen that is drawn anew. */
const live = (screen: string): string => screen.slice(Math.max(0, screen.lastIndexOf('──')));

/** What tells one question from the next: its heading and what Enter does there. What is looked for while it is asked, such as who can be chosen, comes to the screen late and makes no other question of it: Enter for both would answer the next one too. */
const question = (screen: string): string | undefined => {
	const now = live(screen);
	const [, enter] = /(?:^|\s)↵\s(\S+(?: \S+)*)/.exec(now) ?? [];
	if (enter === undefined || now.includes('Looking what that means')) return undefined;
	// Read on, it is asked the same, further down.
	return enter === 'read on' ? now : `${/Step \d of \d.*|Connect to AWS/.exec(now)?.[0] ?? now}: ${enter}`;
};

/** Whether Enter is heard here only once what stands could be read: at a review, and where NPS's own values stand. */
const approves = (screen: string): boolean => {
	const now = live(screen);
	return !now.includes(' ▸ ') || now.includes('RotateAwsKey');
};

/** Presses Enter at each question until the program ends, or shows all these texts; returns the screens it came by. */
export const entering = (terminal: Terminal, ...until: readonly string[]): Promise<readonly string[]> =>
	entered(terminal, until, approves);

/**
 * Presses Enter until the program ends, at each question as if it were a review: for a console that leaves lines of an
 * earlier screen below, so that what is asked can't be told by what stands.
 */
export const enteringSlowly = (terminal: Terminal): Promise<readonly string[]> => entered(terminal, [], () => true);

async function entered(
	terminal: Terminal,
	until: readonly string[],
	slowly: (screen: string) => boolean,
): Promise<readonly string[]> {
	const seen: string[] = [];
	let last: string | undefined;
	const there = (): boolean => until.length > 0 && until.every(it => terminal.shows(it));
	for (;;) {
		await terminal.until(
			() => there() || terminal.over || (question(terminal.screen) ?? last) !== last,
			`there is another question, on the way to ${until.join(', ')}`,
		);
		if (there()) return seen;
		if (terminal.over && until.length > 0)
			throw new Error(`Enter leads past ${until.join(', ')}:\n${terminal.history}`);
		if (terminal.over) return seen;
		last = question(terminal.screen);
		seen.push(terminal.screen);
		if (seen.length > 60) throw new Error(`Enter leads nowhere:\n${terminal.history}`);
		if (!slowly(terminal.screen)) terminal.press('enter');
		else {
			// What it means may come after all else stands, and not be seen on a low screen: until then nothing is approved.
			const stillAsked = (): boolean => !terminal.over && !there() && question(terminal.screen) === last;
			do await terminal.approve();
			while (!(await terminal.becomes(() => !stillAsked())));
		}
	}
}

/** The field that has the focus, by its label. */
const focused = (screen: string): string | undefined => /^ ▸ ([^:?]*)/m.exec(live(screen))?.[1];
/** Presses Tab until a field has the focus; each time only once the one before has moved it, whatever else is drawn. */
export async function tabbing(terminal: Terminal, label: string): Promise<void> {
	for (let fields = 0; focused(terminal.screen) !== label; fields++) {
		if (fields > 6) throw new Error(`Tab doesn't lead to ${label}:\n${terminal.screen}`);
		const before = focused(terminal.screen);
		terminal.press('tab');
		await terminal.until(() => focused(terminal.screen) !== before, 'the next field has the focus');
	}
}

/** From the form of the access key to the screen that shows its secret once. */
export async function toTheSecret(terminal: Terminal): Promise<void> {
	await entering(terminal, 'Step 3 of 7', 'Secret goes to');
	if (!terminal.screen.includes('made already')) {
		terminal.press('tab');
		await terminal.sees('▸ Secret goes to');
		// Its keys are drawn last, and may come a moment later.
		await terminal.sees('q save and quit');
		terminal.press(terminal.screen.includes('↑↓ choose') ? 'down' : 'right');
		await terminal.sees('▸ the screen, once');
	}
	await entering(terminal, 'v reveal');
}
/** Every screen that Enter comes by in a first set-up, each by what only it shows. */
export const screens: readonly (readonly string[])[] = [
	['Connect to AWS', 'Region'],
	['Step 1 of 7', '▸ Policy name'],
	['Step 1 of 7', '+ create policy', '↵ apply'],
	['Step 2 of 7', '▸ User name'],
	['Step 2 of 7', '+ create user', '↵ apply'],
	['Step 3 of 7', 'Secret goes to'],
	['Step 3 of 7', '+ create access key', '↵ apply'],
	['Step 4 of 7', '▸ Alias'],
	['Step 4 of 7', '+ create KMS key', '↵ read on'],
	['Step 5 of 7', '~ update policy', '↵ apply'],
	['Step 6 of 7', 'Nothing will change', '↵ read on'],
	['Step 7 of 7', 'Have you run SbPAM.RotateAwsKey?'],
];
/** What the documented set-up makes, in its order. */
export const documented = [
	'CreatePolicy',
	'CreateUser',
	'AttachUserPolicy',
	'CreateAccessKey',
	'CreateKey',
	'CreateAlias',
	'EnableKeyRotation',
	'CreatePolicyVersion',
];
