import type {Delivered, Difference, Known} from '../../engine/step.js';
import {timeInWords} from '../../engine/time-in-words.js';
import {ageInDays} from '../things/access-key-age.js';
import {isOurs} from './evidence-of-use.js';
import {npsUse, type SeenUse} from './nps-use.js';

const day = 24 * 60 * 60_000;
/** For so many days a use by others counts as a difference, whoever used it since. */
const freshDays = 7;
const idleDays = 90;
/** What is odd about who uses the key, for status; silence alone proves little, and is only told. */
export function differencesOfUse(seen: SeenUse, known: Known): readonly Difference[] {
	const {accessKeyId: id = '', keyArn = ''} = known.facts;
	const now = new Date(known.run.now ?? Number.NaN);
	const held = known.delivered.find(it => it.id === id);
	const nps = npsUse(seen, known);
	const {last, accessKey} = seen;
	const found: Difference[] = [...usesByOthers(seen, known)];
	const silent = !nps && held?.seenAt === undefined && (accessKey?.neverUsed === true || last.is === 'never');
	if (silent && held?.inUse && now.getTime() - Date.parse(held.deliveredAt) > day)
		found.push({
			code: 'never-used',
			subject: `access key ${id}`,
			expected: 'used by NPS',
			found: 'no use',
			text:
				`It was said that SbPAM.RotateAwsKey has been run, and AWS shows no use of access key ${id}, a day after ` +
				'its secret was delivered',
		});
	const strange = held?.from ? (nps?.addresses ?? []).filter(it => !held.from?.includes(it)) : [];
	if (strange.length > 0)
		found.push({
			is: 'remark',
			code: 'used-from-elsewhere',
			subject: `access key ${id}`,
			expected: `used from ${held?.from?.join(', ') ?? ''}`,
			found: strange.join(', '),
			text: `Access key ${id} was used from ${strange.join(', ')}, which was not seen before`,
		});
	const quiet = idleSince(seen, held);
	if (quiet && ageInDays(quiet, now) >= idleDays)
		found.push({
			is: 'remark',
			code: 'idle',
			subject: keyArn,
			expected: `a use within ${idleDays} days`,
			found: `the last use seen: ${quiet.toISOString().slice(0, 10)}`,
			text:
				`No use of the KMS key is seen for ${ageInDays(quiet, now)} days. NPS may call KMS only when a service ` +
				'starts or its keys are rotated: this proves nothing by itself',
		});
	return found;
}
/** Each of the others who used the key since its access key was delivered, by its newest use; and who used it last. */
function usesByOthers({other, others}: SeenUse, known: Known): readonly Difference[] {
	const {accessKeyId, keyArn = '', userArn, keyAdopted} = known.facts;
	const from = Date.parse(known.delivered.find(it => it.id === accessKeyId)?.deliveredAt ?? '');
	const last = other && !isOurs(other, known) && other.by !== userArn ? other : undefined;
	const all = [...(last ? [last] : []), ...others.filter(it => !(it.at.getTime() < from))];
	const now = new Date(known.run.now ?? Number.NaN);
	return all
		.filter((it, at) => all.findIndex(({by}) => by === it.by) === at)
		.map(it => ({
			// Who takes over a key of others has them use it.
			...((keyAdopted || (it !== last && ageInDays(it.at, now) >= freshDays)) && {is: 'remark' as const}),
			code: 'used-by-others',
			subject: keyArn,
			expected: `used by ${userArn ?? 'the user'} alone`,
			found: it.by,
			text:
				`${it.by} used the KMS key: ${it.operation}, ${timeInWords(it.at)}` +
				`${it.address ? `, from ${it.address}` : ''}. It is not the user of this setup`,
		}));
}
/** Since when no use of the key is seen, by whichever source tells of the latest. */
function idleSince({last, told, accessKey}: SeenUse, held: Delivered | undefined): Date | undefined {
	const seen = [last.is === 'used' && last.at, told?.uses[0]?.at, accessKey?.lastUsed].filter(it => it instanceof Date);
	const since = seen.sort((one, other) => other.getTime() - one.getTime())[0];
	const nothing = last.is === 'never' && held ? new Date(held.deliveredAt) : undefined;
	return since ?? nothing;
}
