import type {ReactElement} from 'react';
import {expect, test, vi} from 'vitest';
import App from '../../components/app.js';
import Home from '../../components/home.js';
import Secret from '../../components/secret.js';
import {Visit} from '../../components/sign-in-by-browser.js';
import {TypedSecret} from '../../components/typed-secret.js';
import type {Scene} from '../../src/engine/scene.js';
import {poison, poisoned, unseenIn} from '../field/poison.js';
import {mount, mountStep, sizeIn, terminals} from './frames.js';
import {forms, longProof, longReview, phases, problem, scene} from './step-scenes.js';
import {turns} from './turns.js';

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
/** Keys that open something on some screen: guides, documents, commands, lists, filters. */
const openers = [
	'?',
	'c',
	'd',
	'p',
	's',
	'm',
	'/',
	'e',
	'y',
	'w',
	'k',
	'\t',
	'\r',
	' ',
	'\u001B[B',
	'\u001B[6~',
	'\u001B[C',
];
test.each(all)('%s, and all that a key opens there, obeys nothing either', async (_name, it) => {
	for (const key of [...openers, ...it.pages.map(page => page.key)]) {
		const app = mountStep(poisoned(it, key => kinds.test(key)));
		for (const one of [key, '\u001B[6~', key]) {
			await turns();
			app.clock.advance(600);
			app.stdin.write(one);
			await turns();
			app.clock.advance(150);
			await turns();
		}
		const drawn = app.frames.join('\n');
		app.unmount();
		expect(unseenIn(drawn), `${JSON.stringify(key)}\n${drawn}`).toEqual([]);
	}
});

const size = sizeIn(terminals.wide);
const nothing = (): void => undefined;
const bad = `them${poison}`;
const apart: readonly (readonly [string, ReactElement])[] = [
	[
		'home',
		<Home
			key="it"
			scene={{lines: [bad], options: [{label: bad, value: 'look'}], nameRule: () => bad}}
			size={size}
			onChoice={nothing}
		/>,
	],
	[
		'what is shown once',
		<Secret
			key="it"
			values={[
				{label: 'Access key ID', value: `AKIA${poison}`},
				{label: `Secret${poison}`, value: `s${poison}`},
			]}
			size={size}
			banner={bad}
			onReveal={async () => ({is: 'problem', what: bad, why: bad, todo: bad, code: bad})}
			onCopy={async () => true}
			onStored={nothing}
			onGiveUp={nothing}
			onLeave={nothing}
		/>,
	],
	[
		'a secret that can be noted',
		<Secret
			key="it"
			values={[
				{label: `Id${poison}`, value: `AKIA${poison}`},
				{label: `Secret${poison}`, value: `s${poison}`},
			]}
			size={size}
			banner={bad}
			onReveal={async () => undefined}
			onCopy={async () => true}
			onStored={nothing}
			onGiveUp={nothing}
			onLeave={nothing}
		/>,
	],
	['a sign-in by browser', <Visit key="it" address={`https://${bad}`} code={bad} size={size} onGivenUp={nothing} />],
	['a secret that is typed', <TypedSecret key="it" label={bad} why={bad} size={size} taken={0} onTyped={nothing} />],
	[
		'the receipts above',
		<App
			key="it"
			receipts={[{id: 1, name: bad, says: bad, warns: [bad, bad.repeat(20)]}]}
			stage={{scene: poisoned(longReview, key => kinds.test(key))}}
			onEvent={nothing}
			onSecret={nothing}
			onChoice={nothing}
			onCopy={async () => true}
			onLeave={nothing}
		/>,
	],
];
test.each(apart)('%s obeys nothing, whatever key is pressed, and React finds nothing amiss', async (_name, it) => {
	const said = vi.spyOn(console, 'error');
	const app = mount(it);
	for (const key of ['r', 'p', 'k', '?', '2', '\r', 'x', '\u001B[B']) {
		await turns();
		app.clock.advance(600);
		app.stdin.write(key);
		await turns();
		app.clock.advance(150);
		await turns();
	}
	const drawn = app.frames.join('\n');
	app.unmount();
	expect(said.mock.calls).toEqual([]);
	said.mockRestore();
	expect(drawn).toContain('\\u{');
	expect(unseenIn(drawn), drawn).toEqual([]);
});
test('what is typed or pasted is shown as it is read, and does nothing', async () => {
	const it = forms.text;
	const app = mountStep(it);
	await turns();
	app.stdin.write(`\u001B[200~x\u202E\u200B\u2028\u0085\u009B1m\u001B]52;c;eA==\u0007\u001B[201~`);
	await turns();
	const drawn = app.frames.join('\n');
	app.unmount();
	expect(unseenIn(drawn), drawn).toEqual([]);
});
test('what is not to be seen is told by its number', () => {
	const it = scene({at: 'looking', reason: 'review'});
	const app = mountStep({...it, step: {...it.step, title: `x${poison}`}});
	expect(app.frame()).toContain('x\\u{1b}]52');
	app.unmount();
});
