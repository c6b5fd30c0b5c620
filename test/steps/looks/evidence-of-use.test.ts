import {expect, test} from 'vitest';
import type {Look} from '../../../src/engine/step.js';
import {everyField, fieldsOf} from '../../../src/run/given-answers.js';
import {setup} from '../../../src/steps/index.js';
import {usesWith} from '../../../src/steps/looks/evidence-of-use.js';

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/k';
const event = (time: string, userIdentity: object) => ({
	EventTime: new Date(time),
	CloudTrailEvent: JSON.stringify({
		...{eventName: 'Decrypt', eventSource: 'kms.amazonaws.com', eventTime: time, userIdentity},
		resources: [{ARN: keyArn}],
	}),
});
/** A look at which CloudTrail answers with these pages, one after the other. */
function pages(...all: readonly (readonly object[])[]): Look {
	let page = 0;
	const at = async (): Promise<unknown> => {
		const Events = all[page] ?? [];
		page += 1;
		return {Events, ...(page < all.length && {NextToken: `page ${page}`})};
	};
	return {at} as unknown as Look;
}

test('after an empty page, what comes on the next is read', async () => {
	const time = '2026-11-24T09:00:00Z';
	const told = await usesWith(pages([], [event(time, {arn: 'a'})]), 'NEW', keyArn, Date.parse('2026-11-24T07:00:00Z'));
	expect([told?.uses.length, told?.cut]).toEqual([1, false]);
});
test.each([
	[{arn: 'arn:aws:iam::1:user/nps'}, 'arn:aws:iam::1:user/nps'],
	[{invokedBy: 'backup.amazonaws.com'}, 'backup.amazonaws.com'],
	[{accountId: '444455556666'}, 'Account 444455556666'],
	[{}, 'Somebody whom AWS does not name'],
])('who used the key is named, by %j', async (identity, by) => {
	const told = await usesWith(pages([event('2026-11-24T09:00:00Z', identity)]), 'NEW', keyArn);
	expect(told?.uses[0]?.by).toBe(by);
});
test('a wish to wait and see counts for its run alone, though no flag gives it', () => {
	const all = everyField(setup, 'nps').filter(it => it.name === 'watchNps');
	expect(all.every(it => it.settles === 'each-run' && it.initial === false)).toBe(true);
	expect(fieldsOf(setup, 'nps').some(it => it.name === 'watchNps')).toBe(false);
});
