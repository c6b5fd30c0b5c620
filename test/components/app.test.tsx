import {render} from 'ink-testing-library';
import {describe, expect, test, vi} from 'vitest';
import App, {type Aside, type Stage} from '../../components/app.js';
import Home, {type HomeChoice, type HomeScene} from '../../components/home.js';
import {fold, type State} from '../../src/engine/record.js';
import type {Receipt} from '../../src/engine/scene.js';
import {homeOf} from '../../src/front/home.js';
import {discard, replaceAccessKey, setup} from '../../src/steps/index.js';
import {handClock} from '../keyboard/hand-clock.js';
import {framesOf, mount, sizeIn, terminals} from './frames.js';
import {phases} from './step-scenes.js';
import {turns} from './turns.js';

const state = (done: number, more: Partial<State> = {}): State => ({
	...fold([]),
	setupId: 'setup-id',
	facts: {
		account: '111122223333',
		accountAlias: 'acme-prod',
		region: 'eu-west-1',
		caller: 'arn:aws:iam::111122223333:user/ops-anna',
	},
	done: {setup: setup.steps.slice(0, done).map(it => it.id)},
	last: {at: '2026-11-22T08:00:00Z', host: 'here', pid: 1, ended: false},
	...more,
});
const home = (it: State): HomeScene =>
	homeOf({
		course: setup,
		others: [discard, replaceAccessKey],
		setup: 'nps',
		state: it,
		now: new Date('2026-11-24T08:00:00Z'),
	})!;
const unfinished = home(state(4));
const finished = home(state(setup.steps.length));
const nothing = (): void => undefined;
const homeFrames = (scene: HomeScene, ...keys: readonly string[]) =>
	framesOf(size => <Home scene={scene} size={size} onChoice={nothing} />, ...keys);

