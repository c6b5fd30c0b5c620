import {describe, expect, test} from 'vitest';
import {choicesOf} from '../../src/engine/to-do.js';
import type {World} from '../fake/ports.js';
import {attempt, call, change, changesOf, iam, planned, problemOf, worldAfter} from './plans.js';

const PolicyArn = `${iam}:policy/NPS_KMS_Policy`;
const decrypt = (Resource: string) => ({
	Version: '2012-10-17',
	Statement: [{Sid: 'VisualEditor0', Effect: 'Allow', Action: 'kms:Decrypt', Resource}],
});
const wide = decrypt('arn:aws:kms:*:111122223333:key/*');
const save = (world: World, document: unknown, SetAsDefault = true) =>
	call(world, 'iam:CreatePolicyVersion', {PolicyArn, PolicyDocument: JSON.stringify(document), SetAsDefault});

test('the wide document is narrowed to the one key by a new default version', async () => {
	const world = await worldAfter('managed-key');
	const it = await change('least-privilege', world, 'narrow-policy');
	expect(it.call.input).toEqual({
		PolicyArn,
		PolicyDocument: {$json: decrypt(world.account.kmsKeys[0]!.arn)},
		SetAsDefault: true,
	});
	expect(it.diff).toEqual({from: wide, to: decrypt(world.account.kmsKeys[0]!.arn)});
});
test('a document that is narrow already is done, whoever wrote it', async () => {
	const world = await worldAfter('managed-key');
	await save(world, {Statement: {Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [world.account.kmsKeys[0]!.arn]}});
	expect(await planned('least-privilege', world)).toMatchObject({changes: [], facts: {narrow: 'yes'}});
});
test('a narrow document that is not the default one is not enough', async () => {
	const world = await worldAfter('managed-key');
	await save(world, decrypt(world.account.kmsKeys[0]!.arn), false);
	expect(await changesOf('least-privilege', world)).toEqual(['narrow-policy']);
});
test.each([
	['that somebody changed', {Version: '2012-10-17', Statement: []}, 'Somebody changed'],
	['that allows another key', decrypt('arn:aws:kms:eu-west-1:111122223333:key/other'), 'another key'],
])('a document %s stops, and is replaced by an answer', async (_, document, why) => {
	const world = await worldAfter('managed-key');
	await save(world, document);
	const problem = await problemOf('least-privilege', world);
	expect(problem).toMatchObject({code: 'PolicyDiffers', why: expect.stringContaining(why)});
	expect(await changesOf('least-privilege', world, {answers: choicesOf(problem)[0]?.answers ?? {}})).toEqual([
		'narrow-policy',
	]);
});

describe('of five versions', () => {
	const five = async (document = wide): Promise<World> => {
		const world = await worldAfter('managed-key');
		for (let at = 2; at <= 5; at++) await save(world, document);
		return world;
	};
	test('four leave room', async () => {
		const world = await worldAfter('managed-key');
		for (let at = 2; at <= 4; at++) await save(world, wide);
		expect(await changesOf('least-privilege', world)).toEqual(['narrow-policy']);
	});
	test('the oldest that this record made goes', async () => {
		expect(await changesOf('least-privilege', await five())).toEqual(['delete-version-v1', 'narrow-policy']);
	});
	test('those that others made stay', async () => {
		const world = await five();
		const problem = await problemOf('least-privilege', world, {facts: {policyFirstVersion: 'v9'}});
		expect(problem).toMatchObject({code: 'LimitExceeded'});
		for (const id of ['v1', 'v2', 'v3', 'v4', 'v5 of 2026-11-24 (default)']) expect(problem.why).toContain(id);
	});
	test('the first of an adopted policy, or of one made anew by somebody, stays', async () => {
		expect(await problemOf('least-privilege', await five(), {facts: {policyMadeAs: 'another'}})).toMatchObject({
			code: 'LimitExceeded',
		});
	});
	test('a version made by a step that the record says was done counts, one in doubt does not', async () => {
		const world = await five();
		const past = (outcome?: 'done') => [
			attempt('narrow-policy', world, {learned: {policyVersion: 'v3'}, ...(outcome && {outcome})}),
		];
		expect(await changesOf('least-privilege', world, {facts: {policyFirstVersion: 'v9'}, past: past('done')})).toEqual([
			'delete-version-v3',
			'narrow-policy',
		]);
		expect(await problemOf('least-privilege', world, {facts: {policyFirstVersion: 'v9'}, past: past()})).toMatchObject({
			code: 'LimitExceeded',
		});
	});
	test.each([
		['v5', 'v5'],
		['v4', 'v5'],
	])('neither the default nor the one before it goes (%s)', async (made, current) => {
		const world = await five();
		for (const it of world.account.policies[0]!.versions) it.isDefault = it.id === current;
		expect(await problemOf('least-privilege', world, {facts: {policyFirstVersion: made}})).toMatchObject({
			code: 'LimitExceeded',
		});
	});
	test('the default may be the oldest: then the others of ours go first', async () => {
		const world = await five();
		for (const it of world.account.policies[0]!.versions) it.isDefault = it.id === 'v1';
		const past = [attempt('narrow-policy', world, {learned: {policyVersion: 'v2'}, outcome: 'done'})];
		expect(await changesOf('least-privilege', world, {past})).toEqual(['delete-version-v2', 'narrow-policy']);
	});
});
