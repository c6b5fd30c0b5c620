import {readFileSync} from 'node:fs';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import {type Flow, paused, type Run} from './flows.js';
import type {Arena, World} from './killed-process.js';

const common = ['--yes', '--json'];
const setUp = [
	'setup',
	...common,
	'--secret-file',
	'<HOME>/secret.csv',
	'--access-key-description',
	'first',
	'--no-prove',
];
const replace = (file: string, ...flags: readonly string[]): readonly string[] => [
	...['replace-access-key', ...common, '--secret-file', `<HOME>/${file}`, '--access-key-description', `in ${file}`],
	...flags,
];
const typed = ['--no-prove', '--nps-rotated', '--override-reason', 'the log of NPS shows it', '--nps-healthy'];
const made = (file: string, ...flags: readonly string[]): readonly string[] => replace(file, '--no-prove', ...flags);
/** What a replacement changes; its proof is refused the same, and killed elsewhere. */
const changes = /^iam:(Create|Tag|Update|Delete|Untag)/;
/** From the new access key to the end of a replacement, on the person's word alone. */
const atOnce = (file: string, old: string, ...flags: readonly string[]): readonly string[] =>
	replace(file, ...typed, '--delete-access-key', `<ID IN ${old}>`, ...flags);

/** NPS is rotated to the access key that a file holds, and uses it as it does when it starts; hours go by before and after. */
export const npsUses = (file: string) =>
	async function meanwhile(arena: Arena): Promise<void> {
		const [accessKeyId = '', secretAccessKey = ''] =
			readFileSync(arena.file(file), 'utf8').split('\r\n')[1]?.split(',') ?? [];
		const kms = new KMSClient({
			region: 'eu-west-1',
			endpoint: arena.sandbox.url,
			credentials: {accessKeyId, secretAccessKey},
		});
		const KeyId = Object.values(arena.sandbox.account.keys)[0]?.id ?? '';
		arena.pass(3_600_000);
		const {CiphertextBlob} = await kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		await kms.send(new DecryptCommand({KeyId, CiphertextBlob}));
		kms.destroy();
		arena.pass(3_600_000);
	};

/** The world in which a set-up is finished and NPS uses its access key: made once, for all that begin in it. */
const inUse = once(async arena => {
	await paused(...setUp)(arena);
	await npsUses('secret.csv')(arena);
});
const replacedOnce = once(async arena => {
	arena.enter(await inUse(arena));
	await paused(...made('second.csv'))(arena);
	await paused(...atOnce('second.csv', 'secret.csv'))(arena);
});

/** Somebody made an access key of their own, which takes the second place. */
async function withTwoKeys(arena: Arena): Promise<void> {
	arena.enter(await inUse(arena));
	const user = Object.values(arena.sandbox.account.users).find(it => it.name === 'nps-kms-user');
	user?.accessKeys.push({
		id: theirs,
		secret: 'their-secret'.padEnd(40, 'x'),
		status: 'Active',
		created: Date.now() - 86_400_000,
	});
}
const theirs = 'AKIATHEIRSTHEIRSTHE1';

/** The days of a replacement whose gates are opened by what AWS shows. */
const shown: readonly Day[] = [
	{title: 'the new access key is made and proven', flags: replace('second.csv')},
	{
		title: 'AWS shows that NPS uses it, the old one goes Inactive',
		flags: replace('second.csv', '--nps-rotated'),
		meanwhile: npsUses('second.csv'),
	},
	{
		title: 'the old one goes',
		flags: replace('second.csv', '--nps-healthy', '--delete-access-key', '<ID IN secret.csv>'),
		meanwhile: async arena => arena.pass(86_400_000),
	},
];
/** The days of one in which NPS misses the old access key. */
const missed: readonly Day[] = [
	{title: '', flags: made('second.csv')},
	{title: '', flags: replace('second.csv', '--no-prove', '--nps-rotated', '--override-reason', 'its log shows it')},
	{
		title: 'the old one is missed and set Active again',
		flags: replace('second.csv', '--no-prove', '--reactivate-access-key', '<ID IN secret.csv>'),
	},
	{
		title: 'it goes Inactive all the same, and then goes',
		flags: replace(
			'second.csv',
			'--no-prove',
			'--deactivate-access-key',
			'<ID IN secret.csv>',
			'--override-reason',
			'mended there',
		),
	},
	{title: '', flags: replace('second.csv', '--no-prove', '--nps-healthy', '--delete-access-key', '<ID IN secret.csv>')},
];
type Day = Run & {readonly title: string};

/** Each titled day's run is killed anywhere in it; the days after it go on from there. */
const byDays = (days: readonly Day[]): readonly Flow[] =>
	days.flatMap(({title, flags}, at) =>
		title === ''
			? []
			: {
					name: `replacing an access key, day ${at + 1}: ${title}`,
					...{
						flags,
						writes: 'around calls',
						tidy: true,
						calls: changes,
						also: /completed (new|prove|switch|retire|remove)|delivered|own-use|nps-rotated/,
					},
					later: days.slice(at + 1),
					async given(arena) {
						arena.enter(await inUse(arena));
						for (const it of days.slice(0, at)) {
							await it.meanwhile?.(arena);
							await paused(...it.flags)(arena);
						}
						await days[at]?.meanwhile?.(arena);
					},
				},
	);

/** The one of them that a few kills and pairs are tried in: all that a replacement changes is in it. */
export const somebodys = 'replacing an access key where somebody made another';

/** Every way through a replacement in which something is changed. */
export const replacements: readonly Flow[] = [
	...byDays(shown),
	...byDays(missed),
	{
		name: "replacing an access key at once, on the person's word",
		tidy: true,
		flags: atOnce('second.csv', 'secret.csv'),
		// What evidence and a word differ in; the rest is killed on the days above, and with somebody's key.
		calls: /UntagUser$/,
		writes: 'around calls',
		also: /completed (switch|retire|remove)|nps-rotated/,
		async given(arena) {
			arena.enter(await inUse(arena));
			await paused(...made('second.csv'))(arena);
		},
	},
	{
		name: somebodys,
		tidy: true,
		flags: made('second.csv', '--remove-access-key', theirs),
		later: [{flags: atOnce('second.csv', 'secret.csv')}],
		calls: /AccessKey$/,
		writes: 'around calls',
		given: withTwoKeys,
	},
	{
		name: 'replacing an access key for the second time',
		tidy: true,
		flags: made('third.csv', '--replace-now'),
		later: [{flags: atOnce('third.csv', 'second.csv')}],
		calls: /(Create|Delete)AccessKey$/,
		writes: 'around calls',
		given: async arena => arena.enter(await replacedOnce(arena)),
	},
];

function once(make: (arena: Arena) => Promise<void>): (arena: Arena) => Promise<World> {
	let made: Promise<World> | undefined;
	return arena => {
		made ??= make(arena).then(() => arena.world());
		return made;
	};
}
