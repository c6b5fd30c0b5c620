import {describe, expect, test} from 'vitest';
import {isProblem} from '../../src/engine/plan.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {Files} from '../fake/ports.js';
import {attempt, call, change, changesOf, iam, npsUser, planOf, problemOf, withoutRecord, worldAfter} from './plans.js';

const place = '/home/op/nps-kms-user_password.csv';
const console = {consoleAccess: true, consolePasswordFile: place};
const row = (name: string): Files => ({[place]: {is: 'row', row: {'User name': name, Password: 'CANARY'}}});

test('a user that is not there is made with our tags, and the policy attached to it', async () => {
	const world = await worldAfter('policy');
	expect(await changesOf('user', world)).toEqual(['create-user', 'attach-policy']);
	expect((await change('user', world, 'attach-policy')).call.input).toEqual({
		UserName: 'nps-kms-user',
		PolicyArn: `${iam}:policy/NPS_KMS_Policy`,
	});
});
test('a policy that is not made yet is attached by its name', async () => {
	const {call: it} = await change('user', await worldAfter('connect'), 'attach-policy');
	expect(it.input['PolicyArn']).toEqual({$fact: 'policyArn'});
});
test('a user that lacks only the policy gets only that', async () => {
	const world = await worldAfter('user');
	npsUser(world).attached.splice(0, 1, 'arn:aws:iam::aws:policy/Other');
	expect(await changesOf('user', world)).toEqual(['attach-policy']);
});
test("a user's other policies are left alone", async () => {
	const world = await worldAfter('user');
	npsUser(world).attached.push('arn:aws:iam::aws:policy/Other');
	expect(await changesOf('user', world)).toEqual([]);
});

describe('a user of that name', () => {
	const make = async (tags: Record<string, string>, UserName = 'nps-kms-user') => {
		const world = await worldAfter('policy');
		await call(world, 'iam:CreateUser', {UserName, Tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))});
		return world;
	};
	test("that is nobody's stops with ways, and is adopted by an answer", async () => {
		const world = await make({});
		expect(await problemOf('user', world)).toMatchObject({
			code: 'AlreadyThere',
			ways: expect.arrayContaining([
				expect.objectContaining({is: 'answer', field: 'userName'}),
				expect.objectContaining({answers: {adoptUser: true}}),
			]),
		});
		expect(await changesOf('user', world, {answers: {adoptUser: true}})).toEqual(['tag-user', 'attach-policy']);
	});
	test.each([
		['of another setup', {'nps-kms:setup': 'other', 'nps-kms:id': 'x'}, 'OtherSetup'],
		[
			'of a setup of this name that this record does not know',
			{'nps-kms:setup': 'nps', 'nps-kms:id': 'x'},
			'UnknownRecord',
		],
	])('%s is never adopted', async (_, tags, code) => {
		expect(await problemOf('user', await make(tags), {answers: {adoptUser: true}})).toMatchObject({code});
	});
	test('in another spelling is found as it is spelled', async () => {
		const world = await make({}, 'NPS-kms-USER');
		expect(await problemOf('user', world)).toMatchObject({
			code: 'AlreadyThere',
			what: expect.stringContaining('NPS-kms-USER'),
		});
	});
	test('of a lost record can be taken up by its id', async () => {
		const stopped = await problemOf('user', await withoutRecord(await worldAfter('user')));
		expect(choicesOf(stopped)).toEqual([expect.objectContaining({takesUp: 'setup-id'})]);
	});
});

describe('console access', () => {
	test('is not looked at, nor given, unless it is asked for', async () => {
		expect(await changesOf('user', await worldAfter('policy'))).not.toContain('create-login');
	});
	test('comes with the right to change the password, as the console gives it', async () => {
		expect(await changesOf('user', await worldAfter('policy'), {answers: console})).toEqual([
			'create-user',
			'attach-policy',
			'attach-change-password',
			'create-login',
		]);
	});
	test('has its password in its place before AWS hears of it, and in the call only by name', async () => {
		const it = await change('user', await worldAfter('policy'), 'create-login', {answers: console});
		expect(it.call.input).toEqual({
			UserName: 'nps-kms-user',
			Password: {$secret: 'console-password'},
			PasswordResetRequired: true,
		});
		expect(JSON.stringify(it.keeps?.row)).not.toContain('$reply');
	});
	test.each<[string, 'done' | 'settled' | undefined, Files, readonly string[]]>([
		['its place is empty', undefined, {[place]: {is: 'empty'}}, ['update-login']],
		['half a row stands in its place', undefined, {[place]: {is: 'half'}}, ['update-login']],
		['its place is gone', undefined, {}, ['update-login']],
		['its row stands in its place', undefined, row('nps-kms-user'), []],
		['its outcome was recorded, wherever the file is now', 'done', {}, []],
		['its doubt was settled, wherever the file is now', 'settled', {}, []],
	])('that is there after an interrupted try, when %s', async (_, outcome, files, expected) => {
		const world = {...(await worldAfter('user')), files};
		npsUser(world).attached.push('arn:aws:iam::aws:policy/IAMUserChangePassword');
		await call(world, 'iam:CreateLoginProfile', {UserName: 'nps-kms-user', Password: 'CANARY'});
		const past = [attempt('create-login', world, outcome && {outcome})];
		expect(await changesOf('user', world, {answers: console, past, claimed: [place]})).toEqual(expected);
	});
	test('that was to be set anew is set again, from its row, while nobody knows whether that arrived', async () => {
		const world = {...(await worldAfter('user')), files: row('nps-kms-user')};
		npsUser(world).attached.push('arn:aws:iam::aws:policy/IAMUserChangePassword');
		await call(world, 'iam:CreateLoginProfile', {UserName: 'nps-kms-user', Password: 'CANARY'});
		const past = [attempt('create-login', world), attempt('update-login', world)];
		expect(await changesOf('user', world, {answers: console, past, claimed: [place]})).toEqual(['update-login']);
	});
	test('that somebody else gave stays as it is', async () => {
		const world = await worldAfter('user');
		npsUser(world).attached.push('arn:aws:iam::aws:policy/IAMUserChangePassword');
		await call(world, 'iam:CreateLoginProfile', {UserName: 'nps-kms-user', Password: 'theirs'});
		expect(await changesOf('user', world, {answers: console})).toEqual([]);
	});
	test.each<[string, Files, boolean, string]>([
		['an empty file that nobody claimed', {[place]: {is: 'empty'}}, false, 'EEXIST'],
		['an empty file that was claimed', {[place]: {is: 'empty'}}, true, 'fine'],
		['half a row that was claimed', {[place]: {is: 'half'}}, true, 'fine'],
		['a row of this user that was claimed', row('nps-kms-user'), true, 'fine'],
		['a row of another user', row('other'), true, 'EEXIST'],
		['another file', {[place]: {is: 'other'}}, true, 'EEXIST'],
	])('finds in its place %s', async (_, files, claimed, expected) => {
		const plan = await planOf(
			'user',
			{...(await worldAfter('user')), files},
			{answers: console, claimed: claimed ? [place] : []},
		);
		expect(isProblem(plan) ? plan.code : 'fine').toBe(expected);
	});
});
