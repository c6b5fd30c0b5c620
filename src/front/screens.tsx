import {render} from 'ink';
import App, {type Stage} from '../../components/app.js';
import {SecretApart} from '../../components/secret.js';
import type {Row} from '../engine/apply.js';
import type {Receipt, Scene} from '../engine/scene.js';
import type {Problem} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {Interrupted} from '../engine/waiting.js';
import type {Event} from '../engine/wizard.js';
import {oneByOne} from '../keyboard/keystrokes.js';
import {hearHangUp} from '../run/hang-up.js';
import type {Leaving} from '../run/leaving.js';
import {anotherOf, drawsAsciiOnly} from './ascii.js';
import type {Chosen, MakeAsking} from './asking.js';
import {copyText} from './clipboard.js';

type Streams = {readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream};

/** Asks on screens drawn by Ink. */
export const onScreens =
	({stdin: typed, stdout: terminal}: Streams): MakeAsking =>
	leaving => {
		const ascii = drawsAsciiOnly(process.env);
		const stdout = ascii ? anotherOf(terminal, ascii) : terminal;
		const stdin = oneByOne(typed);
		const forgetLine = hearHangUp({stdin: typed, stdout: terminal}, leaving);
		let stage: Stage;
		let receipts: readonly Receipt[] = [];
		let answer: ((event: Event) => void) | undefined;
		let choose: ((choice: Chosen) => void) | undefined;
		let tellSecret: ((secret: string | undefined) => void) | undefined;
		let ended = false;
		const idNow = (): number => (stage && 'scene' in stage ? stage.scene.id : 0);
		// A key meant for one question never answers the next.
		const answering =
			(id: number) =>
			(event: Event): void => {
				if (id === idNow()) answer?.(event);
			};
		const copy = (text: string): Promise<boolean> =>
			copyText(text, it => stdout.write(it), process.env, process.platform);
		const app = () => (
			<App
				receipts={receipts}
				stage={stage}
				onEvent={answering(idNow())}
				onSecret={it => tellSecret?.(it)}
				onChoice={choice => choose?.(choice)}
				onLeave={() => leaving.interrupt()}
				onCopy={copy}
			/>
		);
		const ink = render(app(), {stdin, stdout, exitOnCtrlC: false, patchConsole: false, interactive: true, maxFps: 30});
		let later: NodeJS.Timeout | undefined;
		let latest: Scene | undefined;
		const draw = (next: Stage): void => {
			clearTimeout(later);
			later = undefined;
			stage = next;
			if (!ended) ink.rerender(app());
		};
		/** The person's answer, or leaving if that is heard first. */
		const orLeaving = <T,>(ask: (done: (it: T) => void) => void, left: T): Promise<T> =>
			new Promise(done => {
				const forget = leaving.onHeard(() => done(left));
				ask(it => {
					forget();
					done(it);
				});
			});
		return {
			draw(scene, lines) {
				receipts = lines;
				latest = scene;
				// What is over at once isn't worth a frame.
				if (isBrief(scene) && stage && 'scene' in stage && !isBrief(stage.scene))
					later ??= setTimeout(() => draw({scene: latest ?? scene}), 400);
				else draw({scene});
			},
			ask: () => orLeaving<Event>(done => (answer = done), {type: 'quit'}).finally(() => (answer = undefined)),
			secret: () =>
				orLeaving<string | undefined>(done => (tellSecret = done), undefined).finally(() => (tellSecret = undefined)),
			deliver: (row, revealed) =>
				new Promise((done, failed) => {
					const banner = stage && 'scene' in stage ? stage.scene.banner : undefined;
					const apart = (): Promise<void> =>
						showApart({row, banner}, revealed, {stdin, stdout}, leaving).then(done, failed);
					draw({apart});
				}),
			home(home) {
				draw({home});
				return orLeaving<Chosen>(done => (choose = done), {quit: true}).finally(() => (choose = undefined));
			},
			async end() {
				if (ended) return;
				// The last frame is empty: what stays are the receipts.
				draw(undefined);
				ended = true;
				await ink.waitUntilRenderFlush();
				ink.unmount();
				await ink.waitUntilExit();
				forgetLine();
			},
		};
	};

type Apart = {readonly row: Row; readonly banner: string | undefined};
/** Whether the scene is one that mostly passes before it can be read. */
const isBrief = ({phase, wait, checks}: Scene): boolean =>
	!wait && (phase.at === 'looking' || phase.at === 'done' || (phase.at === 'checking' && checks.length === 0));
/** All that is on the screen goes, wherever a resize has put it. */
const emptyScreen = '\u001B[H\u001B[J';

/**
 * Shows a secret on the alternate screen, which keeps nothing of it, until the person has stored it, gives it up
 * because that can't be noted, or leaves.
 */
async function showApart(
	{row, banner}: Apart,
	revealed: () => Promise<void>,
	{stdin, stdout}: Streams,
	leaving: Leaving,
): Promise<void> {
	const values = Object.entries(row).map(([label, value]) => ({label, value}));
	const noting = notedFirst(revealed);
	const {promise: ended, resolve: end} = Promise.withResolvers<'stored' | 'given up' | 'left'>();
	const forget = leaving.onHeard(() => end('left'));
	const screen = (
		<SecretApart
			values={values}
			banner={banner}
			onReveal={noting.reveal}
			onCopy={it => copyText(it, text => stdout.write(text), process.env, process.platform)}
			onStored={() => end('stored')}
			onGiveUp={() => end('given up')}
			onLeave={() => leaving.interrupt()}
			onHide={() => wipe()}
		/>
	);
	// Ink knows its screens by their stream: a second screen needs a stream of its own on the same terminal.
	const ink = render(screen, {
		stdin,
		stdout: anotherOf(stdout, drawsAsciiOnly(process.env)),
		exitOnCtrlC: false,
		patchConsole: false,
		interactive: true,
		alternateScreen: true,
	});
	const wipe = (): void => {
		ink.clear();
		stdout.write(emptyScreen);
	};
	// Before Ink draws at the new size: what it erases by counting lines may be elsewhere.
	stdout.prependListener('resize', wipe);
	const how = await ended;
	forget();
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
				what: "That it is shown can't be recorded",
				why: error instanceof Error ? error.message : String(error),
				todo: 'Mend that',
			};
		}
	};
	return {reveal, trouble: () => trouble};
}
