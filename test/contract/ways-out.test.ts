import {cpSync, mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {AttachUserPolicyCommand, CreateUserCommand, PutUserPolicyCommand} from '@aws-sdk/client-iam';
import {CreateAliasCommand, CreateKeyCommand, UpdateAliasCommand} from '@aws-sdk/client-kms';
import {GetFederationTokenCommand, GetSessionTokenCommand} from '@aws-sdk/client-sts';
import {describe, expect, test} from 'vitest';
import {record} from '../../src/commands/record/record.js';
import {status} from '../../src/commands/status/run-status.js';
import type {Run} from '../../src/run/run.js';
import type {Key, KeyState} from '../../src/sandbox/account/account.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, proveAgain, replaceAccessKey, setup} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {place} from './connecting.js';
import {Bench, type Line, type Ran} from './in-process.js';

const key = (keys: string) => ({credentials: `[default]\n${keys}`});
const begun = async (stopAfter?: string) => {
	const at = await place(key);
	const {code} = await at.run(stopAfter === undefined ? {} : {stopAfter});
	expect(code).toBe(0);
	return {...at, ...clientsOf(at.sandbox)};
};
const problemOf = ({result}: Ran): Line => (result['problem'] ?? expect.fail('there is no problem')) as Line;
const ourKeys = (account: {readonly keys: Readonly<Record<string, Key>>}): readonly Key[] =>
	Object.values(account.keys).filter(it => it.manager === 'CUSTOMER');
const secondMachine = (bench: Bench): ((course?: typeof setup, options?: object) => Promise<Ran>) => {
	const home = `${bench.home}-2`;
	mkdirSync(home, {recursive: true});
	const there = Object.create(bench, {home: {value: home}, sandbox: {value: bench.sandbox}}) as Bench;
	return (course, options) => Bench.prototype.run.call(there, course, options);
};

describe('an organisation that allows CreateKey with a tag only', () => {
	const demanding = async () => {
		const at = await place(key);
		await at.become('operator', {
			Version: '2012-10-17',
			Statement: [
				{Effect: 'Allow', Action: '*', Resource: '*'},
				{
					Effect: 'Deny',
					Action: 'kms:CreateKey',
					Resource: '*',
					Condition: {Null: {'aws:RequestTag/CostCenter': 'true'}},
				},
			],
		});
		return at;
	};
	test('is met by the flag that the stop names, and what is made already gets the tag too', async () => {
		const {run, sandbox} = await demanding();
		const stopped = await run();
		expect([stopped.code, problemOf(stopped)['todo']]).toEqual([1, expect.stringContaining('--tag key=value')]);
		expect((await run({tag: ['CostCenter=42']})).code).toBe(0);
		const tag = {Key: 'CostCenter', Value: '42'};
		expect(sandbox.account.users['nps-kms-user']?.tags).toContainEqual(tag);
		expect(ourKeys(sandbox.account).map(it => it.tags)).toEqual([expect.arrayContaining([tag])]);
	});
	test('on the screen, the key that answers otherwise opens the form that asks for tags', async () => {
		const {sit, sandbox} = await demanding();
		let back = 0;
		const {code, scenes} = await sit(
			{
				event({phase, fields, answers}) {
					if (phase.at === 'stopped' && back++ === 0) return {type: 'back'};
					if (phase.at !== 'form' || !fields.some(it => it.field.name === 'tags')) return undefined;
					const given = Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? '']));
					return {type: 'submitted', answers: back > 0 ? {...given, tags: {CostCenter: '42'}} : given};
				},
			},
			{stopAfter: 'managed-key'},
		);
		const asked = scenes.filter(it => it.phase.at === 'form' && it.fields.some(one => one.field.name === 'tags'));
		expect([code, asked.length, ourKeys(sandbox.account).length]).toEqual([0, 2, 1]);
	});
	test('says first how the access key is made safe until then', async () => {
		const {run, sandbox} = await demanding();
		const {said} = await run();
		const id = sandbox.account.users['nps-kms-user']?.accessKeys[0]?.id ?? '';
		const safe = said.indexOf(
			`aws iam update-access-key --user-name nps-kms-user --access-key-id ${id} --status Inactive`,
		);
		expect([safe > 0, safe < said.indexOf('✖')]).toEqual([true, true]);
	});
});

