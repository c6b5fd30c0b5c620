import type {Change} from './change.js';
import {Halted, Refused, type Reply, type SentCall} from './reply.js';
import {type Clock, Interrupted, type Tell, waiting} from './waiting.js';

/** The ports that sending a change needs. */
export type Sender = {
	/** Sends a change once; `mayStill` is asked at the last moment, and throws where it may not go out any more. */
	send(call: SentCall, mayStill: () => void): Promise<Reply>;
	readonly clock: Clock;
	tell: Tell;
};

/** An intent stands for a call that goes out at once: later than this, in milliseconds, it is void. */
const atMost = 5000;

/**
 * What throws once an intent that is written now is void, by the clock or by the time that has passed: a machine that
 * slept wakes up with both apart.
 */
export function inTime(clock: Clock, {verb, subject}: Change): () => void {
	const [ticks, now] = [clock.ticks(), Date.parse(clock.now().at)];
	return () => {
		const passed = Math.max(clock.ticks() - ticks, Math.abs(Date.parse(clock.now().at) - now));
		if (passed <= atMost) return;
		throw new Halted(
			{
				is: 'problem',
				what: `Not sent: ${verb} ${subject}`,
				why: `It was held up for ${Math.round(passed / 1000)} s, and what was looked at may not be so any more`,
				todo: 'Try again; it looks and carries on here',
				code: 'NotSent',
			},
			true,
		);
	};
}

/** Waits until the moment before which a change isn't to be made, two minutes at most; tells whether it had to. */
export async function notBefore(
	step: string,
	{subject, notBefore: then}: Change,
	{clock, tell}: Pick<Sender, 'clock' | 'tell'>,
): Promise<boolean> {
	if (!then) return false;
	const left = Math.min((Date.parse(then.at) - Date.parse(clock.now().at)) / 1000, 120);
	if (left <= 0) return false;
	const wait = waiting(clock);
	while (!wait.over(left)) {
		tell({type: 'wait', step, for: subject, why: then.why, ...wait.told(left)});
		await wait.pause();
	}
	return true;
}

/** Sends a call, and again for as long as AWS refuses it for a reason known to be temporary. */
export async function sendPatiently(
	step: string,
	change: Change,
	call: SentCall,
	first: () => void,
	meant: () => Promise<void>,
	{send, clock, tell}: Sender,
): Promise<Reply> {
	const wait = waiting(clock);
	for (let mayStill = first; ; mayStill = inTime(clock, change)) {
		try {
			return await send(call, mayStill);
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
			const known =
				change.waits?.find(it => it.code === error.code && error.message.includes(it.says ?? '')) ?? error.temporary;
			if (!known || wait.over(known.atMost)) throw error;
			tell({type: 'wait', step, for: change.subject, why: known.why, ...wait.told(known.atMost)});
			try {
				await wait.pause();
			} catch (interrupt) {
				// The refusal stands: nothing changed, and the record should say so.
				throw interrupt instanceof Interrupted ? error : interrupt;
			}
			await stillAs(meant, error);
		}
	}
}

/** Looks again after a wait; what can't be looked at then leaves the refusal as it is: nothing changed. */
async function stillAs(meant: () => Promise<void>, refused: Refused): Promise<void> {
	try {
		await meant();
	} catch (error) {
		throw error instanceof Halted ? error : refused;
	}
}
