import {render} from 'ink';
import type {ReactElement} from 'react';
import App, {type Stage} from '../../components/app.js';
import {SecretApart} from '../../components/secret.js';
import type {Row} from '../engine/apply.js';
import type {Receipt, Scene} from '../engine/scene.js';
import type {Problem} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {Interrupted} from '../engine/waiting.js';
import type {Event} from '../engine/wizard.js';
import {oneByOne} from '../keyboard/keystrokes.js';
import {type Seat, seat as seatAt} from '../keyboard/stopping.js';
import {hearHangUp} from '../run/hang-up.js';
import type {Leaving} from '../run/leaving.js';
import {anotherOf, drawsAsciiOnly} from './ascii.js';
import type {Asking, Chosen, MakeAsking} from './asking.js';
import {copyText} from './clipboard.js';
import type {Home} from './home.js';
import {emptyScreen, wholeFrames} from './whole-frames.js';

type Streams = {readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream};
/** What is drawn goes to one, what the terminal itself is asked for to the other. */
type Drawn = Streams & {readonly terminal: NodeJS.WriteStream};

/** Asks on screens drawn by Ink. */
export const onScreens =
	({stdin, stdout}: Streams): MakeAsking =>
	leaving => {
		const ascii = drawsAsciiOnly(process.env);
		const forgetLine = hearHangUp({stdin, stdout}, leaving);
		return new Screens(
			{stdin: oneByOne(stdin), stdout: anotherOf(stdout, ascii), terminal: stdout},
			leaving,
			forgetLine,
		);
	};

/** A question that is open: who waits for its answer. */
type Waiting<T> = ((it: T) => void) | undefined;

class Screens implements Asking {
	readonly #ink: ReturnType<typeof render>;
	readonly #seat = seatAt();
	#stage: Stage;
	#receipts: readonly Receipt[] = [];
	#answer: Waiting<Event>;
	#choose: Waiting<Chosen>;
	#tellSecret: Waiting<string | undefined>;
	#latest: Scene | undefined;
	#later: NodeJS.Timeout | undefined;
	#ended = false;

	constructor(
		readonly streams: Drawn,
		readonly leaving: Leaving,
		readonly forgetLine: () => void,
	) {
		const {stdin, stdout} = streams;
		const how = {exitOnCtrlC: false, patchConsole: false, interactive: true, maxFps: 30};
		this.#ink = render(this.#app(), {stdin, stdout, ...how});
	}

