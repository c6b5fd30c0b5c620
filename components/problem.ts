import {keyOf} from '../src/engine/keys.js';
import {type Scene, standingOf} from '../src/engine/scene.js';
import type {Problem} from '../src/engine/step.js';
import {answeredOn, type Clauses, toDo} from '../src/engine/to-do.js';
import {whatChanged} from '../src/engine/what-changed.js';
import type {TextLine} from './text-lines.js';

/** Ways out by the keys that go them. */
const byKeys = ({opens}: Scene): Clauses => ({
	choose: ({label, says = label, key}) => `${says} (${key})`,
	answer: answeredOn(opens, keyOf('otherwise')),
	again: () => `try again (${keyOf('retry')})`,
});
/** A problem: how to be safe now, what, why, what to do, and what did and did not change. */
export function problemLines(problem: Problem, scene: Scene): readonly TextLine[] {
	const {what, why, code, is} = problem;
	return [
		...(scene.risks ?? []).map((text): TextLine => ({text: `   ! ${text}`, tone: 'warn'})),
		{text: `   ${is === 'pause' ? '…' : '✖'} ${what}`, tone: is === 'pause' ? 'accent' : 'bad', bold: true},
		{text: `     ${why}${code ? ` [${code}]` : ''}`},
		{text: `   → ${toDo(problem, byKeys(scene))}`, tone: 'accent'},
		...whatChanged(standingOf(scene)).map((text, at) => ({
			text: `   ${text}`,
			tone: at > 0 ? ('dim' as const) : undefined,
		})),
	];
}
