const esc = '\u001B';
/** A key that does nothing anywhere, in a form that Ink hears: somebody pressed something. */
export const otherKey = `${esc}[57376u`;
/** Escape alone, in a form that needs no second look. */
export const escapeKey = `${esc}[27u`;
/** What belongs to a key stroke at the start of a text: how long it is, and which key it comes to, if any. */
export type Read = {readonly length: number; readonly key?: string};

const control = String.raw`\u0000-\u001F\u007F`;
/** Sequences that end by BEL or ST: what a terminal answers, never what somebody types. */
const answers = new RegExp(`^${esc}[\\]P_^X][^\u0003\r\n\u0007${esc}]*(?:\u0007|${esc}\\\\)`, 'u');
const answerBegun = new RegExp(`^${esc}[\\]P_^X][^\u0003\r\n\u0007${esc}]*${esc}?$`, 'u');
const answerBroken = new RegExp(`^${esc}[\\]P_^X][^\u0003\r\n\u0007${esc}]+(?=[\u0003\r\n]|${esc}[^\\\\])`, 'u');
const csi = new RegExp(`^${esc}+\\[(?:\\[.|[0-9]+\\$(?!y)|[0-?]*[ -/]*[@-~])`, 'u');
const csiBegun = new RegExp(`^${esc}+(?:\\[(?:\\[?|[0-?]*[ -/]*))$`, 'u');
const ss3 = new RegExp(`^${esc}+O[0-9;]*[@-~]`, 'u');
const ss3Begun = new RegExp(`^${esc}+O[0-9;]*$`, 'u');
const alt = new RegExp(`^${esc}([^${control}]|[${control}])`, 'u');
const mouse = `${esc}[M`;

/** Reads the sequence that a text begins with; undefined as long as it isn't whole. */
export function sequenceIn(text: string): Read | undefined {
	if (text === esc) return undefined;
	const answer = (answers.exec(text) ?? answerBroken.exec(text))?.[0];
	if (answer) return {length: answer.length};
	if (answerBegun.test(text)) return undefined;
	// The oldest way to tell of a mouse has three letters that may be any.
	if (text.startsWith(mouse)) return Array.from(text).length < 6 ? undefined : {length: mouse.length + threeOf(text)};
	const whole = (csi.exec(text) ?? ss3.exec(text))?.[0];
	if (whole) return {length: whole.length, ...keyed(whole)};
	if (csiBegun.test(text) || ss3Begun.test(text)) return undefined;
	// Of several escapes, only the last belongs to what follows.
	if (text.startsWith(esc + esc)) return {length: 1, key: escapeKey};
	const [pair = esc, letter = ''] = alt.exec(text) ?? [];
	if (letter === '\u0003') return {length: pair.length, key: letter};
	return {length: pair.length, key: /^[\r\n\t[\]OPX^_]$/.test(letter) ? otherKey : pair};
}
const threeOf = (text: string): number => Array.from(text.slice(3)).slice(0, 3).join('').length;
/** Whether a text may be the beginning of an answer: it may take longer than a key to come whole. */
export const isAnswerBegun = (text: string): boolean => text.length > 2 && answerBegun.test(text);

const modified = new RegExp(`^${esc}\\[(\\d+)(?::[\\d:]*)?(?:;(\\d*)(?::(\\d+))?)?(?:;([\\d:]*))?u$`);
const modifiedOther = new RegExp(`^${esc}\\[27;(\\d+);(\\d+)~$`);
const special = new RegExp(`^(${esc}\\[\\d+;\\d+):(\\d)([A-Z~])$`);
/** Focus, mouse, and where the cursor is, what the terminal is and can do. */
const told = new RegExp(`^${esc}\\[(?:[IO]|<.*[mM]|[\\d;]+M|\\d+;\\d+R|[?>=].*|.*\\$y|\\d+(?:;\\d+)*t)$`);

/** The key of a whole sequence; none where a key was let go, or where the terminal talks by itself. */
function keyed(sequence: string): Pick<Read, 'key'> {
	if (told.test(sequence)) return {};
	if (/^\u001BO(?:1;?)?M$/.test(sequence)) return {key: '\r'};
	if (/^\u001B+O.*M$/.test(sequence)) return {key: otherKey};
	const [, code, mods = '1', event, text] = modified.exec(sequence) ?? [];
	if (code !== undefined) return event === '3' ? {} : coded(Number(code), Number(mods || 1), {sequence, event, text});
	const [, otherMods, otherCode] = modifiedOther.exec(sequence) ?? [];
	if (otherCode !== undefined) return coded(Number(otherCode), Number(otherMods), {sequence: otherKey});
	const [, start = '', how, end = ''] = special.exec(sequence) ?? [];
	if (how !== undefined) return how === '3' ? {} : {key: start + end};
	return {key: sequence};
}

type Told = {readonly sequence: string; readonly event?: string | undefined; readonly text?: string | undefined};
/** The key of a code point with its modifiers, as it would have come without the protocol that tells them apart. */
function coded(code: number, modifiers: number, {sequence, event, text}: Told): Pick<Read, 'key'> {
	// Caps Lock and Num Lock change nothing, and such keys alone are none.
	const held = Math.max(0, modifiers - 1) & 0b11_1111;
	if ((code >= 57441 && code <= 57454) || (code >= 57358 && code <= 57360)) return {};
	if (code === 13 || code === 57414) return {key: held === 0 && event !== '2' ? '\r' : otherKey};
	if (code === 27) return {key: held === 0 ? escapeKey : otherKey};
	if (code === 9) return {key: held === 0 ? '\t' : held === 1 ? `${esc}[Z` : otherKey};
	if (code === 127) return {key: held === 2 ? `${esc}\u007F` : '\u007F'};
	if (held === 4 && code >= 97 && code <= 122) return {key: String.fromCharCode(code - 96)};
	if (text) return {key: String.fromCodePoint(...text.split(':').map(Number).filter(isLetter))};
	if (held <= 1 && isLetter(code) && code < 57344) return {key: upper(String.fromCodePoint(code), held)};
	if (held === 2 && isLetter(code) && code < 57344) return {key: esc + String.fromCodePoint(code)};
	return {key: sequence.replace(/:2(?=[;u])/, '')};
}
const isLetter = (code: number): boolean => code >= 32 && code !== 127 && code <= 0x10_ff_ff;
const upper = (letter: string, held: number): string => (held === 1 ? letter.toUpperCase() : letter);