describe('home', () => {
	test('of an unfinished setup tells where it stopped', async () => {
		const {wide, narrow} = await homeFrames(unfinished);
		expect(wide).toMatchInlineSnapshot(`
			" nps-kms · AWS KMS set-up for Netwrix Privilege Secure

			   Setup nps stopped at step 4 of 7, Managed key, 2 days ago. The last run did
			   not end in order.
			   account 111122223333 (acme-prod) · eu-west-1 · by user/ops-anna

			 ▸ Carry on              looks at AWS first, then continues
			   Start another setup   for another NPS, account or region
			   Rehearse              the same screens against a built-in stand-in

			 ↑↓ or 1-3 choose   ↵ go   q quit"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			" nps-kms · AWS KMS set-up for Netwrix Privilege Secure

			   Setup nps stopped at step 4 of 7, Managed key, 2 days
			   ago. The last run did not end in order.
			   account 111122223333 (acme-prod) · eu-west-1 · by
			   user/ops-anna

			 ▸ Carry on              looks at AWS first, then continues
			   Start another setup   for another NPS, account or region
			   Rehearse              the same screens against a built-i…

			 ↑↓ or 1-3 choose   ↵ go   q quit"
		`);
	});
	test('of a finished one tells what is next', async () => {
		const {wide, narrow} = await homeFrames(finished);
		expect(wide).toMatchInlineSnapshot(`
			" nps-kms · AWS KMS set-up for Netwrix Privilege Secure

			   Setup nps is finished. It last ran 2 days ago.
			   account 111122223333 (acme-prod) · eu-west-1 · by user/ops-anna

			   Next: run SbPAM.RotateAwsKey on the NPS server. Whether it has been run isn't
			   known yet.

			 ▸ Look again            sees that all is as it should be, shows the sheet
			   Start another setup   for another NPS, account or region
			   Rehearse              the same screens against a built-in stand-in

			 ↑↓ or 1-3 choose   ↵ go   q quit"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			"   Setup nps is finished. It last ran 2 days ago.
			   account 111122223333 (acme-prod) · eu-west-1 · by
			   user/ops-anna

			   Next: run SbPAM.RotateAwsKey on the NPS server. Whether
			   it has been run isn't known yet.

			 ▸ Look again            sees that all is as it should be, …
			   Start another setup   for another NPS, account or region
			   Rehearse              the same screens against a built-i…

			 ↑↓ or 1-3 choose   ↵ go   q quit"
		`);
	});
	test('tells the rule that another name breaks', async () => {
		const {wide, narrow} = await homeFrames(unfinished, '\u001B[B', '\r', 'Lab 2');
		expect(wide).toMatchInlineSnapshot(`
			" nps-kms · AWS KMS set-up for Netwrix Privilege Secure

			   Setup nps stopped at step 4 of 7, Managed key, 2 days ago. The last run did
			   not end in order.
			   account 111122223333 (acme-prod) · eu-west-1 · by user/ops-anna

			 ▸ Name of the other setup: Lab 2▌
			     A name has 1-40 lower-case letters, digits and -, starts with no -, and is
			     no device name of Windows

			 esc back"
		`);
		expect(narrow).toMatchInlineSnapshot(`
			" nps-kms · AWS KMS set-up for Netwrix Privilege Secure

			   Setup nps stopped at step 4 of 7, Managed key, 2 days
			   ago. The last run did not end in order.
			   account 111122223333 (acme-prod) · eu-west-1 · by
			   user/ops-anna

			 ▸ Name of the other setup: Lab 2▌
			     A name has 1-40 lower-case letters, digits and -,
			     starts with no -, and is no device name of Windows

			 esc back"
		`);
	});
	const many: HomeScene = {
		...finished,
		options: ['go', 'another', 'discard', 'replace', 'status', 'record', 'rehearse'].map(value => ({
			value,
			label: value,
			note: `what ${value} does`,
		})),
		beside: Array.from({length: 12}, (_, at) => `Setup lab-${at + 1} is finished. It last ran just now.`),
	};
	test('of more choices than have room says how many there are, and a number moves to each', async () => {
		const frames = await homeFrames(many, '6');
		expect(frames.wide).toContain('   go ');
		expect(frames.wide).toContain(' ▸ record ');
		expect(frames.wide).toContain('or 1-7 choose   ↵ go');
		expect(frames.narrow).toContain(' ▸ record ');
		expect(frames.narrow).toMatch(/or 1-7 choose, \d more {3}↵ go {3}q quit/);
		expect(frames.narrow.split('\n').filter(it => it.includes(' does'))).toHaveLength(
			7 - Number(/(\d) more/.exec(frames.narrow)?.[1]),
		);
	});
	test('tells where the others stand while one is named, and how many more there are', async () => {
		const {wide, narrow} = await homeFrames(many, '2', '\r');
		for (const it of [wide, narrow]) {
			expect(it).toContain('Setup lab-1 is finished. It last ran just now.');
			expect(it).toContain(' ▸ Name of the other setup: ▌');
			expect(it).not.toContain('Setup nps is finished');
			const shown = it.match(/Setup lab-/g)?.length ?? 0;
			expect(it).toContain(`and ${12 - shown} lines more: list tells them all`);
		}
	});
	const draw = () => {
		const choices: HomeChoice[] = [];
		return {
			...mount(
				<Home scene={unfinished} size={sizeIn(terminals.wide)} onChoice={it => choices.push(it)} />,
				() => choices.length,
			),
			choices,
		};
	};
	test('carries on by Enter and quits by q', async () => {
		const {press, choices} = draw();
		await press('\r', 'q');
		expect(choices).toEqual([{chosen: 'go'}, {quit: true}]);
	});
	test('takes a name that keeps its rule only, in which q is a letter', async () => {
		const {press, pressInVain, choices} = draw();
		await press('\u001B[B', '\r');
		await pressInVain('\r');
		await press('n', 'p', 's');
		await pressInVain('\r');
		await press('q', '\r');
		expect(choices).toEqual([{setup: 'npsq'}]);
	});
	test('is come back to from a name by Esc', async () => {
		const {press, frame, choices} = draw();
		await press('\u001B[B', '\r', '\u001B');
		expect(frame()).toContain('Carry on');
		expect(choices).toEqual([]);
	});
});

const receipts: readonly Receipt[] = [
	{
		id: 0,
		name: 'Connect',
		says: 'account 111122223333 (acme-prod) · eu-west-1 · arn:aws:iam::111122223333:user/ops-anna',
		warns: [],
	},
	{
		id: 1,
		name: 'Policy',
		says: 'NPS_KMS_Policy',
		warns: ['Until step 5 is done this policy allows Decrypt with every key of this account.'],
	},
];
function app(stage: Stage, from = receipts) {
	const onLeave = vi.fn();
	const draw = (it: Stage, lines = from) => (
		<App
			receipts={lines}
			stage={it}
			onEvent={nothing}
			onSecret={nothing}
			onChoice={nothing}
			onCopy={async () => true}
			onLeave={onLeave}
		/>
	);
	const mounted = mount(draw(stage), () => onLeave.mock.calls.length);
	return {
		...mounted,
		onLeave,
		goOn: (it: Stage, lines = receipts) => mounted.rerender(draw(it, lines)),
		resize(size: {readonly columns: number; readonly rows: number}) {
			for (const [name, value] of Object.entries(size))
				Object.defineProperty(mounted.stdout, name, {value, configurable: true});
			mounted.stdout.emit('resize');
		},
	};
}
const ruleOf = (width: number): RegExp => new RegExp(`(^|\n)─{${width}}\n`);

