import {pipeline, type Readable, Transform} from 'node:stream';

/** Far more than AWS says in one answer, in bytes. */
const most = 8_388_608;
type Answer = {readonly response: {body?: unknown}};

/** The answer, whose body ends with an error where it is longer than any of AWS's: what comes after isn't read. */
export function bounded<T extends Answer>(answer: T): T {
	const {response} = answer;
	if (!isStream(response.body)) return answer;
	let length = 0;
	const counting = new Transform({
		transform(part: Buffer, _encoding, done) {
			length += part.length;
			if (length <= most) done(undefined, part);
			else done(Object.assign(new Error(`the answer is longer than ${most} bytes`), {name: 'AnswerTooLong'}));
		},
	});
	// Whoever reads it hears of an error; nobody need.
	pipeline(response.body, counting, () => undefined);
	response.body = counting;
	return answer;
}

const isStream = (it: unknown): it is Readable => typeof (it as {pipe?: unknown} | undefined)?.pipe === 'function';
