import {describe, expect, test} from 'vitest';
import {keyPolicy} from '../../../src/aws/policy/policy-documents.js';
import {editInWords, edits} from '../../../src/aws/policy/statement-differences.js';
import type {Value} from '../../../src/engine/step.js';

const user = 'arn:aws:iam::111122223333:user/nps-kms-user';
const other = 'arn:aws:iam::111122223333:user/other';
const ours = keyPolicy('aws', '111122223333', [], user);
type Statement = {readonly [key: string]: Value};
const written = (ours as unknown as {Statement: Statement[]}).Statement;
const document = (...statements: readonly Statement[]): Value => ({Version: '2012-10-17', Statement: statements});
const words = (...statements: readonly Statement[]): readonly string[] =>
	edits(document(...statements), ours).map(it => `${it.sid}: ${editInWords(it)}`);
const [root, use, grants] = written as [Statement, Statement, Statement];

test('order, spelling, lists of one and the bare account number are no edit', () => {
	expect(
		words(
			grants,
			{...root, Principal: {AWS: '111122223333'}, Action: ['KMS:*']},
			{...use, Sid: 'renamed', Action: [...(use['Action'] as string[])].reverse()},
		),
	).toEqual([]);
});
describe('each edit is told by its statement, as short as can be', () => {
	const table: readonly (readonly [string, readonly Statement[], readonly string[]])[] = [
		[
			'gone',
			[root, grants],
			[
				`Allow use of the key: is gone: Allow  kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey  to  ${user}`,
			],
		],
		[
			'added',
			[...written, {Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*'}],
			['without a name: is added: Deny  kms:*  to  *'],
		],
		[
			'for another as well',
			[root, {...use, Principal: {AWS: [user, other]}}, grants],
			[`Allow use of the key: is for ${other} as well`],
		],
		[
			'for another instead',
			[root, {...use, Principal: {AWS: other}}, grants],
			[`Allow use of the key: is for ${other} as well, is no longer for ${user}`],
		],
		[
			'fewer actions',
			[root, {...use, Action: ['kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']}, grants],
			['Allow use of the key: no longer allows kms:Encrypt'],
		],
		[
			'without its condition',
			[root, use, {...grants, Condition: {}}],
			['Allow attachment of persistent resources: has the condition {}'],
		],
		[
			'denying now',
			[root, {...use, Effect: 'Deny'}, grants],
			[
				`Allow use of the key: is another: Deny  kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey  to  ${user}`,
			],
		],
		[
			'a double that somebody changed',
			[...written, {...use, Action: 'kms:*'}],
			[`Allow use of the key: is added: Allow  kms:*  to  ${user}`],
		],
	];
	test.each(table)('%s', (_what, statements, expected) => expect(words(...statements)).toEqual(expected));
});
