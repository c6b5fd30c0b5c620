import {accessKeyId} from '../aws/rules/name-rules.js';
import {nearest} from '../aws/sign-in/nearest.js';
import type {Course} from '../engine/course.js';
import type {Answers} from '../engine/step.js';
import {keyOfFlag} from './given-answers.js';
import type {Flags} from './run.js';
import {usage} from './usage-error.js';

/** Checks the flags that are no fields of a step, and returns what they answer. Throws a usage problem. */
export function answersOfOtherFlags(
	{removeAccessKey, restore, stopAfter, expectAccount, mfaCode, setup: name, ...flags}: Flags,
	course: Course,
): Answers {
	const answers: Record<string, string> = {};
	if (removeAccessKey !== undefined) {
		const rule = removeAccessKey === '' ? 'It takes an id' : accessKeyId(removeAccessKey);
		if (rule) throw usage(`--remove-access-key ${removeAccessKey} is not understood`, rule, 'Give the id in full');
		answers['removeAccessKey'] = removeAccessKey;
	}
	for (const {flag} of (course.confirms ?? []).filter(it => it.namesSetup)) {
		const given = flags[keyOfFlag(flag)];
		if (given !== undefined && given !== name)
			throw usage(
				`--${flag} ${String(given)} is not the name of this setup`,
				`The setup is ${name}`,
				`Give --${flag} ${name}, or name the other one with --setup`,
			);
	}
	const ids = course.steps.map(it => it.id);
	const odd = restore?.split(',').find(it => !ids.includes(it.trim()));
	if (odd !== undefined)
		throw usage(
			`--restore ${odd} is not a step`,
			`The steps are ${ids.join(', ')}`,
			meantOf(odd.trim(), ids) ?? 'Give those meant, with commas between',
		);
	if (stopAfter !== undefined && !ids.includes(stopAfter))
		throw usage(
			`--stop-after ${stopAfter} is not a step`,
			`The steps are ${ids.join(', ')}`,
			meantOf(stopAfter, ids) ?? 'Give one of them',
		);
	if (expectAccount !== undefined && !/^\d{12}$/.test(expectAccount))
		throw usage(
			`--expect-account ${expectAccount} is not understood`,
			'It takes an account id of 12 digits',
			'Give the id in full',
		);
	// The code itself is not repeated: it may be good for a while yet.
	if (mfaCode !== undefined && !/^\d{6}$/.test(mfaCode))
		throw usage(
			'--mfa-code is not understood',
			'It takes the 6 digits that the MFA device shows',
			'Give them without blanks',
		);
	return answers;
}

/** Which was meant, as a question, if one is near. */
function meantOf(word: string, known: readonly string[]): string | undefined {
	const near = nearest(word, known);
	return near === undefined ? undefined : `Did you mean ${near}?`;
}
