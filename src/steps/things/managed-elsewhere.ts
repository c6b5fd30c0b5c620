import {commandLine} from '../../engine/command-line.js';
import {keyOf} from '../../engine/keys.js';
import {type Change, type Field, isProblem, type Known, type Plan, type Stop, textAnswer} from '../../engine/step.js';

/** Engines that manage things in AWS, by the word that `--managed-by` takes. */
const engines: Readonly<Record<string, string>> = {cloudformation: 'CloudFormation', terraform: 'Terraform'};

/** The same flag's word for what no engine manages any more; tags of one may have stayed. */
const nothing = 'nothing';

/** The question for it: whoever made policy, user and key by an engine says so, for tags tell it of some alone. */
export const managedByField: Field = {
	name: 'managedBy',
	settles: 'never',
	asked: 'by-flag',
	label: 'What manages policy, user and key, and has changes to them left to it',
	kind: 'text',
	optional: true,
	initial: '',
	hint: 'cloudformation, terraform or nothing',
	wrong: it =>
		it === '' || it === nothing || (typeof it === 'string' && Object.hasOwn(engines, it))
			? undefined
			: `It takes ${Object.keys(engines).join(', ')} or ${nothing}`,
};

/**
 * What manages a thing besides this setup, in words, by its tags or by what was answered; undefined for nothing, and
 * where a person said that it is nothing.
 */
export function managerOf(
	tags: Readonly<Record<string, string>>,
	{answers}: Pick<Known, 'answers'>,
): string | undefined {
	const said = textAnswer(answers, 'managedBy');
	if (said === nothing) return undefined;
	const stack = tags['aws:cloudformation:stack-name'];
	if (stack?.startsWith('StackSet-')) return `a CloudFormation StackSet (stack ${stack})`;
	if (stack !== undefined) return `CloudFormation (stack ${stack})`;
	const named = Object.entries(tags).find(
		([key, value]) => /^managed[-_ ]?by$/i.test(key) && /^(terraform|opentofu)$/i.test(value),
	);
	return named ? `${named[1]} (tag ${named[0]})` : engines[said];
}

/** What to know of a thing that is managed elsewhere, before it is taken over. */
export function managedInWords(tags: Readonly<Record<string, string>>, known: Known): readonly string[] {
	const manager = managerOf(tags, known);
	return manager === undefined ? [] : [`it is managed by ${manager}`];
}

/** Asked for of its own on a user that is managed elsewhere, and no part of what an engine makes. */
const besides = ['create-login', 'update-login', 'attach-change-password'];

/**
 * A plan for a thing that may be managed elsewhere: nothing is changed in it then, and what would have been is handed
 * over.
 */
export function handedOver(
	thing: string,
	tags: Readonly<Record<string, string>> | undefined,
	plan: Plan | Stop,
	known: Known,
): Plan | Stop {
	const manager = managerOf(tags ?? {}, known);
	if (manager === undefined || isProblem(plan)) return plan;
	const theirs = plan.changes.filter(it => !besides.includes(it.id));
	if (theirs.length === 0)
		return plan.says === undefined ? plan : {...plan, says: `${plan.says}, managed by ${manager}`};
	const engine = manager.includes('CloudFormation') ? 'cloudformation' : 'terraform';
	const [what, says] = tags
		? [`${thing} is managed by ${manager}, and is otherwise than this setup needs it`, 'change it there']
		: [`${thing} isn't there`, 'let that make it'];
	return {
		is: 'problem',
		what,
		why: tags ? `Missing in it: ${theirs.map(inWords).join('; ')}` : `It is ${manager} that makes it`,
		ways: [
			{is: 'by-hand', says: `${says} (${commandLine(known.run, 'export', engine)} prints all of it)`},
			{is: 'this-run', says: 'if nothing but this setup manages it any more, say so', flags: `--managed-by ${nothing}`},
		],
		again: commandLine(known.run),
		code: 'ManagedElsewhere',
		mayBeLate: true,
		...(plan.facts && {facts: plan.facts}),
		pages: [{key: keyOf('missing'), label: 'what is missing', lines: theirs.flatMap(linesOf)}],
	};
}
const inWords = ({subject, why}: Change): string => `${subject}${why ? ` (${why})` : ''}`;
const linesOf = ({subject, call: {api, input}}: Change): readonly string[] => [
	`${subject}: ${api}`,
	...JSON.stringify(input, undefined, 2).split('\n'),
	'',
];
