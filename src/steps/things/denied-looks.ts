import {Refused} from '../../engine/apply.js';

/** Whether AWS said that one may not do it, to a look or, in a forecast, to whatever is assumed to be refused. */
export const isDenial = (error: unknown): error is Error =>
	error instanceof Error && (error instanceof Refused ? error.code : error.name).startsWith('AccessDenied');

/** What a look comes to; nothing where one may not look. */
export const ifAllowed = <Found>(looking: Promise<Found>): Promise<Found | undefined> =>
	looking.catch((error: unknown) => {
		if (isDenial(error)) return undefined;
		throw error;
	});
