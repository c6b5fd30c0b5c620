import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {Course} from '../../src/engine/course.js';
import {fold} from '../../src/engine/record.js';
import type {Heard} from '../../src/sandbox/index.js';
import {discard, replaceAccessKey, setup} from '../../src/steps/index.js';
import {Lane, pictureOf, type Ran, type Standing} from '../faults/lane.js';

type Way = {
	readonly name: string;
	readonly course: Course;
	/** What is there before. */
	given?(lane: Lane): Promise<unknown>;
	options(lane: Lane): object;
};
const secretFile = (lane: Lane): string => `${lane.home}/secret.csv`;
const whole = (lane: Lane): object => ({secretFile: secretFile(lane), accessKeyDescription: 'for NPS', prove: false});
const second = (lane: Lane): object => ({
	...{secretFile: `${lane.home}/second.csv`, accessKeyDescription: 'second', prove: false},
});
const theirKey = 'AKIATHEIRSTHEIRSTHE1';
const ways: readonly Way[] = [
	{name: 'the set-up', course: setup, options: whole},
	{
		name: 'discard',
		course: discard,
		given: lane => lane.run(whole(lane)),
		options: () => ({confirm: 'nps', confirmAlias: 'alias/nps-kms-key', deleteKmsKey: true}),
	},
	{
		name: 'the replacement',
		course: replaceAccessKey,
		// Somebody made an access key that has to go first.
		async given(lane) {
			await lane.run(whole(lane));
			const {accessKeys} = lane.sandbox.account.users['nps-kms-user'] ?? expect.fail('there is no user');
			accessKeys.push({id: theirKey, secret: 'their-secret'.padEnd(40, 'x'), status: 'Active', created: 0});
		},
		options: lane => ({...second(lane), removeAccessKey: theirKey}),
	},
	{
		name: 'the end of the replacement',
		course: replaceAccessKey,
		async given(lane) {
			await lane.run(whole(lane));
			await lane.run(second(lane), {course: replaceAccessKey});
		},
		options: lane => ({
			...second(lane),
			...{npsRotated: true, overrideReason: 'its log shows it', npsHealthy: true},
			deleteAccessKey: /^(AKIA\w+),/m.exec(readFileSync(secretFile(lane), 'utf8'))?.[1],
		}),
	},
];
const nameOf = ({service, api}: Heard): string => `${service}:${api}`;
const changes = (it: Heard): boolean => !/^(Get|List|Lookup|Describe|Simulate)/.test(it.api) && it.service !== 'sts';
const [ours, theirs] = ['111122223333', '999988887777'];

let lane: Lane;
let other: Lane;
let blank: Standing;
beforeAll(async () => {
	const lanes = await Lane.open(2, undefined, [ours, theirs]);
	[lane = expect.fail('there is no lane'), other = expect.fail('there is no other')] = lanes;
	blank = {account: lane.blank, files: {}};
});
afterEach(() => {
	lane.onHeard = () => undefined;
	other.onHeard = () => undefined;
});
afterAll(async () => {
	await lane?.close();
	await other?.close();
});

