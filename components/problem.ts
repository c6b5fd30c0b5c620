import type {Problem} from '../src/engine/step.js';
import {type Standing, whatChanged} from '../src/engine/what-changed.js';
import type {TextLine} from './text-lines.js';

/** A problem: what, why, what to do, and what did and did not change. */
export function problemLines({what, why, todo, code, is}: Problem, standing: Standing): readonly TextLine[] {
	return [
		{text: `   ${is === 'pause' ? '…' : '✖'} ${what}`, tone: is === 'pause' ? 'accent' : 'bad', bold: true},
		{text: `     ${why}${code ? ` [${code}]` : ''}`},
		{text: `   → ${todo}`, tone: 'accent'},
		...whatChanged(standing).map((text, at) => ({text: `   ${text}`, tone: at > 0 ? ('dim' as const) : undefined})),
	];
}
