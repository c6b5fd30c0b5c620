import {render} from 'ink';
import type {ReactElement} from 'react';
import App, {type Aside, type Stage} from '../../components/app.js';
import type {Drawn} from '../../components/pages-by-key.js';
import type {HowRead} from '../../components/step-state.js';
import type {Row} from '../engine/apply.js';
import type {Receipt, Scene} from '../engine/scene.js';
import type {Event} from '../engine/wizard.js';
import {oneByOne} from '../keyboard/keystrokes.js';
import {staysRaw} from '../keyboard/raw-mode.js';
import {type Seat, seat as seatAt} from '../keyboard/stopping.js';
import {hearHangUp} from '../run/hang-up.js';
import type {Leaving} from '../run/leaving.js';
import {type Place, undrawn} from './apart.js';
import {anotherOf, drawsAsciiOnly} from './ascii.js';
import type {Asking, Chosen, MakeAsking} from './asking.js';
import {copyText} from './clipboard.js';
import {hearEveryResize} from './every-resize.js';
import type {Home} from './home.js';
import {showPage} from './pager-apart.js';
import {showSecret} from './secret-apart.js';
import {breakingOf, Frame, heardFrames, type Room} from './standing-frame.js';
import {emptyScreen} from './whole-frames.js';

type Streams = {readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream};
/** What is drawn goes to one, what the terminal itself is asked for to the other. */
type Terminals = Streams & {readonly terminal: NodeJS.WriteStream};

/** Asks on screens drawn by Ink. */
export const onScreens =
	({stdin, stdout}: Streams): MakeAsking =>
	(leaving, above = []) => {
		const ascii = drawsAsciiOnly(process.env);
		const forgetLine = hearHangUp({stdin, stdout}, leaving);
		const seat = seatAt();
		const {stream, forget} = hearEveryResize(stdout, seat.isAway);
		const raw = staysRaw(stdin, seat.isAway);
		return new Screens(
			{stdin: oneByOne(raw.stdin), stdout: anotherOf(stream, ascii), terminal: stdout},
			{leaving, seat},
			above,
			() => {
				raw.over();
				forget();
				forgetLine();
			},
		);
	};

/** A question that is open: who waits for its answer. */
type Waiting<T> = ((it: T) => void) | undefined;

class Screens implements Asking {
	readonly #ink: ReturnType<typeof render>;
	readonly #frame: Frame;
	/** How often all that is above was drawn anew. */
	#anew = 0;
	/** Fails once nothing can be drawn any more: what is asked then has no answer. */
	readonly #undrawn: Promise<never>;
	readonly leaving: Leaving;
	readonly #seat: Seat;
	#stage: Stage;
	#receipts: readonly Receipt[] = [];
	#answer: Waiting<Event>;
	#choose: Waiting<Chosen>;
	#tellSecret: Waiting<string | undefined>;
	#latest: Scene | undefined;
	#later: NodeJS.Timeout | undefined;
	#ended = false;
	#aside: Aside | undefined;
	/** What is drawn aside, until the terminal is this screen's again. */
	#asideOver: Promise<unknown> = Promise.resolve();

