import type {Rule} from '../../aws/rules/name-rules.js';
import type {Answer} from '../../engine/step.js';

/** A rule for texts, for answers of any kind. */
export const textRule =
	(rule: Rule): ((value: Answer) => string | undefined) =>
	value =>
		typeof value === 'string' ? rule(value) : 'A text is needed';
