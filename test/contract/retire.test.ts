import {mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand} from '@aws-sdk/client-iam';
import {EncryptCommand} from '@aws-sdk/client-kms';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {readFault} from '../../src/sandbox/http/faults.js';
import {discard, proveAgain, retire, setup} from '../../src/steps/index.js';
import {runMain} from '../main-in-process.js';
import {clientsOf} from '../sandbox/clients.js';
import {Bench, type Ran} from './in-process.js';
import {Nps} from './nps.js';

const day = 24 * 60 * 60_000;
let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
	await bench.run(setup, {prove: false});
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await bench.end();
});

const record = (): string => readFileSync(join(bench.home, 'setups', 'nps.json'), 'utf8');
const user = () => Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user');
const accessKey = () => user()?.accessKeys[0];
const kmsKey = () =>
	Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('there is none');
const go = (options: object = {}): Promise<Ran> => bench.run(retire, options);
const waitsFor = ({code, result, said}: Ran): unknown => {
	const stop = (result['waitsFor'] ?? result['problem'] ?? {}) as {code?: string};
	return [code, result['status'], ...(stop.code ? [stop.code] : [])].concat(code === 2 ? [said] : []);
};
const paused = (code: string): unknown => [0, 'paused', code];
const inDays = (days: number): string => new Date(bench.sandbox.now() + days * day).toISOString().slice(0, 10);
const mutations = (): readonly string[] =>
	bench.heard.map(it => it.api).filter(it => !/^(Get|List|Lookup|Describe|Simulate|Encrypt|Decrypt)/.test(it));