	draw(scene: Scene, receipts: readonly Receipt[]): void {
		this.#receipts = receipts;
		this.#latest = scene;
		// What is over at once isn't worth a frame.
		if (isBrief(scene) && this.#stage && 'scene' in this.#stage && !isBrief(this.#stage.scene))
			this.#later ??= setTimeout(() => this.#show({scene: this.#latest ?? scene}), 400);
		else this.#show({scene});
	}

	ask(): Promise<Event> {
		return this.#orLeaving<Event>(done => (this.#answer = done), {type: 'quit'}).finally(
			() => (this.#answer = undefined),
		);
	}

	secret(): Promise<string | undefined> {
		return this.#orLeaving<string | undefined>(done => (this.#tellSecret = done), undefined).finally(
			() => (this.#tellSecret = undefined),
		);
	}

	deliver(row: Row, revealed: () => Promise<void>): Promise<void> {
		return new Promise((done, failed) => {
			const banner = this.#stage && 'scene' in this.#stage ? this.#stage.scene.banner : undefined;
			const apart = (): Promise<void> =>
				showApart({row, banner}, revealed, {...this.streams, seat: this.#seat}, this.leaving).then(done, failed);
			this.#show({apart});
		});
	}

	home(home: Home): Promise<Chosen> {
		this.#show({home});
		return this.#orLeaving<Chosen>(done => (this.#choose = done), {quit: true}).finally(
			() => (this.#choose = undefined),
		);
	}

	async end(): Promise<void> {
		if (this.#ended) return;
		// The last frame is empty: what stays are the receipts.
		this.#show(undefined);
		this.#ended = true;
		await this.#ink.waitUntilRenderFlush();
		this.#ink.unmount();
		await this.#ink.waitUntilExit();
		this.forgetLine();
		this.#seat.leave();
	}

	#show(next: Stage): void {
		clearTimeout(this.#later);
		this.#later = undefined;
		this.#stage = next;
		if (!this.#ended) this.#ink.rerender(this.#app());
	}

	#app(): ReactElement {
		const {terminal} = this.streams;
		const id = this.#id();
		return (
			<App
				receipts={this.#receipts}
				stage={this.#stage}
				// A key meant for one question never answers the next.
				onEvent={event => id === this.#id() && this.#answer?.(event)}
				onSecret={it => this.#tellSecret?.(it)}
				onChoice={choice => this.#choose?.(choice)}
				onLeave={() => this.leaving.interrupt()}
				onCopy={text => copyText(text, it => terminal.write(it), process.env, process.platform)}
				seat={this.#seat}
			/>
		);
	}

	/** The number of the question that is on the screen. */
	#id(): number {
		return this.#stage && 'scene' in this.#stage ? this.#stage.scene.id : 0;
	}

	/** The person's answer, or leaving if that is heard first. */
	#orLeaving<T>(ask: (done: (it: T) => void) => void, left: T): Promise<T> {
		return new Promise(done => {
			const forget = this.leaving.onHeard(() => done(left));
			ask(it => {
				forget();
				done(it);
			});
		});
	}
}

type Apart = {readonly row: Row; readonly banner: string | undefined};
/** Whether the scene is one that mostly passes before it can be read. */
const isBrief = ({phase, wait, checks}: Scene): boolean =>
	!wait && (phase.at === 'looking' || phase.at === 'done' || (phase.at === 'checking' && checks.length === 0));

/**
 * Shows a secret on the alternate screen, which keeps nothing of it, until the person has stored it, gives it up
 * because that can't be noted, or leaves.
 */
async function showApart(
	{row, banner}: Apart,
	revealed: () => Promise<void>,
	{stdin, stdout, terminal, seat}: Drawn & {readonly seat: Seat},
	leaving: Leaving,
): Promise<void> {
	const values = Object.entries(row).map(([label, value]) => ({label, value}));
	const noting = notedFirst(revealed);
	const {promise: ended, resolve: end} = Promise.withResolvers<'stored' | 'given up' | 'left'>();
	const forget = leaving.onHeard(() => end('left'));
	const screen = (
		<SecretApart
			seat={seat}
			values={values}
			banner={banner}
			onReveal={noting.reveal}
			onCopy={it => copyText(it, text => terminal.write(text), process.env, process.platform)}
			onStored={() => end('stored')}
			onGiveUp={() => end('given up')}
			onLeave={() => leaving.interrupt()}
			onHide={() => wipe()}
		/>
	);
	// Ink knows its screens by their stream: a second screen needs a stream of its own on the same terminal.
	const ink = render(screen, {
		stdin,
		stdout: wholeFrames(stdout),
		exitOnCtrlC: false,
		patchConsole: false,
		interactive: true,
		alternateScreen: true,
	});
	const wipe = (): void => {
		// What is on the terminal is the shell's then.
		if (seat.isAway()) return;
		ink.clear();
		stdout.write(emptyScreen);
	};
	// Before Ink draws at the new size: what it erases by counting lines may be elsewhere.
	stdout.prependListener('resize', wipe);
	const how = await ended;
	forget();
	// Who is told to end while the shell has the terminal takes it again first: two screens would be left at once.
	await seat.held();
	stdout.off('resize', wipe);
	wipe();
	ink.unmount();
	await ink.waitUntilExit();
	if (how === 'given up') throw noting.trouble();
	if (how === 'left') throw new Interrupted();
}

/** Notes once that a secret is shown, before it is; what hindered that. */
function notedFirst(revealed: () => Promise<void>) {
	let noted = false;
	let trouble: unknown;
	const reveal = async (): Promise<Problem | undefined> => {
		try {
			if (!noted) await revealed();
			noted = true;
			return undefined;
		} catch (error) {
			trouble = error;
			if (error instanceof Trouble) return error.problem;
			return {
				is: 'problem',
				what: "That it is shown can't be recorded",
				why: error instanceof Error ? error.message : String(error),
				todo: 'Mend that',
			};
		}
	};
	return {reveal, trouble: () => trouble};
}
