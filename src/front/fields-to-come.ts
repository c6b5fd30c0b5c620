import type {FieldScene} from '../engine/scene.js';
import type {Field, Known, Look} from '../engine/step.js';

type Coming = Pick<FieldScene, 'coming' | 'noticing'>;
/** What is looked for while the form is there, by eyes that close with it; what can't be looked at is typed without. */
export function comingOf(field: Field, look: Look, known: Known): Coming {
	const coming = field.kind === 'many' ? field.choices?.(look, known).catch(() => undefined) : undefined;
	const noticing = field.noticed?.(look, known).catch(() => undefined);
	return {...(coming && {coming}), ...(noticing && {noticing})};
}

/** Tells what has come for a field, each as it comes. */
export function asTheyCome(
	fields: readonly FieldScene[],
	tell: (name: string, came: Pick<FieldScene, 'choices' | 'noticed'>) => void,
): void {
	for (const {field, coming, noticing} of fields) {
		void coming?.then(choices => choices && tell(field.name, {choices}));
		void noticing?.then(noticed => noticed && tell(field.name, {noticed}));
	}
}
