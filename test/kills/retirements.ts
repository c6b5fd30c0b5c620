import {type Flow, paused, type Run} from './flows.js';
import type {Arena} from './killed-process.js';
import {npsUses} from './replacements.js';

const common = ['--yes', '--json'];
const day = 24 * 3_600_000;
const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString().slice(0, 10);
const pass = (days: number) => async (arena: Arena) => arena.pass(days * day);
const alias = ['--confirm-alias', 'nps-kms-key'];

type Day = Run & {readonly title: string};
/** The days of a retirement, weeks apart. */
const days: readonly Day[] = [
	{
		title: 'the access key goes Inactive',
		flags: [
			...['retire', ...common, '--servers-restarted', inDays(35), '--backups-until', inDays(60)],
			...['--deactivate-access-key', '<ID IN secret.csv>', '--confirm-account', '111122223333', ...alias],
		],
		meanwhile: pass(40),
	},
	{
		title: 'it goes, and the KMS key is disabled',
		flags: ['retire', ...common, '--delete-access-key', '<ID IN secret.csv>', '--disable-kms-key', '<KMS KEY>'],
		meanwhile: pass(15),
	},
	{title: 'nothing missed the KMS key', flags: ['retire', ...common], meanwhile: pass(15)},
];
const taken: Day = {
	title: 'all of it is taken back',
	flags: ['discard', ...common, '--confirm', 'nps', '--delete-kms-key', ...alias],
	meanwhile: pass(15),
};
/** A run of these days; all before it are gone through undisturbed. */
const killedOn = (it: Day, before: readonly Day[], later: readonly Day[]): Flow => ({
	name: `retiring a set-up: ${it.title}`,
	flags: it.flags,
	calls: /:(Update|Delete|Disable|Detach|Schedule)/,
	writes: 'around calls',
	also: /completed retire/,
	later,
	async given(arena) {
		await paused('setup', ...common, '--secret-file', '<HOME>/secret.csv', '--no-prove')(arena);
		await npsUses('secret.csv')(arena);
		await paused('setup', ...common, '--no-prove', '--nps-rotated')(arena);
		for (const {flags, meanwhile} of before) {
			await meanwhile?.(arena);
			await paused(...flags)(arena);
		}
		await it.meanwhile?.(arena);
	},
});

/** The run of a retirement that can't be turned round in all it does: it alone is killed where few are. */
export const deleting = killedOn(days[1] as Day, days.slice(0, 1), days.slice(2));
/** A retirement, in each of its runs, and what takes back what is left. */
export const retirements: readonly Flow[] = [
	...days.map((it, at) => killedOn(it, days.slice(0, at), days.slice(at + 1))),
	{...killedOn(taken, days, []), over: '[NoSetup]'},
];
