import {join} from 'node:path';
import {CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand} from '@aws-sdk/client-iam';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {Host} from '../../src/commands/command.js';
import type {ToldRun} from '../../src/commands/record/course-told.js';
import {recordCommand} from '../../src/commands/record/index.js';
import type {Retirement} from '../../src/commands/record/retirement-told.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, moveKey, retire, setup} from '../../src/steps/index.js';
import {clientsOf} from '../sandbox/clients.js';
import {Bench} from './in-process.js';
import {Nps} from './nps.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await bench.end();
});

const {later, now, today, fileOf: file, entriesOf: entries, user} = overWeeks(() => bench);
const kmsKey = () => Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER');

/** What follows is run by somebody else. */
async function somebodyElse(): Promise<void> {
	const {iam} = clientsOf(bench.sandbox);
	const UserName = 'bob';
	const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
	await iam.send(new CreateUserCommand({UserName}));
	await iam.send(new PutUserPolicyCommand({UserName, PolicyName: 'all', PolicyDocument}));
	const {AccessKey} = await iam.send(new CreateAccessKeyCommand({UserName}));
	vi.stubEnv('AWS_ACCESS_KEY_ID', AccessKey?.AccessKeyId);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
}
type Over = Omit<Retirement, 'runs'> & {readonly runs: readonly ToldRun[]; readonly keptUntil?: string};
type Told = {readonly move?: Over; readonly retirement?: Over; readonly compliance?: unknown};
/** What `record` prints, with those flags. */
async function said(flags: object = {}): Promise<string> {
	const out: string[] = [];
	const host = {
		env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
		lines: {out: (it: string) => void out.push(it), err: () => undefined},
		...{version: '0.0.0', courses: [], commands: [], endNow: () => undefined},
	};
	expect(await recordCommand.run({setup: 'nps', ...flags}, host as unknown as Host)).toBe('done');
	return out.join('\n');
}
const told = async (flags: object = {}): Promise<Told> =>
	(JSON.parse(await said({json: true, ...flags})) as {records: Told[]}).records[0] ?? {};
/** One section of the Markdown. */
const section = async (name: string): Promise<string> =>
	new RegExp(`## ${name}\n\n([\\s\\S]*?)\n\n## `).exec(await said())?.[1] ?? '';
/** The days apart, and the time of each. */
const plain = (text: string): readonly string[] =>
	text
		.split('\n')
		.map(it => it.replace(/^ {2}- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC /, '  - '))
		.filter(it => it !== '');

/** NPS worked, and is gone since; AWS can't tell that. */
async function retired(): Promise<void> {
	await bench.run(setup, {prove: false});
	await new Nps(bench.sandbox, join(bench.home, 'secret.csv'), '10.1.2.3').works();
	await bench.run(setup, {prove: false, npsRotated: true});
	later(40 * day);
	const blind = ['kms:GetKeyLastUsage#every=access-denied', 'cloudtrail:LookupEvents#every=access-denied'];
	bench.sandbox.setFaults(blind.map(it => readFault(it) ?? expect.fail('no such fault')));
	const id = user()?.accessKeys[0]?.id;
	const said = {serversRestarted: today(-5 * day), backupsUntil: today(20 * day), unusedReason: 'NPS was uninstalled'};
	const {id: confirmAccount} = bench.sandbox.account;
	const inactive = {deactivateAccessKey: id, confirmAccount, confirmAlias: 'nps-kms-key'};
	expect(stop(await bench.run(retire, {...said, ...inactive}))).toBe('Resting');
	later(14 * day + hour);
	await somebodyElse();
	const sure = {unusedReason: 'still uninstalled'};
	expect(stop(await bench.run(retire, {...sure, deleteAccessKey: id, disableKmsKey: kmsKey()?.id}))).toBe('Watching');
	later(14 * day + hour);
	expect(stop(await bench.run(retire, {...sure, untoldReason: 'no call came in'}))).toBe('complete');
}

