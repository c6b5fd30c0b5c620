import {describe, expect, test} from 'vitest';
import type {Delivered} from '../../../src/engine/delivered.js';
import type {Known} from '../../../src/engine/step.js';
import {usedBesidesUs, usesByNps} from '../../../src/steps/looks/nps-use.js';

const id = 'AKIA0000000000000003';
const held: Delivered = {id, place: null, deliveredAt: '2026-11-28T06:00:30.500Z', inUse: false};
const known = (recovered?: true): Known =>
	({facts: {accessKeyId: id, region: 'eu-west-1'}, delivered: [held], recovered}) as unknown as Known;
const atIam = (lastUsed: string) => ({
	...{lastUsed: new Date(lastUsed), usedFor: 'kms', usedIn: 'eu-west-1', neverUsed: false},
});
const told = (at: string) => ({
	uses: [{...{at: new Date(at), operation: 'Decrypt', requestId: 'r', agent: 'x'}, by: 'arn', accessKeyId: id}],
	cut: false,
});

describe('a use in the very minute or second from which an access key is known', () => {
	test('is by NPS where it was delivered then: what AWS cuts off came after', () => {
		expect(usedBesidesUs(id, atIam('2026-11-28T06:00:00Z'), known())).toBeDefined();
		expect(usesByNps(id, told('2026-11-28T06:00:30Z'), known())).toHaveLength(1);
	});
	test('may be by our own proof where it was found then, by a record that was rebuilt', () => {
		expect(usedBesidesUs(id, atIam('2026-11-28T06:00:00Z'), known(true))).toBeUndefined();
		expect(usesByNps(id, told('2026-11-28T06:00:30Z'), known(true))).toEqual([]);
		expect(usedBesidesUs(id, atIam('2026-11-28T06:01:00Z'), known(true))).toBeDefined();
		expect(usesByNps(id, told('2026-11-28T06:00:31Z'), known(true))).toHaveLength(1);
	});
});
