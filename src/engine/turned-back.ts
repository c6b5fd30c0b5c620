import {commandLine} from './command-line.js';
import {isAnother} from './look-patiently.js';
import type {Attempt, Known, Plan, Stop} from './step.js';

/** How often one run makes one change before it takes it that somebody turns it back each time. */
const enough = 2;

/**
 * That another hand turns back what this run does, if it made a planned change that often already: a run that just did
 * it again would never end. Of the attempts of its step, those before `from` are passed over: the person said to try
 * again.
 */
export function turnedBack({changes}: Plan, {past, run, runs}: Known, from = 0): Stop | undefined {
	for (const change of changes) {
		// What bears no name is another thing each time.
		if (change.before !== undefined) continue;
		const made = past
			.slice(from)
			.filter(it => it.run === runs && it.change.id === change.id && isThere(it) && !isAnother(change, it.change));
		const [first] = made;
		if (made.length < enough || !first) continue;
		return {
			is: 'problem',
			what: `${change.subject}: done ${made.length} times since ${first.at.slice(11, 16)} UTC, and not so again`,
			why: 'Somebody, or something that runs in this account, turns it back each time',
			ways: [{is: 'by-hand', says: "find out who (CloudTrail's event history names who called what), and agree on it"}],
			again: commandLine(run),
			code: 'TurnedBack',
		};
	}
	return undefined;
}

const isThere = ({outcome, over}: Attempt): boolean => (outcome === 'done' || outcome === 'settled') && !over;
