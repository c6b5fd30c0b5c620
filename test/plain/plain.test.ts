import {describe, expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {Plain} from '../../src/plain/plain.js';
import {forms, people, phases, problem} from '../components/step-scenes.js';

/** The lines renderer with these answers at hand, and all that it said. */
function plainly(...answers: readonly string[]) {
	const left = [...answers];
	const said: string[] = [];
	const ask = async (question: string): Promise<string | undefined> => {
		said.push(question);
		return left.shift();
	};
	const plain = new Plain({say: it => void said.push(it), ask, askUnseen: ask, close: () => undefined});
	return {plain, said, text: () => said.join('\n'), left};
}

describe('line by line, a choice', () => {
	test.each([
		['1', 'approved'],
		['', 'approved'],
		['y', 'approved'],
		['YES', 'approved'],
		['n', 'back'],
		['edit', 'back'],
		['q', 'quit'],
		['save', 'quit'],
	])('is named by its number, its key or its word: %j', async (line, type) => {
		const {plain} = plainly(line);
		expect(await plain.ask(phases['review, of checks'])).toEqual({type});
	});
	test.each([' ', '0', '5', 'yes please', 'maybe'])('is not named by %j: it is asked again', async line => {
		const {plain, text} = plainly(line, 'q');
		expect(await plain.ask(phases['review, of checks'])).toEqual({type: 'quit'});
		expect(text()).toContain('Give a number from 1 to 4, or the word');
	});
	test('shows the guide by ?, and asks again', async () => {
		const {plain, text} = plainly('?', 'y');
		expect(await plain.ask(phases['review, of checks'])).toEqual({type: 'approved'});
		expect(text()).toContain("of the vendor's page");
	});
});

describe('line by line, a proof', () => {
	test('is told before it is made', async () => {
		const {plain, text} = plainly('1');
		expect(await plain.ask(phases['review, of checks'])).toEqual({type: 'approved'});
		expect(text()).toMatchInlineSnapshot(`
			"
			Step 1 of 7: Create the policy.
			Nothing will change. With the new access key, three times in a row each:
			  Must work:
			    is nps-kms-user
			  Must not be able to:
			    decrypt with another key, …444455556666
			    list keys
			  Nor, as simulated:
			    disable the key
			  Looked at:
			    is in no group
			  Calls: sts:GetCallerIdentity, kms:Decrypt, kms:ListKeys.
			  What must be denied shows up as AccessDenied in CloudTrail.
			Prove it? 1 yes, 2 edit or go back, 3 guide, 4 save and quit [1]:"
		`);
	});
	test('tells what each check came to once, in its order', () => {
		const {plain, text} = plainly();
		plain.draw(phases.checking, []);
		plain.draw(phases.checking, []);
		expect(text()).toMatchInlineSnapshot(`
			"  ok: is nps-kms-user
			  ok: must not be able to decrypt with another key, …444455556666
			  FAILED: must not be able to list keys
			  can't tell (you may not simulate): must not be able to disable the key
			  can't tell: must not be able to schedule the key's deletion"
		`);
	});
	test('asks for a secret unseen, and Enter says that there is none', async () => {
		const {phase} = phases.asking;
		if (phase.at !== 'asking') throw new TypeError('asking asks');
		const {plain, text} = plainly('CANARY', '');
		expect(await plain.secret(phase.ask)).toBe('CANARY');
		expect(await plain.secret(phase.ask)).toBeUndefined();
		expect(text()).toContain("Secret of access key AKIAIOSFODNN7EXAMPLE (Enter if you don't have it):");
		expect(text()).not.toContain('CANARY');
	});
	test('says what is waited for once in ten seconds', () => {
		const {plain, said} = plainly();
		const waits = phases['checking, with a wait'];
		const after = (elapsedMs: number): Scene => ({...waits, wait: {...waits.wait!, elapsedMs}});
		for (const it of [0, 3000, 9000, 11_000, 15_000, 22_000]) plain.draw(after(it), []);
		expect(said.map(it => /(\d+) s of/.exec(it)?.[1])).toEqual(['0', '11', '22']);
	});
});

describe('line by line, a problem', () => {
	test('is told with what stands, and offers its ways by number', async () => {
		const {plain, text} = plainly('2');
		expect(await plain.ask(phases.stopped)).toEqual({type: 'way', way: problem.ways[1]});
		expect(text()).toMatchInlineSnapshot(`
			"
			Step 1 of 7: Create the policy.
			Stopped: AWS refused to create policy NPS_KMS_Policy.
			  Your role may not call iam:CreatePolicy [AccessDenied]
			  To do: Ask for the permission iam:CreatePolicy, or adopt it; then try again.
			  Nothing changed in this step.
			  Done and kept: Connect.
			What now? 1 try again, 2 adopt it, 3 guide, 4 back, 5 save and quit [5]:"
		`);
	});
	test.each([
		['1', 'retry'],
		['4', 'back'],
		['5', 'quit'],
		['', 'quit'],
	])('answered by “%s” comes to: %s', async (line, type) => {
		expect(await plainly(line).plain.ask(phases.stopped)).toEqual({type});
	});
	test('is left when no more lines come', async () => {
		expect(await plainly().plain.ask(phases.stopped)).toEqual({type: 'quit'});
	});
	test('asks again for a number that it does not have', async () => {
		const {plain, text} = plainly('9', '0', 'x', '1');
		expect(await plain.ask(phases.stopped)).toEqual({type: 'retry'});
		expect(text().match(/Give a number from 1 to 5/g)).toHaveLength(3);
	});
});

describe('line by line, a review', () => {
	test('that removes is approved by the very word only', async () => {
		const {plain, left, text} = plainly('1', 'AKIAIOSFODNN7EXAMPL', '', 'AKIAIOSFODNN7EXAMPLE');
		expect(await plain.ask(phases['review, that removes'])).toEqual({type: 'approved'});
		expect(left).toEqual([]);
		expect(text().match(/Type AKIAIOSFODNN7EXAMPLE to go on/g)).toHaveLength(2);
	});
	test('that removes is never approved by lines that end', async () => {
		expect(await plainly('1').plain.ask(phases['review, that removes'])).toEqual({type: 'quit'});
	});
	test('shows commands and guide, then asks again', async () => {
		const {plain, text} = plainly('3', '4', '2');
		expect(await plain.ask(phases.review)).toEqual({type: 'back'});
		expect(text()).toContain('aws create-policy');
		expect(text()).toContain("In the console you'd open IAM");
	});
});

test.each([
	['a review', phases.review, ['1'], ['Apply?']],
	[
		'the word for what is removed',
		phases['review, that removes'],
		['1', 'x', '2'],
		['Apply?', 'This removes', 'Apply?'],
	],
	['the word for what goes', phases['review, of what goes'], ['1', 'x', '2'], ['Go on?', undefined, 'Go on?']],
	['a way out', phases.stopped, ['2'], ['What now?']],
	['what NPS is meant by', forms['hand-off'], ['yes'], ['Have you run']],
] satisfies readonly (readonly [string, Scene, readonly string[], readonly (string | undefined)[]])[])(
	'line by line, %s is answered by a line that is meant for it',
	async (_, scene, lines, questions) => {
		const left = [...lines];
		const meant: string[] = [];
		const ask = async (question: string, how?: {readonly approves?: boolean}): Promise<string | undefined> => {
			if (how?.approves) meant.push(question);
			return left.shift();
		};
		await new Plain({say: () => undefined, ask, askUnseen: ask, close: () => undefined}).ask(scene);
		expect(meant).toEqual(questions.map(it => expect.stringContaining(it ?? 'Type ')));
	},
);

describe('line by line, what was found', () => {
	test('is told with its question, and confirmed by a number', async () => {
		const {plain, text} = plainly('1');
		expect(await plain.ask(phases['review, to be confirmed'])).toEqual({type: 'approved'});
		expect(text()).toMatchInlineSnapshot(`
			"
			Step 1 of 7: Create the policy.
			  You are: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/anna
			  Account: 111122223333 (acme-prod)
			  Region: eu-west-1 (partition aws)
			Is this the account that Privilege Secure should use? 1 yes, use it, 2 edit or go back, 3 guide, 4 save and quit [1]:"
		`);
	});
	test('is not confirmed by lines that end', async () => {
		expect(await plainly().plain.ask(phases['review, to be confirmed'])).toEqual({type: 'quit'});
	});
});

describe('line by line, pages', () => {
	test('are read by a number, before a yes and at a problem', async () => {
		const review = plainly('4', '1');
		expect(await review.plain.ask(phases['review, with a document'])).toEqual({type: 'approved'});
		expect(review.text()).toContain('show document');
		expect(review.text()).toContain('  +   "Resource": "one key"');
		const stopped = plainly('2', '1');
		expect(await stopped.plain.ask(phases['stopped, with a page'])).toEqual({type: 'retry'});
		expect(stopped.text()).toContain('"Action": "kms:CreateKey"');
	});
	test('a plan is told with what it means, once that is known', async () => {
		const {plain, text} = plainly('1');
		await plain.ask({
			...phases.review,
			tells: undefined,
			telling: Promise.resolve(['nps-kms-user can decrypt with any of the 7 keys']),
		});
		expect(text()).toMatch(/any of the 7 keys[\s\S]*Apply\?/);
	});
});

describe('line by line, a form', () => {
	test('is left by :b and :q at each of its questions', async () => {
		expect(await plainly(':b').plain.ask(forms.several)).toEqual({type: 'back'});
		expect(await plainly('', ':q').plain.ask(forms.several)).toEqual({type: 'quit'});
		expect(await plainly('', '').plain.ask(forms.several)).toEqual({type: 'quit'});
	});
	test('shows its guide by :? and asks the same again', async () => {
		const {plain, text} = plainly(':?', 'X', '', '', '');
		expect(await plain.ask(forms.several)).toMatchObject({type: 'submitted', answers: {policyName: 'X'}});
		expect(text().match(/Policy name \[NPS_KMS_Policy\]:/g)).toHaveLength(2);
		expect(text()).toContain("In the console you'd open IAM");
	});
	test('takes what stands in brackets by Enter, and tells a broken rule', async () => {
		const {plain, text} = plainly('a b', '', '', '', 'yes');
		expect(await plain.ask(forms.several)).toEqual({
			type: 'submitted',
			answers: {policyName: 'NPS_KMS_Policy', policyDescription: '', tags: {}, consoleAccess: true},
		});
		expect(text()).toContain('the space is not allowed');
	});
	test('takes an empty value by :none', async () => {
		expect(await plainly(':none').plain.ask(forms.pairs)).toEqual({type: 'submitted', answers: {tags: {}}});
	});
	test('lists who can be chosen, by a part of their name, and takes numbers, names and ARNs', async () => {
		const [field] = forms.many.fields;
		const scene = {
			...forms.many,
			fields: [
				{
					...field!,
					field: {...field!.field, choices: async () => people},
					choices: undefined,
					coming: Promise.resolve(people),
				},
			],
		};
		const {plain, text} = plainly(':list u2', '3, u20, arn:aws:iam::111122223333:role/Admin');
		expect(await plain.ask(scene)).toEqual({
			type: 'submitted',
			answers: {keyAdministrators: [people[2]!.value, people[20]!.value, 'arn:aws:iam::111122223333:role/Admin']},
		});
		expect(text()).toContain('  21 u20: user');
		expect(text()).not.toContain('u3: user');
	});
	test('tells what is made already and asks it no more', async () => {
		const {plain, text} = plainly('');
		expect(await plain.ask(forms.settled)).toEqual({type: 'submitted', answers: {}});
		expect(text()).toContain('Policy name: NPS_KMS_Policy (made already)');
	});
});