describe('an access key that was set Inactive, as a stop advises', () => {
	const halted = async () => {
		const at = await begun('managed-key');
		const key = at.sandbox.account.users['nps-kms-user']?.accessKeys[0] ?? expect.fail('there is no access key');
		key.status = 'Inactive';
		return {...at, key};
	};
	test('is told as that, without a wait; set Active again, the set-up comes to its end', async () => {
		const {run, key: it} = await halted();
		const stopped = await run();
		expect([stopped.code, problemOf(stopped)['code']]).toEqual([1, 'Inactive']);
		expect(stopped.lines.filter(one => one.type === 'wait')).toEqual([]);
		it.status = 'Active';
		expect((await run()).code).toBe(0);
	});
	test('both of two that were delivered are told, and the one that is not in use can be removed for another', async () => {
		const {run, key: it, home, sandbox} = await halted();
		await run();
		await run({restore: 'access-key', secretFile: join(home, 'second.csv')});
		const user = sandbox.account.users['nps-kms-user'] ?? expect.fail('there is no user');
		for (const one of user.accessKeys) one.status = 'Inactive';
		expect(problemOf(await run({secretFile: undefined}))['todo']).toContain(`--remove-access-key ${it.id}`);
		const again = {removeAccessKey: it.id, secretFile: join(home, 'third.csv')};
		expect((await run({...again, restore: 'access-key'})).code).toBe(0);
		expect(user.accessKeys.map(one => one.status)).toEqual(['Inactive', 'Active']);
	});
	test('gets another one beside it, by the flags that the stop names', async () => {
		const {run, key: it, home, sandbox} = await halted();
		expect(problemOf(await run())['todo']).toContain('--restore access-key --secret-file FILE');
		expect((await run({restore: 'access-key', secretFile: join(home, 'other.csv')})).code).toBe(0);
		expect(sandbox.account.users['nps-kms-user']?.accessKeys.map(one => [one.id === it.id, one.status])).toEqual([
			[true, 'Inactive'],
			[false, 'Active'],
		]);
	});
});

describe('tags given anew', () => {
	test('change a value that the set-up put there, and leave one that somebody changed', async () => {
		const {run, sandbox} = await begun();
		expect((await run({tag: ['a=1', 'b=1']})).code).toBe(0);
		const tags = sandbox.account.users['nps-kms-user']?.tags ?? expect.fail('there is no user');
		tags.splice(
			tags.findIndex(it => it.Key === 'b'),
			1,
			{Key: 'b', Value: 'theirs'},
		);
		expect((await run({tag: ['a=2', 'b=2']})).code).toBe(0);
		const now = sandbox.account.users['nps-kms-user']?.tags;
		expect(now).toEqual(
			expect.arrayContaining([
				{Key: 'a', Value: '2'},
				{Key: 'b', Value: 'theirs'},
			]),
		);
	});
});

test('a value that somebody changed back to an earlier one of ours is theirs too', async () => {
	const {run, sandbox} = await begun();
	for (const value of ['a=1', 'a=2']) expect((await run({tag: [value]})).code).toBe(0);
	const tags = sandbox.account.users['nps-kms-user']?.tags ?? expect.fail('there is no user');
	tags.splice(
		tags.findIndex(it => it.Key === 'a'),
		1,
		{Key: 'a', Value: '1'},
	);
	const again = await run();
	expect([again.code, again.lines.filter(it => it.type === 'wait')]).toEqual([0, []]);
	expect(sandbox.account.users['nps-kms-user']?.tags).toContainEqual({Key: 'a', Value: '1'});
});
test('given twice within a minute, they are not waited for as if the first were late', async () => {
	const {run} = await begun();
	const lines = [...(await run({tag: ['a=1']})).lines, ...(await run({tag: ['a=2']})).lines];
	expect(lines.filter(it => it.type === 'wait')).toEqual([]);
});

