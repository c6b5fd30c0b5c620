import {expect} from 'vitest';
import {fold, knownFor} from '../../src/engine/record.js';
import {
	type Answers,
	type Attempt,
	type Change,
	isProblem,
	type Known,
	type Look,
	type Plan,
	type Problem,
	type Step,
} from '../../src/engine/step.js';
import {setup} from '../../src/steps/index.js';
import type {User} from '../fake/account.js';
import {FakeAws} from '../fake/aws.js';
import {boot, copyOf, emptyWorld, lookOf, type World} from '../fake/ports.js';

/** What is known besides what the record of a world says. */
export type Extra = Partial<Omit<Known, 'answers' | 'fact'>> & {readonly answers?: Answers};

export const stepOf = (id: string): Step => setup.steps.find(it => it.id === id) ?? expect.unreachable(id);
export const iam = 'arn:aws:iam::111122223333';
export const minute = 60_000;

const after = new Map<string, World>();
/** A world in which the set-up has gone as far as that step, undisturbed and with the defaults. */
export async function worldAfter(
	step: 'connect' | 'policy' | 'user' | 'access-key' | 'managed-key' | 'hand-off',
): Promise<World> {
	const known = after.get(step);
	if (known) return copyOf(known);
	const world = emptyWorld();
	await boot(world, {course: setup, ...(step === 'hand-off' ? {} : {stopAfter: step})});
	after.set(step, copyOf(world));
	return world;
}

/** A record that was lost: the account and the files remain. */
export const withoutRecord = async (world: World): Promise<World> => {
	const fresh = {...(await worldAfter('connect')), account: world.account, files: world.files};
	return {...fresh, record: fresh.record.map(it => (it.type === 'started' ? {...it, setupId: 'another-id'} : it))};
};

/** What a step plans over a world. */
export async function planOf(id: string, world: World, extra: Extra = {}): Promise<Plan | Problem> {
	const step = stepOf(id);
	const known = knownOf(id, world, extra);
	return step.plan(await step.observe(lookOf(world), known), known);
}
export function knownOf(id: string, world: World, {answers, facts, ...more}: Extra = {}): Known {
	const names: Answers = {
		policyName: 'NPS_KMS_Policy',
		userName: 'nps-kms-user',
		keyAlias: 'nps-kms-key',
		secretFile: '/home/op/key.csv',
		keyAdministrators: [],
	};
	const state = fold(world.record);
	return {
		...knownFor(
			id,
			{...state, answers: {...names, ...state.answers}},
			{setup: 'nps', homeFolder: '/home/op', today: '20261124'},
			{answers: answers ?? {}, facts: {userName: 'nps-kms-user', ...state.facts, ...facts}},
		),
		...more,
	};
}
/** The ids of the changes that are planned; a problem fails. */
export async function changesOf(id: string, world: World, extra?: Extra): Promise<readonly string[]> {
	return (await planned(id, world, extra)).changes.map(it => it.id);
}
export async function planned(id: string, world: World, extra?: Extra): Promise<Plan> {
	const plan = await planOf(id, world, extra);
	if (isProblem(plan)) expect.fail(`${plan.what}: ${plan.why}`);
	return plan;
}
export async function change(id: string, world: World, name: string, extra?: Extra): Promise<Change> {
	return (await planned(id, world, extra)).changes.find(it => it.id === name) ?? expect.fail(`no change ${name}`);
}
/** The problem that stops a plan. */
export async function problemOf(id: string, world: World, extra?: Extra): Promise<Problem> {
	const plan = await planOf(id, world, extra);
	if (!isProblem(plan)) expect.fail(`no problem, but ${plan.changes.map(it => it.id).join() || 'nothing to change'}`);
	return plan;
}

export const look = (world: World): Look => lookOf(world);
export const call = (world: World, api: string, input: Readonly<Record<string, unknown>>): Promise<unknown> =>
	new FakeAws(world.account).send({api, input});
export const npsUser = (world: World): User =>
	world.account.users.find(it => it.name === 'nps-kms-user') ?? expect.fail('no user');
/** An attempt of which the record knows no outcome, or the one given. */
export const attempt = (
	id: string,
	world: World,
	more: Partial<Attempt> & {readonly before?: readonly string[]} = {},
): Attempt => {
	const {before, ...rest} = more;
	return {
		change: {id, verb: 'create', subject: id, call: {api: 'x', input: {}}, ...(before && {before})},
		learned: {},
		at: new Date(world.account.now).toISOString(),
		clock: 'aws',
		run: 1,
		...rest,
	};
};
