/** One condition of a statement: its operator, its key and the values it is compared with. */
export type Condition = {readonly operator: string; readonly key: string; readonly values: readonly string[]};
/** Who is meant, and by what sort of name: AWS, Service, Federated. */
export type Principal = {readonly sort: string; readonly name: string};
/** One statement, its elements as lists; undefined where it has none of them. */
export type Statement = {
	readonly sid?: string | undefined;
	readonly allows: boolean;
	readonly actions?: readonly string[] | undefined;
	readonly notActions?: readonly string[] | undefined;
	readonly resources?: readonly string[] | undefined;
	readonly notResources?: readonly string[] | undefined;
	readonly principals?: readonly Principal[] | undefined;
	readonly notPrincipals?: readonly Principal[] | undefined;
	readonly conditions: readonly Condition[];
	/** It holds something that isn't policy language. */
	readonly odd: boolean;
};
/** A policy document. Documents of 2008 know no variables. */
export type Document = {readonly variables: boolean; readonly statements: readonly Statement[]};

/** Reads a document; undefined for what isn't JSON, or no object. */
export function readDocument(text: string): Document | undefined {
	const written = parse(text);
	if (!isObject(written)) return undefined;
	const statements = written['Statement'];
	const list = Array.isArray(statements)
		? (statements as readonly unknown[])
		: statements === undefined
			? []
			: [statements];
	return {variables: written['Version'] === '2012-10-17', statements: list.map(readStatement)};
}

const elements = [
	'Sid',
	'Effect',
	'Action',
	'NotAction',
	'Resource',
	'NotResource',
	'Principal',
	'NotPrincipal',
	'Condition',
];
function readStatement(written: unknown): Statement {
	if (!isObject(written)) return {allows: false, conditions: [], odd: true};
	const {Sid, Effect, Action, NotAction, Resource, NotResource, Condition} = written;
	return {
		sid: typeof Sid === 'string' ? Sid : undefined,
		allows: Effect === 'Allow',
		actions: texts(Action),
		notActions: texts(NotAction),
		resources: texts(Resource),
		notResources: texts(NotResource),
		principals: readPrincipals(written['Principal']),
		notPrincipals: readPrincipals(written['NotPrincipal']),
		conditions: readConditions(Condition),
		odd:
			Object.keys(written).some(name => !elements.includes(name)) ||
			(Effect !== 'Allow' && Effect !== 'Deny') ||
			(Sid !== undefined && typeof Sid !== 'string'),
	};
}
function readPrincipals(written: unknown): readonly Principal[] | undefined {
	if (written === undefined) return undefined;
	if (isObject(written))
		return Object.entries(written).flatMap(([sort, names]) => (texts(names) ?? []).map(name => ({sort, name})));
	return (texts(written) ?? []).map(name => ({sort: name === '*' ? 'AWS' : '', name}));
}
function readConditions(written: unknown): readonly Condition[] {
	if (written === undefined) return [];
	// What is no condition is one that nobody knows.
	if (!isObject(written)) return [{operator: '', key: '', values: []}];
	return Object.entries(written).flatMap(([operator, keys]) =>
		isObject(keys)
			? Object.entries(keys).map(([key, values]) => ({operator, key, values: texts(values) ?? []}))
			: [{operator: '', key: '', values: []}],
	);
}

/** A text or a list of them as a list; flags and numbers as texts. */
function texts(written: unknown): readonly string[] | undefined {
	if (written === undefined) return undefined;
	const list: readonly unknown[] = Array.isArray(written) ? written : [written];
	return list.map(one => (typeof one === 'string' ? one : JSON.stringify(one)));
}
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
