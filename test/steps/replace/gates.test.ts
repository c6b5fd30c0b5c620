import {describe, expect, test} from 'vitest';
import {type Answers, type Attempt, type Facts, isProblem} from '../../../src/engine/step.js';
import {choicesOf} from '../../../src/engine/to-do.js';
import type {SeenAccessKey} from '../../../src/steps/things/access-keys.js';
import {at, begun, type Case, fresh, halted, key, made, moved, off, old, others, plan, unused} from './plans.js';

/** What a step does: its changes, or the code of what it waits for or stops at, with the keys that lead on. */
function does(id: string, given: Case): string {
	const it = plan(id, given);
	if (!isProblem(it)) return it.changes.map(change => change.id).join(' ') || 'nothing';
	return [it.code, ...choicesOf(it).map(way => way.key)].join(' ');
}
/** A change of which the record knows that it was done. */
const did = (id: string): Attempt => ({
	...{
		change: {id, verb: 'update', subject: id, call: {api: 'x', input: {}}},
		outcome: 'done',
		learned: {},
		at: at('10:00').toISOString(),
		clock: 'aws',
		run: 1,
	},
});

type Row = readonly [rule: string, it: Case, does: string];
const table = (step: string, rows: readonly Row[]): void => {
	describe(step, () => test.each(rows)('%s', (_rule, it, expected) => expect(does(step, it)).toBe(expected)));
};

table('replaced-key', [
	['without an access key there is nothing to replace', {keys: []}, 'NoAccessKey'],
	['the only one is replaced', {keys: [old]}, 'nothing'],
	['the only one can not be NPS’s if it is Inactive', {keys: [halted]}, 'Inactive'],
	['of two, which is NPS’s is asked', {keys: [old, others]}, 'TwoKeys 1 2'],
	[
		'the other one goes once it is named, set Inactive first',
		{keys: [old, others], answers: {removeAccessKey: 'OTHER'}},
		'deactivate-OTHER delete-OTHER',
	],
	[
		'an Inactive one is deleted',
		{keys: [old, key('OTHER', false)], answers: {removeAccessKey: 'OTHER'}},
		'delete-OTHER',
	],
	[
		'its description tag goes with it',
		{keys: [old, others], answers: {removeAccessKey: 'OTHER'}, described: ['OTHER']},
		'deactivate-OTHER undescribe-access-key delete-OTHER',
	],
	['an id that is not there names none', {keys: [old, others], answers: {removeAccessKey: 'ELSE'}}, 'TwoKeys 1 2'],
	[
		'never from beside an Inactive one, which NPS can not be using',
		{keys: [halted, others], facts: begun, answers: {removeAccessKey: 'OTHER'}},
		'Inactive u',
	],
	['under way, nothing is asked again', {keys: [old, fresh], facts: made}, 'nothing'],
	[
		'before there is a new one, a second one made by hand may be NPS’s',
		{keys: [old, others], facts: begun},
		'TwoKeys 1 2',
	],
	[
		'asked for, the old one is Active before anything else',
		{keys: [halted, fresh], facts: moved, answers: {activeAgain: 'OLD'}},
		'activate-OLD',
	],
]);

describe('of two access keys, removing the one that may be NPS’s', () => {
	const warns = (
		keys: readonly SeenAccessKey[],
		remove: string,
		facts: Facts = {},
		delivered = ['OLD'],
		step = 'replaced-key',
	): readonly string[] => {
		const it = plan(step, {keys, answers: {removeAccessKey: remove}, facts, delivered});
		return isProblem(it) ? expect.fail(it.what) : (it.warns ?? []);
	};
	test('is warned of first where the record says that NPS uses it', () => {
		expect(warns([old, others], 'OLD', {accessKeyId: 'OLD'})[0]).toMatch(
			/^You say that NPS uses OTHER; the record says OLD.*If NPS uses OLD, it can't read its protected data/,
		);
	});
	test('is warned of first where KMS was called with it later', () => {
		expect(warns([old, key('OTHER', true, '11:00')], 'OTHER')[0]).toMatch(
			/^OTHER was used with KMS later than OLD\. If NPS uses OTHER/,
		);
	});
	test('is warned of as well where only the new one finds no room', () => {
		const [first, second] = warns([old, key('OTHER', true, '11:00')], 'OTHER', begun, ['OLD'], 'new-access-key');
		expect([first, second]).toEqual([
			expect.stringMatching(/^OTHER was used with KMS later than OLD\./),
			expect.stringMatching(/with kms\)\.$/),
		]);
	});
	test('is not warned of where all agrees', () => {
		expect(warns([old, others], 'OTHER', {accessKeyId: 'OLD'})).toEqual([
			expect.stringMatching(/^The other access key: OTHER/),
		]);
	});
	test('is told in the question, with what the record knows', () => {
		const it = plan('replaced-key', {keys: [old, others], facts: {accessKeyId: 'OLD'}, delivered: ['OLD']});
		expect(isProblem(it) && it.why).toMatch(/OLD \(.*\): SbPAM\.RotateAwsKey was run with it, says the record; OTHER/);
	});
});

