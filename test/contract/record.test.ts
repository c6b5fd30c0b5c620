import {copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {record} from '../../src/commands/record/record.js';
import {discard} from '../../src/steps/index.js';
import {Bench} from './in-process.js';

type Change = {
	readonly id: string;
	readonly call: {readonly api: string; readonly input: Readonly<Record<string, unknown>>};
	readonly at: string;
	readonly approvedAt?: string;
	readonly outcome: string;
	readonly requestId?: string;
};
type Told = {
	readonly file: string;
	readonly kept: boolean;
	readonly account: string;
	readonly stands: string;
	readonly runs: readonly {readonly course: string; readonly caller?: string; readonly status?: string}[];
	readonly changes: readonly Change[];
	readonly proofs: readonly {readonly checks: readonly {readonly check: string; readonly ok: boolean | null}[]}[];
	readonly exists: readonly {readonly kind: string; readonly id: string; readonly by: string; readonly note?: string}[];
	readonly takeBack: readonly string[];
};

let bench: Bench;
let asMade: () => void;
let secrets: readonly string[];
const place = (name = 'nps'): string => join(bench.home, 'setups', `${name}.json`);
beforeAll(async () => {
	bench = await Bench.start();
	const ran = await bench.run(undefined, {consoleAccess: true, consolePasswordFile: join(bench.home, 'password.csv')});
	expect(ran.code, ran.said).toBe(0);
	const user = bench.sandbox.account.users['nps-kms-user']!;
	secrets = [user.accessKeys[0]!.secret, user.loginProfile!.password];
	asMade = bench.keep();
});
beforeEach(() => {
	asMade();
	bench.heard.length = 0;
});
afterAll(() => bench.end());

function say(json: boolean): string {
	const lines: string[] = [];
	expect(
		record(
			{setup: 'nps', json},
			{env: {...process.env, NPS_KMS_HOME: bench.home}, courses: []},
			{out: it => void lines.push(it), err: () => undefined},
		),
	).toBe('done');
	return lines.join('\n');
}
const told = (): readonly Told[] => (JSON.parse(say(true)) as {records: Told[]}).records;
const entries = (): {type: string; [key: string]: unknown}[] =>
	(JSON.parse(readFileSync(place(), 'utf8')) as {entries: []}).entries;
const rewrite = (edit: (it: {type: string; [key: string]: unknown}[]) => unknown[]): void =>
	writeFileSync(place(), JSON.stringify({v: 2, setup: 'nps', entries: edit(entries())}));

test('every change is there with its time, its approval and the request id that AWS gave it', () => {
	const [only] = told();
	const outcomes = entries().filter(it => it.type === 'outcome');
	expect(only!.changes.map(it => it.requestId)).toEqual(outcomes.map(it => it['requestId']));
	expect(only!.changes.map(it => it.id)).toEqual([
		...['create-policy', 'create-user', 'attach-policy', 'attach-change-password', 'create-login', 'create-access-key'],
		...['create-key', 'create-alias', 'enable-rotation', 'narrow-policy'],
	]);
	for (const it of only!.changes) {
		expect(it).toMatchObject({outcome: 'done', approvedAt: expect.any(String), at: expect.any(String)});
		expect(say(false)).toMatch(
			new RegExp(`: done \\(approved \\d\\d:\\d\\d:\\d\\d\\)\\n   - ${it.call.api}, request \`${it.requestId}\``),
		);
	}
	expect(only).toMatchObject({account: '111122223333', stands: 'set up: every step was done', kept: false});
	expect(only!.runs).toMatchObject([
		{course: 'setup', caller: 'arn:aws:iam::111122223333:user/admin', status: 'complete'},
	]);
});
test('it holds no secret, asks AWS nothing, and leaves the record as it is', () => {
	const before = readFileSync(place(), 'utf8');
	const whole = say(false) + say(true);
	for (const it of secrets) expect(whole).not.toContain(it);
	expect(bench.heard).toEqual([]);
	expect(readFileSync(place(), 'utf8')).toBe(before);
});
test('checks are told with their results, and how each was found', () => {
	const text = say(false);
	expect(told()[0]!.proofs.at(-1)!.checks).toHaveLength(20);
	expect(text).toContain('- ok: encrypts and decrypts with the key (encrypt-decrypt, tried with the access key)');
	expect(text).toContain('- ok: must not be able to disable the key (disable-key, simulated by IAM)');
	expect(text).toContain('- ok: is in no group (groups, looked at)');
	rewrite(it =>
		it.map(one =>
			one.type === 'checked'
				? {...one, checks: [{...(one['checks'] as object[])[0], ok: false, because: 'a *reason*'}]}
				: one,
		),
	);
	expect(say(false)).toMatch(
		/Not proven on .*\n\n- FAILED: is nps-kms-user \(identity, tried with the access key\): a \\\*reason\\\*/,
	);
});
test('what exists is told by ARN, and the commands that take it back leave nothing', () => {
	const {policies, users, keys} = bench.sandbox.account;
	const policy = Object.values(policies).find(it => it.name === 'NPS_KMS_Policy')!;
	const key = Object.values(keys).find(it => it.tags.some(tag => tag.Key === 'nps-kms:id'))!;
	const accessKey = users['nps-kms-user']!.accessKeys[0]!.id;
	const [only] = told();
	expect(only!.exists.map(it => [it.kind, it.id, it.by])).toEqual([
		['IAM policy', policy.arn, 'made'],
		['IAM user', users['nps-kms-user']!.arn, 'made'],
		['Console password', 'nps-kms-user', 'made'],
		['Access key', accessKey, 'made'],
		['KMS key', key.arn, 'made'],
		['Alias', 'alias/nps-kms-key', 'made'],
	]);
	expect(only!.takeBack).toEqual([
		`aws --region eu-west-1 iam update-access-key --user-name nps-kms-user --access-key-id ${accessKey} --status Inactive`,
		`aws --region eu-west-1 iam delete-access-key --user-name nps-kms-user --access-key-id ${accessKey}`,
		'aws --region eu-west-1 iam delete-login-profile --user-name nps-kms-user',
		`aws --region eu-west-1 iam detach-user-policy --user-name nps-kms-user --policy-arn ${policy.arn}`,
		'aws --region eu-west-1 iam detach-user-policy --user-name nps-kms-user --policy-arn arn:aws:iam::aws:policy/IAMUserChangePassword',
		'aws --region eu-west-1 iam delete-user --user-name nps-kms-user',
		`aws --region eu-west-1 iam delete-policy-version --policy-arn ${policy.arn} --version-id v1`,
		`aws --region eu-west-1 iam delete-policy --policy-arn ${policy.arn}`,
		'aws --region eu-west-1 kms delete-alias --alias-name alias/nps-kms-key',
		`aws --region eu-west-1 kms schedule-key-deletion --key-id ${key.arn} --pending-window-in-days 30`,
	]);
});
test('what was refused, what got lost and what was only adopted is told as that', () => {
	rewrite(all =>
		all
			.filter(
				it =>
					!(it.type === 'outcome' && it['of'] === 7) &&
					!(it.type === 'completed' && it['step'] === 'least-privilege') &&
					it.type !== 'ended',
			)
			.filter(it => !(it.type === 'outcome' && it['of'] === 10))
			.map(it =>
				it.type === 'outcome' && it['of'] === 9
					? {...it, ok: false, code: 'AccessDenied', message: 'no <b>', learned: undefined}
					: it,
			)
			.map(it =>
				it.type === 'outcome' && it['of'] === 2
					? {...it, learned: {userArn: 'arn:aws:iam::111122223333:user/nps-kms-user'}}
					: it,
			)
			.map(it =>
				it['answers'] && (it['answers'] as object) && 'userName' in (it['answers'] as object)
					? {...it, answers: {...(it['answers'] as object), adoptUser: true}}
					: it,
			),
	);
	const [only] = told();
	expect(only!.changes.slice(6).map(it => it.outcome)).toEqual(['found', 'done', 'refused', 'unknown']);
	expect(only!.exists.find(it => it.kind === 'IAM user')?.by).toBe('adopted');
	expect(only!.takeBack.some(it => it.includes('delete-user --'))).toBe(false);
	const text = say(false);
	expect(text).toContain("done: AWS's answer was lost, looking found it");
	expect(text).toContain('refused by AWS, nothing changed (AccessDenied: no \\<b>)');
	expect(text).toContain("perhaps done: AWS's answer was lost");
	expect(text).toContain('did not end in order');
});
test('an access key that was removed since is not told as there, and neither is what was detached', () => {
	const id = bench.sandbox.account.users['nps-kms-user']!.accessKeys[0]!.id;
	const done = (n: number, api: string, input: object): object[] => [
		{
			type: 'intent',
			id: n,
			step: 'x',
			change: {id: `x-${n}`, verb: 'delete', subject: api, call: {api, input}},
			at: '2026-11-26T00:00:00Z',
			clock: 'aws',
		},
		{type: 'outcome', of: n, ok: true, learned: {}, at: '2026-11-26T00:00:00Z', clock: 'aws'},
	];
	const key = Object.values(bench.sandbox.account.keys).find(it => it.tags.some(tag => tag.Key === 'nps-kms:id'))!;
	rewrite(all => [
		...all,
		...done(50, 'iam:UpdateAccessKey', {UserName: 'nps-kms-user', AccessKeyId: id, Status: 'Inactive'}),
		...done(51, 'kms:DisableKey', {KeyId: key.id}),
	]);
	expect(
		told()[0]!
			.exists.filter(it => it.note?.match(/Inactive|disabled/))
			.map(it => it.kind),
	).toEqual(['Access key', 'KMS key']);
	rewrite(all => [
		...all,
		...done(52, 'iam:DeleteAccessKey', {UserName: 'nps-kms-user', AccessKeyId: id}),
		...done(53, 'iam:DetachUserPolicy', {
			UserName: 'nps-kms-user',
			PolicyArn: 'arn:aws:iam::aws:policy/IAMUserChangePassword',
		}),
		...done(54, 'kms:ScheduleKeyDeletion', {KeyId: key.id, PendingWindowInDays: 7}),
	]);
	const [only] = told();
	expect(only!.exists.map(it => it.kind)).not.toContain('Access key');
	expect(only!.exists.find(it => it.kind === 'KMS key')?.note).toBe(
		'its deletion was scheduled on 2026-11-26, for 7 days later',
	);
	expect(only!.takeBack.filter(it => it.includes('detach'))).toHaveLength(1);
	expect(only!.takeBack.filter(it => it.includes('schedule-key-deletion'))).toEqual([]);
});
test('after a discard nothing but the KMS key that goes is told to exist, and who took it back', async () => {
	const key = Object.values(bench.sandbox.account.keys).find(it => it.tags.some(tag => tag.Key === 'nps-kms:id'))!;
	const taken = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true, secretFile: undefined};
	const ran = await bench.run(discard, taken);
	expect(ran.code, ran.said).toBe(0);
	const [only] = told();
	expect(only).toMatchObject({kept: true, stands: 'taken back; nothing of it is left in use', takeBack: []});
	expect(only!.runs.map(it => it.course)).toEqual(['setup', 'discard']);
	expect(only!.exists).toMatchObject([
		{kind: 'KMS key', id: key.arn, by: 'made', note: expect.stringContaining('for 30 days later')},
	]);
	rmSync(only!.file);
});
test('records that a discard kept are told too, the newest first; those of other names are not', () => {
	const text = readFileSync(place());
	renameSync(place(), place('nps-20261120T101112Z'));
	writeFileSync(place('nps-20261121T101112Z-0a1f'), text);
	writeFileSync(place('nps-20261121'), text);
	writeFileSync(`${place()}.damaged-20261121T101112Z`, '{');
	expect(told().map(it => [it.file, it.kept])).toEqual([
		[place('nps-20261121T101112Z-0a1f'), true],
		[place('nps-20261120T101112Z'), true],
	]);
	writeFileSync(place(), text);
	expect(told().map(it => it.kept)).toEqual([false, true, true]);
	expect(say(false).match(/^# Change record of setup nps.*$/gm)).toEqual([
		'# Change record of setup nps',
		'# Change record of setup nps (taken back)',
		'# Change record of setup nps (taken back)',
	]);
	for (const it of ['nps-20261120T101112Z', 'nps-20261121T101112Z-0a1f', 'nps-20261121']) rmSync(place(it));
});
test('the commands that it names are of the rehearsal where its record is', () => {
	expect(say(false)).toContain('`nps-kms discard`');
	const setups = join(bench.home, 'sandbox', 'setups');
	mkdirSync(setups, {recursive: true});
	copyFileSync(place(), join(setups, 'nps.json'));
	const lines: string[] = [];
	record(
		{setup: 'nps', sandbox: true},
		{env: {...process.env, NPS_KMS_HOME: bench.home}, courses: []},
		{out: it => void lines.push(it), err: () => undefined},
	);
	for (const it of ['`nps-kms status --sandbox`', '`nps-kms discard --sandbox`', 'A rehearsal'])
		expect(lines.join('\n')).toContain(it);
	// Pasted where real credentials are, they would take what bears these names there.
	expect(lines.join('\n')).not.toMatch(/^aws /m);
});
test('what takes it back by hand begins with whose account it is', () => {
	expect(say(false)).toMatch(
		/only if the first line tells `\d{12}`:\n\n```\naws --region eu-west-1 sts get-caller-identity .*\naws --region eu-west-1 iam /,
	);
});
test('where there is none, or one that can not be read, that is said', () => {
	writeFileSync(place(), '{');
	expect(() => told()).toThrow(expect.objectContaining({problem: expect.objectContaining({code: 'RecordDamaged'})}));
	rmSync(place());
	expect(() => told()).toThrow(expect.objectContaining({problem: expect.objectContaining({code: 'NoSetup'})}));
});