	constructor(
		readonly streams: Terminals,
		{leaving, seat}: {readonly leaving: Leaving; readonly seat: Seat},
		readonly above: readonly string[],
		readonly forget: () => void,
	) {
		this.leaving = leaving;
		this.#seat = seat;
		const {stdin, terminal} = streams;
		this.#frame = new Frame(roomOf(terminal), breakingOf(process.env));
		const stdout = heardFrames(streams.stdout, this.#frame);
		const how = {exitOnCtrlC: false, patchConsole: false, interactive: true, maxFps: 30};
		this.#ink = render(this.#app(), {stdin, stdout, ...how});
		terminal.prependListener('resize', this.#onResize);
		this.#undrawn = undrawn(this.#ink);
		this.#undrawn.catch(() => undefined);
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
			const shown = {row, banner: this.#banner()};
			this.#show({apart: () => showSecret(shown, revealed, this.#place()).then(done, failed)});
		});
	}

	home(home: Home): Promise<Chosen> {
		const stage = {home};
		this.#show(stage);
		void home.coming?.then(lines => {
			if (lines && this.#stage === stage) this.#show({home: {...home, lines}});
		});
		return this.#orLeaving<Chosen>(done => (this.#choose = done), {quit: true}).finally(
			() => (this.#choose = undefined),
		);
	}

	async end(): Promise<void> {
		if (this.#ended) return;
		await this.#asideOver;
		// The last frame is empty: what stays are the receipts.
		this.#show(undefined);
		this.#ended = true;
		try {
			await this.#ink.waitUntilRenderFlush();
			this.#ink.unmount();
			await this.#ink.waitUntilExit();
		} finally {
			this.streams.terminal.off('resize', this.#onResize);
			this.forget();
			this.#seat.leave();
		}
	}

	/**
	 * Before Ink hears of a resize: erases all of the frame, the rows too that Ink doesn't count, and draws it for that
	 * size. Ink would draw the one for the size before once more, and the terminal break its lines.
	 */
	readonly #onResize = (): void => {
		const {terminal} = this.streams;
		if (this.#ended || !this.#frame.stands) return;
		const above = [...this.above, ...this.#receipts.flatMap(it => [it.says, ...it.warns])];
		const more = this.#frame.resized(roomOf(terminal), above);
		this.#ink.clear();
		if (more === 'all') {
			this.#anew++;
			terminal.write(emptyScreen);
			this.streams.stdout.write(this.above.map(it => `${it}\n`).join(''));
		} else if (more > 0) terminal.write(`\u001B[${more}A\u001B[J`);
		this.#draw();
	};

	#show(next: Stage): void {
		clearTimeout(this.#later);
		this.#later = undefined;
		this.#stage = next;
		this.#draw();
	}

	/** Reads a page on a screen of its own; what is asked stays asked. */
	#read(page: Drawn): Promise<HowRead> {
		let how: HowRead = 'closed';
		const over = new Promise<HowRead>(done => {
			const run = async (): Promise<void> => {
				how = await showPage(page, this.#banner(), this.#place()).catch(() => 'undrawn');
			};
			this.#aside = {run, over: () => done(how)};
		}).finally(() => {
			this.#aside = undefined;
			this.#draw();
		});
		this.#asideOver = over;
		this.#draw();
		return over;
	}

	#place(): Place {
		return {...this.streams, seat: this.#seat, leaving: this.leaving, copy: it => this.#copy(it)};
	}

	#copy(text: string): Promise<boolean> {
		const {terminal} = this.streams;
		return copyText(text, it => terminal.write(it), process.env, process.platform);
	}

	#banner(): string | undefined {
		return this.#stage && 'scene' in this.#stage ? this.#stage.scene.banner : undefined;
	}

	#draw(): void {
		if (!this.#ended) this.#ink.rerender(this.#app());
	}

	#app(): ReactElement {
		const id = this.#id();
		return (
			<App
				receipts={this.#receipts}
				anew={this.#anew}
				stage={this.#stage}
				aside={this.#aside}
				onRead={page => this.#read(page)}
				// A key meant for one question never answers the next.
				onEvent={event => id === this.#id() && this.#answer?.(event)}
				onSecret={it => this.#tellSecret?.(it)}
				onChoice={choice => this.#choose?.(choice)}
				onLeave={() => this.leaving.interrupt()}
				onCopy={text => this.#copy(text)}
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
		const answered = new Promise<T>(done => {
			const forget = this.leaving.onHeard(() => done(left));
			ask(it => {
				forget();
				done(it);
			});
		});
		return Promise.race([answered, this.#undrawn]);
	}
}

/** The size of a terminal; where that isn't known, 80 by 24. */
const roomOf = ({columns, rows}: NodeJS.WriteStream): Room => ({columns: columns || 80, rows: rows || 24});

/** Whether the scene is one that mostly passes before it can be read. */
const isBrief = ({phase, wait, checks}: Scene): boolean =>
	!wait && (phase.at === 'looking' || phase.at === 'done' || (phase.at === 'checking' && checks.length === 0));
