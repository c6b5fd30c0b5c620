import type {Choose, Problem, Stop, Way} from './problem.js';

/** How a front end words what its own person, or program, does for a way out. */
export type Clauses = {
	readonly choose: (way: Choose) => string;
	readonly answer: (way: Extract<Way, {is: 'answer'}>) => string;
	/** What follows once something was done elsewhere, if anything does; `command` is what ran. */
	readonly again: (command: string) => string;
};

/** An answer by the key that opens the form which asks it; one that is asked elsewhere, or nowhere, by its flags. */
export const answeredOn =
	(opens: readonly string[] = [], key: string): Clauses['answer'] =>
	({says, field, flags}) =>
		opens.includes(field) ? `${says} (${key})` : `${says} with ${flags}`;

/** What to do about a problem, in sentences without the last end mark. */
export function toDo(problem: Problem, wording: Clauses): string {
	if (problem.todo !== undefined) return problem.todo;
	const {first, again} = problem;
	const ways = [...new Set(problem.ways.map(it => clauseOf(it, wording)))];
	const sentence = ways.join(ways.some(it => /[,;]|: /.test(it)) ? '; or ' : ', or ');
	const elsewhere = again !== undefined && problem.ways.some(isElsewhere);
	const then = elsewhere ? `${/; | or /.test(sentence) ? ';' : ','} then ${wording.again(again)}` : '';
	return [...(first === undefined ? [] : [first]), capital(`${sentence}${then}`)].join('. ');
}

function clauseOf(way: Way, wording: Clauses): string {
	switch (way.is) {
		case 'choose':
			return wording.choose(way);
		case 'answer':
			return wording.answer(way);
		case 'this-run':
		case 'begin-anew':
			return way.flags === undefined ? way.says : `${way.says} with ${way.flags}`;
		case 'run':
			return way.says === undefined ? `run ${way.command}` : `${way.says}: ${way.command}`;
		case 'call':
			return `${way.says === undefined ? 'run ' : `${way.says}: `}${way.commands.join(' and ')}`;
		default:
			return way.says;
	}
}

/** Nothing of the program hears of it: what ran is to be run again. */
const isElsewhere = ({is}: Way): boolean => is === 'call' || is === 'wait' || is === 'by-hand';
/** The beginning of a sentence; a name, as of a call, stays what it is. */
export const capital = (it: string): string => (/^[\w.-]+:\S/.test(it) ? it : it.charAt(0).toUpperCase() + it.slice(1));

/** What to do by flags, where nobody is asked. */
export const toDoByFlags = (problem: Problem): string =>
	toDo(problem, {
		choose: ({label, says = label, flags, command}) =>
			command !== undefined
				? `${says}: ${command}`
				: flags === undefined
					? `${says} in a terminal`
					: `${says} with ${flags}`,
		answer: ({says, flags}) => `${says} with ${flags}`,
		again: command => `run ${command} again to carry on here`,
	});

/** The ways out whose answer is known. */
export const choicesOf = (problem: Problem): readonly Choose[] =>
	(problem.ways ?? []).flatMap(it => (it.is === 'choose' ? [it] : []));
/** What may be answered otherwise, where a form asks it. */
export const fieldOf = (problem: Problem): string | undefined => problem.ways?.find(it => it.is === 'answer')?.field;
/** The same problem with one more way out before its own. */
export const withWay = (problem: Problem, way: Way): Stop => {
	if (problem.ways !== undefined) return {...problem, ways: [way, ...problem.ways]};
	const {todo, ...told} = problem;
	return {...told, ways: [way, {is: 'by-hand', says: todo.charAt(0).toLowerCase() + todo.slice(1)}]};
};
/** The same stop where another field asks what it is answered by. */
export function askedAs(stop: Stop, field: string, other: string): Stop {
	const [one, ...more] = stop.ways;
	const asked = (it: Way): Way => (it.is === 'answer' && it.field === field ? {...it, field: other} : it);
	return {...stop, ways: [asked(one), ...more.map(asked)]};
}
