import {spawnSync} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import {lineByLine, needed, onScreens, printed, runInBash} from './fronts.js';
import {StrictBench} from './strict-bench.js';
import {told} from './told.js';

const withoutCli = spawnSync('aws', ['--version']).status !== 0 && !process.env['CI'];
const strict = new StrictBench();
/** The conditions of what the key policy denies. */
const guards = (): readonly unknown[] =>
	strict.statements().flatMap(it => (it['Effect'] === 'Deny' ? [it.Condition] : []));
const of = (days: string): readonly unknown[] => [{NumericLessThanEquals: {'kms:TrailingDaysWithoutKeyUsage': days}}];
const isGuarded = async (days: string): Promise<void> => {
	expect(guards()).toEqual(of(days));
	expect(await told(strict.bench)).toEqual([0, []]);
	expect([(await strict.run()).code, strict.writes()]).toEqual([0, []]);
};

describe('on the screens', () => {
	test('it is a line of the form of the KMS key; Enter alone sets none', async () => {
		const {code, scenes} = await onScreens(strict.bench, () => undefined);
		const form = scenes.find(it => it.step.name === 'Managed key' && it.phase.at === 'form');
		expect([code, form?.fields.at(-1)?.field.name, guards()]).toEqual([0, 'deletionGuard', []]);
	});
	test('answered there it is set, and told in the review before', async () => {
		const {code, scenes} = await onScreens(strict.bench, ({phase, step, fields, answers}) =>
			phase.at === 'form' && step.name === 'Managed key'
				? {
						type: 'submitted',
						answers: {
							...Object.fromEntries(fields.map(({field: {name}}) => [name, answers[name] ?? ''])),
							deletionGuard: '30',
						},
					}
				: undefined,
		);
		const warned = scenes.flatMap(it => (it.phase.at === 'review' ? (it.phase.plan.warns ?? []) : []));
		expect([code, warned.filter(it => it.includes('binds everybody, administrators too'))]).toEqual([
			0,
			[expect.stringContaining('more than 30 days')],
		]);
		await isGuarded('30');
	});
});

describe('line by line', () => {
	test('Enter sets none', async () => {
		expect((await lineByLine(strict.bench, [])).code).toBe(0);
		expect(guards()).toEqual([]);
	});
	test('it is asked by its rule, and set', async () => {
		const {code, text} = await lineByLine(strict.bench, [
			['Deletion guard', 'a week'],
			['Deletion guard', '7'],
		]);
		expect(code, text).toBe(0);
		expect(text).toContain('A whole number of days from 1 to 3650');
		await isGuarded('7');
	});
});

test('permissions ask for nothing more where the key is made with it, and for putting it on one that is there', async () => {
	const [without, with_] = [await needed(strict.bench, {}), await needed(strict.bench, {deletionGuard: '30'})];
	expect([...with_.keys()].sort()).toEqual([...without.keys()].sort());
	expect([...with_.keys()]).toContain('kms:CreateKey');
	await strict.run();
	expect([...(await needed(strict.bench, {})).keys()]).not.toContain('kms:PutKeyPolicy');
	const put = (await needed(strict.bench, {deletionGuard: '30'})).get('kms:PutKeyPolicy');
	expect([put?.Resource].flat()).toContain(strict.key().arn);
});

describe('printed commands', () => {
	test.each(['bash', 'powershell'] as const)('of %s make the key with it', async shell => {
		expect(await printed(strict.bench, shell)).not.toContain('kms:TrailingDaysWithoutKeyUsage');
		const text = await printed(strict.bench, shell, {deletionGuard: '30'});
		expect(text).toMatch(/TrailingDaysWithoutKeyUsage\W+30\b/);
	});
	test.skipIf(withoutCli)('run by the aws CLI leave what this program leaves', async () => {
		await runInBash(strict.bench, await printed(strict.bench, 'bash', {deletionGuard: '30'}));
		expect([(await strict.run()).code, strict.writes()]).toEqual([0, []]);
		await isGuarded('30');
	});
});