describe('an alias that somebody gave to another key', () => {
	const moved = async (stopAfter?: string) => {
		const at = await begun(stopAfter);
		const other = (await at.kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
		await at.kms.send(new UpdateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: other}));
		return {...at, other};
	};
	test.each(['managed-key', undefined])(
		'stops; another one is taken, and the set-up comes to its end (%s)',
		async stopAfter => {
			const {run, sandbox, other} = await moved(stopAfter);
			const stopped = await run();
			expect([stopped.code, problemOf(stopped)['todo']]).toEqual([1, expect.stringContaining('--key-alias')]);
			const {code, result} = await run({keyAlias: 'nps-two'});
			expect([code, result['alias']]).toEqual([0, 'alias/nps-two']);
			expect(sandbox.account.aliases['eu-west-1 alias/nps-kms-key']?.key).toContain(other);
			expect((await run()).code).toBe(0);
		},
	);
	test('is moved back by the command that the stop names', async () => {
		const {run, kms} = await moved();
		const [, alias, target] =
			/update-alias --alias-name (\S+) --target-key-id (\S+)/.exec(String(problemOf(await run())['todo'])) ?? [];
		await kms.send(new UpdateAliasCommand({AliasName: alias, TargetKeyId: target}));
		expect((await run()).code).toBe(0);
	});
});

test('an alias that was never ours is not to be moved, and the one that the key has still takes the set-up back', async () => {
	const bench = await Bench.start();
	try {
		await bench.run(setup, {prove: false});
		const {kms} = clientsOf(bench.sandbox);
		const {KeyMetadata: it} = await kms.send(new CreateKeyCommand({}));
		await kms.send(new CreateAliasCommand({AliasName: 'alias/team', TargetKeyId: it?.KeyId}));
		const stopped = await bench.run(setup, {keyAlias: 'team', prove: false});
		expect([stopped.code, problemOf(stopped)['todo']]).toEqual([1, expect.not.stringContaining('update-alias')]);
		const back = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
		expect((await bench.run(discard, back)).code).toBe(0);
		expect(Object.keys(bench.sandbox.account.aliases).filter(name => /nps|team/.test(name))).toEqual([
			'eu-west-1 alias/team',
		]);
	} finally {
		await bench.end();
	}
});
test('an alias answered anew leaves the one before on the key, says so, and taking back removes both', async () => {
	const bench = await Bench.start();
	try {
		await bench.run(setup, {prove: false});
		const again = await bench.run(setup, {keyAlias: 'nps-two', prove: false});
		expect([again.code, again.said]).toEqual([0, expect.stringContaining('alias/nps-kms-key stays on the key')]);
		// By the day that somebody reads the record, the earlier one may be another key's.
		const told: string[] = [];
		record(
			{setup: 'nps'},
			{env: {NPS_KMS_HOME: bench.home}, courses: [setup, discard]},
			{
				out: it => void told.push(it),
				err: () => undefined,
			},
		);
		expect(told.join('\n')).not.toMatch(/delete-alias --alias-name alias\/nps-kms-key/);
		expect(told.join('\n')).toMatch(/delete-alias --alias-name alias\/nps-two/);
		const back = {confirm: 'nps', confirmAlias: 'nps-two', deleteKmsKey: true};
		expect((await bench.run(discard, back)).code).toBe(0);
		expect(Object.keys(bench.sandbox.account.aliases).filter(it => it.includes('nps'))).toEqual([]);
	} finally {
		await bench.end();
	}
});

describe('a bot that switches rotation off each time', () => {
	test('ends no run and starts no circle: twice is enough, and the policy is narrowed', async () => {
		const {run, sandbox} = await place(key);
		let times = 0;
		sandbox.heard.push = it => {
			if (it.api !== 'EnableKeyRotation') return 0;
			times++;
			for (const one of ourKeys(sandbox.account)) delete one.rotation;
			return 0;
		};
		const {code, said} = await run();
		expect([code, times, said]).toEqual([0, 2, expect.stringContaining('switched on 2 times since')]);
		expect((await run({keyRotation: false})).code).toBe(0);
		expect(times).toBe(2);
	});
	test('one that takes the alias away each time stops the run, which says so', async () => {
		const {run, sandbox} = await place(key);
		let times = 0;
		sandbox.heard.push = it => {
			if (it.api !== 'CreateAlias') return 0;
			times++;
			delete sandbox.account.aliases['eu-west-1 alias/nps-kms-key'];
			return 0;
		};
		const stopped = await run();
		expect([stopped.code, times, problemOf(stopped)['code']]).toEqual([1, 2, 'TurnedBack']);
	});
});

