import {Box, type DOMElement, type Key, useCursor, useInput, usePaste} from 'ink';
import Input from 'ink-text-input';
import {type ReactNode, type RefObject, useEffect, useRef, useState} from 'react';
import {visible} from '../src/engine/control-characters.js';
import {byAlt, byControl, charactersOf, type Edit, edited, oneLine} from '../src/keyboard/line-edit.js';
import {Text} from './text.js';
import {tones} from './theme.js';
import {columnsOf} from './wrap.js';

type Props = {
	readonly value: string;
	readonly focus: boolean;
	readonly masked?: boolean;
	/** How many columns there are to draw on. */
	readonly room?: number;
	/** What stands for a line end of a paste: a blank unless told. */
	readonly joint?: string;
	onChange(value: string): void;
	/** Takes a paste in place of the line. */
	onPaste?(text: string): void;
};

/**
 * One line of text, edited where its cursor stands, as a shell does it. A paste goes there as one line and never
 * submits.
 */
export default function TextInput({value, focus, masked, room = 40, joint, onChange, onPaste}: Props): ReactNode {
	// The library's input takes letters, and draws what stands before the cursor. It knows no words, no whole characters,
	// no pastes and no Ctrl: that is done here. Made anew, it forgets a place of its own.
	const [{after, start, told}, setPlace] = useState({after: 0, start: 0, told: value});
	const deaf = useRef(false);
	const cut = Math.max(0, value.length - after);
	const [before, rest] = [value.slice(0, cut), value.slice(cut)];
	const put = (left: string, right: string, anew = true): void => {
		setPlace({after: right.length, start: anew ? start + 1 : start, told: left + right});
		if (left + right !== value) onChange(left + right);
	};
	const onKey = (input: string, key: Key): void => {
		const edit = editOf(input, key);
		// The library takes Delete for a backspace, and Ctrl with a letter for the letter.
		deaf.current = edit !== undefined || key.delete || key.backspace || key.ctrl || key.meta;
		if (!edit) {
			// It counts that letter for its own place, and would put the next ones elsewhere.
			if (deaf.current) put(before, rest);
			return;
		}
		const line = edited({before, after: rest}, edit);
		put(line.before, line.after);
	};
	// What can't be seen in a value of somebody else's is shown here as everywhere, and stays as it is.
	const drawn = (text: string): string => (masked ? '•'.repeat(charactersOf(text).length) : visible(text));
	const onText = (text: string): void => {
		if (deaf.current || !text.startsWith(drawn(before))) return;
		const line = before + oneLine(text.slice(drawn(before).length), joint);
		put(line, rest, drawn(line) !== text);
	};
	usePaste(text => (onPaste ? onPaste(text) : put(before + oneLine(text, joint), rest)), {isActive: focus});
	const place = useRef<DOMElement>(null);
	const wide = columnsOf(drawn(before));
	const behind = seen(drawn(rest), Math.max(room - 1 - wide, Math.floor(room / 2)));
	if (!focus) return <Text wrap="truncate-middle">{drawn(value)}</Text>;
	return (
		<Box ref={place} flexShrink={1}>
			<Caret place={place} column={width => Math.min(wide, Math.max(0, width - columnsOf(behind) - 1))} />
			<Text wrap="truncate-start">
				<Keys onKey={onKey} />
				<Input
					key={`${start} ${told === value ? '' : value}`}
					value={drawn(before)}
					showCursor={false}
					onChange={onText}
				/>
				<Text {...tones.accent} aria-hidden>
					▌
				</Text>
				{behind}
			</Text>
		</Box>
	);
}

/** What a key does to a line, if anything. */
function editOf(input: string, key: Key): Edit | undefined {
	const byWord = key.ctrl || key.meta;
	if (key.leftArrow) return byWord ? 'word left' : 'left';
	if (key.rightArrow) return byWord ? 'word right' : 'right';
	if (key.home) return 'start';
	if (key.end) return 'end';
	if (key.backspace) return key.meta ? 'word back' : 'backspace';
	if (key.delete) return key.meta ? 'word on' : 'delete';
	if (key.ctrl) return byControl[input];
	return key.meta ? byAlt[input] : undefined;
}

/** So much of what stands after the cursor that the cursor stays in sight. */
function seen(rest: string, room: number): string {
	if (columnsOf(rest) <= room) return rest;
	let taken = '';
	for (const it of charactersOf(rest)) {
		if (columnsOf(taken + it) > room - 1) break;
		taken += it;
	}
	return `${taken}…`;
}

type CaretProps = {readonly place: RefObject<DOMElement | null>; column(width: number): number};
/** Puts the terminal's own cursor there: input methods and magnifiers follow it. */
function Caret({place, column}: CaretProps): ReactNode {
	const {setCursorPosition} = useCursor();
	const [at, setAt] = useState({x: 0, y: 0, width: 0});
	// Where it is drawn is known only after it was drawn, each time anew.
	// oxlint-disable-next-line react-hooks/exhaustive-deps
	useEffect(() => {
		const now = placeOf(place.current);
		// oxlint-disable-next-line react/set-state-in-effect
		if (now.x !== at.x || now.y !== at.y || now.width !== at.width) setAt(now);
	});
	setCursorPosition(at.width > 0 ? {x: at.x + column(at.width), y: at.y} : undefined);
	return null;
}
/** Where something is in its frame, and how wide. */
function placeOf(element: DOMElement | null): {readonly x: number; readonly y: number; readonly width: number} {
	let [x, y] = [0, 0];
	for (let it: DOMElement | undefined = element ?? undefined; it; it = it.parentNode) {
		x += it.yogaNode?.getComputedLeft() ?? 0;
		y += it.yogaNode?.getComputedTop() ?? 0;
	}
	return {x, y, width: element?.yogaNode?.getComputedWidth() ?? 0};
}

/** Hears each key before its next sibling does. */
function Keys({onKey}: {onKey(input: string, key: Key): void}): ReactNode {
	useInput(onKey);
	return null;
}