describe.each(ways)('in $name', ({course, given, options}) => {
	let start: Standing;
	let undisturbed: Ran;
	let picture: string;
	beforeAll(async () => {
		lane.back(blank);
		await given?.(lane);
		start = lane.standing();
		undisturbed = await run();
		expect(undisturbed.code, undisturbed.said).toBe(0);
		picture = pictureOf(lane.standing(), lane.home);
	});
	const run = (more: object = {}, how: object = {}): Promise<Ran> =>
		lane.run({...options(lane), ...more}, {course, ...how});
	/** Each change of the undisturbed run, as the nth call of its API. */
	const changing = (): readonly {readonly api: string; readonly nth: number}[] => {
		const made = undisturbed.heard.filter(changes).map(nameOf);
		return made.map((api, at) => ({api, nth: made.slice(0, at + 1).filter(it => it === api).length}));
	};

	test('no change goes out with credentials that took the place of those that were looked at', async () => {
		const file = process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '';
		const keys = readFileSync(file, 'utf8');
		const [mine = '', another = ''] = keys.split('\n\n');
		const swapped = another.replace(other.profile, lane.profile);
		const met: string[] = [];
		other.onHeard = it => changes(it) && met.push(nameOf(it));
		expect(changing().length).toBeGreaterThan(2);
		for (const it of changing()) {
			lane.back(start);
			lane.onHeard = ({fault}) => fault && writeFileSync(file, swapped);
			const ran = await run({}, {faults: [{...it, kind: 'expired-token'}]});
			lane.onHeard = () => undefined;
			writeFileSync(file, `${mine}\n\n${another}`);
			const {problem} = ran.result as {problem?: {what: string; why: string; code: string}};
			expect([ran.code, problem?.code], `${JSON.stringify(it)} ${ran.said}`).toEqual([1, 'OtherAccount']);
			expect(`${problem?.what} ${problem?.why}`).toMatch(new RegExp(`${ours}.*${theirs}`));
			expect(met).toEqual([]);
			// And the right ones carry on to the same end.
			expect((await run()).code).toBe(0);
			expect(pictureOf(lane.standing(), lane.home)).toBe(picture);
		}
	});

	test.each([
		['with tags of its own', false],
		['with our tags copied', true],
	] as const)('a stranger of the same name, %s, is given nothing', async (_how, copied) => {
		const named = (it: Heard): boolean =>
			/^(GetUser|ListAccessKeys|CreateUser|CreateAccessKey|DeleteAccessKey)$/.test(it.api);
		const moments = undisturbed.heard.flatMap((it, at) => (named(it) ? [at] : []));
		let met = 0;
		for (const moment of moments) {
			lane.back(start);
			let heard = 0;
			let since: Heard[] | undefined;
			lane.onHeard = it => {
				since?.push(it);
				const {users} = lane.sandbox.account;
				const user = users['nps-kms-user'];
				if (heard++ !== moment || !user) return;
				users['nps-kms-user'] = {
					...user,
					...{id: 'AIDASTRANGERSTRANGER', accessKeys: [], inline: {}, created: Date.now()},
					attached: [{arn: 'arn:aws:iam::aws:policy/AdministratorAccess', since: 0}],
					tags: copied ? user.tags : [],
				};
				since = [];
			};
			const ran = await run();
			lane.onHeard = () => undefined;
			if (!since) continue;
			met += 1;
			const told = `${moment} ${nameOf(undisturbed.heard[moment]!)} ${ran.said}`;
			const user = lane.sandbox.account.users['nps-kms-user'];
			const written = (since as readonly Heard[]).filter(
				it => changes(it) && it.status === 200 && 'UserName' in it.input && !('AccessKeyId' in it.input),
			);
			// What was looked at a moment before is all that can be met.
			expect(written.length, told).toBeLessThanOrEqual(undisturbed.heard[moment]?.api === 'GetUser' ? 1 : 0);
			for (const {id} of user?.accessKeys ?? []) {
				const known = fold(lane.entries()).delivered.map(it => it.id);
				expect(known, told).not.toContain(id);
				for (const [name, text] of Object.entries(lane.standing().files))
					if (name.endsWith('.csv')) expect(text, told).not.toContain(id);
				const {problem} = ran.result as {problem?: {code: string; todo: string}};
				expect([ran.code, problem?.code, problem?.todo], told).toEqual([
					1,
					'Stranger',
					expect.stringContaining(`--remove-access-key ${id}`),
				]);
				await run({removeAccessKey: id});
				expect(lane.sandbox.account.users['nps-kms-user']?.accessKeys, told).toEqual([]);
			}
		}
		expect(met).toBeGreaterThan(2);
	});

	test('a policy that somebody made in the place of ours is neither changed nor given to the user', async () => {
		const named = (it: Heard): boolean => /^(GetPolicy|GetPolicyVersion|CreatePolicy|AttachUserPolicy)$/.test(it.api);
		const moments = undisturbed.heard.flatMap((it, at) => (named(it) ? [at] : []));
		for (const moment of moments) {
			lane.back(start);
			let heard = 0;
			let since: Heard[] | undefined;
			lane.onHeard = it => {
				since?.push(it);
				const {policies} = lane.sandbox.account;
				const arn = `arn:aws:iam::${ours}:policy/NPS_KMS_Policy`;
				const policy = policies[arn];
				if (heard++ !== moment || !policy) return;
				const document = JSON.stringify({
					Version: '2012-10-17',
					Statement: [{Effect: 'Allow', Action: '*', Resource: '*'}],
				});
				policies[arn] = {
					...policy,
					id: 'ANPASTRANGERSTRANGER',
					versions: [{id: 'v1', document, created: 0}],
					defaultVersion: 'v1',
				};
				since = [];
			};
			const ran = await run();
			lane.onHeard = () => undefined;
			const written = ((since ?? []) as readonly Heard[]).filter(
				it => changes(it) && it.status === 200 && 'PolicyArn' in it.input && it.api !== 'DetachUserPolicy',
			);
			const last = undisturbed.heard[moment]!;
			expect(written.length, `${moment} ${nameOf(last)} ${ran.said}`).toBeLessThanOrEqual(
				last.api === 'GetPolicy' ? 1 : 0,
			);
		}
	});
});