table('new-access-key', [
	['is made beside the old one', {keys: [old], facts: begun, delivered: ['OLD']}, 'create-access-key'],
	['is made beside an Inactive old one, too', {keys: [halted], facts: begun, delivered: ['OLD']}, 'create-access-key'],
	['is there once it was delivered', {keys: [old, unused], facts: made}, 'nothing'],
	['waits while somebody has set it Inactive', {keys: [old, off], facts: made}, 'NewKeyGone'],
	['and the old one can be set Active again meanwhile', {keys: [halted, off], facts: moved}, 'NewKeyGone u'],
	['is made anew if somebody deleted it', {keys: [old], facts: made}, 'create-access-key'],
	[
		'finds no room beside somebody’s, and offers to remove only that',
		{keys: [old, others], facts: begun, delivered: ['OLD']},
		'LimitExceeded 1',
	],
	[
		'takes the room of the one that is named',
		{keys: [old, others], facts: begun, delivered: ['OLD'], answers: {removeAccessKey: 'OTHER'}},
		'deactivate-OTHER delete-OTHER create-access-key',
	],
	[
		'never takes the room of the old one',
		{keys: [old, others], facts: begun, delivered: ['OLD'], answers: {removeAccessKey: 'OLD'}},
		'InUse',
	],
	[
		'never removes the old one by its name, once it is Inactive either: that has gates of its own',
		{keys: [halted, fresh], facts: moved, delivered: ['OLD', 'NEW'], answers: {removeAccessKey: 'OLD'}},
		'InUse u',
	],
]);

table('switch-key', [
	['waits until it has run', {keys: [old, unused], facts: made}, 'NotRotatedYet y'],
	['goes on once AWS shows that it has, with no word said', {keys: [old, fresh], facts: made}, 'nothing'],
	[
		'waits while the old one was used since, and nobody said that it has run',
		{keys: [key('OLD', true, '10:00'), fresh], facts: made},
		'NotRotatedYet y',
	],
	['waits with the old one gone', {keys: [unused], facts: made}, 'NotRotatedYet y'],
	[
		'waits with the old one Inactive, which can be set Active',
		{keys: [halted, unused], facts: made},
		'NotRotatedYet y u',
	],
	[
		'of several servers AWS has to show each, and one access key’s last use shows one',
		{keys: [old, fresh], facts: made, answers: {npsServers: '3'}},
		'NotRotatedYet y',
	],
	[
		'of several servers the person may say that it has run on all',
		{keys: [old, fresh], facts: made, answers: {npsServers: '3', newKeyRotated: true}},
		'nothing',
	],
	[
		'sets it Active if that is asked for',
		{keys: [halted, fresh], facts: made, answers: {activeAgain: 'OLD'}},
		'activate-OLD',
	],
	[
		'waits until AWS shows a use of the new one',
		{keys: [old, unused], facts: made, answers: {newKeyRotated: true}},
		'NotSeenYet',
	],
	[
		'waits while the old one was used since',
		{keys: [key('OLD', true, '10:00'), fresh], facts: made, answers: {newKeyRotated: true}},
		'NotSeenYet',
	],
	['goes on once AWS shows it', {keys: [old, fresh], facts: made, answers: {newKeyRotated: true}}, 'nothing'],
	[
		'goes on with a reason',
		{keys: [old, unused], facts: made, answers: {newKeyRotated: true, overrideReason: 'sure'}},
		'nothing',
	],
	[
		'not with a blank one',
		{keys: [old, unused], facts: made, answers: {newKeyRotated: true, overrideReason: ' '}},
		'NotSeenYet',
	],
	[
		'a reason alone is no answer',
		{keys: [old, unused], facts: made, answers: {overrideReason: 'sure'}},
		'NotRotatedYet y',
	],
	[
		'stops without the new one',
		{keys: [old], facts: made, answers: {newKeyRotated: true, overrideReason: 'sure'}},
		'NewKeyGone',
	],
]);

