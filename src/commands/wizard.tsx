import {render} from 'ink';
import App, {type Stage} from '../../components/app.js';
import type {Receipt} from '../engine/scene.js';
import type {Event} from '../engine/wizard.js';
import type {Chosen, MakeAsking} from './ask.js';

type Streams = {readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream};

/** Asks on screens drawn by Ink. */
export const onScreens =
	({stdin, stdout}: Streams): MakeAsking =>
	leaving => {
		let stage: Stage;
		let receipts: readonly Receipt[] = [];
		let answer: ((event: Event) => void) | undefined;
		let choose: ((choice: Chosen) => void) | undefined;
		let ended = false;
		const idNow = (): number => (stage && 'scene' in stage ? stage.scene.id : 0);
		// A key meant for one question never answers the next.
		const answering =
			(id: number) =>
			(event: Event): void => {
				if (id === idNow()) answer?.(event);
			};
		const app = () => (
			<App receipts={receipts} stage={stage} onEvent={answering(idNow())} onChoice={choice => choose?.(choice)} onLeave={() => leaving.interrupt()} />
		);
		const ink = render(app(), {stdin, stdout, exitOnCtrlC: false, patchConsole: false, interactive: true, maxFps: 30});
		const draw = (next: Stage): void => {
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
				draw({scene});
			},
			ask: () => orLeaving<Event>(done => (answer = done), {type: 'quit'}).finally(() => (answer = undefined)),
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
			},
		};
	};
