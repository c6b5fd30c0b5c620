import {readFileSync, writeFileSync} from 'node:fs';
import {CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand} from '@aws-sdk/client-iam';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {changeRecord} from '../../src/commands/record/change-record.js';
import {asMarkdown} from '../../src/commands/record/markdown.js';
import {status} from '../../src/commands/status/run-status.js';
import {fold} from '../../src/engine/record.js';
import {homeOf} from '../../src/front/home.js';
import type {Sandbox} from '../../src/sandbox/index.js';
import {discard, moveKey, setup} from '../../src/steps/index.js';
import {clientsOf, sandboxFor} from '../sandbox/clients.js';
import {Bench, type Ran} from './in-process.js';
import {day, hour, overWeeks, stop} from './over-weeks.js';
import {sittingAt} from './sitting.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, now, today, fileOf, entriesOf, factsOf, setUp, npsUses, oldKey} = overWeeks(() => bench);
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);

/** NPS is at work with one setup, and another in another region is made and proven. */
async function both(): Promise<void> {
	await setUp('nps', 'eu-west-1');
	later(hour);
	await npsUses('nps');
	later(day);
	expect((await setUp('berlin', 'eu-central-1')).result['proven']).toBe(true);
	later(hour);
}
const told = {toSetup: 'berlin', backedUp: '', backupsExpire: ''};
const beginning = () => ({...told, backedUp: today(), backupsExpire: today(60 * day)});

