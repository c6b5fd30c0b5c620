import type {Course} from '../../src/engine/course.js';
import type {Answer} from '../../src/engine/step.js';
import {choicesOf} from '../../src/engine/to-do.js';
import {ask} from '../../src/front/asking.js';
import type {Bench} from './in-process.js';

/**
 * A person at the screens of a course, a sitting at a time: what is answered on forms, by the name of its field, and which
 * ways are gone at stops, by their labels. Tells at what it stopped last; `asked` holds the fields that stood on forms.
 */
export function sittingAt(bench: () => Bench, course: Course, asked: string[] = []) {
	return async (
		answers: Readonly<Record<string, Answer>>,
		ways: readonly string[] = [],
		flags: object = {},
	): Promise<string> => {
		let last = '';
		let turns = 0;
		const left = [...ways];
		const run = {
			...{course, others: [], options: {setup: 'nps', ...flags}, version: '0.0.0', now: new Date()},
			env: {...process.env, NPS_KMS_HOME: bench().home, NPS_KMS_PATIENCE: '0.0001'},
			outlet: {json: false, out: () => undefined, err: () => undefined},
		};
		const asking: Parameters<typeof ask>[1] = () => ({
			draw: () => undefined,
			async ask({phase, fields, answers: had}) {
				if (turns++ > 40) return {type: 'quit'};
				if (phase.at === 'done') return {type: 'next'};
				if (phase.at === 'review') return {type: 'approved'};
				if (phase.at === 'stopped') {
					last = phase.problem.code ?? '';
					const way = choicesOf(phase.problem).find(it => it.label === left[0]);
					if (!way) return {type: 'quit'};
					left.shift();
					return {type: 'way', way};
				}
				asked.push(...fields.map(({field}) => field.name));
				return {
					type: 'submitted',
					answers: Object.fromEntries(
						fields.map(({field}) => [field.name, answers[field.name] ?? had[field.name] ?? '']),
					),
				};
			},
			secret: async () => undefined,
			home: async () => ({chosen: 'go'}),
			end: async () => undefined,
		});
		await ask(run, asking, () => undefined);
		return last;
	};
}
