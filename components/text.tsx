import {Text as InkText} from 'ink';
import {type ComponentProps, createElement, type ReactNode} from 'react';
import {visible, visibleLines} from '../src/engine/control-characters.js';

type Props = ComponentProps<typeof InkText> & {
	/** The ends of lines in it are ours. */
	readonly breaks?: boolean;
};

/**
 * Ink's text, the only one that screens are made of: what others wrote into it is shown, and neither obeyed by the
 * terminal nor hidden from the eye.
 */
export function Text({children, breaks = false, 'aria-label': label, ...rest}: Props): ReactNode {
	const shown = (it: ReactNode): ReactNode => (typeof it === 'string' ? (breaks ? visibleLines(it) : visible(it)) : it);
	const parts = Array.isArray(children) ? (children as readonly ReactNode[]).map(shown) : [shown(children)];
	return createElement(InkText, {...rest, ...(label !== undefined && {'aria-label': visible(label)})}, ...parts);
}
