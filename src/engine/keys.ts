/** What each key means wherever it works: one key, one meaning. A key that is given twice doesn't compile. */
const meanings = {
	'?': ['guide', 'the guide of the step, with the vendor’s and AWS’s pages'],
	'/': ['find', 'finds in a long text'],
	q: ['quit', 'saves and quits; run again, it carries on'],
	y: ['yes', 'yes'],
	n: ['no', 'no'],
	c: ['commands', 'the commands that do the same'],
	d: ['documents', 'the documents, line by line against what is there'],
	m: ['permissions', 'the permissions that are needed, or missing'],
	l: ['missing', 'what is missing in what others manage'],
	p: ['copy', 'copies'],
	k: ['copy id', 'copies the id beside a secret'],
	w: ['write', 'writes above the screen what is to be copied by mouse'],
	e: ['otherwise', 'answers otherwise'],
	r: ['retry', 'tries again, where a step stopped'],
	b: ['back', 'goes back, line by line'],
	v: ['reveal', 'shows and hides a secret'],
	s: ['stored', 'says that a secret is stored'],
	a: ['adopt', 'adopts what bears the name'],
	t: ['take up', 'carries on the setup that made it'],
	o: ['overwrite', 'has the document of somebody else replaced'],
	h: ['beside', 'makes another beside what is there'],
	f: ['early', 'replaces before it is due'],
	g: ['without', 'goes on without what it waits for'],
	z: ['watch', 'waits and sees, for as long as you like'],
	u: ['active', 'sets what was switched off Active again, or enables it'],
	i: ['inactive', 'sets it Inactive, or disables it'],
	x: ['delete', 'deletes'],
} as const satisfies Readonly<Record<string, readonly [meaning: string, says: string]>>;
type Letter = keyof typeof meanings;
/** What a key does, by name. */
export type Meaning = (typeof meanings)[Letter][0];

declare const ofTheTable: unique symbol;
/** A key that is typed as a character: taken from the table by its meaning, or the number of what is offered. */
export type Key = string & {readonly [ofTheTable]: true};
const entries = Object.entries(meanings) as unknown as readonly (readonly [Key, (typeof meanings)[Letter]])[];
const byMeaning = new Map(entries.map(([key, [meaning]]) => [meaning, key]));

/** The key of that meaning. */
export function keyOf(meaning: Meaning): Key {
	const key = byMeaning.get(meaning);
	if (key === undefined) throw new Error(`no key means ${meaning}`);
	return key;
}
/** The key of what is offered by its number, from 1 to 9. */
export const keyOfNumber = (number: number): Key => String(number) as Key;
/** All keys with what they mean, in the order they are told. */
export const allKeys: readonly (readonly [key: Key, meaning: Meaning, says: string])[] = entries.map(
	([key, [meaning, says]]) => [key, meaning, says],
);
