import {useInput, useWindowSize} from 'ink';
import {type ReactNode, useState} from 'react';
import {keyOf} from '../src/engine/keys.js';
import type {Problem} from '../src/engine/step.js';
import {tooEarly} from '../src/keyboard/approval.js';
import type {Seat} from '../src/keyboard/stopping.js';
import {copied} from './copying.js';
import {Fitting} from './fitting.js';
import Keys, {useApprove, useStanding} from './keyboard.js';
import {type Binding, KeyHints, useBindings} from './keyboard-hints.js';
import {useReading} from './reading.js';
import {Rule} from './rule.js';
import {Text} from './text.js';
import {Lines, type TextLine, wrapped} from './text-lines.js';
import {isRoomy, type Size} from './theme.js';

/** A value that is shown once, by its label; the last one is the secret. */
export type Shown = {readonly label: string; readonly value: string};
type Props = {
	readonly values: readonly Shown[];
	readonly size: Size;
	/** What must be seen on every screen, such as that nothing here is AWS. */
	readonly banner?: string | undefined;
	/** Called, and waited for, before the secret is first seen or copied; the problem if that can't be noted. */
	onReveal(): Promise<Problem | undefined>;
	/** Copies a text; true if it certainly arrived on the clipboard. */
	onCopy(value: string): Promise<boolean>;
	onStored(): void;
	/** The person goes on without having seen the secret. */
	onGiveUp(): void;
	onLeave(): void;
	/** Clears the whole screen before what is hidden is drawn over. */
	onHide?(): void;
};
const mask = '•'.repeat(24);

/** A secret on a screen of its own: masked until it is revealed, and gone once it is stored. */
export default function Secret({values, size, banner, ...on}: Props): ReactNode {
	const {seen, open, stuck, says, said, bindings} = useShownOnce(values, on);
	const secret = values.at(-1);
	const shown = stuck ? values.slice(0, 1) : values;
	const {wide, below, rows} = columnsOf(values, shown.length, size);
	// Whole or not at all: a part of a secret is a wrong secret.
	const fits = isRoomy(size) && rows + 2 <= size.height && values.every(it => it.value.length <= size.width);
	const ruled = size.height - rows > 2;
	const justDone = wrapped(stuck ? [] : says.filter(it => it.text), size.width);
	const read = useReading({
		id: String(stuck),
		lines: wrapped(stuck ? says : [told], size.width),
		said: justDone,
		size,
		taken: rows + (ruled ? 1 : 0),
		keys: bindings,
		whole: fits,
		turned: () => stuck || said(silent),
		early: () => said(early),
	});
	useStanding(fits && !read.unread ? `secret ${seen} ${stuck} ${size.width}x${size.height}` : undefined);
	useBindings(fits ? [...read.bindings, ...read.moving] : []);
	return (
		<Fitting small={!fits} width={size.width}>
			{ruled && <Rule banner={banner} width={size.width} />}
			{fits &&
				shown.map(it => (
					<Text key={it.label} breaks>
						{below ? `   ${it.label}\n` : `   ${it.label.padEnd(wide)}`}
						<Text bold aria-label={it === secret && !open ? 'hidden' : it.value}>
							{it === secret && !open ? mask : it.value}
						</Text>
					</Text>
				))}
			{read.lines.length < read.room && <Text> </Text>}
			<Lines lines={read.lines} />
			{justDone.length === 0 && !stuck && read.lines.length + 1 < read.room && <Text> </Text>}
			<KeyHints bindings={read.bindings} width={size.width} most={read.hints} />
		</Fitting>
	);
}
const givesUp = {key: 'escape', label: 'go on without it', approves: true} as const;
const told: TextLine = {text: "   Put both into your vault now. They can't be shown again."};
const silent: TextLine = {text: ''};
const early: TextLine = {text: `   ${tooEarly}`, tone: 'dim'};

