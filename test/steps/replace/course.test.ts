import {describe, expect, test} from 'vitest';
import {isProblem, type Known} from '../../../src/engine/step.js';
import {replaceAccessKey} from '../../../src/steps/index.js';
import type {ToldUse} from '../../../src/steps/looks/evidence-of-use.js';
import type {BothAccessKeys} from '../../../src/steps/replace/both-access-keys.js';
import {evidenceOf} from '../../../src/steps/replace/evidence.js';

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
	delivered: ['OLD', 'NEW'].map(id => ({
		...{id, place: null, deliveredAt: at('07:30').toISOString(), inUse: false},
		...(ownUses[id] !== undefined && {lastOwnUse: at(ownUses[id]).toISOString()}),
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
	test('is not seen by a use from before the delivery, which IAM tells to the minute', () => {
		expect(seen(two(key('OLD', '07:00'), key('NEW', '07:29')))).toBe(false);
		expect(seen(two(key('OLD', '07:00'), key('NEW', '07:30')))).toBe(true);
	});
	test('is not seen before a later run, nor within minutes of a proof of ours of which only the beginning is recorded', () => {
		const knows = known({NEW: '09:00'});
		const cut = {...knows, delivered: knows.delivered.map(it => ({...it, usedSince: 3}))};
		const over = (time: string) => {
			const usedUntil = at(time).toISOString();
			return {...cut, delivered: cut.delivered.map(it => ({...it, usedUntil}))};
		};
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:05')), knows)).toBe(true);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:05')), cut)).toBe(false);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '19:00')), cut)).toBe(false);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:05')), over('09:02'))).toBe(false);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '09:20')), over('09:02'))).toBe(true);
		expect(seen(two(key('OLD', '08:00'), key('NEW', '12:00')), over('13:00'))).toBe(false);
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
	describe('where CloudTrail tells from where', () => {
		const use = (id: string, time: string, address: string, more: Partial<ToldUse> = {}): ToldUse => ({
			...{
				at: at(time),
				operation: 'Decrypt',
				requestId: `${id} ${time}`,
				address,
				agent: 'NPS',
				by: '',
				accessKeyId: id,
			},
			...more,
		});
		const both = (old: readonly ToldUse[], fresh: readonly ToldUse[]): BothAccessKeys => ({
			...two(key('OLD', '08:00'), key('NEW')),
			told: {old: {uses: old, cut: false}, fresh: {uses: fresh, cut: false}},
		});
		test('a use from there is enough, whatever IAM does not show yet', () => {
			const it = evidenceOf(both([use('OLD', '08:00', '10.0.0.1')], [use('NEW', '09:00', '10.0.0.1')]), known());
			expect([it.seen, it.moved, it.left]).toEqual([true, ['10.0.0.1'], []]);
		});
		test('an address that still uses the old one holds back, even if another has moved since', () => {
			const old = [use('OLD', '08:30', '10.0.0.2'), use('OLD', '08:00', '10.0.0.1')];
			const it = evidenceOf(both(old, [use('NEW', '09:00', '10.0.0.1')]), known());
			expect([it.seen, it.moved, it.left]).toEqual([false, ['10.0.0.1'], ['10.0.0.2']]);
			expect(it.words).toContain('10.0.0.2 used the old one, and not the new one since');
		});
		test('uses of the old one that were read only in part hold back', () => {
			const all = both([use('OLD', '08:00', '10.0.0.1')], [use('NEW', '09:00', '10.0.0.1')]);
			const cut = {...all, told: {...all.told!, old: {...all.told!.old!, cut: true}}};
			expect([seen(all), seen(cut)]).toEqual([true, false]);
		});
		test('one server with an address of each kind is not two', () => {
			const fresh = [use('NEW', '09:00', '10.0.0.1'), use('NEW', '09:01', '2001:db8::1')];
			const does = (more: readonly ToldUse[]): unknown => {
				const rotate = replaceAccessKey.steps.find(it => it.id === 'switch-key')!;
				const knows = {...known(), answers: {npsServers: '2'}};
				const it = rotate.plan(both([], [...fresh, ...more]), knows);
				return isProblem(it) ? it.code : 'goes on';
			};
			expect([does([]), does([use('NEW', '09:02', '10.0.0.2')])]).toEqual(['NotRotatedYet', 'goes on']);
		});
		test('a later use of the old one holds back, which IAM does not show yet', () => {
			expect(seen(both([use('OLD', '09:30', '10.0.0.1')], [use('NEW', '09:00', '10.0.0.1')]))).toBe(false);
		});
		test('our own proof is no use by NPS: by its request id, by its program, nor is a use before the delivery', () => {
			const ours = {...known(), ownRequests: ['NEW 09:00']};
			expect(seen(both([], [use('NEW', '09:00', '10.0.0.1')]), known())).toBe(true);
			expect(seen(both([], [use('NEW', '09:00', '10.0.0.1')]), ours)).toBe(false);
			expect(seen(both([], [use('NEW', '09:00', '10.0.0.1', {agent: 'aws-sdk-js/3 app/nps-kms'})]))).toBe(false);
			expect(seen(both([], [use('NEW', '07:00', '10.0.0.1')]))).toBe(false);
		});
		test('a use of the old one to the minute may have come within it after a use of the new one to the second', () => {
			const since = (old: string): boolean =>
				evidenceOf({...both([], [use('NEW', '09:00', '10.0.0.1', {at: second})]), old: key('OLD', old)}, known()).seen;
			const second = new Date(at('09:00').getTime() + 30_000);
			expect([since('08:59'), since('09:00')]).toEqual([true, false]);
		});
	});
});
