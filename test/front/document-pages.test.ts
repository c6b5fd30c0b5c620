import {expect, test} from 'vitest';
import type {Change, Text, Value} from '../../src/engine/step.js';
import {documentPages} from '../../src/front/document-pages.js';

const change = (diff: Change['diff']): Change => ({
	id: 'x',
	verb: 'update',
	subject: 'policy P',
	call: {api: 'x:Y', input: {}},
	...(diff && {diff}),
});
const document = (Resource: Text): Value => ({
	Version: '2012-10-17',
	Statement: [{Effect: 'Allow', Resource}],
});

test('a new document is read whole', () => {
	expect(documentPages([change({to: document('*')})], {})).toEqual([
		{key: 'd', label: 'document', lines: JSON.stringify(document('*'), undefined, 2).split('\n')},
	]);
});
test("a document that changes is read line by line, with what isn't known yet by name", () => {
	const [page] = documentPages([change({from: document('*'), to: document({$fact: 'keyArn'})})], {});
	expect(page?.lines.join('\n')).toMatchInlineSnapshot(`
		"  {
		    "Version": "2012-10-17",
		    "Statement": [
		      {
		        "Effect": "Allow",
		-       "Resource": "*"
		+       "Resource": "(keyArn, known later)"
		      }
		    ]
		  }"
	`);
});
test('what is known already is filled in', () => {
	expect(documentPages([change({to: document({$fact: 'keyArn'})})], {keyArn: 'arn:x'})[0]?.lines.join('')).toContain(
		'"arn:x"',
	);
});
test('several documents bear the names of what they belong to; without any there is no page', () => {
	const [page] = documentPages([change({to: document('*')}), change({to: document('*')}), change(undefined)], {});
	expect(page).toMatchObject({label: 'documents', lines: expect.arrayContaining(['policy P:'])});
	expect(documentPages([change(undefined)], {})).toEqual([]);
});