describe('NPS is moved to another region over weeks, without questions', () => {
	test('from gate to gate, each opened by what AWS shows or the person says', async () => {
		await both();
		expect(stop(await move())).toBe('NoTarget');
		expect(stop(await move({toSetup: 'berlin'}))).toBe('NotBackedUp');
		const begun = await move(beginning());
		expect([stop(begun), begun.code]).toEqual(['NotRotatedYet', 0]);
		later(2 * hour);
		await npsUses('nps');
		await npsUses('berlin');
		later(hour);
		expect(stop(await move())).toBe('NotRestarted');
		expect(factsOf()['movedAt']).toBeDefined();
		later(hour);
		const restart = now();
		await npsUses('berlin');
		expect(stop(await move({servicesRestarted: restart}))).toBe('TooSoon');
		later(5 * hour);
		const halted = await move();
		expect([stop(halted), oldKey()?.status]).toEqual(['Watching', 'Inactive']);
		later(13 * day);
		expect(stop(await move({npsHealthy: true}))).toBe('Watching');
		later(2 * day);
		// What was said before the days were over says nothing of them.
		expect(stop(await move())).toBe('Healthy');
		const done = await move({npsHealthy: true});
		expect([done.result['status'], done.result['movedTo'], done.code]).toEqual(['complete', 'berlin', 0]);
		expect(Object.values(bench.sandbox.account.keys).map(it => it.state)).not.toContain('Disabled');
		// Run once more, all is as it was left.
		expect((await move()).result['status']).toBe('complete');
	});
	test('a rushed one is refused at each gate: a flag counts once the record shows what comes before it', async () => {
		await both();
		const all = {
			'nps-rotated': {npsRotated: true},
			'override-reason': {overrideReason: 'sure'},
			'services-restarted': {servicesRestarted: now()},
			'every-server-moved': {everyServerMoved: true},
			'old-use-reason': {oldUseReason: 'a test of ours'},
			'nps-healthy': {npsHealthy: true},
		};
		const early = async (...flags: readonly (keyof typeof all)[]): Promise<void> => {
			for (const flag of flags) {
				const before = entriesOf().length;
				bench.heard.length = 0;
				await expect(move(all[flag]), flag).rejects.toMatchObject({problem: {what: `--${flag} comes too early`}});
				expect([bench.heard, entriesOf().length], flag).toEqual([[], before]);
			}
		};
		await move({toSetup: 'berlin'});
		await early(...(Object.keys(all) as (keyof typeof all)[]));
		await move(beginning());
		await early('services-restarted', 'every-server-moved', 'old-use-reason', 'nps-healthy');
		expect(stop(await move(all['nps-rotated']))).toBe('NotSeenYet');
		expect(stop(await move(all['override-reason']))).toBe('NotRestarted');
		expect(factsOf()['movedAt']).toBe('said');
		await early('nps-healthy');
		// A restart that is still to come, and one before the new access key was there, are none.
		expect(stop(await move({servicesRestarted: now(hour)}))).toBe('NotRestarted');
		expect(stop(await move({servicesRestarted: '2020-01-01 10:00'}))).toBe('NotRestarted');
		expect(oldKey()?.status).toBe('Active');
	});
	test('what AWS shows of the old ones after the restart holds it back, until it is restarted again or a reason is told', async () => {
		await both();
		await move(beginning());
		later(hour);
		await npsUses('berlin');
		await move();
		later(hour);
		const restart = now();
		later(2 * hour);
		await npsUses('nps', '10.9.9.9');
		later(6 * hour);
		const held = await move({servicesRestarted: restart});
		expect([stop(held), held.said]).toEqual([
			'StillUsed',
			expect.stringMatching(/was used: Decrypt, .* from 10\.9\.9\.9/),
		]);
		expect(oldKey()?.status).toBe('Active');
		const again = now();
		later(5 * hour);
		expect(stop(await move({servicesRestarted: again}))).toBe('Watching');
		expect(oldKey()?.status).toBe('Inactive');
	});
	test('of several servers each has to be seen, or told', async () => {
		await both();
		await move(beginning());
		later(hour);
		await npsUses('berlin', '10.1.2.3');
		await move();
		const restart = now();
		later(6 * hour);
		const held = await move({servicesRestarted: restart, npsServers: '2'});
		expect([stop(held), held.said]).toEqual(['OtherServers', expect.stringContaining('used from 10.1.2.3')]);
		await npsUses('berlin', '10.1.2.4');
		expect(stop(await move())).toBe('Watching');
	});
	test('servers that share one address are told by word, and a use that is none of NPS by a reason', async () => {
		await both();
		await move(beginning());
		later(hour);
		await npsUses('berlin');
		await move();
		const restart = now();
		later(2 * hour);
		await npsUses('nps');
		later(6 * hour);
		const said = {servicesRestarted: restart, npsServers: '2', npsShareAddress: true};
		expect(stop(await move(said))).toBe('StillUsed');
		expect(stop(await move({oldUseReason: 'a restored backup'}))).toBe('OtherServers');
		expect(oldKey()?.status).toBe('Active');
		expect(stop(await move({everyServerMoved: true}))).toBe('Watching');
	});
	test('on the way back the old access key is set Active again, and it takes another word to go on', async () => {
		await both();
		await move(beginning());
		await move({npsRotated: true, overrideReason: 'its log shows it'});
		const restart = now();
		later(5 * hour);
		expect(stop(await move({servicesRestarted: restart}))).toBe('Watching');
		const id = oldKey()?.id ?? '';
		// Set-up doesn't set it going: that takes a word to the move.
		expect((await setUp('nps', 'eu-west-1')).result['status']).toBe('complete');
		expect(oldKey()?.status).toBe('Inactive');
		later(day);
		expect(stop(await move({reactivateAccessKey: id}))).toBe('ActiveAgain');
		expect(oldKey()?.status).toBe('Active');
		// What let it go on before says nothing of this time: each gate is gone through anew.
		await expect(move({servicesRestarted: restart})).rejects.toMatchObject({
			problem: {what: '--services-restarted comes too early'},
		});
		expect(stop(await move({deactivateAccessKey: id}))).toBe('NotRotatedYet');
		expect(factsOf()).not.toHaveProperty('movedAt');
		expect(stop(await move({npsRotated: true}))).toBe('NotSeenYet');
		await move({overrideReason: 'it has run anew'});
		expect(stop(await move({deactivateAccessKey: ''}))).toBe('NotRestarted');
		const anew = now();
		later(5 * hour);
		expect(stop(await move({servicesRestarted: anew}))).toBe('ActiveAgain');
		expect(oldKey()?.status).toBe('Active');
		expect(stop(await move({deactivateAccessKey: id}))).toBe('Watching');
		expect(oldKey()?.status).toBe('Inactive');
		// The days count anew.
		later(13.5 * day);
		expect(stop(await move())).toBe('Watching');
		later(day);
		expect(stop(await move())).toBe('Healthy');
		expect((await move({npsHealthy: true})).result['status']).toBe('complete');
	});
	test('one that others set Inactive is watched from when that was seen; one that is gone is gone', async () => {
		await both();
		await move(beginning());
		await move({npsRotated: true, overrideReason: 'its log shows it'});
		const restart = now();
		later(5 * hour);
		const key = oldKey() ?? expect.fail('it is gone');
		key.status = 'Inactive';
		// Until the restart is told, an Inactive access key is trouble: NPS may need it.
		expect(stop(await move())).toBe('OldNotWorking');
		key.status = 'Active';
		expect(stop(await move({servicesRestarted: restart}))).toBe('Watching');
		later(15 * day);
		key.status = 'Active';
		expect(stop(await move({npsHealthy: true}))).toBe('ActiveAgain');
		key.status = 'Inactive';
		expect((await move({npsHealthy: true})).result['status']).toBe('complete');
		Object.values(bench.sandbox.account.users)
			.find(it => it.name === 'nps-kms-user')
			?.accessKeys.splice(0);
		expect((await move()).result['status']).toBe('complete');
	});
	test('the old set-up is not taken back before the last backup has expired, and that day is named', async () => {
		await both();
		const expires = today(60 * day);
		await move(beginning());
		const refused = (): Promise<Ran> => bench.run(discard, {confirm: 'nps', confirmAlias: 'nps-kms-key'});
		const early = await refused();
		expect([stop(early), early.said]).toEqual(['KeptForBackups', expect.stringContaining(`kept until ${expires}`)]);
		later(60 * day - hour);
		expect(stop(await refused())).toBe('KeptForBackups');
		later(day + hour);
		expect(stop(await refused())).toBe('InUse');
	});
	test('the other setup has to be there, done, proven, and another', async () => {
		await setUp('nps', 'eu-west-1');
		const told = async (options: object): Promise<readonly [string, string]> => {
			const ran = await move(options);
			return [stop(ran), ran.said];
		};
		expect(await told({toSetup: 'nps'})).toEqual(['NoTarget', expect.stringContaining("can't be moved to the same")]);
		expect(await told({toSetup: 'berlin'})).toEqual([
			'NotBegun',
			expect.stringContaining('nps-kms setup --setup berlin'),
		]);
		await setUp('berlin', 'eu-central-1', {prove: false});
		expect(await told({toSetup: 'berlin'})).toEqual([
			'NotProven',
			expect.stringContaining('nps-kms prove --setup berlin'),
		]);
		await bench.run(setup, {setup: 'berlin', region: 'eu-central-1', secretFile: fileOf('berlin')});
		expect(await told({toSetup: 'berlin'})).toEqual(['NotBackedUp', expect.anything()]);
		await move(beginning());
		expect(await told({toSetup: 'dublin'})).toEqual(['NotBegun', expect.stringContaining('dublin')]);
		await move({toSetup: 'berlin', npsRotated: true});
		expect(await told({toSetup: 'dublin'})).toEqual(['OtherMove', expect.stringContaining('setup berlin')]);
	});
});

