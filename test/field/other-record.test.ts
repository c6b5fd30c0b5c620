import {chmodSync, chownSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {alice, alone, mallory, SharedHost} from './other-user.js';

describe.skipIf(alone)('a record that belongs to another user', () => {
	let host: SharedHost;
	let home: string;
	let folder: string;
	let file: string;
	let whole: string;
	const run = (...args: readonly string[]) => host.run(alice, [host.program, ...args], {HOME: home});
	const setUp = ['setup', '--sandbox', '--yes', '--no-prove'];
	beforeAll(async () => {
		host = new SharedHost();
		home = host.home(alice);
		folder = join(home, '.config/nps-kms/sandbox/setups');
		file = join(folder, 'nps.json');
		const {code, stderr} = await run(...setUp);
		expect(code, stderr).toBe(0);
		expect(statSync(file).uid).toBe(alice);
		whole = readFileSync(file, 'utf8');
	});
	afterAll(() => host.remove());
	const commands: readonly (readonly string[])[] = [
		setUp,
		[...setUp, '--recover'],
		[...setUp, '--recover', '--json'],
		['setup', '--sandbox', '--dry-run', '--recover'],
		['status', '--sandbox'],
		['status', '--sandbox', '--json'],
		['record', '--sandbox'],
		['prove', '--sandbox'],
		['permissions', '--sandbox'],
		['replace-access-key', '--sandbox', '--yes'],
		['discard', '--sandbox', '--yes', '--confirm', 'nps'],
	];
	const places: readonly (readonly [string, () => void, () => void])[] = [
		[
			'whose file is its owner’s alone',
			() => {
				chownSync(file, mallory, mallory);
				chmodSync(file, 0o600);
			},
			() => chownSync(file, alice, alice),
		],
		[
			'whose folder is its owner’s alone',
			() => {
				chownSync(folder, mallory, mallory);
				chmodSync(folder, 0o700);
			},
			() => chownSync(folder, alice, alice),
		],
	];
	test.each(places)(
		'%s is a permission, never damage, and stays where it is',
		async (_which, take, giveBack) => {
			take();
			try {
				for (const it of commands) {
					const {code, stdout, stderr} = await run(...it);
					const said = stdout + stderr;
					expect([code, /damaged|RecordDamaged|--recover to rebuild|This is a bug|\n\s+at /.test(said)], said).toEqual([
						1,
						false,
					]);
					expect(said, it.join(' ')).toMatch(/you may not read it|you may not write there|belongs to another user/);
					expect(said, it.join(' ')).toContain(folder);
					expect(readdirSync(folder).filter(name => name !== '.lock')).toEqual(['nps.json']);
					expect(readFileSync(file, 'utf8')).toBe(whole);
				}
			} finally {
				giveBack();
			}
			// Given back, it is the same record, and healthy.
			const {code, stdout, stderr} = await run('status', '--sandbox', '--json');
			expect([code, stderr.includes('✖')], stdout + stderr).toEqual([0, false]);
		},
		120_000,
	);
});
