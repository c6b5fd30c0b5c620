import {CantSignIn} from '../aws/sign-in/cant-sign-in.js';
import type {AskCode, AskSecret, ShowVisit} from '../aws/sign-in/credentials.js';
import type {Ask} from '../engine/step.js';

type Answer = (ask: Ask) => Promise<string | undefined>;

/** Who answers what signing in asks: an MFA code the flag once, then the person where there is one. */
export class Codes {
	#given: string | undefined;
	#answer: Answer | undefined;

	constructor(given: string | undefined) {
		this.#given = given;
	}

	answeredBy(answer: Answer): void {
		this.#answer = answer;
	}

	/** A part of an access key that is typed. */
	readonly secret: AskSecret = async (label, why) => {
		if (this.#answer) return this.#answer({kind: 'secret', label, why});
		throw new CantSignIn({
			is: 'problem',
			what: 'An access key is to be typed, and nobody is there to ask',
			why: 'It was chosen at a screen, for one run',
			todo: 'Give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
			code: 'NoKeyTyped',
		});
	};

	/** Who is shown where to sign in, if anybody is there. */
	readonly visit = (): ShowVisit => {
		const answer = this.#answer;
		return answer && (async it => void (await answer({kind: 'visit', ...it})));
	};

	readonly ask: AskCode = async (serial, again) => {
		const given = this.#given;
		// A code works once.
		this.#given = undefined;
		if (given !== undefined) return given;
		if (this.#answer)
			return this.#answer({
				kind: 'secret',
				label: `MFA code of ${serial.split('/').at(-1) ?? serial}`,
				why: again ?? `To sign in, AWS asks the code that ${serial} shows now.`,
			});
		throw new CantSignIn({
			is: 'problem',
			what: again ? 'The MFA code was not taken' : 'An MFA code is needed to sign in',
			why: again ?? `The device is ${serial}, and nobody is there to ask`,
			todo: 'Run the same again with --mfa-code and the code that the device shows then; it carries on here',
			code: 'MfaCode',
		});
	};
}
