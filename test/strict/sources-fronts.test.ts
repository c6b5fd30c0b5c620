import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import type {Answers} from '../../src/engine/step.js';
import type {Event} from '../../src/engine/wizard.js';
import {discard} from '../../src/steps/index.js';
import {changeRecord, lineByLine, needed, onScreens, printed, runInBash} from './fronts.js';
import {StrictBench, statementsOf} from './strict-bench.js';
import {told} from './told.js';

const withoutCli = spawnSync('aws', ['--version']).status !== 0 && !process.env['CI'];
const strict = new StrictBench();
const [range, endpoint] = ['203.0.113.0/24', 'vpce-0a1b2c3d4e5f67890'];
const ways = [{IpAddress: {'aws:SourceIp': [range]}}, {StringEquals: {'aws:SourceVpce': [endpoint]}}];
/** The conditions of the policy, and of what lets the user use the key. */
function conditions(): readonly (readonly unknown[])[] {
	const policy = Object.values(strict.bench.sandbox.account.policies).find(it => it.name === 'NPS_KMS_Policy');
	const document = policy?.versions.find(it => it.id === policy.defaultVersion)?.document ?? '{"Statement":[]}';
	return [
		statementsOf(document).map(it => it.Condition),
		strict.statements().flatMap(it => (it.Sid.startsWith('Allow use') ? [it.Condition] : [])),
	];
}
const bound = [ways, ways];
const bare = [[undefined], [undefined]];
const isBound = async (): Promise<void> => {
	expect(conditions()).toEqual(bound);
	expect(await told(strict.bench)).toEqual([0, []]);
	expect([(await strict.run()).code, strict.writes()]).toEqual([0, []]);
};
/** Answers the form that asks for it; what it isn't told it takes as it stands. */
const answering =
	(given: Answers) =>
	({phase, fields, answers}: Scene): Event | undefined =>
		phase.at === 'form' && fields.some(it => it.field.name in given)
			? {
					type: 'submitted',
					answers: {...Object.fromEntries(fields.map(({field: {name}}) => [name, answers[name] ?? ''])), ...given},
				}
			: undefined;

describe('on the screens', () => {
	test('both are lines of the first form, and bind what is made', async () => {
		const {code, scenes} = await onScreens(
			strict.bench,
			answering({sourceIp: ['203.0.113.0/24'], sourceVpce: [endpoint]}),
		);
		expect(code).toBe(0);
		const [form] = scenes.filter(it => it.step.name === 'Policy' && it.phase.at === 'form');
		expect(form?.fields.map(it => it.field.name)).toEqual([
			...['policyName', 'policyDescription', 'tags', 'path'],
			...['sourceIp', 'sourceVpce'],
		]);
		await isBound();
	});
	test('Enter alone binds nothing', async () => {
		expect((await onScreens(strict.bench, () => undefined)).code).toBe(0);
		expect(conditions()).toEqual(bare);
	});
	test('going back to them answers them anew, once all is done', async () => {
		await strict.run();
		let goesBack = true;
		const {code, scenes} = await onScreens(strict.bench, scene => {
			const answers = answering({sourceIp: [range], sourceVpce: [endpoint]})(scene);
			if (answers) goesBack = false;
			return answers ?? (goesBack && scene.phase.at === 'form' && scene.step.at > 1 ? {type: 'back'} : undefined);
		});
		const changes = scenes.flatMap(it => (it.phase.at === 'review' ? it.phase.plan.changes.map(one => one.id) : []));
		expect([code, goesBack, changes]).toEqual([0, false, ['bind-key', 'narrow-policy']]);
		await isBound();
	});
});

describe('line by line', () => {
	test('Enter alone is never asked for them, is told how they are, and binds nothing', async () => {
		const {code, text, questions} = await lineByLine(strict.bench, []);
		expect([code, conditions()], text).toEqual([0, bare]);
		expect(questions.filter(it => it.startsWith('Source'))).toEqual([]);
		expect(text).toContain('  (:more asks for source addresses, source VPC endpoints, too)');
	});
	test(':more asks for them after the rest, by their rules', async () => {
		const {code, text, questions} = await lineByLine(strict.bench, [
			['Description', ':more'],
			['Source addresses', '203.0.113.7/24'],
			['Source addresses', range],
			['Source VPC endpoints', endpoint],
		]);
		expect(code, text).toBe(0);
		expect(text).toContain("203.0.113.7/24 isn't where its range begins");
		const at = questions.findIndex(it => it.startsWith('IAM path'));
		expect(questions.slice(at + 1, at + 4)).toEqual([
			'Source addresses (optional, where NPS is, CIDRs, with commas between) []: ',
			'Source addresses (optional, where NPS is, CIDRs, with commas between) []: ',
			'Source VPC endpoints (optional, that NPS uses, IDs, with commas between) []: ',
		]);
		await isBound();
	});
	test('what was given is asked with what stands, and :none takes it away', async () => {
		const {code, questions} = await lineByLine(strict.bench, [['Source addresses', ':none']], {sourceIp: [range]});
		expect([code, conditions()]).toEqual([0, bare]);
		expect(questions.filter(it => it.startsWith('Source'))).toEqual([
			`Source addresses (optional, where NPS is, CIDRs, with commas between, :none for none) [${range}]: `,
		]);
	});
});

const both = {sourceIp: [range], sourceVpce: [endpoint]};
test('an answers file gives both as lists', async () => {
	const file = join(strict.bench.home, 'answers.json');
	writeFileSync(file, JSON.stringify(both));
	expect((await strict.run({answers: file})).code).toBe(0);
	await isBound();
});

describe('printed commands', () => {
	test.each(['bash', 'powershell'] as const)('of %s hold both ways wherever the user is let in', async shell => {
		expect(await printed(strict.bench, shell)).not.toContain('aws:Source');
		const text = await printed(strict.bench, shell, both);
		// A statement of the policy, wide and narrow, and two of the key policy: each in a call, and in words before it.
		for (const it of ['aws:SourceIp', 'aws:SourceVpce']) expect(text.split(it)).toHaveLength(1 + 2 * 4);
	});
	test.skipIf(withoutCli)('run by the aws CLI leave what this program leaves', async () => {
		await runInBash(strict.bench, await printed(strict.bench, 'bash', both));
		expect([(await strict.run()).code, strict.writes()]).toEqual([0, []]);
		await isBound();
	});
});

test('permissions are the same, and hold what binding what is there takes', async () => {
	const [wide, narrow] = [await needed(strict.bench, {}), await needed(strict.bench, both)];
	expect([...narrow.keys()].sort()).toEqual([...wide.keys()].sort());
	await strict.run();
	expect([...(await needed(strict.bench, {})).keys()]).not.toContain('kms:PutKeyPolicy');
	const anew = await needed(strict.bench, both);
	expect([...anew.keys()]).toEqual(expect.arrayContaining(['kms:PutKeyPolicy', 'iam:CreatePolicyVersion']));
});

test('the change record tells them, and discard takes back all of it', async () => {
	await strict.run(both);
	const text = changeRecord(strict.bench);
	for (const it of [range, endpoint]) expect(text).toContain(it);
	const {code, said} = await strict.bench.run(discard, {
		...{deleteKmsKey: true, confirm: 'nps', confirmAlias: 'nps-kms-key'},
	});
	expect([code, strict.key().state], said).toEqual([0, 'PendingDeletion']);
	expect(Object.values(strict.bench.sandbox.account.policies).map(it => it.name)).not.toContain('NPS_KMS_Policy');
});
