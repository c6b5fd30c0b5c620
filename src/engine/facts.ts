/**
 * Every fact there is, with what it means. A step's file declares those that it learns (`declare module`), so that a
 * step that is added brings its own, and a mistyped one doesn't compile.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the engine knows none; others add theirs
export interface FactNames {}
/** The name of a fact. */
export type FactName = keyof FactNames;
/** What AWS's replies and looks have told, by name. */
export type Facts = Readonly<Partial<FactNames>>;

/** The names of these facts. */
export const factNames = (facts: Facts): readonly FactName[] => Object.keys(facts) as FactName[];
/** The paths of a reply's parts, by the fact that each becomes. */
export type Learns = Readonly<Partial<Record<FactName, string>>>;
/** The same, as pairs. */
export const pathsOf = (learns: Learns = {}): readonly (readonly [string, string])[] =>
	Object.entries(learns as Readonly<Record<string, string>>);
/** The fact of a name that was read, such as from a reference. */
export const factNamed = (facts: Facts, name: unknown): string | undefined => facts[String(name) as FactName];
