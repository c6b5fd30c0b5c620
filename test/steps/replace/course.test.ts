import {describe, expect, test} from 'vitest';
import type {Known} from '../../../src/engine/step.js';
import {type BothAccessKeys, evidenceOf} from '../../../src/steps/replace/both-access-keys.js';

const at = (time: string): Date => new Date(`2026-11-24T${time}:00Z`);
const key = (id: string, used?: string, usedFor = 'kms') => ({
	...{
		id,
		active: true,
		madeAt: at('07:00'),
		lastUsed: used === undefined ? undefined : at(used),
		neverUsed: used === undefined,
	},
	...(used !== undefined && {usedFor}),
});
const known = (
	ownUses: Readonly<Record<string, string>> = {},
	facts: Readonly<Record<string, string>> = {},
): Known => ({
	...{
		answers: {},
		facts: {replacing: 'OLD', newAccessKeyId: 'NEW', ...facts},
		past: [],
		claimed: [],
		calls: [],
		proof: undefined,
		run: {},
		runs: 1,
	},
	fact: name => name,
	of: () => known(),
	delivered: Object.entries(ownUses).map(([id, time]) => ({
		...{id, place: null, deliveredAt: '', inUse: false},
		lastOwnUse: at(time).toISOString(),
	})),
});
const two = (old: ReturnType<typeof key>, fresh: ReturnType<typeof key>): BothAccessKeys => ({
	keys: [old, fresh],
	old,
	fresh,
});
const seen = (keys: BothAccessKeys, knows = known()): boolean => evidenceOf(keys, knows).seen;

describe('that NPS uses the new access key', () => {
	test('is seen when KMS was called with it after the old one was last used', () => {
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:00')))).toBe(true);
	});
	test('is not seen while it was never used, or the old one was used since', () => {
		expect(seen(two(key('OLD', '08:00'), key('NEW')))).toBe(false);
		expect(seen(two(key('OLD', '10:00'), key('NEW', '09:00')))).toBe(false);
	});
	test('is not seen by our own proof, nor by another service', () => {
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:00')), known({NEW: '09:00'}))).toBe(false);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:00', 'sts')))).toBe(false);
	});
	test('is not seen while a proof of ours with the old one may hide that NPS used it', () => {
		expect(seen(two(key('OLD', '09:10'), key('NEW', '09:00')), known({OLD: '09:10'}))).toBe(false);
		expect(seen(two(key('OLD', '09:00'), key('NEW', '09:00')))).toBe(false);
	});
	test('is not seen within minutes of a proof of ours of which only the beginning is recorded', () => {
		const knows = known({NEW: '09:00'});
		const cut = {...knows, delivered: knows.delivered.map(it => ({...it, usedSince: 3}))};
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:05')), knows)).toBe(true);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:05')), cut)).toBe(false);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:20')), cut)).toBe(true);
	});
	test('is not seen while the last use of the old one could not be looked at', () => {
		const {lastUsed: _none, ...old} = key('OLD');
		expect(seen(two({...old, lastUsed: undefined, neverUsed: false}, key('NEW', '09:00')))).toBe(false);
	});
	test('stays seen when our own proof hides it later, but for that access key alone', () => {
		const hidden = two(key('OLD', '08:00'), key('NEW', '11:00'));
		expect(seen(hidden, known({NEW: '11:00'}, {seenInUse: `NEW ${at('09:00').toISOString()}`}))).toBe(true);
		expect(seen(hidden, known({NEW: '11:00'}, {seenInUse: `OTHER ${at('09:00').toISOString()}`}))).toBe(false);
	});
});
