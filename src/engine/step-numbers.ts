import type {Step} from './step.js';

/** Stands in a text for a step's number, until it is told in a course: the number there. */
export const numberOf = (stepId: string): string => `\uE000${stepId}\uE001`;

/** The steps in their order: in all that they say, each `numberOf` is the number that the step has here. */
export function numbered(steps: readonly Step[]): readonly Step[] {
	const ids = steps.map(it => it.id);
	const told = <T>(it: T): T => inside(it, text => text.replaceAll(/\uE000([^\uE001]*)\uE001/g, (_, id) => at(id)));
	const at = (id: string): string => {
		if (!ids.includes(id)) throw new RangeError(`there is no step ${id} to tell the number of`);
		return String(ids.indexOf(id));
	};
	return steps.map(({plan, shows, tells, paused, leftovers, audit, remark, ...step}) => ({
		...step,
		guide: told(step.guide),
		plan: (seen, known) => told(plan(seen, known)),
		...(shows && {shows: known => told(shows(known))}),
		...(tells && {tells: async (look, known, it) => told(await tells(look, known, it))}),
		...(paused && {paused: known => told(paused(known))}),
		...(leftovers && {leftovers: async (look, known) => told(await leftovers(look, known))}),
		...(audit && {audit: (look, seen, known) => audit(look, seen, known).map(async it => told(await it))}),
		...(remark && {remark: (seen, known) => told(remark(seen, known))}),
	}));
}

/** The same value with each text in it changed; what isn't plain data stays as it is. */
function inside<T>(it: T, change: (text: string) => string): T {
	if (typeof it === 'string') return change(it) as T;
	if (Array.isArray(it)) return it.map(each => inside(each, change)) as T;
	if (typeof it !== 'object' || it === null || Object.getPrototypeOf(it) !== Object.prototype) return it;
	return Object.fromEntries(Object.entries(it).map(([key, value]) => [key, inside(value, change)])) as T;
}