type ShownOnce = {
	/** It was seen or copied. */
	readonly seen: boolean;
	/** It can be read now. */
	readonly open: boolean;
	/** It can't be noted that it is shown: so it isn't. */
	readonly stuck: boolean;
	readonly says: readonly TextLine[];
	said(line: TextLine): void;
	readonly bindings: readonly Binding[];
};
/** What is seen of a secret, and the keys that show, copy and let go of it. */
function useShownOnce(
	values: readonly Shown[],
	{onReveal, onCopy, onStored, onGiveUp, onLeave, onHide}: Omit<Props, 'values' | 'size' | 'banner'>,
): ShownOnce {
	const [seen, setSeen] = useState(false);
	const [open, setOpen] = useState(false);
	const [says, setSays] = useState<readonly TextLine[]>([silent]);
	const [stuck, setStuck] = useState(false);
	const after = (act: () => void): void => {
		void onReveal().then(problem => {
			setStuck(problem !== undefined && !seen);
			// What can't be noted is not shown: nobody would know afterwards that it was.
			if (problem) return setSays(unnoted(problem));
			setSays([silent]);
			setSeen(true);
			act();
		});
	};
	const copy = (it: Shown | undefined): void => {
		if (!it) return;
		void onCopy(it.value).then(sure => setSays([{text: `   ${it.label} ${copied(sure)}`, tone: 'good'}]));
	};
	useInput((input, key) => {
		if (key.ctrl && input === 'c') onLeave();
	});
	const said = (line: TextLine): void => setSays([line]);
	const approve = useApprove();
	/** Lets go of the secret, once that is meant. */
	const letGo = (act: () => void): void => approve(act, () => said(early));
	const turn = (): void => {
		if (open) onHide?.();
		setOpen(!open);
	};
	const bindings: readonly Binding[] = [
		{
			key: keyOf(stuck ? 'retry' : 'reveal'),
			label: stuck ? 'try again' : open ? 'hide' : 'reveal',
			run: () => after(turn),
		},
		...(stuck ? [{...givesUp, run: () => letGo(onGiveUp)}] : []),
		...(stuck ? [] : [{key: keyOf('copy'), label: 'copy the secret', run: () => after(() => copy(values.at(-1)))}]),
		{key: keyOf('copy id'), label: 'copy the key id', run: () => copy(values[0])},
		...(seen
			? [{key: keyOf('stored'), label: 'I have stored it', approves: true as const, run: () => letGo(onStored)}]
			: []),
		{key: '^C', label: 'save and quit', run: () => undefined},
	];
	return {seen, open, stuck, says, said, bindings};
}

type Columns = {readonly wide: number; readonly below: boolean; readonly rows: number};
/** How values stand: never broken by us; where one doesn't fit beside its label, each stands below its own. */
function columnsOf(values: readonly Shown[], shown: number, {width}: Size): Columns {
	const wide = Math.max(...values.map(it => it.label.length)) + 3;
	const below = values.some(it => 3 + wide + it.value.length > width);
	return {wide, below, rows: shown * (below ? 2 : 1)};
}

/** The same on a whole screen, whatever its size is from one moment to the next. */
export function SecretApart({seat, ...props}: Omit<Props, 'size'> & {readonly seat: Seat}): ReactNode {
	const {columns, rows} = useWindowSize();
	return (
		<Keys seat={seat}>
			<Secret {...props} size={{width: Math.min(80, columns || 80), height: (rows || 24) - 1}} />
		</Keys>
	);
}

const unnoted = ({what, why, code}: Problem): readonly TextLine[] => [
	{text: `   ✖ ${what}, so the secret is not shown`, tone: 'bad', bold: true},
	{text: `     ${why}${code ? ` [${code}]` : ''}`},
	{
		text:
			`   → Mend that and press ${keyOf('retry')}. Or press Esc: nobody has seen this secret, so the next look ` +
			'removes its key and makes another.',
		tone: 'accent',
	},
];
