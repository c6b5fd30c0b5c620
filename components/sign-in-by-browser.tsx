import {Box} from 'ink';
import type {ReactNode} from 'react';
import {type Binding, hintLines, KeyHints, useBindings} from './keyboard-hints.js';
import {Lines, windowOf, wrapped} from './text-lines.js';
import {isCompact, type Size} from './theme.js';

type VisitProps = {
	readonly address: string;
	readonly code: string;
	readonly size: Size;
	onGivenUp(): void;
};
/** Where to sign in by a browser of any machine, and the code to see there; goes on by itself, Esc gives it up. */
export function Visit({address, code, size: {width, height}, onGivenUp}: VisitProps): ReactNode {
	const bindings: readonly Binding[] = [
		{key: 'escape', label: 'give it up', run: onGivenUp},
		{key: '^C', label: 'save and quit', run: () => undefined},
	];
	useBindings(bindings);
	const compact = isCompact({width, height: height + 1});
	const keys = compact ? 1 : hintLines(bindings, width).length;
	const lines = wrapped(
		[
			{text: '   To sign in, open this address in a browser, on this machine or another:'},
			{text: `   ${address}`, tone: 'accent'},
			{text: `   It shows the code ${code}. Confirm it only if it is the same.`},
			{text: '   Waiting until you have; this goes on by itself then.', tone: 'dim'},
		],
		width,
	);
	return (
		<Box flexDirection="column">
			<Lines lines={windowOf(lines, height - keys, 0)} />
			<KeyHints bindings={bindings} width={width} most={keys} />
		</Box>
	);
}