test('an alias that somebody gave to another KMS key is not deleted with ours', async () => {
	const way = ways.find(it => it.course === discard) ?? expect.fail('there is no discard');
	lane.back(blank);
	await way.given?.(lane);
	const start = lane.standing();
	const run = (): Promise<Ran> => lane.run(way.options(lane), {course: discard});
	const {heard} = await run();
	const deleted = heard.findIndex(it => it.api === 'DeleteAlias');
	expect(heard[deleted - 1]?.api).toBe('DescribeKey');
	// Looks at who uses the key may be more or fewer: moments are counted by the looks at the key.
	const moments = heard.slice(0, deleted).filter(it => it.api === 'DescribeKey').length;
	expect(moments).toBeGreaterThan(2);
	for (let moment = 0; moment < moments; moment++) {
		lane.back(start);
		let count = 0;
		lane.onHeard = it => {
			if (it.api !== 'DescribeKey') return;
			const {aliases, keys} = lane.sandbox.account;
			const [alias] = Object.values(aliases).filter(it => it.name === 'alias/nps-kms-key');
			const ours = alias && keys[alias.key];
			if (count++ !== moment || !alias || !ours) return;
			const id = '99999999-2222-3333-4444-555555555555';
			const arn = ours.arn.replace(/[^/]+$/, id);
			keys[arn] = {...ours, id, arn, tags: []};
			Object.assign(alias, {key: arn});
		};
		await run();
		lane.onHeard = () => undefined;
		// Only what was looked at right before can be met.
		const there = Object.values(lane.sandbox.account.aliases).some(it => it.name === 'alias/nps-kms-key');
		expect([moment, there]).toEqual([moment, moment !== moments - 1]);
	}
});

test('a credential_process whose credentials are about to end, and then gives another account’s, changes nothing there', async () => {
	const file = process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '';
	const keys = readFileSync(file, 'utf8');
	const script = join(dirname(file), 'helper.cjs');
	const printed = ({sandbox: {operator}}: Lane): string =>
		JSON.stringify({AccessKeyId: operator.accessKeyId, SecretAccessKey: operator.secretAccessKey});
	const met: string[] = [];
	other.onHeard = it => changes(it) && met.push(nameOf(it));
	const codes = new Set<unknown>();
	let midway = 0;
	try {
		// Between looks: in the middle of one, what is told is what it sees.
		for (const last of ['GetAccountSummary', 'CreateUser', 'CreateKey']) {
			const flag = join(dirname(file), `after-${last}`);
			lane.onHeard = it => it.api === last && writeFileSync(flag, '');
			writeFileSync(
				script,
				`const keys = require('node:fs').existsSync(${JSON.stringify(flag)}) ? ${printed(other)} : ${printed(lane)};
console.log(JSON.stringify({Version: 1, ...keys, Expiration: new Date(Date.now() + 55_000).toISOString()}));
`,
			);
			writeFileSync(file, `[${lane.profile}]\ncredential_process = "${process.execPath}" "${script}"\n`);
			lane.back(blank);
			const ran = await lane.run({...whole(lane), expectAccount: ours});
			const {problem} = ran.result as {problem?: {code: string; what: string; why: string}};
			codes.add(problem?.code);
			expect(met, ran.said).toEqual([]);
			if (ran.code === 0) continue;
			if (ran.heard.some(changes)) midway += 1;
			expect(`${problem?.what} ${problem?.why}`).toMatch(new RegExp(`${ours}.*${theirs}|${theirs}.*${ours}`));
		}
		expect(codes).toContain('UnexpectedAccount');
		expect(midway).toBeGreaterThan(0);
	} finally {
		writeFileSync(file, keys);
	}
});
