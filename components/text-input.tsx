import {type Key, useInput, usePaste} from 'ink';
import Input from 'ink-text-input';
import {type ReactNode, useRef, useState} from 'react';
import {visible} from '../src/engine/visible.js';
import {Text} from './text.js';
import {tones} from './theme.js';

type Props = {
	readonly value: string;
	readonly focus: boolean;
	readonly masked?: boolean;
	/** How many columns there are to draw on. */
	readonly room?: number;
	onChange(value: string): void;
};

/** What may stand in one line: no line breaks, no control characters. */
const oneLine = (text: string): string =>
	text
		.replaceAll(/[\r\n]+$/g, '')
		.replaceAll(/[\r\n\t]+/g, ' ')
		.replaceAll(/\p{Cc}/gu, '');

/** One line of text, edited where its cursor stands. A paste goes there as one line and never submits. */
export default function TextInput({value, focus, masked = false, room = 40, onChange}: Props): ReactNode {
	// The library's input sees what stands before the cursor; made anew, it forgets a place of its own.
	const [{after, start, told}, setPlace] = useState({after: 0, start: 0, told: value});
	const deaf = useRef(false);
	const cut = Math.max(0, value.length - after);
	const [before, rest] = [value.slice(0, cut), value.slice(cut)];
	const put = (left: string, right: string, anew = true): void => {
		setPlace({after: right.length, start: anew ? start + 1 : start, told: left + right});
		if (left + right !== value) onChange(left + right);
	};
	const onKey = (input: string, key: Key): void => {
		// The library takes Delete for a backspace, and Ctrl with a letter for the letter.
		deaf.current = key.delete || key.ctrl || key.meta;
		if (key.leftArrow) put(before.slice(0, -1), before.slice(-1) + rest);
		else if (key.rightArrow) put(before + rest.slice(0, 1), rest.slice(1));
		else if (key.home || (key.ctrl && input === 'a')) put('', value);
		else if (key.end || (key.ctrl && input === 'e')) put(value, '');
		else if (key.delete) put(before, rest.slice(1));
		else if (key.ctrl && input === 'u') put('', rest);
	};
	// What can't be seen in a value of somebody else's is shown here as everywhere, and stays as it is.
	const plain = masked ? before : visible(before);
	const onText = (text: string): void => {
		if (deaf.current) return;
		const line = oneLine(text);
		if (plain === before) put(line, rest, line !== text);
		else put(text.startsWith(plain) ? before + oneLine(text.slice(plain.length)) : before.slice(0, -1), rest);
	};
	usePaste(text => put(before + oneLine(text), rest), {isActive: focus});
	const shown = masked ? '•'.repeat(value.length) : value;
	if (!focus) return <Text wrap="truncate-middle">{shown}</Text>;
	return (
		<Text wrap="truncate-start">
			<Keys onKey={onKey} />
			<Input
				key={`${start} ${told === value ? '' : value}`}
				value={plain}
				showCursor={false}
				{...(masked && {mask: '•'})}
				onChange={onText}
			/>
			<Text {...tones.accent} aria-hidden>
				▌
			</Text>
			{seen(shown.slice(cut), Math.max(room - 1 - before.length, Math.floor(room / 2)))}
		</Text>
	);
}

/** So much of what stands after the cursor that the cursor stays in sight. */
const seen = (rest: string, room: number): string => (rest.length > room ? `${rest.slice(0, room - 1)}…` : rest);

/** Hears each key before its next sibling does. */
function Keys({onKey}: {onKey(input: string, key: Key): void}): ReactNode {
	useInput(onKey);
	return null;
}
