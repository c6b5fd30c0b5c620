import {type Call, type Existing, type Recorded, type Step, undoing} from '../../engine/step.js';

/** One thing of a kind that exists, as the record knows it. */
export type Listed = Omit<Existing, 'takeBack'> & {readonly kind: string};

/** What exists in AWS because of these steps, as their record knows it. */
export const whatExists = (steps: readonly Step[], recorded: Recorded): readonly Listed[] =>
	steps
		.flatMap(it => it.undo?.makes ?? [])
		.flatMap(({kind, existing}) =>
			kind === undefined ? [] : existing(recorded).map(({takeBack: _takeBack, ...it}) => ({kind, ...it})),
		);

/**
 * The calls that take back by hand what these steps made, in the order in which discarding does. What they adopted or
 * found stays.
 */
export const byHand = (steps: readonly Step[], recorded: Recorded): readonly Call[] =>
	undoing(steps)
		.flatMap(it => it.makes.toReversed())
		.flatMap(it => it.existing(recorded))
		.flatMap(it => (it.by === 'made' && !it.going ? it.takeBack : []));
