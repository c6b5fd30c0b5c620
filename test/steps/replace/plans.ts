import {expect} from 'vitest';
import type {Answers, Attempt, Facts, Known, Plan, Problem, ThisRun} from '../../../src/engine/step.js';
import {replaceAccessKey} from '../../../src/steps/index.js';
import type {SeenAccessKey} from '../../../src/steps/things/access-keys.js';

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-24T12:00:00Z');
export const at = (time: string): Date => new Date(`2026-11-24T${time}:00Z`);
/** An access key as it is seen: whether it is Active, and when KMS was called with it last. */
export const key = (id: string, active = true, used?: string): SeenAccessKey => ({
	...{
		id,
		active,
		madeAt: new Date(now - (id === 'OLD' ? 85 : 0) * day),
		lastUsed: used === undefined ? undefined : at(used),
		neverUsed: used === undefined,
	},
	...(used !== undefined && {usedFor: 'kms'}),
});
export const old = key('OLD', true, '08:00');
export const halted = key('OLD', false, '08:00');
export const fresh = key('NEW', true, '09:00');
export const unused = key('NEW');
export const off = key('NEW', false, '09:00');
export const others = key('OTHER');

/** What is found and known as a step of the replacement plans. */
export type Case = {
	readonly keys: readonly SeenAccessKey[];
	readonly facts?: Facts;
	readonly answers?: Answers;
	readonly delivered?: readonly string[];
	readonly past?: readonly Attempt[];
	readonly described?: readonly string[];
	/** How many milliseconds before now the secrets were delivered. */
	readonly since?: number;
	readonly run?: ThisRun | undefined;
};
const base: Facts = {
	region: 'eu-west-1',
	userName: 'nps-kms-user',
	keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666',
};
const thisRun = {setup: 'nps', now: new Date(now).toISOString(), today: '20261124', homeFolder: '/home/op'};
/** What the record knows: while one is being replaced, which; and once NPS was rotated, that. */
export const begun: Facts = {accessKeyId: 'OLD', replacing: 'OLD'};
export const made: Facts = {...begun, newAccessKeyId: 'NEW'};
export const moved: Facts = {...made, accessKeyId: 'NEW'};

/** All that a step of the replacement knows. */
export function knownOf({
	facts = {},
	answers = {},
	delivered = ['OLD', 'NEW'],
	past = [],
	since = 12 * 3_600_000,
	run = thisRun,
}: Case): Known {
	const all: Facts = {...base, ...facts};
	const known: Known = {
		...{
			answers: {newSecretFile: '/home/op/new.csv', ...answers},
			facts: all,
			past,
			claimed: [],
			calls: [],
			proof: undefined,
			run,
			runs: 1,
		},
		fact: name => all[name] ?? {$fact: name},
		of: () => known,
		delivered: delivered.map(id => ({
			...{id, place: `/home/op/${id}.csv`, deliveredAt: new Date(now - since).toISOString()},
			inUse: id === facts['accessKeyId'],
		})),
	};
	return known;
}
/** What a step of the replacement plans. */
export function plan(id: string, it: Case): Plan | Problem {
	const step = replaceAccessKey.steps.find(each => each.id === id) ?? expect.unreachable(id);
	const {keys, described = []} = it;
	const pair = {old: keys.find(each => each.id === 'OLD'), fresh: keys.find(each => each.id === 'NEW')};
	return step.plan({keys, described, ...pair, place: {is: 'absent'}, userIsOurs: true}, knownOf(it));
}
