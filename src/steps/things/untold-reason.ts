import {type Field, type Known, textAnswer} from '../../engine/step.js';

/** Where AWS can't tell whether something tried to use the disabled KMS key: why the person is sure, in this run. */
export const untoldReason: Field = {
	name: 'untoldReason',
	label: "If AWS can't tell whether something tries to use it, go on because",
	kind: 'text',
	initial: '',
	optional: true,
	settles: 'each-run',
	hint: 'kept in the record',
};
export const untoldReasonOf = ({answers}: Known): string => textAnswer(answers, 'untoldReason').trim();
