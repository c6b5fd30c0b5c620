import {expect, test} from 'vitest';
import {capital} from '../../src/engine/to-do.js';

test.each([
	['the last use AWS shows', 'The last use AWS shows'],
	['kms:Encrypt: explicit Deny', 'kms:Encrypt: explicit Deny'],
	['arn:aws:iam::111122223333:user/anna used it', 'arn:aws:iam::111122223333:user/anna used it'],
	['denied: no policy allows it', 'Denied: no policy allows it'],
])('a sentence that begins by %j begins by %j', (text, begun) => {
	expect(capital(text)).toBe(begun);
});
