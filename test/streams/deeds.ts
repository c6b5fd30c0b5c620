import fc from 'fast-check';
import {sizes} from '../terminal/terminal.js';

/** What somebody, or their terminal, does. */
export type Deed =
	/** What leads on from here, by one key at rest. */
	| {readonly is: 'go on'}
	| {readonly is: 'wait'; readonly ms: number}
	/** Pieces that come one after the other, so many milliseconds apart. */
	| {readonly is: 'keys'; readonly pieces: readonly string[]; readonly apart: number}
	/** Letters alone, at rest: where a field is, they have to be in it. */
	| {readonly is: 'types'; readonly text: string}
	/** What a terminal tells by itself: nothing of it was typed. */
	| {readonly is: 'talk'; readonly pieces: readonly string[]; readonly apart: number}
	| {readonly is: 'resize'; readonly to: readonly {readonly columns: number; readonly rows: number}[]}
	| {readonly is: 'signal'; readonly signal: 'SIGTSTP' | 'SIGCONT' | 'SIGWINCH' | 'SIGINT' | 'SIGTERM' | 'SIGHUP'};

const esc = '\u001B';
const key = fc.constantFrom(
	...['\r', '\r', '\r', `${esc}[13u`, `${esc}OM`, `${esc}\r`, `${esc}[13;2u`, `${esc}[13;1:2u`, '\n'],
	...[esc, `${esc}[27u`, '\t', ' ', '\u007F', `${esc}[Z`, `${esc}[A`, `${esc}[B`, `${esc}[C`, `${esc}[D`],
	...[`${esc}[5~`, `${esc}[6~`, `${esc}[H`, `${esc}[F`, `${esc}[3~`, `${esc}b`, `${esc}f`, `${esc}d`, `${esc}${esc}[A`],
	...['\u0001', '\u0005', '\u000B', '\u0015', '\u0017', '\u001A', '\u0007', '\u0000'],
	...['e', 'c', 'd', '?', 'r', 's', 'w', 'k', 'n', 'u', 'i', 'x', '1', '3', 'ü', '\u{1F600}'],
);
const enters = fc.integer({min: 2, max: 8}).map(times => '\r'.repeat(times));
const pasted = fc.constantFrom(
	...['\r', '\n', 'lab\r\n', 'one\r\ntwo\r\n', ' ', '\t\r', 'team=it', 'x'.repeat(300), 'a\u0007b\u0000c', 'Admin\r'],
	'arn:aws:iam::111122223333:role/Admin\r\narn:aws:iam::111122223333:user/other\r\n',
);
const paste = fc
	.tuple(pasted, fc.constantFrom('marked', 'unmarked', 'unfinished', 'cut off'))
	.map(([text, how]) =>
		how === 'unmarked'
			? text
			: `${esc}[200~${text}${how === 'marked' ? `${esc}[201~` : how === 'cut off' ? `${esc}[20` : ''}`,
	);
const talk = fc.constantFrom(
	...[`${esc}]11;rgb:1414/1919/1f1f\u0007`, `${esc}]11;rgb:1414/1919/1f1f${esc}\\`, `${esc}P1+r524742=38${esc}\\`],
	...[`${esc}_Gi=1;OK${esc}\\`, `${esc}[M !"`, `${esc}[<0;10;10M`, `${esc}[I`, `${esc}[O`, `${esc}[12;40R`],
	...[`${esc}[?62;22c`, `${esc}[?2026;2$y`, `${esc}[13;1:3u`, `${esc}[97;1:3u`, `${esc}[1;1:3A`],
);
/** In one or two pieces. */
const cut = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
	fc.tuple(text, fc.nat(400)).map(([it, at]) => (at > 0 && at < it.length ? [it.slice(0, at), it.slice(at)] : [it]));
const size = fc.constantFrom(sizes.wide, sizes.narrow, sizes.least, {columns: 30, rows: 6}, {columns: 132, rows: 50});

const deed: fc.Arbitrary<Deed> = fc.oneof(
	{weight: 14, arbitrary: fc.constant({is: 'go on'} as const)},
	{weight: 3, arbitrary: fc.constantFrom(10, 60, 140, 160, 300, 520, 700).map(ms => ({is: 'wait', ms}) as const)},
	{
		weight: 5,
		arbitrary: fc
			.record({
				pieces: fc.array(fc.oneof(key, key, enters), {minLength: 1, maxLength: 4}),
				apart: fc.constantFrom(0, 5, 33, 70, 120, 200, 700),
			})
			.map(it => ({is: 'keys', ...it}) as const),
	},
	// A key that is held: the first comes, then the others 33 ms apart.
	{
		weight: 2,
		arbitrary: fc
			.tuple(fc.constantFrom('\r', ' ', `${esc}[13;1:2u`), fc.integer({min: 3, max: 40}))
			.map(([it, times]) => ({is: 'keys', pieces: Array.from({length: times}, () => it), apart: 33}) as const),
	},
	{
		weight: 3,
		arbitrary: fc
			.record({pieces: cut(fc.oneof(paste, paste, key)), apart: fc.constantFrom(1, 30, 200)})
			.map(it => ({is: 'keys', ...it}) as const),
	},
	{
		weight: 2,
		arbitrary: fc.constantFrom('a', 'lab', 'x1-y', 'é', '\u{1F600}').map(text => ({is: 'types', text}) as const),
	},
	{
		weight: 2,
		arbitrary: fc.record({pieces: cut(talk), apart: fc.constantFrom(1, 30)}).map(it => ({is: 'talk', ...it}) as const),
	},
	{weight: 2, arbitrary: fc.array(size, {minLength: 1, maxLength: 3}).map(to => ({is: 'resize', to}) as const)},
	{
		weight: 1,
		arbitrary: fc.constantFrom('SIGTSTP', 'SIGCONT', 'SIGWINCH').map(signal => ({is: 'signal', signal}) as const),
	},
);
const leaving = fc.constantFrom<Deed>(
	...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(signal => ({is: 'signal', signal}) as const),
	...['\u0003', 'q'].map(it => ({is: 'keys', pieces: [it], apart: 0}) as const),
);
/** A stream of them; one in four is left on the way. */
export const streams: fc.Arbitrary<readonly Deed[]> = fc
	.tuple(fc.array(deed, {minLength: 8, maxLength: 34}), fc.nat(3), leaving, fc.array(deed, {maxLength: 3}))
	.map(([deeds, chance, left, after]) => (chance === 0 ? [...deeds, left, ...after] : deeds));
export const firstSize = size;
