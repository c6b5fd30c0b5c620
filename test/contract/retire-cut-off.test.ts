import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Account} from '../../src/sandbox/account/account.js';
import {discard, retire} from '../../src/steps/index.js';
import {Bench, type Ran} from './in-process.js';
import {day, overWeeks, stop} from './over-weeks.js';

let bench: Bench;
beforeEach(async () => {
	bench = await Bench.start({control: true});
});
afterEach(() => bench.end());

const {later, today, fileOf, recordOf, factsOf, user, setUp, npsUses} = overWeeks(() => bench);
const end = (options: object = {}): Promise<Ran> => bench.run(retire, options);
const takenBack = {confirm: 'nps', confirmAlias: 'nps-kms-key', deleteKmsKey: true};
const kmsKey = () =>
	Object.values(bench.sandbox.account.keys).find(it => it.manager === 'CUSTOMER') ?? expect.fail('there is none');

/** The access key of the setup is retired, and another that it delivered before is left beside it. */
async function retiredBesideAnother(): Promise<void> {
	await setUp('nps', 'eu-west-1', {prove: false});
	await npsUses('nps');
	const [first] = user()?.accessKeys ?? [];
	Object.assign(first ?? {}, {status: 'Inactive'});
	rmSync(fileOf('nps'));
	const again = await setUp('nps', 'eu-west-1', {prove: false, restore: 'access-key'});
	expect(again.code, again.said).toBe(0);
	await setUp('nps', 'eu-west-1', {prove: false, npsRotated: true});
	later(40 * day);
	const id = factsOf()['accessKeyId'] ?? '';
	const resting = await end({
		...{serversRestarted: today(-5 * day), backupsUntil: today(day)},
		...{deactivateAccessKey: id, confirmAccount: bench.sandbox.account.id, confirmAlias: 'nps-kms-key'},
	});
	expect(stop(resting), resting.said).toBe('Resting');
	later(15 * day);
	expect(stop(await end({deleteAccessKey: id, disableKmsKey: kmsKey().id}))).toBe('Watching');
	later(15 * day);
	expect(stop(await end())).toBe('complete');
	expect(user()?.accessKeys.map(it => it.id)).toEqual([first?.id]);
}
type Death = {readonly api: string; readonly account: Account; readonly record: Buffer};
/** What stands in account and record right after each change of a run, before its answer is written down, or after. */
async function deathsIn(run: () => Promise<Ran>): Promise<readonly Death[]> {
	const deaths: Death[] = [];
	let last = '';
	const hear = bench.hear.bind(bench);
	bench.hear = it => {
		hear(it);
		const stands = {account: structuredClone(bench.sandbox.account), record: readFileSync(recordOf())};
		// Its answer is written down by the time of the next call.
		if (last === 'ScheduleKeyDeletion') deaths.push({api: `after ${last}`, ...stands});
		if (/^(Update|Delete|Detach|Schedule)/.test(it.api)) deaths.push({api: it.api, ...stands});
		last = it.api;
	};
	expect(stop(await run())).toBe('complete');
	bench.hear = hear;
	return deaths;
}

test('what was retired is taken back after a death at any of its changes, another access key beside it or not', async () => {
	await retiredBesideAnother();
	const deaths = await deathsIn(() => bench.run(discard, takenBack));
	expect(deaths.map(it => it.api)).toEqual(
		expect.arrayContaining([
			'DeleteAccessKey',
			'DeletePolicy',
			'DeleteUser',
			'ScheduleKeyDeletion',
			'after ScheduleKeyDeletion',
		]),
	);
	const stand = ({account, record}: Death): void => {
		Object.assign(bench.sandbox.account, structuredClone(account));
		writeFileSync(recordOf(), record, {mode: 0o600});
	};
	for (const it of deaths) {
		const {api} = it;
		stand(it);
		const ran = await bench.run(discard, takenBack);
		expect([api, stop(ran)], ran.said).toEqual([api, 'complete']);
		expect([kmsKey().state, user()], api).toEqual(['PendingDeletion', undefined]);
	}
	// Somebody brought the KMS key back meanwhile: it isn't scheduled again unsaid.
	stand(deaths.find(it => it.api === 'after ScheduleKeyDeletion') ?? expect.fail('there is none'));
	Object.assign(kmsKey(), {state: 'Enabled', deletion: undefined});
	expect(stop(await bench.run(discard, takenBack))).toBe('EnabledAgain');
	expect(kmsKey().state).toBe('Enabled');
	// Who has another access key made instead has a set-up that is retired no more.
	stand(deaths.find(it => it.api === 'DetachUserPolicy') ?? expect.fail('there is none'));
	rmSync(fileOf('nps'));
	await setUp('nps', 'eu-west-1', {prove: false, restore: 'access-key,policy,user'});
	expect([factsOf()['retired'], user()?.accessKeys.length]).toEqual(['', 1]);
	expect(stop(await bench.run(discard, takenBack))).toBe('InUse');
}, 120_000);
