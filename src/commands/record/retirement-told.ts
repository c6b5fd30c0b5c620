import {historyOf, type PastChange} from '../../engine/history.js';
import type {Entry} from '../../engine/record.js';
import type {Facts} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {discard, retire} from '../../steps/index.js';
import {type ToldRun, toldOf} from './course-told.js';

/** How a set-up that NPS used ends, as its record tells it; what was turned round since is left out. */
export type Retirement = {
	/** Days, as they were told: when the last backup expires, and when every NPS server was restarted. */
	readonly backupsUntil?: string;
	readonly restartedOn?: string;
	/** When it was looked at last whether anything uses the KMS key. */
	readonly silentUntil?: string;
	readonly accessKeyId?: string;
	readonly inactiveSince?: string;
	readonly accessKeyDeletedAt?: string;
	readonly kmsKeyId?: string;
	readonly disabledSince?: string;
	/** When the KMS key had been Disabled for long enough. */
	readonly retiredAt?: string;
	readonly runs: readonly ToldRun[];
};

/** What a record tells of a retirement; undefined where none got past its first gate. */
export function retirementIn(entries: readonly Entry[]): Retirement | undefined {
	const own = toldOf(entries, retire);
	const begun = own.find(({told}) => told.some(it => it.is === 'passed'));
	if (!begun) return undefined;
	// What was taken back after it belongs to it, with the reason that was given.
	const after = toldOf(entries, discard).filter(it => it.run > begun.run);
	const runs = [...own, ...after].sort((one, other) => one.run - other.run);
	const done = historyOf(entries).changes.filter(
		({step, outcome}) => /^(retire|move)-/.test(step) && /^(done|found)$/.test(outcome),
	);
	const last = (ids: RegExp): PastChange | undefined => done.findLast(it => ids.test(it.change.id));
	const accessKey = last(/^(activate|deactivate|delete)-/);
	const kmsKey = last(/^(enable|disable)-key$/);
	const disabled = kmsKey?.change.id === 'disable-key' ? kmsKey : undefined;
	const rested = last(/^(activate|deactivate)-/);
	const {backupsUntil, restartCounted: restartedOn, silentUntil, retired} = factsIn(entries);
	return known({
		backupsUntil,
		restartedOn,
		silentUntil,
		accessKeyId: idIn(accessKey, 'AccessKeyId'),
		inactiveSince: rested?.change.id.startsWith('de') ? rested.at : undefined,
		accessKeyDeletedAt: accessKey?.change.id.startsWith('delete-') ? accessKey.at : undefined,
		kmsKeyId: idIn(kmsKey, 'KeyId'),
		disabledSince: disabled?.at,
		retiredAt: disabled && retired ? retired : undefined,
		runs,
	});
}
const idIn = (it: PastChange | undefined, name: string): string | undefined =>
	it && String(it.change.call.input[name] ?? '');
/** What its steps taught: taking the setup back makes the record forget it. */
const factsIn = (entries: readonly Entry[]): Facts =>
	Object.assign(
		{},
		...entries.map(it => (it.type === 'completed' && it.step.startsWith('retire-') ? it.facts : {})),
	) as Facts;
type Maybe<T> = {readonly [K in keyof T]-?: T[K] | (undefined extends T[K] ? undefined : never)};
const known = (it: Maybe<Retirement>): Retirement =>
	Object.fromEntries(Object.entries(it).filter(([, value]) => value !== undefined)) as Retirement;

/** The same for people, a line each. */
export const retirementInLines = ({
	backupsUntil,
	restartedOn,
	silentUntil,
	accessKeyId,
	inactiveSince,
	accessKeyDeletedAt,
	kmsKeyId,
	disabledSince,
	retiredAt,
}: Retirement): readonly string[] => [
	...(backupsUntil ? [`The last backup that needs the KMS key expires on ${backupsUntil}, somebody said`] : []),
	...(restartedOn ? [`Every NPS server restarted on ${restartedOn}, somebody said`] : []),
	...(silentUntil
		? [`Looked at ${timeInWords(silentUntil)}: no use was seen that holds it back, or a reason was given`]
		: []),
	...(accessKeyId ? [`Access key ${accessKeyId}: ${accessKeyStands({inactiveSince, accessKeyDeletedAt})}`] : []),
	...(kmsKeyId
		? [`KMS key ${kmsKeyId}: ${disabledSince ? `Disabled since ${timeInWords(disabledSince)}` : 'Enabled again'}`]
		: []),
	...(retiredAt ? [`Retired: ${timeInWords(retiredAt)}`] : []),
];
const accessKeyStands = ({
	inactiveSince,
	accessKeyDeletedAt,
}: {
	readonly inactiveSince: string | undefined;
	readonly accessKeyDeletedAt: string | undefined;
}): string =>
	[
		inactiveSince ? `Inactive since ${timeInWords(inactiveSince)}` : 'Active again',
		...(accessKeyDeletedAt ? [`deleted ${timeInWords(accessKeyDeletedAt)}`] : []),
	].join(', ');
