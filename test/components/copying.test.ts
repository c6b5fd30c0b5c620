import {expect, test} from 'vitest';
import {copied} from '../../components/copying.js';

test.each([true, false])('what was copied, and what comes next, stand in a line of 80 columns (sure: %s)', sure => {
	for (const label of ['Access key', 'KMS key', 'AWS region', 'Secret access key', 'Least privilege'])
		expect(`   ${label} ${copied(sure)} Next: AWS region.`.length).toBeLessThanOrEqual(80);
});