describe('the whole screen', () => {
	test('has the receipts above the step, and follows the size of its terminal', async () => {
		const {shows, frame, resize} = app({scene: phases.review});
		resize(terminals.wide);
		await shows(ruleOf(80));
		expect(frame()).toMatchInlineSnapshot(`
			"✔ Connect          account 111122223333 (acme-prod) · eu-west-1 ·
			    arn:aws:iam::111122223333:user/ops-anna
			✔ Policy           NPS_KMS_Policy
			  ! Until step 5 is done this policy allows Decrypt with every key of this
			    account.
			────────────────────────────────────────────────────────────────────────────────
			 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

			   Nothing has changed yet. This step will:
			   + create policy NPS_KMS_Policy
			       Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*
			   ! Until step 5 is done this policy allows Decrypt with every key of this
			       account.

			 ↵ apply   c commands   ? guide   esc back   q save and quit"
		`);
		resize(terminals.narrow);
		await shows(ruleOf(60));
		expect(
			frame().split('\n').length -
				frame()
					.split('\n')
					.findIndex(it => it.startsWith('──')),
		).toBeLessThanOrEqual(13);
	});
	test('leaves what is longer than a line to the terminal, so that it is copied in one piece', async () => {
		const key = 'arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666';
		const {shows, frame, resize, goOn} = app({scene: phases.review}, []);
		resize(terminals.narrow);
		await shows(ruleOf(60));
		goOn(undefined, [{id: 9, name: 'Managed key', says: `alias/nps-kms-key · ${key}`, warns: []}]);
		await shows('Managed key');
		expect(frame().split('\n')).toContain(key);
	});
	test('takes a size of 0 for 80×24', async () => {
		const {shows, resize} = app({scene: phases.review});
		resize(terminals.narrow);
		await shows(ruleOf(60));
		resize({columns: 0, rows: 0});
		await shows(ruleOf(80));
	});
	test('leaves the receipts, each once, when it ends', async () => {
		const {frame, goOn, shows} = app({scene: phases.review});
		goOn({scene: phases.done}, [...receipts, {id: 2, name: 'User', says: 'nps-kms-user', warns: []}]);
		await shows('✔ User');
		goOn(undefined);
		await vi.waitFor(() => expect(frame()).not.toContain('──'));
		expect(frame().match(/✔ \w+/g)).toEqual(['✔ Connect', '✔ Policy', '✔ User']);
	});
	test.each(['form', 'review', 'applying', 'asking'])('hears Ctrl+C wherever the person is: %s', async at => {
		const scene = at === 'form' ? {...phases.review, phase: {at}} : phases[at as 'review'];
		const {press, onLeave} = app({scene: scene as typeof phases.review});
		await press('\u0003');
		expect(onLeave).toHaveBeenCalledTimes(1);
	});
});

test('a review that was covered by a page has to stand anew before a key approves it', async () => {
	const clock = handClock();
	const events: string[] = [];
	const {promise: read, resolve: close} = Promise.withResolvers<void>();
	const over = vi.fn();
	const draw = (aside?: Aside) => (
		<App
			receipts={[]}
			stage={{scene: phases.review}}
			aside={aside}
			clock={clock}
			onEvent={it => events.push(it.type)}
			onSecret={nothing}
			onChoice={nothing}
			onCopy={async () => true}
			onLeave={nothing}
		/>
	);
	const screen = render(draw());
	const enter = async (): Promise<void> => {
		screen.stdin.write('\r');
		await turns();
		clock.advance(150);
		await turns();
	};
	await turns();
	clock.advance(600);
	screen.rerender(draw({run: () => read, over}));
	await turns();
	close();
	await vi.waitFor(() => expect(over).toHaveBeenCalled(), {interval: 1});
	screen.rerender(draw());
	clock.advance(200);
	await enter();
	expect(events).toEqual([]);
	clock.advance(600);
	await enter();
	expect(events).toEqual(['approved']);
	screen.unmount();
});
