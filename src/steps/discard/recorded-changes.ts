import type {Existing, Facts, Recorded} from '../../engine/step.js';

/** Whose a thing is, by the record: made here, adopted (by an answer, as older records hold it), or there before. */
export const whose = (
	{madeAs, adopted}: {readonly madeAs: string | undefined; readonly adopted: string | undefined},
	adopt: string,
	{answers}: Recorded,
): Existing['by'] => (madeAs ? 'made' : adopted || answers[adopt] === true ? 'adopted' : 'found');

/** The name of the user, told by itself or by the user's ARN; empty where neither is known. */
export const recordedUserName = ({userName, userArn = ''}: Facts): string =>
	userName ?? userArn.split('/').at(-1) ?? '';

/** The last change that was made by calls of that name (or a part of it), about that thing. */
export const lastMade = ({made}: Recorded, api: string, about = ''): Recorded['made'][number] | undefined =>
	made.findLast(
		({change: {call}}) => call.api.includes(api) && (about === '' || Object.values(call.input).includes(about)),
	);