/** So long passes, and the minute that a run takes. */
const later = (ms: number): void => bench.sandbox.advance(ms + 60_000);
/** NPS worked, was rotated, and is gone since; its servers were restarted in between. */
async function silent(): Promise<object> {
	await new Nps(bench.sandbox, join(bench.home, 'secret.csv'), '10.1.2.3').works();
	await bench.run(setup, {prove: false, npsRotated: true});
	bench.sandbox.advance(40 * day);
	return {serversRestarted: inDays(-5), backupsUntil: inDays(90)};
}
const inactive = () => ({
	...{deactivateAccessKey: accessKey()?.id, confirmAccount: bench.sandbox.account.id, confirmAlias: 'nps-kms-key'},
});
async function resting(): Promise<void> {
	expect(waitsFor(await go({...(await silent()), ...inactive()}))).toEqual(paused('Resting'));
}
async function disabled(): Promise<void> {
	await resting();
	later(14 * day);
	const ran = await go({deleteAccessKey: accessKey()?.id, disableKmsKey: kmsKey().id});
	expect(waitsFor(ran)).toEqual(paused('Watching'));
}
describe('ending a set-up that NPS used, without questions', () => {
	test('each gate waits for its day, its flag or its word, and weeks later it is retired', async () => {
		const said = await silent();
		expect(waitsFor(await go())).toEqual(paused('Backups'));
		expect(waitsFor(await go({backupsUntil: inDays(90)}))).toEqual(paused('NotRestarted'));
		expect(waitsFor(await go(said))).toEqual(paused('MayBeInactive'));
		bench.heard.length = 0;
		expect(waitsFor(await go({deactivateAccessKey: accessKey()?.id}))).toEqual([1, 'stopped', 'Unconfirmed']);
		expect(waitsFor(await go({...inactive(), confirmAccount: '999999999999'}))).toEqual([1, 'stopped', 'Unconfirmed']);
		expect(mutations()).toEqual([]);
		expect(waitsFor(await go(inactive()))).toEqual(paused('Resting'));
		expect(accessKey()?.status).toBe('Inactive');
		later(13 * day);
		expect(waitsFor(await go({deleteAccessKey: accessKey()?.id}))).toEqual(paused('Resting'));
		later(day);
		// What was said too early is asked again.
		expect(waitsFor(await go())).toEqual(paused('MayBeDeleted'));
		expect(waitsFor(await go({deleteAccessKey: accessKey()?.id}))).toEqual(paused('MayBeDisabled'));
		expect([user()?.accessKeys, kmsKey().state]).toEqual([[], 'Enabled']);
		expect(waitsFor(await go({disableKmsKey: kmsKey().id}))).toEqual(paused('Watching'));
		expect(kmsKey().state).toBe('Disabled');
		later(13 * day);
		expect(waitsFor(await go())).toEqual(paused('Watching'));
		later(day);
		const ran = await go();
		expect(waitsFor(ran)).toEqual([0, 'complete']);
		expect(ran.said).toContain('nps-kms discard --delete-kms-key');
		expect(mutations()).toEqual(['UpdateAccessKey', 'DeleteAccessKey', 'DisableKey']);
		// Once more, nothing is left to do.
		expect(waitsFor(await go())).toEqual([0, 'complete']);
		expect(mutations()).toHaveLength(3);
	});

	test('a use in the middle holds it back and is named, whoever it is by', async () => {
		await resting();
		const {kms} = clientsOf(bench.sandbox);
		await kms.send(new EncryptCommand({KeyId: kmsKey().id, Plaintext: Buffer.from('x')}));
		later(14 * day);
		const ran = await go({deleteAccessKey: accessKey()?.id});
		expect(waitsFor(ran)).toEqual(paused('Used'));
		expect(ran.said).toContain(':user/admin');
		expect(user()?.accessKeys).toHaveLength(1);
	});

	test('what AWS can’t tell is never passed in silence: a reason is asked, and kept', async () => {
		const said = await silent();
		bench.sandbox.setFaults(
			['kms:GetKeyLastUsage#every=access-denied', 'cloudtrail:LookupEvents#every=access-denied'].map(
				it => readFault(it) ?? expect.fail('no such fault'),
			),
		);
		expect(waitsFor(await go({...said, ...inactive()}))).toEqual(paused('NotTold'));
		expect(accessKey()?.status).toBe('Active');
		expect(waitsFor(await go({unusedReason: 'NPS was uninstalled'}))).toEqual(paused('MayBeInactive'));
		expect(record()).toContain('NPS was uninstalled');
		// What was said in one run is no word for what isn't known in the next, nor for the watch.
		expect(waitsFor(await go(inactive()))).toEqual(paused('NotTold'));
		const sure = {unusedReason: 'NPS was uninstalled'};
		expect(waitsFor(await go({...sure, ...inactive()}))).toEqual(paused('Resting'));
		later(14 * day);
		const untoldReason = 'nothing has called in';
		const ending = {deleteAccessKey: accessKey()?.id, disableKmsKey: kmsKey().id};
		expect(waitsFor(await go({...sure, untoldReason, ...ending}))).toEqual(paused('Watching'));
		later(14 * day);
		const ran = await go(sure);
		expect(waitsFor(ran)).toEqual(paused('NotTold'));
		expect(ran.said).toContain('--untold-reason WHY --unused-reason WHY');
		expect(waitsFor(await go({...sure, untoldReason}))).toEqual([0, 'complete']);
	});

	test('a restart counts only after the last use, and once its day is over', async () => {
		const before = bench.sandbox.now();
		const {backupsUntil} = (await silent()) as {backupsUntil: string};
		const then = (days: number): string => new Date(before + days * day).toISOString().slice(0, 10);
		for (const serversRestarted of [then(-1), then(0), then(1), inDays(0), inDays(3)])
			expect(waitsFor(await go({serversRestarted, backupsUntil})), serversRestarted).toEqual(paused('NotRestarted'));
		expect(waitsFor(await go({serversRestarted: then(2)}))).toEqual(paused('MayBeInactive'));
	});

	test('set Active again by the person or by somebody else, it stays so until a word says otherwise', async () => {
		await resting();
		const id = accessKey()?.id;
		expect(waitsFor(await go({reactivateAccessKey: id}))).toEqual(paused('MayBeInactive'));
		expect(accessKey()?.status).toBe('Active');
		expect(waitsFor(await go())).toEqual(paused('MayBeInactive'));
		expect(waitsFor(await go(inactive()))).toEqual(paused('Resting'));
		later(14 * day);
		Object.assign(accessKey() ?? {}, {status: 'Active'});
		const ran = await go({deleteAccessKey: id});
		expect(waitsFor(ran)).toEqual(paused('MayBeInactive'));
		expect(ran.said).toContain('somebody else set it so');
		// The days count anew.
		expect(waitsFor(await go({...inactive(), deleteAccessKey: id}))).toEqual(paused('Resting'));
		expect(accessKey()?.status).toBe('Inactive');
	});

	test('who tries to use the disabled key is named, and enabling it again is a way out', async () => {
		await disabled();
		const {kms} = clientsOf(bench.sandbox);
		const tried = () => kms.send(new EncryptCommand({KeyId: kmsKey().id, Plaintext: Buffer.from('x')}));
		later(day);
		await expect(tried()).rejects.toThrow(/disabled/i);
		later(3 * day);
		const ran = await go();
		expect(waitsFor(ran)).toEqual(paused('StillNeeded'));
		expect(ran.said).toMatch(/Encrypt, .*:user\/admin, from /);
		expect(waitsFor(await go({enableKmsKey: kmsKey().id}))).toEqual(paused('MayBeDisabled'));
		await tried();
		expect(kmsKey().state).toBe('Enabled');
		// That was a use, from which the days count anew.
		later(day);
		expect(waitsFor(await go({disableKmsKey: kmsKey().id}))).toEqual(paused('Used'));
	});

	test('with each try the watch begins anew', async () => {
		await disabled();
		later(10 * day);
		const {kms} = clientsOf(bench.sandbox);
		await kms.send(new EncryptCommand({KeyId: kmsKey().id, Plaintext: Buffer.from('x')})).catch(() => undefined);
		later(10 * day);
		expect(waitsFor(await go())).toEqual(paused('StillNeeded'));
		later(5 * day);
		expect(waitsFor(await go())).toEqual([0, 'complete']);
	});

	test('enabled again by somebody else, it is named, and nothing goes on', async () => {
		await disabled();
		bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Enabled']]));
		const ran = await go();
		expect(waitsFor(ran)).toEqual(paused('MayBeDisabled'));
		expect(ran.said).toContain('somebody else set it so');
		expect(kmsKey().state).toBe('Enabled');
	});

	test('a deletion guard of ours is taken away first, in a review of its own', async () => {
		await bench.run(setup, {prove: false, deletionGuard: '365'});
		await resting();
		later(14 * day);
		bench.heard.length = 0;
		expect(waitsFor(await go({deleteAccessKey: accessKey()?.id, disableKmsKey: kmsKey().id}))).toEqual(
			paused('Watching'),
		);
		expect(mutations()).toEqual(['DeleteAccessKey', 'PutKeyPolicy', 'DisableKey']);
		expect(record()).toContain('take-deletion-guard');
	});

	test('whoever has only what permissions --for retire prints can go all of the way, and back', async () => {
		await bench.run(setup, {prove: false, deletionGuard: '365'});
		const said = await silent();
		const out: string[] = [];
		const outlet = {json: false, out: (it: string) => void out.push(it), err: () => undefined};
		await permissions(
			{
				...{course: setup, others: [], options: {setup: 'nps', for: 'retire'}, version: '0.0.0', now: new Date()},
				...{env: {...process.env, NPS_KMS_HOME: bench.home}, outlet},
			},
			() => undefined,
		);
		const PolicyDocument = out.join('\n');
		expect(PolicyDocument).not.toContain('kms:ScheduleKeyDeletion');
		const {iam} = clientsOf(bench.sandbox);
		const who = {UserName: 'retiring'};
		await iam.send(new CreateUserCommand(who));
		await iam.send(new PutUserPolicyCommand({...who, PolicyName: 'retire', PolicyDocument}));
		const {AccessKey} = await iam.send(new CreateAccessKeyCommand(who));
		const [id, key] = [accessKey()?.id, kmsKey().id];
		vi.stubEnv('AWS_ACCESS_KEY_ID', AccessKey?.AccessKeyId);
		vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
		bench.heard.length = 0;
		expect(waitsFor(await go({...said, ...inactive()}))).toEqual(paused('Resting'));
		expect(waitsFor(await go({reactivateAccessKey: id}))).toEqual(paused('MayBeInactive'));
		expect(waitsFor(await go(inactive()))).toEqual(paused('Resting'));
		later(14 * day);
		expect(waitsFor(await go({deleteAccessKey: id, disableKmsKey: key}))).toEqual(paused('Watching'));
		expect(waitsFor(await go({enableKmsKey: key}))).toEqual(paused('MayBeDisabled'));
		expect(waitsFor(await go({disableKmsKey: key}))).toEqual(paused('Watching'));
		later(14 * day);
		expect(waitsFor(await go())).toEqual([0, 'complete']);
		expect(mutations()).toContain('PutKeyPolicy');
		expect(bench.heard.filter(it => it.code?.startsWith('AccessDenied'))).toEqual([]);
	});

	test('an access key that somebody else set Inactive begins no end of the set-up', async () => {
		const said = await silent();
		Object.assign(accessKey() ?? {}, {status: 'Inactive'});
		expect(waitsFor(await go(said))).toEqual(paused('InactiveBefore'));
		expect(record()).not.toContain('"retiring"');
		expect(waitsFor(await bench.run(setup, {prove: false}))).not.toContain('BeingRetired');
	});

	test('the way back that is told brings back what is switched off', async () => {
		await resting();
		const stopped = await bench.run(setup, {prove: false});
		expect(waitsFor(stopped)).toEqual([1, 'stopped', 'BeingRetired']);
		expect(stopped.said).toContain(`nps-kms retire --reactivate-access-key ${accessKey()?.id}`);
		expect(stopped.said).not.toContain('or or');
		expect(waitsFor(await go({reactivateAccessKey: accessKey()?.id}))).toEqual(paused('MayBeInactive'));
		expect(waitsFor(await bench.run(setup, {prove: false}))).toEqual([0, 'complete']);
		expect(accessKey()?.status).toBe('Active');
	});

	test('a set-up that is being retired is not set going again by the way', async () => {
		await disabled();
		bench.heard.length = 0;
		expect(waitsFor(await bench.run(setup, {prove: false}))).toEqual([1, 'stopped', 'BeingRetired']);
		expect(mutations()).toEqual([]);
		await go({enableKmsKey: kmsKey().id});
		// A look alone doesn't begin its end again.
		expect(waitsFor(await go())).toEqual(paused('MayBeDisabled'));
		rmSync(join(bench.home, 'secret.csv'));
		const again = await bench.run(setup, {prove: false, restore: 'access-key'});
		expect(waitsFor(again)).toEqual([0, 'complete']);
		expect(user()?.accessKeys).toHaveLength(1);
	});

	test('nothing of it may be taken back before it is retired, nor the key deleted while a backup needs it', async () => {
		const confirmed = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
		await disabled();
		const early = await bench.run(discard, confirmed);
		expect(waitsFor(early)).toEqual([1, 'stopped', 'InUse']);
		expect(early.said).toContain('nps-kms retire');
		later(14 * day);
		expect(waitsFor(await go())).toEqual([0, 'complete']);
		expect(waitsFor(await bench.run(discard, confirmed))).toEqual([1, 'stopped', 'BackupsKept']);
		expect(kmsKey().state).toBe('Disabled');
		later(80 * day);
		bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Enabled']]));
		expect(waitsFor(await bench.run(discard, confirmed))).toEqual([1, 'stopped', 'EnabledAgain']);
		bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Disabled']]));
		const {kms} = clientsOf(bench.sandbox);
		await kms.send(new EncryptCommand({KeyId: kmsKey().id, Plaintext: Buffer.from('x')})).catch(() => undefined);
		later(day);
		expect(waitsFor(await bench.run(discard, confirmed))).toEqual([1, 'stopped', 'StillNeeded']);
		later(15 * day);
		const ran = await bench.run(discard, confirmed);
		expect(waitsFor(ran)).toEqual([0, 'complete']);
		expect([kmsKey().state, user()]).toEqual(['PendingDeletion', undefined]);
		expect(ran.said).toContain('aws kms cancel-key-deletion');
	});

	test('disabled anew it is watched anew before it may be deleted, and for fourteen days at least', async () => {
		const takenBack = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true, deletionDays: '7'};
		await disabled();
		later(14 * day);
		expect(waitsFor(await go({backupsUntil: inDays(-1)}))).toEqual([0, 'complete']);
		bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Enabled']]));
		expect(waitsFor(await bench.run(discard, takenBack))).toEqual([1, 'stopped', 'EnabledAgain']);
		expect(waitsFor(await go({disableKmsKey: kmsKey().id}))).toEqual(paused('Watching'));
		expect(waitsFor(await bench.run(discard, takenBack))).toEqual([1, 'stopped', 'InUse']);
		later(3 * day);
		expect(waitsFor(await go({disabledDays: '3'}))).toEqual([0, 'complete']);
		const early = await bench.run(discard, takenBack);
		expect(waitsFor(early)).toEqual([1, 'stopped', 'NotWatched']);
		expect(early.said).toContain(inDays(11));
		expect(kmsKey().state).toBe('Disabled');
		later(11 * day);
		// A backup may be needed as long as its last day isn't over.
		expect(waitsFor(await go({backupsUntil: inDays(0)}))).toEqual([0, 'complete']);
		expect(waitsFor(await bench.run(discard, takenBack))).toEqual([1, 'stopped', 'BackupsKept']);
		later(day);
		expect(waitsFor(await bench.run(discard, takenBack))).toEqual([0, 'complete']);
		expect(kmsKey().state).toBe('PendingDeletion');
	});

	test('what CloudTrail can’t tell before its deletion needs a reason of that run', async () => {
		const takenBack = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
		await disabled();
		later(14 * day);
		expect(waitsFor(await go({backupsUntil: inDays(-1)}))).toEqual([0, 'complete']);
		bench.sandbox.setFaults([readFault('cloudtrail:LookupEvents#every=access-denied') ?? expect.fail('no such fault')]);
		expect(waitsFor(await bench.run(discard, takenBack))).toEqual([1, 'stopped', 'NotTold']);
		expect(kmsKey().state).toBe('Disabled');
		const ran = await bench.run(discard, {...takenBack, untoldReason: 'NPS is gone'});
		expect([waitsFor(ran), kmsKey().state]).toEqual([[0, 'complete'], 'PendingDeletion']);
	});

	test('a set-up whose record was rebuilt is not retired', async () => {
		const said = await silent();
		rmSync(join(bench.home, 'setups', 'nps.json'));
		await bench.run(setup, {recover: true, prove: false});
		bench.heard.length = 0;
		expect(waitsFor(await go({...said, ...inactive()}))).toEqual([1, 'stopped', 'Recovered']);
		expect(mutations()).toEqual([]);
	});

	test('a use while somebody else had it enabled holds its deletion back', async () => {
		await disabled();
		later(14 * day);
		expect(waitsFor(await go({backupsUntil: inDays(-1)}))).toEqual([0, 'complete']);
		bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Enabled']]));
		const {kms} = clientsOf(bench.sandbox);
		await kms.send(new EncryptCommand({KeyId: kmsKey().id, Plaintext: Buffer.from('x')}));
		bench.sandbox.setKeyStates(new Map([[kmsKey(), 'Disabled']]));
		later(day);
		const ran = await bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true});
		expect(waitsFor(ran)).toEqual([1, 'stopped', 'StillNeeded']);
		expect(ran.said).toMatch(/Encrypt, .*:user\/admin/);
	});

	test('another day of the backups counts at once, whatever else is waited for, and a restart that counted still does', async () => {
		const takenBack = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
		const refused = async (until: string): Promise<void> => {
			const ran = await bench.run(discard, takenBack);
			expect(waitsFor(ran)).toEqual([1, 'stopped', 'BackupsKept']);
			expect(ran.said).toContain(until);
		};
		const said = await silent();
		// The last use is our own, so only CloudTrail tells, of 90 days.
		expect((await bench.run(proveAgain)).code).toBe(0);
		expect(waitsFor(await go({...said, ...inactive()}))).toEqual(paused('Resting'));
		later(14 * day);
		expect(waitsFor(await go({deleteAccessKey: accessKey()?.id, disableKmsKey: kmsKey().id}))).toEqual(
			paused('Watching'),
		);
		later(14 * day);
		expect(waitsFor(await go())).toEqual([0, 'complete']);
		later(75 * day);
		const backupsUntil = inDays(800);
		expect(waitsFor(await go({backupsUntil}))).toEqual([0, 'complete']);
		await refused(backupsUntil);
		// What came before those 90 days nobody has looked at.
		later(100 * day);
		const another = inDays(900);
		expect(waitsFor(await go({backupsUntil: another}))).toEqual(paused('NotRestarted'));
		await refused(another);
		expect(kmsKey().state).toBe('Disabled');
	});

	test('a shut-down that is older than what AWS tells takes a reason where our own proof hides the last use, and none elsewhere', async () => {
		const said = {...(await silent()), serversRestarted: inDays(-5)};
		later(120 * day);
		// KMS tells the last use, however old.
		expect(waitsFor(await go(said))).toEqual(paused('MayBeInactive'));
		expect((await bench.run(proveAgain)).code).toBe(0);
		const held = await go(inactive());
		expect(waitsFor(held)).toEqual(paused('NotRestarted'));
		expect(held.said).toContain('--unused-reason WHY');
		expect(accessKey()?.status).toBe('Active');
		// A day that is none, or still to come, no reason makes up for.
		const unusedReason = 'it was uninstalled then';
		expect(waitsFor(await go({unusedReason, serversRestarted: inDays(0)}))).toEqual(paused('NotRestarted'));
		expect(waitsFor(await go({unusedReason, serversRestarted: said.serversRestarted}))).toEqual(
			paused('MayBeInactive'),
		);
		expect(record()).toContain(unusedReason);
		expect(waitsFor(await go(inactive()))).toEqual(paused('NotRestarted'));
		expect(waitsFor(await go({unusedReason, ...inactive()}))).toEqual(paused('Resting'));
	});

	test('a death right after a call, before its answer was written down, does nothing twice', async () => {
		const file = join(bench.home, 'setups', 'nps.json');
		const said = await silent();
		const stages = [
			{options: () => ({...said, ...inactive()}), api: 'UpdateAccessKey', code: 'Resting'},
			{options: () => ({deleteAccessKey: accessKey()?.id}), api: 'DeleteAccessKey', code: 'MayBeDisabled'},
			{options: () => ({disableKmsKey: kmsKey().id}), api: 'DisableKey', code: 'Watching'},
		];
		for (const {options, api, code} of stages) {
			const given = options();
			bench.heard.length = 0;
			expect(waitsFor(await go(given)), api).toEqual(paused(code));
			const {entries, ...rest} = JSON.parse(record()) as {entries: readonly {type: string}[]};
			const at = entries.findLastIndex(it => it.type === 'intent');
			writeFileSync(file, JSON.stringify({...rest, entries: entries.slice(0, at + 1)}));
			expect(waitsFor(await go(given)), `${api}, again`).toEqual(paused(code));
			expect(mutations()).toEqual([api]);
			later(14 * day);
		}
		expect(waitsFor(await go())).toEqual([0, 'complete']);
	});

	test('line by line the same gates are passed by words and keys, and a person types account and alias', async () => {
		const {serversRestarted, backupsUntil} = (await silent()) as Record<string, string>;
		// There the state folder is another.
		mkdirSync(join(bench.home, 'state'));
		renameSync(join(bench.home, 'setups'), join(bench.home, 'state', 'setups'));
		const run = (...typed: readonly string[]): Promise<{readonly code: number | null; readonly stdout: string}> =>
			runMain(['retire', '--plain'], bench.sandbox, bench.home, {typed});
		const word = `${bench.sandbox.account.id} nps-kms-key`;
		const began = await run(
			backupsUntil ?? '',
			'',
			serversRestarted ?? '',
			'',
			'i',
			'',
			'nps-kms-key',
			'',
			word,
			'',
			':q',
		);
		expect(began.stdout).toContain("That isn't the word; nothing has changed.");
		expect(accessKey()?.status).toBe('Inactive');
		later(14 * day);
		const went = await run('', '', '', '', 'x', '', accessKey()?.id ?? '', 'i', '', 'nps-kms-key', '', '', 'q');
		expect(went.stdout).toContain('Waiting: KMS key');
		expect([user()?.accessKeys, kmsKey().state]).toEqual([[], 'Disabled']);
		const back = await run('', '', '', '', '', 'u', '', 'q');
		expect(kmsKey().state, `${went.stdout}\n${back.stdout}`).toBe('Enabled');
	});
});
