import {Box, Static, useApp, useInput, useStdout, useWindowSize} from 'ink';
import {type ReactNode, useEffect, useRef} from 'react';
import type {Receipt, Scene} from '../src/engine/scene.js';
import type {Event} from '../src/engine/wizard.js';
import type {Clock} from '../src/keyboard/clock.js';
import type {Seat} from '../src/keyboard/stopping.js';
import Home, {type HomeChoice, type HomeScene} from './home.js';
import Keys, {useAgain} from './keyboard.js';
import type {Drawn} from './pages-by-key.js';
import StepScreen from './step-screen.js';
import type {HowRead} from './step-state.js';
import {Text} from './text.js';
import {sizeOf, type Tone, tones} from './theme.js';
import {wrap} from './wrap.js';

/** What is on the screen: home, a step, something drawn apart, or nothing any more. */
export type Stage =
	| {readonly home: HomeScene}
	| {readonly scene: Scene}
	| {readonly apart: () => Promise<void>}
	| undefined;
/** What is drawn apart, and whom to tell once the terminal is this screen's again. */
export type Aside = {readonly run: () => Promise<void>; over(): void};
type Props = {
	readonly receipts: readonly Receipt[];
	/** With another number, the receipts are drawn once more. */
	readonly anew?: number;
	readonly stage: Stage;
	/** Something drawn apart for as long as it takes; what is on the screen is kept, and drawn again after it. */
	readonly aside?: Aside | undefined;
	/** Reads a page on a screen of its own; without it, every page is read where it is asked for. */
	onRead?(page: Drawn): Promise<HowRead>;
	onEvent(event: Event): void;
	onSecret(value: string | undefined): void;
	onChoice(choice: HomeChoice): void;
	/** Copies a text; true if it certainly arrived on the clipboard. */
	onCopy(text: string): Promise<boolean>;
	/** Ctrl+C. */
	onLeave(): void;
	readonly clock?: Clock;
	readonly seat?: Seat;
};

/** Finished steps above, the current screen below; hears Ctrl+C wherever the person is. */
export default function App({
	receipts,
	anew,
	stage,
	aside,
	onRead,
	onEvent,
	onSecret,
	onChoice,
	onCopy,
	onLeave,
	clock,
	seat,
}: Props): ReactNode {
	// Who draws it anew at a resize is told the size before Ink is.
	const told = useWindowSize();
	const now = useStdout().stdout as NodeJS.WritableStream & {readonly columns?: number; readonly rows?: number};
	const size = sizeOf(now.columns || told.columns, now.rows || told.rows);
	useInput((input, key) => {
		if (key.ctrl && input === 'c') onLeave();
	});
	return (
		<Keys clock={clock} seat={seat}>
			<Static key={anew} items={[...receipts]}>
				{it => <ReceiptLine key={it.id} receipt={it} width={size.width} />}
			</Static>
			{stage && 'home' in stage && <Home scene={stage.home} size={size} onChoice={onChoice} />}
			{stage && 'scene' in stage && (
				<StepScreen
					scene={stage.scene}
					size={size}
					onEvent={onEvent}
					onSecret={onSecret}
					onCopy={onCopy}
					{...(onRead && {onRead})}
					onLeave={onLeave}
				/>
			)}
			{stage && 'apart' in stage && <Apart run={stage.apart} seat={seat} />}
			{aside && <Apart {...aside} seat={seat} />}
		</Keys>
	);
}

type ApartProps = {readonly run: () => Promise<void>; over?(): void; readonly seat: Seat | undefined};
/** Gives the terminal away for as long as something is drawn apart from this screen. */
function Apart({run, over, seat}: ApartProps): ReactNode {
	const {suspendTerminal} = useApp();
	const again = useAgain();
	const latest = useRef({over, again});
	useEffect(() => {
		latest.current = {over, again};
	});
	useEffect(() => {
		// What is given to the shell can't be given away once more.
		void Promise.resolve(seat?.held())
			.then(() => suspendTerminal(run))
			.finally(() => {
				latest.current.again();
				latest.current.over?.();
			});
	}, [run, seat, suspendTerminal]);
	return null;
}

/**
 * One step of the receipt. What is longer than a line is left to the terminal to wrap, so that it is copied in one
 * piece.
 */
function ReceiptLine({
	receipt: {name, says, warns},
	width,
}: {
	readonly receipt: Receipt;
	readonly width: number;
}): ReactNode {
	const [first = '', ...more] = wrap(`${name.padEnd(16)} ${says}`.trimEnd(), width - 2, 2, 'whole');
	const warned = warns.flatMap(it => wrap(`  ! ${it}`, width, 2, 'whole'));
	return (
		<Box flexDirection="column">
			<Whole text={`✔ ${first}`}>
				<Text {...tones.good} aria-label="Done: ">
					{'✔ '}
				</Text>
				{first}
			</Whole>
			{more.map((it, at) => (
				<Whole key={`${at} ${it}`} text={it.trimStart().length + 4 > width ? it.trimStart() : `  ${it}`} />
			))}
			{warned.map((it, at) => (
				<Whole key={`${at} ${it}`} text={it} tone="warn" />
			))}
		</Box>
	);
}

/** A line as wide as its text, whatever the width of the terminal. */
function Whole({
	text,
	tone,
	children,
}: {
	readonly text: string;
	readonly tone?: Tone;
	readonly children?: ReactNode;
}): ReactNode {
	return (
		<Box width={text.length} flexShrink={0}>
			<Text {...(tone && tones[tone])}>{children ?? text}</Text>
		</Box>
	);
}