describe('NPS is moved to another account', () => {
	/** A profile for each account, and another account with a clock that goes as the first one's. */
	async function twoAccounts(): Promise<Sandbox> {
		const other = await sandboxFor({accountId: '999999999999', control: true, now: () => bench.sandbox.now()});
		const keysOf = ({operator: {accessKeyId, secretAccessKey}}: Sandbox): string =>
			`aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
		writeFileSync(fileOf('credentials'), `[old]\n${keysOf(bench.sandbox)}[new]\n${keysOf(other)}`);
		writeFileSync(
			fileOf('config'),
			`[profile old]\nendpoint_url = ${bench.sandbox.url}\n[profile new]\nendpoint_url = ${other.url}\n`,
		);
		for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'])
			vi.stubEnv(name, undefined);
		vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', fileOf('credentials'));
		vi.stubEnv('AWS_CONFIG_FILE', fileOf('config'));
		return other;
	}
	afterEach(() => vi.unstubAllEnvs());
	async function begun(): Promise<Sandbox> {
		const other = await twoAccounts();
		await setUp('nps', 'eu-west-1', {profile: 'old'});
		expect((await setUp('berlin', 'eu-west-1', {profile: 'new'})).result).toMatchObject({
			...{proven: true, account: '999999999999'},
		});
		later(hour);
		expect(stop(await move(beginning()))).toBe('NotRotatedYet');
		later(hour);
		await npsUses('berlin', '10.1.2.3', other.url);
		later(hour);
		return other;
	}

	test('its own profile sees that NPS uses it there', async () => {
		const other = await begun();
		const seen = await move();
		expect([stop(seen), seen.said]).toEqual(['NotRestarted', expect.stringContaining('from 10.1.2.3, as AWS shows')]);
		const restart = now();
		later(5 * hour);
		expect(stop(await move({servicesRestarted: restart}))).toBe('Watching');
		expect(oldKey()?.status).toBe('Inactive');
		expect(Object.values(other.account.users).flatMap(it => it.accessKeys.map(key => key.status))).not.toContain(
			'Inactive',
		);
		later(15 * day);
		expect((await move({npsHealthy: true})).result['status']).toBe('complete');
	});
	test('a profile that has become one of another account sees nothing of it', async () => {
		await begun();
		for (const [name, own, other] of [
			['config', /\[profile old\]\n(.*\n)/, /(\[profile new\]\n).*\n/],
			['credentials', /\[old\]\n(.*\n.*\n)/, /(\[new\]\n).*\n.*\n/],
		] as const) {
			const text = readFileSync(fileOf(name), 'utf8');
			writeFileSync(fileOf(name), text.replace(other, `$1${own.exec(text)?.[1] ?? ''}`));
		}
		const blind = await move({npsRotated: true});
		expect([stop(blind), blind.said]).toEqual([
			'NotSeenYet',
			expect.stringContaining(`the credentials here are of account ${bench.sandbox.account.id}`),
		]);
		expect(factsOf()['movedAt']).toBeUndefined();
	});
	test('where that profile is gone, what the record of the new setup holds tells it', async () => {
		await begun();
		const config = readFileSync(fileOf('config'), 'utf8');
		writeFileSync(fileOf('config'), config.replace('[profile new]', '[profile gone]'));
		writeFileSync(fileOf('credentials'), readFileSync(fileOf('credentials'), 'utf8').replace('[new]', '[gone]'));
		const blind = await move({npsRotated: true});
		expect([stop(blind), blind.said]).toEqual(['NotSeenYet', expect.stringContaining("can't be looked at from here")]);
		expect((await setUp('berlin', 'eu-west-1', {profile: 'gone'})).code).toBe(0);
		writeFileSync(fileOf('config'), config.replace('[profile new]', '[profile else]'));
		const byRecord = await move();
		expect([stop(byRecord), byRecord.said]).toEqual(['NotRestarted', expect.stringContaining('as its record holds')]);
	});
});

/** Moved to its end, by what AWS shows. */
async function moved(): Promise<void> {
	await both();
	await move(beginning());
	later(hour);
	await npsUses('berlin');
	await move();
	const restart = now();
	later(5 * hour);
	expect(stop(await move({servicesRestarted: restart}))).toBe('Watching');
	later(15 * day);
	expect((await move({npsHealthy: true})).result['status']).toBe('complete');
}
const runOf = (more: object) => ({
	...{course: setup, others: [], options: {setup: 'nps', json: true}, version: '0.0.0', now: new Date()},
	env: {...process.env, NPS_KMS_HOME: bench.home, NPS_KMS_PATIENCE: '0.0001'},
	outlet: {json: true, out: () => undefined, err: () => undefined},
	...more,
});

describe('how far it is', () => {
	test('status calls what the move left no fault, and tells where it is; so do home and the record', async () => {
		await moved();
		const out: string[] = [];
		const run = runOf({outlet: {json: true, out: (it: string) => void out.push(it), err: () => undefined}});
		expect(await status(run, () => undefined)).toBe('done');
		const told = JSON.parse(out.join('')) as {steps: {step: string; status: string; text?: string}[]};
		expect(told).not.toHaveProperty('accessKey');
		expect(told.steps.map(it => it.status)).not.toContain('changed');
		expect(JSON.stringify(told.steps)).toContain('NPS was moved to setup berlin');
		const home = homeOf({
			...{course: setup, others: [moveKey], setup: 'nps', state: fold(entriesOf(), 'setup'), now: new Date()},
		});
		expect(home?.lines.join('\n')).toMatch(/NPS was moved to setup berlin; the KMS key is kept until \d{4}-\d\d-\d\d/);
		const record = changeRecord('nps', {file: 'nps.json', kept: false, entries: entriesOf()}, [moveKey]);
		expect(record.move).toMatchObject({to: 'berlin', backedUp: factsOf()['backedUpOn'], reasons: []});
		expect(asMarkdown(record, {})).toMatch(
			/## Moved\n\n- NPS is moved to setup berlin: (?:.*\n)*.*Old KMS key: kept until/,
		);
	});
	test('home goes on with it first of all while it is under way', async () => {
		await both();
		await move(beginning());
		const home = homeOf({
			...{course: setup, others: [moveKey], setup: 'nps', state: fold(entriesOf(), 'setup'), now: new Date()},
		});
		expect(home?.options[0]).toMatchObject({value: 'move-key', label: 'Go on moving NPS'});
		expect(home?.lines).toContain('NPS is being moved to setup berlin: SbPAM.RotateAwsKey is to be run.');
	});
});

test('whoever has only what permissions --for move-key prints can go all of the way', async () => {
	await both();
	const out: string[] = [];
	const outlet = {json: false, out: (it: string) => void out.push(it), err: () => undefined};
	await permissions(runOf({options: {setup: 'nps', for: 'move-key'}, outlet}), () => undefined);
	const PolicyDocument = out.join('\n');
	expect(PolicyDocument).toContain('iam:UpdateAccessKey');
	const {iam} = clientsOf(bench.sandbox);
	const who = {UserName: 'mover'};
	await iam.send(new CreateUserCommand(who));
	await iam.send(new PutUserPolicyCommand({...who, PolicyName: 'move', PolicyDocument}));
	const {AccessKey} = await iam.send(new CreateAccessKeyCommand(who));
	await move(beginning());
	later(hour);
	await npsUses('berlin');
	// What it sees of the new setup takes rights of its own there: its record tells it.
	await setUp('berlin', 'eu-central-1');
	vi.stubEnv('AWS_ACCESS_KEY_ID', AccessKey?.AccessKeyId);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', AccessKey?.SecretAccessKey);
	try {
		expect(stop(await move())).toBe('NotRestarted');
		const restart = now();
		later(5 * hour);
		expect(stop(await move({servicesRestarted: restart}))).toBe('Watching');
		expect(oldKey()?.status).toBe('Inactive');
	} finally {
		vi.unstubAllEnvs();
	}
});

test('a person goes the same way by what they answer at each screen', async () => {
	await both();
	const sit = sittingAt(() => bench, moveKey);
	const {toSetup, backedUp, backupsExpire} = beginning();
	expect(await sit({})).toBe('NoTarget');
	expect(await sit({toSetup})).toBe('NotBackedUp');
	expect(await sit({backedUp, backupsExpire})).toBe('NotRotatedYet');
	expect(await sit({}, ['it has run'])).toBe('NotSeenYet');
	later(hour);
	await npsUses('berlin');
	expect(await sit({})).toBe('NotRestarted');
	const servicesRestarted = now();
	expect(await sit({servicesRestarted})).toBe('TooSoon');
	later(5 * hour);
	expect(await sit({npsServers: '2'})).toBe('OtherServers');
	expect(oldKey()?.status).toBe('Active');
	expect(await sit({}, ['every server has the new keys'])).toBe('Watching');
	expect(oldKey()?.status).toBe('Inactive');
	expect(await sit({}, ['set the old one Active again'])).toBe('ActiveAgain');
	expect(oldKey()?.status).toBe('Active');
	expect(await sit({})).toBe('NotRotatedYet');
	later(hour);
	await npsUses('berlin');
	later(hour);
	expect(await sit({}, ['it has run'])).toBe('NotRestarted');
	const again = now();
	later(5 * hour);
	// Each form is asked anew, with what was answered before but for what let the move go on.
	expect(await sit({servicesRestarted: again})).toBe('OtherServers');
	expect(await sit({}, ['every server has the new keys'])).toBe('ActiveAgain');
	expect(await sit({}, ['set it Inactive again'])).toBe('Watching');
	later(15 * day);
	expect(await sit({})).toBe('Healthy');
	expect(await sit({}, ['NPS is healthy'])).toBe('Healthy');
	expect(fold(entriesOf(), 'move-key').done['move-key']).toContain('move-kept');
});
