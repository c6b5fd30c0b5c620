/** What the evaluator makes of a part of a statement; `unknown` lets an Allow not apply and a Deny apply. */
export type Answer = 'yes' | 'no' | 'unknown';
/** All of it holds. */
export const every = (answers: readonly Answer[]): Answer =>
	answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes';
/** At least one holds. */
export const some = (answers: readonly Answer[]): Answer =>
	answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
/** The contrary; the unknown stays so. */
export const not = (answer: Answer): Answer => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'unknown');
/** From a plain yes or no. */
export const said = (holds: boolean): Answer => (holds ? 'yes' : 'no');

/** The condition keys of one request. `absent` is known not to be there; `unknown` this sandbox can't tell. */
export type Context = {read(key: string): readonly string[] | 'absent' | 'unknown'};
/**
 * How a written text is read: with `*` and `?`, whatever the case, and with `${variables}` (not in documents of 2008).
 */
export type Reading = {readonly wild?: boolean; readonly anyCase?: boolean; readonly context?: Context | undefined};

/**
 * Whether a text is what is written. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export const matches = (written: string, text: string, reading: Reading): Answer =>
	compared(patternOf(written, reading), text, reading);
/**
 * Whether a resource is the one written; variables count only after its fifth colon, before it they are plain text.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
 */
export function matchesResource(written: string, resource: string, context: Context | undefined): Answer {
	const [, start = written, rest = ''] = /^((?:(?:\$\{[^}]*\}|[^:])*:){5})(.*)$/s.exec(written) ?? [];
	const [plain, filled] = [patternOf(start, {wild: true}), patternOf(rest, {wild: true, context})];
	const whole = typeof plain === 'string' ? plain : typeof filled === 'string' ? filled : [...plain, ...filled];
	return compared(whole, resource, {});
}

/** The parts of a regular expression; or what a variable that has no value makes of the whole. */
type Pattern = readonly string[] | 'no' | 'unknown';
function patternOf(written: string, {wild = false, context}: Reading): Pattern {
	const sources: string[] = [];
	for (const [index, part] of written.split(/\$\{([^}]*)\}/).entries()) {
		const variable = index % 2 === 1;
		const filled = variable && context ? fill(part, context) : undefined;
		if (filled === 'absent') return 'no';
		if (filled === 'unknown') return 'unknown';
		const plain = variable ? `\${${part}}` : part;
		sources.push(filled ? literally(filled.text) : wild ? glob(plain) : literally(plain));
	}
	return sources;
}
const compared = (pattern: Pattern, text: string, {anyCase = false}: Reading): Answer =>
	typeof pattern === 'string' ? pattern : said(new RegExp(`^${pattern.join('')}$`, anyCase ? 'isu' : 'su').test(text));
function fill(variable: string, context: Context): {readonly text: string} | 'absent' | 'unknown' {
	if (variable === '*' || variable === '?' || variable === '$') return {text: variable};
	const [, key = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)')?\s*$/.exec(variable) ?? [];
	const values = context.read(key);
	if (values === 'absent' && fallback !== undefined) return {text: fallback};
	if (typeof values === 'string') return values;
	return values.length === 1 && values[0] !== undefined ? {text: values[0]} : 'absent';
}
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
const glob = (text: string): string => literally(text).replaceAll(String.raw`\*`, '.*').replaceAll(String.raw`\?`, '.');

/** Whether an ARN is the one written, part by part as ArnLike compares them. */
export function matchesArn(written: string, arn: string, reading: Reading): Answer {
	const ours = partsOf(arn);
	const theirs = partsOf(written);
	if (theirs.length !== 6 || ours.length !== 6) return 'no';
	return every(theirs.map((part, index) => matches(part, ours[index] ?? '', {...reading, wild: true})));
}
/** The six parts of an ARN; a colon inside a variable parts nothing. */
function partsOf(arn: string): readonly string[] {
	const parts = arn.split(/:(?![^{}]*\})/);
	return parts.length > 6 ? [...parts.slice(0, 5), parts.slice(5).join(':')] : parts;
}
