import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {kinds, recordSchema} from '../../src/local/record-schema.js';
import {replaceAccessKey} from '../../src/steps/index.js';
import {everyText, holesIn} from './every-text.js';
import {
	accessKeyId,
	admin,
	document,
	editKeyPolicy,
	here,
	inIam,
	inKms,
	key,
	makeUserAnew,
	otherKey,
	policy,
	record,
	UserName,
	version,
} from './watched.js';

/** Members of answers that were seen, by their API and place; and those that are left out now. */
const aws = vi.hoisted(() => ({seen: new Set<string>(), without: new Set<string>()}));
vi.mock('../../src/aws/client/send.js', async original => {
	const real = await original<typeof import('../../src/aws/client/send.js')>();
	/** The answer without what is left out; dates and bytes are whole. */
	const bare = (it: unknown, place: string): unknown => {
		if (Array.isArray(it)) return it.map(one => bare(one, place));
		if (typeof it !== 'object' || it === null || Object.getPrototypeOf(it) !== Object.prototype) return it;
		const rest = Object.entries(it).flatMap(([name, one]) => {
			if (name === '$metadata') return [[name, one]];
			const here = `${place}.${name}`;
			aws.seen.add(here);
			return aws.without.has(here) ? [] : [[name, bare(one, here)]];
		});
		return Object.fromEntries(rest) as unknown;
	};
	return {
		...real,
		reach: (calling: never) => {
			const {look, ...rest} = real.reach(calling);
			return {
				...rest,
				look: {
					at: async (call: {api: string}) => bare(await look.at(call as never), call.api),
					async *all(call: {api: string}) {
						for await (const page of look.all(call as never)) yield bare(page, call.api);
					},
				},
			};
		},
	};
});

type Entries = {entries: Record<string, unknown>[]};
const within = (it: unknown): readonly Record<string, unknown>[] =>
	(Array.isArray(it) ? it : [it]).filter(one => typeof one === 'object' && one !== null);
