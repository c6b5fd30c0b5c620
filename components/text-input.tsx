import {Text, usePaste} from 'ink';
import Input from 'ink-text-input';
import {type ReactNode, useState} from 'react';

type Props = {
	readonly value: string;
	readonly focus: boolean;
	readonly placeholder?: string;
	readonly masked?: boolean;
	onChange(value: string): void;
};

/** What may stand in one line: no line breaks, no control characters. */
// eslint-disable-next-line no-control-regex
const oneLine = (text: string): string =>
	text
		.replaceAll(/[\r\n]+$/g, '')
		.replaceAll(/[\r\n\t]+/g, ' ')
		.replaceAll(/\p{Cc}/gu, '');

/** One line of text. A paste goes to its end as one line and never submits. */
export default function TextInput({value, focus, placeholder = '', masked = false, onChange}: Props): ReactNode {
	const [pastes, setPastes] = useState(0);
	usePaste(
		text => {
			onChange(value + oneLine(text));
			setPastes(pastes + 1);
		},
		{isActive: focus},
	);
	return (
		<Text wrap={focus ? 'truncate-start' : 'truncate-middle'}>
			<Input
				key={pastes}
				value={value}
				focus={focus}
				showCursor={focus}
				placeholder={placeholder}
				{...(masked && {mask: '•'})}
				onChange={text => onChange(oneLine(text))}
			/>
		</Text>
	);
}