test('where a person says to try again, what is turned back is tried anew, as often', async () => {
	const {sit, sandbox} = await place(key);
	let [times, asked] = [0, 0];
	sandbox.heard.push = it => {
		if (it.api !== 'CreateAlias') return 0;
		times++;
		delete sandbox.account.aliases['eu-west-1 alias/nps-kms-key'];
		return 0;
	};
	const {code} = await sit({
		event: ({phase}) => (phase.at === 'stopped' && asked++ === 0 ? {type: 'retry'} : undefined),
	});
	expect([code, times]).toEqual([130, 4]);
});

describe('credentials that IAM takes none of are told at Connect', () => {
	const session = async (token: 'GetSessionToken' | 'GetFederationToken') => {
		const at = await place(key);
		const {sts} = clientsOf(at.sandbox);
		const {Credentials: it} =
			token === 'GetSessionToken'
				? await sts.send(new GetSessionTokenCommand({}))
				: await sts.send(
						new GetFederationTokenCommand({
							Name: 'anna',
							Policy: JSON.stringify({
								Version: '2012-10-17',
								Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}],
							}),
						}),
					);
		at.write(
			'.aws/credentials',
			`[default]\naws_access_key_id = ${it?.AccessKeyId}\naws_secret_access_key = ${it?.SecretAccessKey}\n` +
				`aws_session_token = ${it?.SessionToken}\n`,
		);
		return at.run();
	};
	test('a session taken without MFA', async () => {
		const {code, result, lines} = await session('GetSessionToken');
		expect([code, result['problem']]).toEqual([1, expect.objectContaining({why: expect.stringContaining('MFA')})]);
		expect(lines.find(it => it.type === 'step' && it['status'] === 'stopped')).toMatchObject({step: 'connect'});
	});
	test('a federated session', async () => {
		expect(problemOf(await session('GetFederationToken'))).toMatchObject({
			what: 'These credentials may not call IAM',
			why: expect.stringContaining('GetFederationToken'),
		});
	});
});

describe('a key that can’t be used says what brings it back', () => {
	test.each([
		['Disabled', /^Run aws kms enable-key --key-id \S+ --region eu-west-1 --endpoint-url http:\S+, then/],
		['PendingDeletion', /cancel-key-deletion .* enable-key /],
		['PendingReplicaDeletion', /cancel-key-deletion .* enable-key /],
		['Creating', /^Wait a minute/],
		['Updating', /^Wait a minute/],
		['PendingImport', /import-key-material/],
		['Unavailable', /connect-custom-key-store/],
	] as const)('%s', async (state, todo) => {
		const {run, sandbox} = await begun('managed-key');
		sandbox.setKeyStates(new Map(ourKeys(sandbox.account).map(it => [it, state satisfies KeyState])));
		const stopped = await run();
		expect([stopped.code, problemOf(stopped)]).toEqual([
			1,
			expect.objectContaining({what: expect.stringContaining(`is ${state}`), todo: expect.stringMatching(todo)}),
		]);
		sandbox.setKeyStates(new Map(ourKeys(sandbox.account).map(it => [it, 'Enabled'])));
		expect((await run()).code).toBe(0);
	});
});

test('a user with 50 tags is taken over without ours, which is told', async () => {
	const at = await place(key);
	const Tags = Array.from({length: 50}, (_, n) => ({Key: `t${n}`, Value: 'x'}));
	await at.iam.send(new CreateUserCommand({UserName: 'nps-kms-user', Tags}));
	const {code, said} = await at.run({adopt: 'user'});
	expect([code, said]).toEqual([0, expect.stringContaining('as many tags as AWS allows')]);
});