const {required, properties, allOf} = recordSchema.entries.items;
/** Without these, by its place, a record is damaged. */
const damaging = new Set([
	...kinds.flatMap(kind => required.map(it => `${kind} ${it}`)),
	...(allOf as readonly Needs[]).flatMap(({if: it, then}) =>
		(then.required ?? then.anyOf?.[0]?.required ?? []).map(name => `${it.properties.type.const} ${name}`),
	),
	...properties.change.required.map(it => `intent change ${it}`),
	...properties.checks.items.required.map(it => `checked checks ${it}`),
]);
type Needs = {
	readonly if: {readonly properties: {readonly type: {readonly const: string}}};
	readonly then: {
		readonly required?: readonly string[];
		readonly anyOf?: readonly {readonly required: readonly string[]}[];
	};
};
/** What a record holds that it could lack, by its place. */
function membersOf({entries}: Entries): readonly string[] {
	const names = new Set<string>();
	for (const it of entries)
		for (const name of Object.keys(it)) {
			const at = ['facts', 'learned', 'answers'].includes(name)
				? name.replace('learned', 'facts')
				: `${String(it['type'])} ${name}`;
			if (at.includes(' ') && name !== 'type') names.add(at);
			if (!at.includes(' ') || /change$|checks$/.test(at))
				for (const one of within(it[name])) for (const inner of Object.keys(one)) names.add(`${at} ${inner}`);
		}
	return [...names].filter(it => !damaging.has(it)).map(it => `record ${it}`);
}
function without(record: Entries, places: readonly string[]): Entries {
	const told = structuredClone(record);
	for (const place of places) {
		const [, at = '', name = '', inner] = place.split(' ');
		for (const it of told.entries) {
			if (at === 'facts') for (const one of [...within(it['facts']), ...within(it['learned'])]) delete one[name];
			else if (at === 'answers') for (const one of within(it['answers'])) delete one[name];
			else if (it['type'] !== at) continue;
			else if (inner === undefined) delete it[name];
			else for (const one of within(it[name])) delete one[inner];
		}
	}
	return told;
}
const worlds: Readonly<Record<string, () => Promise<unknown>>> = {
	'as it was made': async () => undefined,
	'changed by others': async () => {
		await version(document(otherKey));
		const {KeyMetadata} = await inKms().send(new kms.CreateKeyCommand({}));
		await inKms().send(new kms.UpdateAliasCommand({AliasName: 'alias/nps-kms-key', TargetKeyId: KeyMetadata?.KeyId}));
		await inKms().send(new kms.DisableKeyRotationCommand({KeyId: key().id}));
		await inKms().send(new kms.UpdateKeyDescriptionCommand({KeyId: key().id, Description: 'x'}));
		await inKms().send(new kms.CreateGrantCommand({KeyId: key().id, GranteePrincipal: admin, Operations: ['Decrypt']}));
		await editKeyPolicy(it => it.slice(0, 1));
		await inIam().send(new iam.CreateAccessKeyCommand({UserName}));
		await inIam().send(new iam.UpdateAccessKeyCommand({UserName, AccessKeyId: accessKeyId(), Status: 'Inactive'}));
		await inIam().send(new iam.CreateGroupCommand({GroupName: 'crowd'}));
		await inIam().send(new iam.AddUserToGroupCommand({GroupName: 'crowd', UserName}));
		await inIam().send(
			new iam.PutUserPolicyCommand({UserName, PolicyName: 'more', PolicyDocument: document('*', 'kms:*')}),
		);
		await inIam().send(new iam.CreateLoginProfileCommand({UserName, Password: 'Aa1!Aa1!Aa1!Aa1!'}));
		await inIam().send(new iam.DetachUserPolicyCommand({UserName, PolicyArn: policy().arn}));
	},
	'half replaced': async () => {
		const ran = await here().run(replaceAccessKey, {secretFile: join(here().home, 'half.csv')});
		expect(ran.result['waitsFor'], ran.said).toBeDefined();
	},
	'not limited yet': async () => {
		const told = JSON.parse(readFileSync(record(), 'utf8')) as Entries;
		const last = told.entries.findIndex(it => it['type'] === 'completed' && it['step'] === 'managed-key');
		writeFileSync(record(), JSON.stringify({...told, entries: told.entries.slice(0, last + 1)}), {mode: 0o600});
		const it = {PolicyArn: policy().arn, VersionId: 'v1'};
		await inIam().send(new iam.SetDefaultPolicyVersionCommand(it));
		await inIam().send(new iam.DeletePolicyVersionCommand({...it, VersionId: 'v2'}));
	},
	'partly gone': async () => {
		await makeUserAnew();
		await inKms().send(new kms.ScheduleKeyDeletionCommand({KeyId: key().id, PendingWindowInDays: 7}));
	},
};

/** What a thing is known by, and what a tag is: AWS's answers have it always. */
const always =
	/[.](?:Arn|KeyArn|KeyId|PolicyId|UserId|GroupName|AccessKeyId|VersionId|Key|Value|TagKey|TagValue)$|:(?:GetUser|ListUsers).*UserName$/;
/** So many are left out at once. */
const together = 10;
/** Mixed, each time alike. */
function shuffled<T>(all: readonly T[]): readonly T[] {
	let seed = 7;
	const keyed = all.map(it => {
		seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
		return [seed, it] as const;
	});
	return keyed.sort(([one], [other]) => one - other).map(([, it]) => it);
}

describe.each(Object.entries(worlds))('no text of a set-up that is %s has a hole', (_name, make) => {
	test('whatever its record and the answers of AWS lack', async () => {
		onTestFinished(() => {
			aws.without = new Set();
		});
		await make();
		const file = record();
		const whole = JSON.parse(readFileSync(file, 'utf8')) as Entries;
		const holes = async (missing: readonly string[], doctor: boolean): Promise<readonly string[]> => {
			aws.without = new Set(missing.filter(it => it.includes(':')));
			const lacking = without(
				whole,
				missing.filter(it => !it.includes(':')),
			);
			writeFileSync(file, JSON.stringify(lacking), {mode: 0o600});
			const told = await everyText(doctor);
			return told.flatMap(([where, lines]) => holesIn(lines).map(it => `${where}: ${it}`));
		};
		expect(await holes([], true)).toEqual([]);
		const all = shuffled([...membersOf(whole), ...aws.seen].filter(it => !always.test(it)));
		expect(all.length).toBeGreaterThan(100);
		for (let at = 0; at < all.length; at += together) {
			const some = all.slice(at, at + together);
			const found = await holes(
				some,
				some.some(it => it.includes('Identity')),
			);
			expect(found, some.join(', ')).toEqual([]);
		}
	}, 300_000);
});
