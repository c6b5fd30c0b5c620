import {describe, expect, test} from 'vitest';
import {fold} from '../../src/engine/record.js';
import {homeOf, strangersHome} from '../../src/front/home.js';
import {discard, proveAgain, replaceAccessKey, setup} from '../../src/steps/index.js';
import {boot, copyOf, emptyWorld, type World} from '../fake/ports.js';

const others = [discard, replaceAccessKey, proveAgain];
const home = ({record, account}: World) =>
	homeOf({course: setup, others, setup: 'nps', state: fold(record, 'setup'), now: new Date(account.now)});
const offers = (world: World): readonly string[] => home(world)?.options.map(it => it.value) ?? [];
async function ran(stopAfter?: string): Promise<World> {
	const world = emptyWorld();
	await boot(world, {course: setup, ...(stopAfter && {stopAfter})});
	return world;
}

test.each([
	['that stopped half-way', 'access-key', true],
	['that is finished', undefined, true],
	['of which nothing was made yet', 'connect', false],
] as const)('a setup %s: taking it back is offered: %s', async (_, stopAfter, offered) => {
	expect(offers(await ran(stopAfter)).includes('discard')).toBe(offered);
});
test("a setup that NPS has been rotated to: taking it back isn't offered", async () => {
	const world = await ran();
	await boot(world, {course: setup, answers: {npsRotated: true}});
	expect(offers(world)).not.toContain('discard');
});
test('where it stopped on a problem, home says on what, what is open until it goes on, and which other setups there are', async () => {
	const {record, account} = await ran('access-key');
	const why = 'AWS refuses to create the key: no policy allows kms:CreateKey [AccessDeniedException]';
	const state = fold(
		[...record, {type: 'ended', status: 'stopped', why, at: account.now.toString(), clock: 'aws'}],
		'setup',
	);
	const risks = ['Until step 5 is done, AKIA… can decrypt with every key. To make it safe until then: aws iam …'];
	const it = homeOf({
		course: setup,
		others,
		setup: 'nps',
		state,
		now: new Date(account.now),
		risks,
		beside: [{setup: 'berlin', state: fold(record.slice(0, 1), 'setup')}, {setup: 'oslo', state}, {setup: 'rome'}],
	});
	expect(it?.lines).toEqual([
		expect.stringMatching(/^Setup nps stopped at step 4 of 7, Managed key/),
		expect.stringContaining('account 111122223333'),
		'! Until step 5 is done, AKIA… can decrypt with every key.',
		why,
	]);
	expect(it?.options.find(({value}) => value === 'another')?.note).toContain('berlin, oslo, rome');
	expect(it?.beside).toEqual([
		'Setup berlin was begun, and nothing is made yet.',
		expect.stringMatching(/^Setup oslo stopped at step 4 of 7, Managed key/),
		"Setup rome: its record can't be read.",
	]);
});
test('a finished setup offers to replace its access key on its first day too, and the commands that look', async () => {
	const {record, account} = await ran();
	const commands = ['status', 'record'].map(name => ({
		name,
		label: name,
		note: name,
		run: async () => 'done' as const,
	}));
	const at = (days: number): readonly string[] => {
		const now = new Date(account.now.valueOf() + days * 86_400_000);
		const comer = {course: setup, others, setup: 'nps', state: fold(record, 'setup'), now, commands};
		return homeOf(comer)?.options.map(it => it.value) ?? [];
	};
	expect(at(0)).toEqual(['go', 'another', 'discard', 'replace-access-key', 'status', 'record', 'rehearse']);
	expect(at(85)).toEqual(['replace-access-key', 'go', 'another', 'discard', 'status', 'record', 'rehearse']);
	expect(offers(await ran('policy'))).not.toContain('replace-access-key');
});
test('why another course stopped is no word on an unfinished setup', async () => {
	const {record, account} = await ran('access-key');
	const at = {at: account.now.toString(), clock: 'aws'} as const;
	const [begun] = record;
	if (begun?.type !== 'started') return expect.unreachable('a record begins with a start');
	const state = fold(
		[
			...record,
			{...begun, ...at, course: 'prove'},
			{type: 'ended', status: 'stopped', why: 'The policy is wrong', ...at},
		],
		'setup',
	);
	const lines = homeOf({course: setup, others, setup: 'nps', state, now: new Date(account.now)})?.lines ?? [];
	expect(lines[0]).toMatch(/^Setup nps stopped at step 4 of 7/);
	expect(lines.join('\n')).not.toContain('The policy is wrong');
});
test('wherever taking back was cut off, home says so and offers both ways; before the first change it offers what it did', async () => {
	const from = await ran();
	const before = offers(from);
	let told = 0;
	for (let dieAt = 1; ; dieAt++) {
		const world = copyOf(from);
		const {died} = await boot(world, {course: discard, answers: {deleteKmsKey: true}, dieAt});
		if (!died) break;
		const begun = world.record.some(it => it.type === 'intent' && it.change.id.startsWith('delete-'));
		if (!begun) continue;
		told++;
		if (fold(world.record).left) break;
		expect(home(world)?.lines[0]).toContain('Taking back setup nps was begun and is not finished');
		expect(offers(world).slice(0, 2)).toEqual(['discard', 'go']);
	}
	expect(told).toBeGreaterThan(10);
	const untouched = copyOf(from);
	await boot(untouched, {course: discard, dieAt: 3});
	expect(offers(untouched)).toEqual(before);
});
test('what was halted is set going again first of all, and is no more told once the set-up did so', async () => {
	const world = await ran();
	await boot(world, {course: discard});
	expect(home(world)?.lines[0]).toContain('was taken back as far as it can be undone');
	expect(offers(world).slice(0, 2)).toEqual(['go', 'discard']);
	await boot(world, {course: setup});
	expect(home(world)?.lines[0]).toContain('is finished');
});

describe('who has no credentials is told how to set an access key', () => {
	const told = (platform: NodeJS.Platform): readonly string[] =>
		strangersHome('nps', platform).lines.filter(it => it.includes('AWS_ACCESS_KEY_ID'));
	test.each(['linux', 'darwin'] as const)("by the shell's way alone on %s", platform => {
		expect(told(platform)).toEqual(['  export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…']);
	});
	test("by PowerShell's on Windows, and by bash's beside it", () => {
		expect(told('win32')).toEqual([
			"  $env:AWS_ACCESS_KEY_ID = '…'; $env:AWS_SECRET_ACCESS_KEY = '…'   (PowerShell)",
			'  export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…   (bash)',
		]);
	});
	test('in lines that a terminal of 80 columns holds whole', () => {
		for (const it of strangersHome('nps', 'win32').lines) expect(it.length).toBeLessThanOrEqual(80);
	});
});