test('a user and a key with 50 tags: a dry run and the run say alike that they are taken over without ours', async () => {
	const at = await place(key);
	const {kms} = clientsOf(at.sandbox);
	const many = Array.from({length: 50}, (_, n) => `t${n}`);
	await at.iam.send(new CreateUserCommand({UserName: 'nps-kms-user', Tags: many.map(Key => ({Key, Value: 'x'}))}));
	const {KeyMetadata: it} = await kms.send(new CreateKeyCommand({Tags: many.map(TagKey => ({TagKey, TagValue: 'x'}))}));
	await kms.send(new CreateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: it?.KeyId}));
	const told = ({said}: Ran): readonly string[] =>
		said.split('\n').filter(line => line.includes('as many tags as AWS allows'));
	const dry = await at.run({adopt: 'user,key', dryRun: true});
	const ran = await at.run({adopt: 'user,key'});
	expect([dry.code, ran.code, told(dry).length]).toEqual([0, 0, 2]);
	expect(new Set(told(ran))).toEqual(new Set(told(dry)));
	expect(ourKeys(at.sandbox.account).map(one => one.id)).toEqual([it?.KeyId]);
});

describe('a policy of somebody that only denies', () => {
	const proven = async (give: (bench: Bench) => Promise<unknown>, look: (bench: Bench) => Promise<void>) => {
		const bench = await Bench.start();
		try {
			await bench.run();
			await give(bench);
			await look(bench);
		} finally {
			await bench.end();
		}
	};
	const quarantinePolicy = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';
	const quarantine = ({sandbox}: Bench) =>
		clientsOf(sandbox).iam.send(
			new AttachUserPolicyCommand({
				UserName: 'nps-kms-user',
				PolicyArn: quarantinePolicy,
			}),
		);
	test('as AWS’s quarantine of a leaked access key is no fault of the proof, and the key can be replaced', () =>
		proven(quarantine, async bench => {
			const made = await bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv')});
			expect([made.code, made.result['step']]).toEqual([0, 'switch-key']);
		}));
	test('as the quarantine of whoever replaces the key, keeps it from that: the stop says that a policy denies it', () =>
		proven(
			({sandbox}) =>
				clientsOf(sandbox).iam.send(new AttachUserPolicyCommand({UserName: 'admin', PolicyArn: quarantinePolicy})),
			async bench => {
				const made = await bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv')});
				expect([made.code, made.result['step'], made.result['problem']]).toEqual([
					1,
					'new-access-key',
					expect.objectContaining({
						why: expect.stringMatching(/^A policy denies it.*iam:CreateAccessKey .*explicit deny in an identity-based/),
						ways: expect.arrayContaining([{is: 'by-hand', says: 'ask who set the policy what it demands'}]),
					}),
				]);
				const keys = Object.values(bench.sandbox.account.users).flatMap(it => it.accessKeys);
				expect(keys.map(it => [it.id, it.status])).toContainEqual([made.result['accessKeyId'], 'Active']);
			},
		));
	test('is no fault of the proof as an inline policy either; one that allows something is', () =>
		proven(
			({sandbox}) =>
				clientsOf(sandbox).iam.send(
					new PutUserPolicyCommand({
						UserName: 'nps-kms-user',
						PolicyName: 'no-s3',
						PolicyDocument: policyText('Deny', 's3:*'),
					}),
				),
			async bench => {
				const made = await bench.run(replaceAccessKey, {secretFile: join(bench.home, 'new.csv')});
				expect([made.code, made.result['step']]).toEqual([0, 'switch-key']);
				await clientsOf(bench.sandbox).iam.send(
					new PutUserPolicyCommand({
						UserName: 'nps-kms-user',
						PolicyName: 'no-s3',
						PolicyDocument: policyText('Allow', 's3:*'),
					}),
				);
				expect((await bench.run(proveAgain)).code).toBe(1);
			},
		));
});
const policyText = (Effect: string, Action: string): string =>
	JSON.stringify({Version: '2012-10-17', Statement: [{Effect, Action, Resource: '*'}]});

