import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {discard, replaceAccessKey, setup} from '../../src/steps/index.js';
import {here, look, record} from './watched.js';

type Written = {
	readonly entries: readonly {readonly type: string; readonly facts?: object; readonly learned?: object}[];
};

/** What a sentence looks like where something that it names is missing, or a time stands as programs read it. */
const hole =
	/undefined|null|NaN|\[object|\(\)|“”|‘’|''|""| {2}(?!kms:|on | {2})| [.,;:](?: |$)|(?:with|of|for|by|to)[ ,]*$|,[ ,]*$|\dT\d\d:\d\d/;
const holes = (said: readonly string[]): readonly string[] => said.filter(it => hole.test(it.trim()));

/** The record without one of what it learned, whatever is missing: such as an older program, or a hand, left it. */
function lacking(): readonly (readonly [string, () => void])[] {
	const text = readFileSync(record(), 'utf8');
	const {entries} = JSON.parse(text) as Written;
	const names = new Set(entries.flatMap(it => [...Object.keys(it.facts ?? {}), ...Object.keys(it.learned ?? {})]));
	return [...names].map(name => [
		name,
		() => {
			const told = JSON.parse(text) as {entries: Record<string, Record<string, unknown> | undefined>[]};
			for (const {facts, learned} of told.entries) {
				delete facts?.[name];
				delete learned?.[name];
			}
			writeFileSync(record(), JSON.stringify(told), {mode: 0o600});
		},
	]);
}
const said = (lines: readonly object[]): readonly string[] =>
	lines
		.flatMap(
			it => JSON.stringify(it).match(/"(?:text|what|why|todo|says|expected|found|subject)":"(?:[^"\\]|\\.)*"/g) ?? [],
		)
		.map(it => String(JSON.parse(it.slice(it.indexOf(':') + 1))));

describe('no text has a hole where something that it names is missing', () => {
	test('status, setup, replacement and discard of a record that lacks any one of what it learned', async () => {
		const seen = new Map<string, readonly string[]>();
		for (const [name, take] of lacking()) {
			take();
			const told = [(await look()).told];
			for (const [course, options] of [
				[setup, {dryRun: true}],
				[replaceAccessKey, {dryRun: true}],
				[discard, {dryRun: true, confirm: 'nps'}],
			] as const) {
				const ran = await here()
					.run(course, options)
					.catch((error: {problem?: object}) => error.problem);
				told.push(...((ran && 'lines' in ran ? ran.lines : [ran ?? {}]) as never[]));
			}
			seen.set(name, holes(said(told)));
		}
		expect([...seen].filter(([, it]) => it.length > 0)).toEqual([]);
	}, 120_000);
	test('status without a record, whichever of the three things bears no tag', async () => {
		rmSync(record());
		const {account} = here().sandbox;
		const user = account.users['nps-kms-user'] ?? expect.fail('there is no user');
		const policy = Object.values(account.policies).find(it => it.name === 'NPS_KMS_Policy') ?? expect.fail('no policy');
		const key = Object.values(account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('no key');
		const bearers = [user, policy, key] as {tags: unknown[]}[];
		const told: object[] = [];
		for (let which = 0; which < 8; which++) {
			const kept = bearers.map(it => it.tags);
			bearers.forEach((it, at) => {
				if (which & (1 << at)) it.tags = [];
			});
			told.push((await look()).told);
			bearers.forEach((it, at) => {
				it.tags = kept[at] ?? [];
			});
		}
		expect(holes(said(told))).toEqual([]);
	}, 60_000);
});
