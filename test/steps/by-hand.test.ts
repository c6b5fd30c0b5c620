import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {isProblem, type Known, type Plan, type Problem} from '../../src/engine/step.js';
import {toDoByFlags} from '../../src/engine/to-do.js';
import {undoManagedKey} from '../../src/steps/discard/managed-key.js';
import {notThere} from '../../src/steps/replace/both-access-keys.js';
import {accessKeyDifferences} from '../../src/steps/things/access-key-differences.js';
import {isInactive} from '../../src/steps/things/access-key-questions.js';
import {aliasOfAnother} from '../../src/steps/things/alias-of-another.js';
import {guardOnSheet} from '../../src/steps/things/deletion-guard.js';
import type {SeenKmsKey} from '../../src/steps/things/kms-key.js';
import {unusableKmsKey} from '../../src/steps/things/kms-key-states.js';
import {safeUntilNarrowed} from '../../src/steps/things/wide-until-narrowed.js';
import type {World} from '../fake/ports.js';
import {attempt, call, knownOf, look, planOf, worldAfter} from './plans.js';
import * as replacing from './replace/plans.js';

const run = {setup: 'nps', now: '2026-11-24T12:00:00.000Z', today: '20261124', homeFolder: '/home/op'};
const real: Partial<Known> = {run};
const rehearsal: Partial<Known> = {run: {...run, sandbox: true, standIn: 'http://127.0.0.1:4'}};
const answers = {profile: 'our lab', deletionGuard: '30'};
const knows = (world: World, step: string, more: Partial<Known>): Known => knownOf(step, world, {answers, ...more});

const said = (it: Plan | Problem | undefined): string => {
	if (it === undefined) return '';
	return isProblem(it) ? toDoByFlags(it) : (it.warns ?? []).join('\n');
};
const ids = {id: '1a2b', arn: 'arn:aws:kms:eu-west-1:111122223333:key/1a2b'};
/** What each file has a person type, where all of it is told. */
const places: Readonly<Record<string, (more: Partial<Known>) => Promise<string>>> = {
	'discard/managed-key.ts': async more => {
		const world = await worldAfter('managed-key');
		world.account.kmsKeys[0]!.state = 'PendingDeletion';
		const known = knows(world, 'managed-key', more);
		return said(undoManagedKey.plan(await undoManagedKey.observe(look(world), known), known));
	},
	'least-privilege.ts': async more => {
		const world = await worldAfter('managed-key');
		const statement = {Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:111122223333:key/*'};
		const PolicyDocument = JSON.stringify({Version: '2012-10-17', Statement: [statement]});
		const PolicyArn = world.account.policies[0]!.arn;
		for (let at = 2; at <= 5; at++)
			await call(world, 'iam:CreatePolicyVersion', {PolicyArn, PolicyDocument, SetAsDefault: true});
		const chosen = {...answers, replacePolicy: true};
		return said(await planOf('least-privilege', world, {...more, answers: chosen, facts: {policyFirstVersion: 'v9'}}));
	},
	'replace/both-access-keys.ts': async more =>
		said(notThere(replacing.off, 'NEW', knows(await worldAfter('managed-key'), 'access-key', more))),
	'replace/old-access-key.ts': async more =>
		said(replacing.plan('replaced-key', {keys: [replacing.halted], answers, run: more.run})),
	'things/access-key-differences.ts': async more => {
		const world = await worldAfter('managed-key');
		const known = {...knows(world, 'access-key', more), completed: true};
		const keys = [{...replacing.off, id: known.facts.accessKeyId ?? ''}];
		return accessKeyDifferences({keys, place: {is: 'absent'}}, known)
			.map(it => it.text)
			.join('\n');
	},
	'things/access-key-questions.ts': async more =>
		said(isInactive([replacing.off], 'nps-kms-user', knows(await worldAfter('managed-key'), 'access-key', more))),
	'things/alias-of-another.ts': async more => {
		const world = await worldAfter('managed-key');
		const made = attempt('create-alias', world);
		const past = [{...made, change: {...made.change, call: {api: 'kms:CreateAlias', input: {AliasName: 'alias/nps'}}}}];
		return said(
			aliasOfAnother('alias/nps', 'another', ids as SeenKmsKey, {...knows(world, 'managed-key', more), past}),
		);
	},
	'things/deletion-guard.ts': async more =>
		guardOnSheet(knows(await worldAfter('managed-key'), 'hand-off', more)).join('\n'),
	'things/kms-key-states.ts': async more => {
		const known = knows(await worldAfter('managed-key'), 'managed-key', more);
		return ['Disabled', 'PendingDeletion', 'PendingReplicaDeletion']
			.map(state => said(unusableKmsKey({...ids, state} as SeenKmsKey, known)))
			.join('\n');
	},
	'things/wide-until-narrowed.ts': async more =>
		safeUntilNarrowed(knows(await worldAfter('managed-key'), 'access-key', more)) ?? '',
};
const steps = join(import.meta.dirname, '../../src/steps');
const typed = /aws (?:iam|kms) [a-z-]+ --.*?(?=, then |, in | and aws| \(|; or |[\n.;]|$)/g;

describe('what a person is to type to the aws CLI', () => {
	test('is worded in one way wherever it is told, and where it is looked at here', () => {
		const files = readdirSync(steps, {recursive: true, encoding: 'utf8'})
			.map(it => it.replaceAll('\\', '/'))
			.filter(it => it.endsWith('.ts') && /\baws (iam|kms) [a-z-]+ --/.test(readFileSync(join(steps, it), 'utf8')));
		expect(files).toEqual(expect.arrayContaining(Object.keys(places)));
		for (const it of files) expect(readFileSync(join(steps, it), 'utf8'), it).toContain("/aws/by-hand.js'");
	});
	test.each(Object.entries(places))('%s: goes to the account by its profile, in its region', async (_, tell) => {
		const text = await tell(real);
		const lines = text.match(typed) ?? [];
		expect(lines.length, text).toBeGreaterThan(0);
		for (const it of lines) expect(it).toMatch(/ --profile "our lab" --region eu-west-1$/);
		expect(text).not.toMatch(/rehears|endpoint/);
	});
	test.each(Object.entries(places))('%s: goes where variables send its service', async (_, tell) => {
		const endpoints = {iam: 'https://iam.vpce.example', kms: 'https://kms.vpce.example'};
		const text = await tell({...real, run: {...real.run, endpoints}} as never);
		const lines = text.match(typed) ?? [];
		expect(text.match(/aws (iam|kms) [a-z-]+ --.*? --endpoint-url https:\/\/\1\.vpce\.example/g), text).toHaveLength(
			(text.match(/aws (?:iam|kms) [a-z-]+ --/g) ?? []).length,
		);
		expect([lines.length > 0, /rehears/.test(text)]).toEqual([true, false]);
	});
	test.each(Object.entries(places))('%s: of a rehearsal goes to the stand-in, and says so', async (_, tell) => {
		const text = await tell(rehearsal);
		const lines = text.match(/aws (?:iam|kms) [a-z-]+ --/g) ?? [];
		expect(lines.length, text).toBeGreaterThan(0);
		expect(text.match(/ --endpoint-url http:\/\/127\.0\.0\.1:4(?![\d])/g) ?? [], text).toHaveLength(lines.length);
		expect(text).toMatch(/\bthis is a rehearsal\b|\bin this rehearsal alone\b/);
	});
});