test('what only denies is proven by the next proof: status says so no more', async () => {
	const bench = await Bench.start();
	try {
		await bench.run();
		await clientsOf(bench.sandbox).iam.send(
			new PutUserPolicyCommand({
				UserName: 'nps-kms-user',
				PolicyName: 'no-s3',
				PolicyDocument: policyText('Deny', 's3:*'),
			}),
		);
		const told = async (): Promise<string> => {
			const lines: string[] = [];
			const run: Run = {
				...{course: setup, others: [], options: {setup: 'nps'}, version: '0.0.0', now: new Date()},
				env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
				outlet: {json: false, out: it => void lines.push(it), err: it => void lines.push(it)},
			};
			await status(run, () => undefined);
			return lines.join(' ').replace(/\s+/g, ' ');
		};
		expect(await told()).toMatch(/no-s3; it only denies; not proven since/);
		expect((await bench.run(proveAgain, {})).code).toBe(0);
		expect(await told()).toMatch(/no-s3; it only denies \[policy-denies\]/);
	} finally {
		await bench.end();
	}
});

test('an access key that taking back set Inactive, and was cut off, is set going again by the set-up', async () => {
	const bench = await Bench.start();
	try {
		await bench.run(setup, {stopAfter: 'access-key'});
		bench.sandbox.setFaults([readFault('iam:DeleteAccessKey=access-denied') ?? expect.fail('no such fault')]);
		expect((await bench.run(discard, {confirm: 'nps'})).code).toBe(1);
		const [it] = bench.sandbox.account.users['nps-kms-user']?.accessKeys ?? [];
		expect(it?.status).toBe('Inactive');
		bench.sandbox.setFaults([]);
		expect((await bench.run()).code).toBe(0);
		expect(bench.sandbox.account.users['nps-kms-user']?.accessKeys.map(one => [one.id, one.status])).toEqual([
			[it?.id, 'Active'],
		]);
	} finally {
		await bench.end();
	}
});

describe('two machines at one set-up', () => {
	const refused = async (use: (bench: Bench, there: ReturnType<typeof secondMachine>) => Promise<void>) => {
		const bench = await Bench.start();
		const there = secondMachine(bench);
		try {
			bench.sandbox.setFaults([readFault('iam:CreatePolicy=access-denied') ?? expect.fail('no such fault')]);
			expect((await there()).code).toBe(1);
			bench.sandbox.setFaults([]);
			expect((await bench.run()).code).toBe(0);
			await use(bench, there);
		} finally {
			rmSync(`${bench.home}-2`, {recursive: true, force: true});
			await bench.end();
		}
	};
	test('a record that holds nothing but a refusal takes up the other’s, as the stop says', () =>
		refused(async (_bench, there) => {
			expect(problemOf(await there())['todo']).toContain('setup --recover');
			expect((await there(setup, {recover: true})).code).toBe(0);
		}));
	test('and taking it back takes nothing, and says nothing of an access key that is to be Active again', () =>
		refused(async (bench, there) => {
			const before = structuredClone(bench.sandbox.account.users['nps-kms-user']);
			const {said} = await there(discard, {confirm: 'nps'});
			expect(said).not.toContain('Active again');
			expect(bench.sandbox.account.users['nps-kms-user']).toEqual(before);
		}));
	test('a copied record that was finished elsewhere under another alias makes no second key', async () => {
		const bench = await Bench.start();
		try {
			await bench.run(setup, {stopAfter: 'access-key'});
			const there = secondMachine(bench);
			cpSync(bench.home, `${bench.home}-2`, {recursive: true, filter: it => !it.includes('lock')});
			expect((await there(setup, {keyAlias: 'elsewhere', secretFile: undefined})).code).toBe(0);
			expect((await bench.run()).code).toBe(0);
			expect(ourKeys(bench.sandbox.account)).toHaveLength(1);
		} finally {
			rmSync(`${bench.home}-2`, {recursive: true, force: true});
			await bench.end();
		}
	});
});
