import type {Problem} from '../src/engine/step.js';
import type {TextLine} from './lines.js';

/** A problem: what, why, what to do, and what did and did not change. */
export function problemLines({what, why, todo, code}: Problem, changed: readonly string[], done: readonly string[]): readonly TextLine[] {
	return [
		{text: `   ✖ ${what}`, tone: 'bad', bold: true},
		{text: `     ${why}${code ? ` [${code}]` : ''}`},
		{text: `   → ${todo}`, tone: 'accent'},
		{text: changed.length > 0 ? `   Changed in this step: ${changed.join('; ')}.` : '   Nothing changed in this step.'},
		...(done.length > 0 ? [{text: `   Done and kept: ${done.join(', ')}.`, tone: 'dim' as const}] : []),
	];
}
