import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Fault} from '../../src/sandbox/http/faults.js';
import {retire} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, today, factsOf, user, setUp, npsUses} = overWeeks(() => bench);
const end = (options: object = {}): Promise<Ran> => bench.run(retire, options);
const kmsKey = () => Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER');
const standing = () => [user()?.accessKeys[0]?.status, kmsKey()?.state];

/** A setup that NPS used, and is silent since. */
async function silent(): Promise<void> {
	await setUp('nps', 'eu-west-1', {prove: false});
	await npsUses('nps');
	await setUp('nps', 'eu-west-1', {prove: false, npsRotated: true});
	later(40 * day);
}
/** The runs of a retirement, weeks apart: what each is told, where it ends, and how all stands then. */
const stages = () => {
	const {accessKeyId: id, keyId} = factsOf();
	const typed = {confirmAccount: bench.sandbox.account.id, confirmAlias: 'nps-kms-key'};
	return [
		{
			told: {serversRestarted: today(-5 * day), backupsUntil: today(90 * day), deactivateAccessKey: id, ...typed},
			...{ends: 'Resting', stands: ['Inactive', 'Enabled']},
		},
		{told: {deleteAccessKey: id, disableKmsKey: keyId}, ends: 'Watching', stands: [undefined, 'Disabled']},
		{told: {}, ends: 'complete', stands: [undefined, 'Disabled']},
	];
};
const apis = [
	...['sts:GetCallerIdentity', 'kms:DescribeKey', 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'],
	...['kms:GetKeyLastUsage', 'cloudtrail:LookupEvents', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey', 'kms:DisableKey'],
];
const kinds: readonly Fault['kind'][] = ['access-denied', 'drop-before', 'drop-after'];
test.each(apis)(
	'trouble with %s in each stage is told in words, ends nothing too early, and the next run carries on',
	async api => {
		await silent();
		for (const {told, ends, stands} of stages()) {
			const before = standing();
			const back = bench.keep();
			for (const kind of kinds) {
				back();
				bench.sandbox.setFaults([{api, nth: 'every', kind}]);
				const ran = await end(told);
				expect(ran.result['type'], `${kind}: ${ran.said}`).toBe('result');
				expect(ran.said, kind).not.toMatch(/TypeError|undefined|\[object/);
				// What may not be looked at opens nothing: all stands as before, or as it may by now.
				const allowed = [before, stands, [undefined, 'Enabled']].map(it => it.join());
				expect(allowed, `${ends} ${kind}`).toContain(standing().join());
				if (stop(ran) === ends) expect(standing(), kind).toEqual(stands);
				bench.sandbox.setFaults([]);
				const next = await end(told);
				expect([stop(next), standing()], `${ends} ${kind}: ${next.said}`).toEqual([ends, stands]);
			}
			later(15 * day);
		}
	},
	240_000,
);