describe('a retirement', () => {
	test('is told stage by stage: with its days, by whom, and on which reason it went on', async () => {
		await retired();
		const [first, second, third] = (await told()).retirement?.runs ?? [];
		const admin = 'arn:aws:iam::111122223333:user/admin';
		const bob = 'arn:aws:iam::111122223333:user/bob';
		expect([first?.by, second?.by, third?.by]).toEqual([admin, bob, bob]);
		const id = (await told()).retirement?.accessKeyId;
		const lines = plain(await section('Retirement'));
		const at = lines.findIndex(it => it.startsWith('- Run'));
		expect(lines.slice(0, at)).toEqual([
			expect.stringMatching(/^- The last backup that needs the KMS key expires on \d{4}-\d\d-\d\d, somebody said$/),
			expect.stringMatching(/^- Every NPS server restarted on \d{4}-\d\d-\d\d, somebody said$/),
			expect.stringMatching(/^- Looked at .* UTC: no use was seen that holds it back, or a reason was given$/),
			expect.stringMatching(new RegExp(`^- Access key ${id}: Inactive since .* UTC, deleted .* UTC$`)),
			expect.stringMatching(new RegExp(`^- KMS key ${kmsKey()?.id}: Disabled since .* UTC$`)),
			expect.stringMatching(/^- Retired: .* UTC$/),
		]);
		const days = /Inactive since (.{10}).*deleted (.{10})/.exec(lines[3] ?? '');
		expect(Date.parse(days?.[2] ?? '') - Date.parse(days?.[1] ?? '')).toBeGreaterThanOrEqual(14 * day);
		expect(lines.slice(at).map(it => it.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY'))).toEqual([
			`- Run 3, retire, by \`${admin}\`:`,
			"  - answered: If AWS can't tell whether it is used, go on because: NPS was uninstalled",
			'  - answered: The last backup that needs the KMS key expires on: DAY',
			'  - answered: Services of every NPS server restarted on: DAY',
			'  - passed: Say how long backups need the KMS key',
			'  - answered: Days without use: 30',
			'  - passed: See that nothing uses the KMS key',
			`  - update access key ${id}, to Inactive (change 9)`,
			'  - passed: Set the access key Inactive',
			'  - answered: Days to stay Inactive: 14',
			expect.stringMatching(/^ {2}- waits: .* stays Inactive for 14 days: .*; so it stays until DAY \\\[Resting\\\]$/),
			`- Run 4, retire, by \`${bob}\`:`,
			"  - answered: If AWS can't tell whether it is used, go on because: still uninstalled",
			'  - passed: See that nothing uses the KMS key',
			`  - delete access key ${id} (change 10)`,
			'  - passed: Delete the access key',
			`  - update KMS key ${kmsKey()?.id}, to Disabled (change 11)`,
			'  - passed: Disable the KMS key',
			'  - answered: Days to stay Disabled: 14',
			expect.stringMatching(/^ {2}- waits: .* stays Disabled for 14 days: .*; so it stays until DAY \\\[Watching\\\]$/),
			`- Run 5, retire, by \`${bob}\`:`,
			"  - answered: If AWS can't tell whether something tries to use it, go on because: no call came in",
			'  - passed: See that nothing uses the KMS key',
			'  - passed: Watch the disabled KMS key',
		]);
		const whole = await said();
		expect(whole).toMatch(/- Stands: retired on \d{4}-\d\d-\d\d, its KMS key kept; /);
		const until = (await told()).retirement?.backupsUntil;
		expect(whole).toContain(`\n\nNot before ${until} is over: until then backups of NPS need the KMS key.\n`);
		// Each change is one of the list of all.
		expect(await section('Changes')).toContain(`9. **Set Inactive**: update access key ${id}, to Inactive\n`);
	});

	test('tells what was taken back after it, and why that was thought right', async () => {
		await retired();
		later(30 * day);
		const all = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
		const ran = await bench.run(discard, {...all, untoldReason: 'three weeks on, all is well'});
		expect(stop(ran), ran.said).toBe('complete');
		const {retirement} = await told();
		expect([retirement?.retiredAt, retirement?.disabledSince]).toEqual([expect.any(String), expect.any(String)]);
		const last = retirement?.runs.at(-1);
		expect([last?.course, last?.by]).toEqual(['discard', 'arn:aws:iam::111122223333:user/bob']);
		expect(last?.told).toContainEqual(expect.objectContaining({is: 'said', answer: 'three weeks on, all is well'}));
		expect(last?.told).toContainEqual(
			expect.objectContaining({is: 'changed', subject: expect.stringContaining('KMS key')}),
		);
	});

	test('leaves out what was turned round, and who it was where AWS was never asked', async () => {
		await retired();
		vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIANOBODYNOBODY1234');
		expect((await bench.run(retire, {backupsUntil: today(50 * day)})).code).toBe(1);
		vi.unstubAllEnvs();
		await bench.run(retire, {enableKmsKey: kmsKey()?.id});
		const {retirement} = await told();
		expect(retirement).not.toHaveProperty('disabledSince');
		expect(retirement).not.toHaveProperty('retiredAt');
		expect(retirement).toHaveProperty('accessKeyDeletedAt');
		const [stopped, turned] = retirement?.runs.slice(-2) ?? [];
		expect([stopped?.by, turned?.by]).toEqual([undefined, 'arn:aws:iam::111122223333:user/admin']);
		expect(await section('Retirement')).toContain(`- KMS key ${kmsKey()?.id}: Enabled again\n`);
	});

	test('once it is over, the controls are looked at as before, and the record is the same beside them', async () => {
		await retired();
		const {compliance, ...rest} = await told({compliance: true});
		expect(compliance).toMatchObject({controls: expect.arrayContaining([expect.objectContaining({id: 'KMS.3'})])});
		expect(rest).toEqual(await told());
	});

	test('is no section of a record that has none, and looking alone begins none', async () => {
		await bench.run(setup, {prove: false});
		await bench.run(retire);
		expect(await said()).not.toMatch(/## (Retirement|Moved)/);
		expect(await told()).not.toHaveProperty('retirement');
	});
});

test('a move is told stage by stage: with its days, by whom, and on which reason it went on', async () => {
	await bench.run(setup, {});
	later(hour);
	await new Nps(bench.sandbox, file('secret'), '10.1.2.3').works();
	later(day);
	await bench.run(setup, {setup: 'berlin', region: 'eu-central-1', secretFile: file('berlin')});
	later(hour);
	const beginning = {toSetup: 'berlin', backedUp: today(), backupsExpire: today(60 * day)};
	expect(stop(await bench.run(moveKey, beginning))).toBe('NotRotatedYet');
	await somebodyElse();
	const reason = {npsRotated: true, overrideReason: 'the log of RotateAwsKey'};
	expect(stop(await bench.run(moveKey, reason))).toBe('NotRestarted');
	later(hour);
	const servicesRestarted = now();
	later(5 * hour);
	const went = await bench.run(moveKey, {servicesRestarted, oldUseReason: 'that was our test'});
	expect(stop(went), went.said).toBe('Watching');
	later(15 * day);
	expect(stop(await bench.run(moveKey, {npsHealthy: true}))).toBe('complete');
	const lines = plain(await section('Moved'));
	const at = lines.findIndex(it => it.startsWith('- Run'));
	expect(lines.slice(0, at)).toContain('- Went on because: the log of RotateAwsKey');
	const until = (await told()).move?.keptUntil;
	expect(await said()).toContain(`- Stands: NPS was moved to setup berlin; the KMS key is kept until ${until}\n`);
	expect(await said()).toContain(`\n\nNot before ${until} is over: until then backups of NPS need the KMS key.\n`);
	const stages = lines.slice(at).filter(it => !it.startsWith('  - waits: '));
	const plainly = stages.map(it => it.replaceAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?/g, 'DAY'));
	// What one run was given at once is told in the order of the record.
	expect([plainly[0], ...plainly.slice(1, 4).sort(), ...plainly.slice(4)]).toEqual([
		'- Run 2, move-key, by `arn:aws:iam::111122223333:user/admin`:',
		'  - answered: Day of the backup and the export: DAY',
		'  - answered: Setup that NPS is moved to: berlin',
		'  - answered: The last backup from before the move expires on: DAY',
		'  - passed: See that what NPS uses works',
		'  - passed: See that the new setup is proven',
		'  - passed: Back up NPS before it is moved',
		'- Run 3, move-key, by `arn:aws:iam::111122223333:user/bob`:',
		'  - answered: Has SbPAM.RotateAwsKey run with it? yes',
		'  - answered: If AWS shows no use, go on because: the log of RotateAwsKey',
		'  - passed: Have NPS use the new KMS key',
		'- Run 4, move-key, by `arn:aws:iam::111122223333:user/bob`:',
		'  - answered: If the old one was used since, go on because: that was our test',
		'  - answered: When were they all restarted? DAY',
		'  - passed: See that nothing uses the old ones any more',
		`  - update access key ${user()?.accessKeys[0]?.id}, to Inactive (change 9)`,
		'  - passed: Set the old access key Inactive',
		'  - answered: Days to watch it: 14',
		'- Run 5, move-key, by `arn:aws:iam::111122223333:user/bob`:',
		'  - answered: Is NPS still healthy? yes',
		'  - passed: Watch whether the old access key is missed',
		'  - passed: Keep the old KMS key',
	]);
});

test('whatever a person may answer on the way is told by the words of its form', async () => {
	await retired();
	const {retirement} = await told();
	const labels = retirement?.runs.flatMap(it => it.told.flatMap(one => (one.is === 'said' ? [one.field] : []))) ?? [];
	const answered = entries().flatMap((it, at) =>
		it.type === 'answered' &&
		entries()
			.slice(0, at)
			.findLast(one => one.type === 'started')?.course === 'retire'
			? Object.entries(it.answers).flatMap(([name, answer]) => (answer === '' ? [] : [name]))
			: [],
	);
	const byId = ['deactivateAccessKey', 'deleteAccessKey', 'disableKmsKey'];
	expect([...new Set(labels)].sort()).toEqual([...new Set(answered)].filter(it => !byId.includes(it)).sort());
});
