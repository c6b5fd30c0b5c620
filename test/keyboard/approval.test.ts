import fc from 'fast-check';
import {beforeEach, describe, expect, test, vi} from 'vitest';
import {Approval} from '../../src/keyboard/approval.js';
import {handClock} from './hand-clock.js';

const [yes, dropped] = [vi.fn(), vi.fn()];
let clock = handClock();
let approval = new Approval(clock);
beforeEach(() => {
	vi.clearAllMocks();
	clock = handClock();
	approval = new Approval(clock);
});
const press = (): void => {
	approval.heard();
	approval.give(yes, dropped);
};
const told = () => [yes.mock.calls.length, dropped.mock.calls.length];

describe('a key approves', () => {
	test('what has stood for half a second, once no other key followed', () => {
		approval.stands('it');
		clock.advance(550);
		press();
		expect(told()).toEqual([0, 0]);
		clock.advance(150);
		expect(told()).toEqual([1, 0]);
	});
	test('nothing sooner', () => {
		approval.stands('it');
		clock.advance(549);
		press();
		clock.advance(1000);
		expect(told()).toEqual([0, 1]);
	});
	test('nothing right after another key', () => {
		approval.stands('it');
		clock.advance(550);
		approval.heard();
		clock.advance(149);
		press();
		clock.advance(1000);
		expect(told()).toEqual([0, 1]);
	});
	test('nothing while it is held, however late its repeats begin', () => {
		approval.stands('it');
		clock.advance(550);
		for (let repeats = 0; repeats < 60; repeats++) {
			press();
			clock.advance(33);
		}
		expect(yes).not.toHaveBeenCalled();
		clock.advance(1000);
		expect(yes).not.toHaveBeenCalled();
		press();
		clock.advance(150);
		expect(yes).toHaveBeenCalledTimes(1);
	});
	test('nothing that went, or became another, before the key was alone', () => {
		for (const next of [undefined, 'another']) {
			approval.stands('it');
			clock.advance(550);
			press();
			approval.stands(next);
			clock.advance(1000);
		}
		expect(told()).toEqual([0, 2]);
	});
	test('what is drawn again as it was', () => {
		approval.stands('it');
		clock.advance(300);
		approval.stands('it');
		clock.advance(250);
		press();
		clock.advance(150);
		expect(told()).toEqual([1, 0]);
	});
	test('what was gone meanwhile, and was drawn again, as if it stood for the first time, and so its pages', () => {
		const read = vi.fn();
		approval.stands('it');
		approval.page(read);
		clock.advance(500);
		approval.again();
		clock.advance(500);
		press();
		clock.advance(49);
		expect(told()).toEqual([0, 1]);
		expect(read).not.toHaveBeenCalled();
		clock.advance(150);
		expect(read).toHaveBeenCalledTimes(1);
		press();
		clock.advance(150);
		expect(told()).toEqual([1, 1]);
	});
});

const deed = fc.oneof(
	fc.constantFrom('heard', 'press', 'stands one', 'stands two', 'stands'),
	fc.integer({min: 1, max: 700}),
);
test('whatever comes in whatever order, a yes is to what stood for half a second, by a key that came alone', () => {
	fc.assert(
		fc.property(fc.array(deed, {maxLength: 40}), deeds => {
			const hand = handClock();
			const it = new Approval(hand);
			let [now, since, what] = [0, 0, undefined as string | undefined];
			const keys: number[] = [];
			for (const deed of deeds) {
				if (typeof deed === 'number') {
					for (let step = 0; step < deed; step++) {
						hand.advance(1);
						now++;
					}
				} else if (deed === 'heard' || deed === 'press') {
					it.heard();
					keys.push(now);
					const [at, from, meant] = [now, since, what];
					if (deed === 'press')
						it.give(
							() => {
								expect(meant).toBeDefined();
								expect(what).toBe(meant);
								expect(at - from).toBeGreaterThanOrEqual(550);
								expect(keys.filter(key => Math.abs(key - at) < 150)).toHaveLength(1);
							},
							() => undefined,
						);
				} else {
					const next = deed.split(' ')[1];
					if (next !== what) since = now;
					what = next;
					it.stands(next);
				}
			}
		}),
		{numRuns: 300},
	);
});
