import {expect, test} from 'vitest';
import {setup} from '../../src/steps/index.js';
import {FakeAws} from '../fake/aws.js';
import {boot, emptyWorld, type World} from '../fake/ports.js';
import {everyEndIsTheSame} from './survey.js';

/** An account in which the names are taken in another spelling, which only AWS's no and a list can tell. */
async function taken(): Promise<World> {
	const world = emptyWorld();
	const aws = new FakeAws(world.account);
	const document = {
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*'}],
	};
	await aws.send({
		api: 'iam:CreatePolicy',
		input: {PolicyName: 'nps_KMS_policy', PolicyDocument: JSON.stringify(document)},
	});
	await aws.send({api: 'iam:CreateUser', input: {UserName: 'NPS-kms-USER'}});
	return world;
}

test('a name that AWS says is taken is looked for in every spelling, and what bears it is shown', async () => {
	const {ending} = await boot(await taken(), {course: setup});
	expect(ending).toMatchObject({
		status: 'stopped',
		problem: {code: 'AlreadyThere', ways: [{is: 'answer'}, {answers: {adoptPolicy: true}}]},
	});
	const {ending: next} = await boot(await taken(), {course: setup, answers: {adoptPolicy: true}});
	expect(next).toMatchObject({
		status: 'stopped',
		problem: {code: 'AlreadyThere', ways: [{is: 'answer'}, {answers: {adoptUser: true}}]},
	});
});

test('one death or other trouble at any moment of a set-up that adopts what bears its names makes no difference', async () => {
	await everyEndIsTheSame('names taken in another spelling', {
		course: setup,
		from: await taken(),
		answers: {adoptPolicy: true, adoptUser: true},
		times: 1,
		by: 'all',
		mayStop: true,
		holds: ({account}) =>
			account.policies.length === 1 && account.users.length === 1 && account.kmsKeys.length <= 1
				? undefined
				: 'something was made twice',
	});
});
