import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Entry, fold} from '../../src/engine/record.js';
import type {Fault} from '../../src/sandbox/http/faults.js';
import {moveKey, setup} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';

const hour = 3_600_000;
let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const file = (): string => join(bench.home, 'setups', 'nps.json');
type Kept = {entries: Entry[]};
const kept = (): Kept => JSON.parse(readFileSync(file(), 'utf8')) as Kept;
const move = (options: object = {}): Promise<Ran> => bench.run(moveKey, options);
const stop = ({result}: Ran): string =>
	String(((result['waitsFor'] ?? result['problem']) as {code?: string} | undefined)?.code ?? result['status']);
const oldKey = () => Object.values(bench.sandbox.account.users).find(it => it.name === 'nps-kms-user')?.accessKeys[0];

/** As far as the run that sets the old access key Inactive; returns what that is to be told. */
async function readyToRetire(): Promise<object> {
	await bench.run(setup, {prove: false});
	await bench.run(setup, {setup: 'berlin', secretFile: join(bench.home, 'berlin.csv')});
	const day = new Date(bench.sandbox.now()).toISOString().slice(0, 10);
	await move({toSetup: 'berlin', backedUp: day, backupsExpire: '2099-12-31'});
	expect(stop(await move({npsRotated: true, overrideReason: 'its log shows it'}))).toBe('NotRestarted');
	bench.sandbox.advance(hour);
	const servicesRestarted = new Date(bench.sandbox.now()).toISOString().slice(0, 16);
	bench.sandbox.advance(5 * hour);
	return {servicesRestarted};
}

test('cut off after any entry of its record, with or without what it had sent, the next run comes to the same end', async () => {
	const told = await readyToRetire();
	const back = bench.keep();
	const from = kept().entries.length;
	expect(stop(await move(told))).toBe('Watching');
	const whole = kept();
	const intent = whole.entries.findIndex(({type}, at) => at >= from && type === 'intent');
	expect(intent).toBeGreaterThan(from);
	for (let at = from; at < whole.entries.length; at++) {
		for (const sent of at <= intent ? [false] : at === intent + 1 ? [false, true] : [true]) {
			back();
			const key = oldKey() ?? expect.fail('it is gone');
			if (sent) key.status = 'Inactive';
			writeFileSync(file(), JSON.stringify({...whole, entries: whole.entries.slice(0, at)}), {mode: 0o600});
			const ran = await move(told);
			expect([stop(ran), oldKey()?.status], `${at} ${String(sent)}: ${ran.said}`).toEqual(['Watching', 'Inactive']);
			const tries = fold(kept().entries).past['move-retire'] ?? [];
			expect(
				tries.every(it => it.outcome !== undefined),
				String(at),
			).toBe(true);
		}
	}
}, 120_000);

const apis = [
	...['sts:GetCallerIdentity', 'kms:DescribeKey', 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'],
	...['kms:GetKeyLastUsage', 'cloudtrail:LookupEvents', 'iam:UpdateAccessKey'],
];
const kinds: readonly Fault['kind'][] = ['access-denied', 'throttle', 'drop-before', 'drop-after'];
test.each(apis)(
	'trouble with %s is told in words, leaves the old access key as it is said, and the next run carries on',
	async api => {
		const told = await readyToRetire();
		const back = bench.keep();
		for (const kind of kinds) {
			back();
			bench.sandbox.setFaults([{api, nth: 'every', kind}]);
			const ran = await move(told);
			expect(ran.result['type'], `${kind}: ${ran.said}`).toBe('result');
			expect(ran.said, kind).not.toMatch(/TypeError|undefined|\[object/);
			// What may not be looked at opens nothing: it is Inactive only where the run says so.
			if (oldKey()?.status === 'Inactive' && kind !== 'drop-after') expect(stop(ran), kind).toBe('Watching');
			bench.sandbox.setFaults([]);
			expect([stop(await move(told)), oldKey()?.status], kind).toEqual(['Watching', 'Inactive']);
		}
	},
	120_000,
);
