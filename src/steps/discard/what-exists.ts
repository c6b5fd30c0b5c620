import {type Call, type Edit, type Existing, type Recorded, type Step, undoing} from '../../engine/step.js';

/** One thing of a kind that exists, as the record knows it. */
export type Listed = Omit<Existing, 'takeBack' | 'first'> & {readonly kind: string};

/** What exists in AWS because of these steps, as their record knows it. */
export const whatExists = (steps: readonly Step[], recorded: Recorded): readonly Listed[] =>
	steps
		.flatMap(it => it.undo?.makes ?? [])
		.flatMap(({kind, existing}) =>
			kind === undefined
				? []
				: existing(recorded).map(({takeBack: _takeBack, first: _first, ...it}) => ({kind, ...it})),
		);

/**
 * The calls that take back by hand what these steps made, in the order in which discarding does, and the documents that
 * have to be edited before: once who holds the secret is locked out, and before anything that they name goes. What they
 * adopted or found stays, and so does what the record lacks the name of.
 */
export function byHand(steps: readonly Step[], recorded: Recorded): readonly (Call | Edit)[] {
	const [locksOut = [], ...others] = undoing(steps).map(it =>
		it.makes
			.toReversed()
			.flatMap(one => one.existing(recorded))
			.filter(one => one.by === 'made' && !one.going),
	);
	const rest = others.flat();
	return [...locksOut.flatMap(named), ...[...locksOut, ...rest].flatMap(it => it.first ?? []), ...rest.flatMap(named)];
}
const named = ({takeBack}: Pick<Existing, 'takeBack'>): readonly Call[] =>
	takeBack.filter(({input}) => !Object.values(input).includes(''));
