import {expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {poison, poisoned, unseenIn} from '../field/poison.js';
import {mountStep, terminals} from './frames.js';
import {forms, longProof, longReview, phases, problem, scene} from './step-scenes.js';

/** By which the screens tell things apart. */
const kinds = /^(at|id|verb|kind|status|tone|is|type|code|key|asked|settles|name|expect|as|by)$/;
const all: readonly (readonly [string, Scene])[] = [
	...Object.entries(phases),
	...Object.entries(forms).map(([name, it]) => [name, it] as const),
	['a long review', longReview],
	['a long proof', longProof],
	['a problem', scene({at: 'stopped', problem} as Scene['phase'])],
].filter((it): it is [string, Scene] => typeof it[1] === 'object' && 'phase' in (it[1] as object));

test('there are scenes of every phase to be tried', () => {
	expect(new Set(all.map(([, it]) => it.phase.at)).size).toBeGreaterThan(5);
});
test.each(all)('%s shows what others wrote into it, and obeys none of it', (_name, it) => {
	for (const terminal of Object.values(terminals)) {
		const app = mountStep(
			poisoned(it, key => kinds.test(key)),
			terminal,
		);
		const drawn = app.frames.join('\n');
		app.unmount();
		expect(unseenIn(drawn), drawn).toEqual([]);
	}
});
test('what is not to be seen is told by its number', () => {
	const it = scene({at: 'looking', reason: 'review'});
	const app = mountStep({...it, step: {...it.step, title: `x${poison}`}});
	expect(app.frame()).toContain('x\\u{1b}]52');
	app.unmount();
});
