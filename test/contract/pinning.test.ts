import {readFileSync} from 'node:fs';
import {describe, expect, test, vi} from 'vitest';
import type {Entry} from '../../src/engine/record.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import {sandboxFor} from '../sandbox/clients.js';
import {place} from './connecting.js';

const writes = (sandbox: {readonly heard: readonly {readonly api: string}[]}) =>
	sandbox.heard.filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it.api)).map(it => it.api);
const record = (home: string): readonly Entry[] =>
	(JSON.parse(readFileSync(`${home}/state/setups/nps.json`, 'utf8')) as {entries: Entry[]}).entries;

/** Two profiles in two accounts, each with an endpoint of its own: `wrong` in eu-west-1, `right` in eu-central-1. */
async function twoAccounts() {
	const other = await sandboxFor({accountId: '999999999999'});
	const {accessKeyId, secretAccessKey} = other.operator;
	const at = await place(keys => ({
		credentials: `[wrong]\n${keys}[right]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
	}));
	at.write(
		'.aws/config',
		`[profile wrong]\nregion = eu-west-1\nendpoint_url = ${at.sandbox.url}\n` +
			`[profile right]\nregion = eu-central-1\nendpoint_url = ${other.url}\n`,
	);
	vi.stubEnv('AWS_ENDPOINT_URL', undefined);
	vi.stubEnv('AWS_REGION', undefined);
	return {...at, other};
}

/** Takes `wrong` first, as long as nothing stops or the policy isn't asked, then comes back and takes `right`. */
function comingBack(): (scene: Scene) => Event | undefined {
	let back = false;
	return scene => {
		if (scene.step.at === 0 && scene.phase.at === 'form') {
			const profile = back ? 'right' : 'wrong';
			const choices = scene.fields.find(it => it.field.name === 'profile')?.choices ?? [];
			return {
				type: 'submitted',
				answers: {profile, ...choices.find(it => it.value === profile)?.gives},
			};
		}
		if (back || scene.step.at === 0) return undefined;
		// From a problem to its form, and from there to the step before.
		if (scene.phase.at === 'form') back = true;
		return {type: 'back'};
	};
}

describe('only looking pins nothing', () => {
	test('the wrong account confirmed at Connect, then the right one chosen: it goes on there, and says so', async () => {
		const {sit, sandbox, other} = await twoAccounts();
		const {receipts} = await sit({event: comingBack()}, {stopAfter: 'policy'});
		expect([writes(sandbox), writes(other)]).toEqual([[], ['CreatePolicy']]);
		expect(receipts.flatMap(it => it.warns)).toContain(
			'Nothing was made in account 123456789012, where this setup began; it goes on in account 999999999999.',
		);
	});
	test('a policy refused in the wrong account pins nothing either', async () => {
		const {sit, sandbox, other} = await twoAccounts();
		sandbox.setFaults([{api: 'iam:CreatePolicy', nth: 1, kind: 'access-denied'}]);
		const come = comingBack();
		let refused = false;
		const event = (scene: Scene): Event | undefined => {
			refused ||= scene.phase.at === 'stopped';
			if (scene.step.at === 1 && !refused) return undefined;
			return come(scene);
		};
		await sit({event}, {stopAfter: 'policy'});
		expect([refused, writes(sandbox), writes(other)]).toEqual([true, ['CreatePolicy'], ['CreatePolicy']]);
	});
	test('another profile by flag goes on in its account and its region', async () => {
		const {run, sandbox, other, home} = await twoAccounts();
		expect((await run({profile: 'wrong', stopAfter: 'connect'})).code).toBe(0);
		const {code, result, said} = await run({profile: 'right', stopAfter: 'managed-key'});
		expect([code, result['account'], result['region']]).toEqual([0, '999999999999', 'eu-central-1']);
		expect(said).toContain('Nothing was made in account 123456789012');
		expect([writes(sandbox), Object.keys(other.account.keys)]).toEqual([
			[],
			[expect.stringContaining('kms:eu-central-1:999999999999')],
		]);
		expect(record(home).some(it => it.type === 'answered' && !it.passing && it.answers['region'])).toBe(false);
	});
	test('a call whose answer was lost does pin the account', async () => {
		const {run, sandbox, other} = await twoAccounts();
		sandbox.setFaults([
			{api: 'iam:CreatePolicy', nth: 1, kind: 'drop-after'},
			{api: 'iam:GetPolicy', nth: 2, kind: 'drop-before'},
		]);
		await run({profile: 'wrong', stopAfter: 'policy', policyName: 'Chosen'});
		const {result} = await run({profile: 'right', stopAfter: 'policy'});
		expect(result['problem']).toMatchObject({code: 'OtherAccount'});
		expect(writes(other)).toEqual([]);
	});
});

describe('the region', () => {
	const work = (keys: string) => ({
		config: '[profile work]\nregion = eu-central-1\n[profile bare]\n',
		credentials: `[default]\n${keys}[work]\n${keys}[bare]\n${keys}`,
	});
	test('of a run that --expect-account stopped leaves nothing behind for the next profile', async () => {
		const {run} = await place(work);
		expect((await run({expectAccount: '999999999999'})).code).toBe(1);
		vi.stubEnv('AWS_REGION', undefined);
		const {code, result} = await run({profile: 'work'});
		expect([code, result['region'], result['keyArn']]).toEqual([
			0,
			'eu-central-1',
			expect.stringContaining('kms:eu-central-1'),
		]);
	});
	test('that a variable said in two runs is still nobody’s answer in the third', async () => {
		const {run} = await place(work);
		await run({stopAfter: 'connect'});
		await run({stopAfter: 'connect'});
		vi.stubEnv('AWS_REGION', undefined);
		expect((await run({profile: 'work', stopAfter: 'connect'})).result['region']).toBe('eu-central-1');
	});
	test('that somebody gave is kept, and stands over the profile’s', async () => {
		const {run} = await place(work);
		await run({region: 'eu-north-1', stopAfter: 'connect'});
		vi.stubEnv('AWS_REGION', undefined);
		expect((await run({profile: 'work', stopAfter: 'connect'})).result['region']).toBe('eu-north-1');
	});
	test('stays the KMS key’s once that was made, whatever a variable says, and no flag moves it', async () => {
		const {run, sandbox} = await place(work);
		expect((await run({stopAfter: 'managed-key'})).code).toBe(0);
		vi.stubEnv('AWS_REGION', 'eu-north-1');
		const {code, result} = await run({});
		expect([code, result['region']]).toEqual([0, 'eu-west-1']);
		expect(sandbox.heard.filter(it => it.api === 'CreateKey')).toHaveLength(1);
		await expect(run({region: 'eu-north-1'})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late')},
		});
	});
	test('of a key whose CreateKey was refused is found anew', async () => {
		const {run, sandbox} = await place(work);
		sandbox.setFaults([{api: 'kms:CreateKey', nth: 1, kind: 'access-denied'}]);
		expect((await run({})).code).toBe(1);
		vi.stubEnv('AWS_REGION', undefined);
		const {code, result, said} = await run({profile: 'work'});
		expect([code, result['region']]).toEqual([0, 'eu-central-1']);
		expect(said).toContain('No KMS key was made in eu-west-1, where this setup began; it goes on in eu-central-1.');
	});
	test('on the form follows the profile, and one without a region asks', async () => {
		const {sit} = await place(work);
		vi.stubEnv('AWS_REGION', undefined);
		const {scenes} = await sit({event: () => ({type: 'quit'})});
		const field = scenes[0]?.fields.find(it => it.field.name === 'profile');
		expect(field?.choices?.filter(it => !it.value.startsWith(':')).map(it => [it.value, it.gives])).toEqual([
			['', {region: ''}],
			['work', {region: 'eu-central-1'}],
			['bare', {region: ''}],
		]);
		expect(scenes[0]?.answers['region']).toBe('');
		expect(scenes[0]?.fields.find(it => it.field.name === 'region')?.field.wrong?.('', {})).toBeDefined();
	});
});

describe('a printed script', () => {
	test('stays of its account and region', async () => {
		const {run, print, other} = await twoAccounts();
		expect((await print({profile: 'wrong'})).code).toBe(0);
		const {result} = await run({profile: 'right', stopAfter: 'policy'});
		expect(result['problem']).toMatchObject({code: 'OtherAccount'});
		expect(writes(other)).toEqual([]);
		expect((await run({profile: 'wrong', stopAfter: 'connect'})).result['region']).toBe('eu-west-1');
		await expect(run({profile: 'wrong', region: 'eu-north-1'})).rejects.toMatchObject({
			problem: {what: expect.stringContaining('comes too late')},
		});
	});
	test('is let go by another for the account that is expected, and must not be run any more', async () => {
		const {run, print, other} = await twoAccounts();
		await print({profile: 'wrong'});
		const anew = await print({profile: 'right', expectAccount: '999999999999'});
		expect([anew.code, anew.said]).toEqual([
			0,
			expect.stringContaining('is of account 123456789012: it must not be run any more'),
		]);
		const {code, result} = await run({profile: 'right', stopAfter: 'policy'});
		expect([code, result['region'], writes(other)]).toEqual([0, 'eu-central-1', ['CreatePolicy']]);
	});
	test('isn’t let go by the wrong credentials', async () => {
		const {print} = await twoAccounts();
		await print({profile: 'wrong'});
		const {code, said} = await print({profile: 'wrong', expectAccount: '999999999999'});
		expect([code, said]).toEqual([1, expect.not.stringContaining('must not be run')]);
	});
});
