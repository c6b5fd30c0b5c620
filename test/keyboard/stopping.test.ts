import {afterEach, expect, test, vi} from 'vitest';
import {type Seat, type Suspend, seat as seatAt} from '../../src/keyboard/stopping.js';

const seats: Seat[] = [];
/** A seat with one screen before it, and what happened to that screen. */
function seatWith(suspend?: Suspend) {
	const seat = seatAt();
	seats.push(seat);
	const happened: string[] = [];
	seat.take(async () => {
		happened.push('given');
		const given = await suspend?.();
		return {
			async resume() {
				await given?.resume();
				happened.push('taken again');
			},
		};
	});
	return {seat, happened};
}
/** What the system tells a program that goes on after it was stopped, or whose terminal is gone. */
const goOn = (): boolean => process.emit('SIGCONT', 'SIGCONT');
afterEach(() => {
	for (const it of seats.splice(0)) it.leave();
});

test('whoever goes on has the terminal given away and taken again, once for all that is heard meanwhile', async () => {
	const {seat, happened} = seatWith();
	goOn();
	goOn();
	await seat.held();
	expect(happened).toEqual(['given', 'taken again']);
});

test('who wants the terminal for a screen apart waits until it is taken again', async () => {
	const {seat, happened} = seatWith();
	await seat.held();
	expect(happened).toEqual([]);
	goOn();
	await seat.held().then(() => happened.push('apart'));
	expect(happened).toEqual(['given', 'taken again', 'apart']);
});

test.each([
	['given away', async () => Promise.reject(new Error('it has been given away before'))],
	['taken again', async () => ({resume: () => Promise.reject(new Error('setRawMode EIO'))})],
] satisfies readonly (readonly [string, Suspend])[])(
	'a terminal that can not be %s ends nothing by itself, and is given away the next time',
	async (_how, suspend) => {
		const hinder = vi.fn(suspend);
		const {seat} = seatWith(hinder);
		goOn();
		await seat.held();
		await vi.waitFor(() => {
			goOn();
			expect(hinder.mock.calls.length).toBeGreaterThan(1);
		});
	},
);

test('who was stopped once can be stopped again', async () => {
	const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
	const {seat, happened} = seatWith();
	for (let times = 1; times <= 2; times++) {
		process.emit('SIGTSTP', 'SIGTSTP');
		await vi.waitFor(() => expect(kill.mock.calls).toHaveLength(times));
		await seat.held();
		await vi.waitFor(() => expect(process.listenerCount('SIGTSTP')).toBe(1));
	}
	kill.mockRestore();
	expect(happened).toEqual(['given', 'taken again', 'given', 'taken again']);
});
