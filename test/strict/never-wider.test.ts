import * as fc from 'fast-check';
import {beforeAll, expect, test, vi} from 'vitest';
import {type Edit, edits, make} from './random-edits.js';
import {allowedIn} from './requests.js';
import {finished, type House} from './setup-in-memory.js';

// Ten thousand rounds of several runs each, beside other tests.
vi.setConfig({testTimeout: 1_800_000});

/** How many random rounds of edits and runs from each beginning; all 10,000 with NPS_KMS_EDITS=all. */
const numRuns = process.env['NPS_KMS_EDITS'] === 'all' ? 5000 : 100;
/** One seed for everybody, so that a failure comes again; another one to look further: NPS_KMS_SEED=7. */
const seed = Number(process.env['NPS_KMS_SEED'] ?? 20261127);

let house: House;
let whole: ReturnType<House['keep']>;
let bound: ReturnType<House['keep']>;
beforeAll(async () => {
	house = await finished({deletionGuard: '30', sourceIp: ['10.0.0.0/8'], sourceVpce: ['vpce-1']});
	bound = house.keep();
	house = await finished({deletionGuard: '30'});
	whole = house.keep();
});

const runs = {
	setup: () => house.run(),
	status: () => house.status(),
	// None of these is a word that says to loosen it.
	'more days': () => house.run({answers: {deletionGuard: '60'}}),
	'fewer days': () => house.run({answers: {deletionGuard: '7'}}),
	'no guard': () => house.run({answers: {deletionGuard: ''}}),
	'a range': () => house.run({answers: {sourceIp: ['10.0.0.0/8'], sourceVpce: []}}),
	'another range': () => house.run({answers: {sourceIp: ['203.0.113.0/24'], sourceVpce: ['vpce-1']}}),
	'from anywhere': () => house.run({answers: {sourceIp: [], sourceVpce: []}}),
	async recover() {
		house.lose();
		await house.run({recover: true});
	},
};
const often = [
	'setup',
	'setup',
	'setup',
	'recover',
	'recover',
	'status',
	'more days',
	'fewer days',
	'no guard',
	'a range',
	'another range',
	'from anywhere',
] as const;
const acts = fc.oneof(
	{weight: 3, arbitrary: edits},
	{weight: 2, arbitrary: fc.constantFrom<keyof typeof runs>(...often)},
);
const wider = (before: ReadonlySet<string>): readonly string[] =>
	[...allowedIn(house.account)].filter(it => !before.has(it));

test.each([
	['from anywhere', () => whole],
	['from some sources', () => bound],
])('no run allows anything that was not allowed before it, whatever others changed: %s', async (_from, begin) => {
	await fc.assert(
		fc.asyncProperty(fc.array(acts, {minLength: 2, maxLength: 7}), async told => {
			house.back(begin());
			for (const it of [...told, 'setup' as const]) {
				if (typeof it === 'object') {
					make(it, house);
					continue;
				}
				const before = allowedIn(house.account);
				await runs[it]();
				expect(wider(before)).toEqual([]);
			}
		}),
		{
			seed,
			numRuns,
			// Removed without a trace of the narrow version: the KMS key alone tells how far the set-up was.
			examples: [[[{on: 'access key'}, {on: 'attachment'}, {on: 'first version'}, 'recover']]],
		},
	);
});

test('taking over what others narrowed gives nobody else anything, and loosens no statement that names the user', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(edits, {minLength: 1, maxLength: 4}), async (told: readonly Edit[]) => {
			house.back(whole);
			for (const it of told) make(it, house);
			house.orphan();
			const before = allowedIn(house.account);
			// What the key policy alone gave somewhere, it gives nowhere else.
			const spoken = new Set([...before].map(it => it.replace(/ \d$/, '')));
			await house.run({answers: {adoptPolicy: true, adoptUser: true, adoptKey: true}});
			const loosened = wider(before).filter(
				it => !it.startsWith('nps-kms-user ') || (spoken.has(it.replace(/ \d$/, '')) && !it.includes(' kms:Decrypt ')),
			);
			expect(loosened).toEqual([]);
		}),
		{seed, numRuns: numRuns / 2},
	);
});