const healthy: Answers = {newKeyRotated: true, npsHealthy: true};
table('retire-key', [
	['sets the old one Inactive', {keys: [old, fresh], facts: moved}, 'deactivate-OLD'],
	['not if it was used since', {keys: [key('OLD', true, '10:00'), fresh], facts: moved}, 'StillUsed'],
	[
		'not without the new one, whatever the reason',
		{keys: [old, off], facts: moved, answers: {overrideReason: 'sure'}},
		'NewKeyGone',
	],
	['leaves it as it is once it is Inactive', {keys: [halted, fresh], facts: moved}, 'nothing'],
	[
		'leaves it Active if that was asked for',
		{keys: [old, fresh], facts: moved, answers: {activeAgain: 'OLD'}},
		'nothing',
	],
	[
		'asks before it sets Inactive what somebody set Active since',
		{keys: [old, fresh], facts: moved, past: [did('deactivate-OLD')]},
		'ActiveAgain i',
	],
	[
		'sets it Inactive again on the person’s word',
		{keys: [old, fresh], facts: moved, past: [did('deactivate-OLD')], answers: {inactiveAgain: 'OLD'}},
		'deactivate-OLD',
	],
]);
table('remove-key', [
	['asks whether NPS is healthy', {keys: [halted, fresh], facts: moved}, 'Healthy y u'],
	['asks whether it is to be deleted', {keys: [halted, fresh], facts: moved, answers: healthy}, 'MayBeDeleted x u'],
	[
		'deletes it by its id',
		{keys: [halted, fresh], facts: moved, answers: {...healthy, deleteAccessKey: 'OLD'}},
		'delete-OLD',
	],
	[
		'not by another id',
		{keys: [halted, fresh], facts: moved, answers: {...healthy, deleteAccessKey: 'NEW'}},
		'MayBeDeleted x u',
	],
	[
		'with its description tag',
		{keys: [halted, fresh], facts: moved, described: ['OLD', 'NEW'], answers: {...healthy, deleteAccessKey: 'OLD'}},
		'delete-OLD undescribe-access-key',
	],
	['removes the tag of one that is gone', {keys: [fresh], facts: moved, described: ['OLD']}, 'undescribe-access-key'],
	['is done once both are gone', {keys: [fresh], facts: moved, described: ['NEW', 'team']}, 'nothing'],
	[
		'deletes nothing without the new one',
		{keys: [halted], facts: moved, answers: {...healthy, deleteAccessKey: 'OLD'}},
		'NewKeyGone u',
	],
	[
		'sets it Active again if that is asked for',
		{keys: [halted, fresh], facts: moved, answers: {...healthy, activeAgain: 'OLD'}},
		'activate-OLD',
	],
	[
		'waits then until it may be Inactive',
		{keys: [old, fresh], facts: moved, answers: {activeAgain: 'OLD'}},
		'ActiveAgain i',
	],
	[
		'and sets it Inactive again',
		{keys: [old, fresh], facts: moved, answers: {activeAgain: 'OLD', inactiveAgain: 'OLD'}},
		'deactivate-OLD',
	],
]);

test.each([
	// AWS tells the time in whole seconds: just now may come after it.
	[-900, 'delivered 0 minutes ago'],
	[0, 'delivered 0 minutes ago'],
	[119 * 60_000, 'delivered 119 minutes ago'],
	[120 * 60_000, 'delivered 2 hours ago'],
])('what AWS does not show yet is judged by how long the secret has been out: %i ms', (since, says) => {
	const waits = plan('switch-key', {keys: [old, unused], facts: made, answers: {newKeyRotated: true}, since});
	expect('why' in waits ? waits.why : waits).toContain(says);
});
