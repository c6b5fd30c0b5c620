import * as fc from 'fast-check';
import type {House} from './setup-in-memory.js';

type Statement = Readonly<Record<string, unknown>>;
/** What somebody else does, as data; where it finds nothing to do it on, nothing. */
export type Edit =
	| {readonly on: 'key' | 'policy'; readonly at: number; readonly how: How}
	| {readonly on: 'guard'; readonly days: string}
	| {readonly on: 'attachment' | 'first version' | 'access key'};
type How = {readonly what: (typeof ways)[number]; readonly condition: number; readonly keep: number};
const ways = [
	...(['condition', 'fewer actions', 'not action', 'principal', 'everyone', 'resource', 'removed', 'renamed'] as const),
	...(['split', 'deny', 'denied', 'more', 'elsewhere', 'for another'] as const),
];
const conditions: readonly Statement[] = [
	{IpAddress: {'aws:SourceIp': '10.0.0.0/8'}},
	{StringEquals: {'aws:SourceVpce': 'vpce-1'}},
	{Bool: {'aws:MultiFactorAuthPresent': 'true'}},
	{NotIpAddress: {'aws:SourceIp': '10.0.0.0/8'}},
];
const other = 'arn:aws:iam::111122223333:user/admin';

/** Edits of the key policy, of the policy, and removals. */
export const edits: fc.Arbitrary<Edit> = fc.oneof(
	{
		weight: 8,
		arbitrary: fc.record<Edit & {on: 'key' | 'policy'}>({
			on: fc.constantFrom('key', 'key', 'policy'),
			at: fc.nat(5),
			how: fc.record({what: fc.constantFrom(...ways), condition: fc.nat(3), keep: fc.nat(31)}),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record<Edit & {on: 'guard'}>({on: fc.constant('guard'), days: fc.constantFrom('', '1', '30', '90')}),
	},
	{
		weight: 1,
		arbitrary: fc.record<Edit & {on: 'attachment'}>({
			on: fc.constantFrom('attachment', 'first version', 'access key') as fc.Arbitrary<'attachment'>,
		}),
	},
);

/** Somebody does it, past every check. */
export function make(edit: Edit, {key, user, policy}: House): void {
	switch (edit.on) {
		case 'key':
			key.policy = edited(key.policy, edit);
			break;
		case 'guard':
			key.policy = guarded(key.policy, edit.days);
			break;
		case 'policy': {
			const now = policy.versions.find(it => it.id === policy.defaultVersion)?.document ?? '{}';
			const id = `v${policy.next++}`;
			policy.versions.push({id, document: edited(now, edit), created: Date.now()});
			if (policy.versions.length > 5) policy.versions.splice(0, 1);
			policy.defaultVersion = id;
			break;
		}
		case 'attachment':
			user.attached.length = 0;
			break;
		case 'first version':
			if (policy.versions.some(it => it.id === 'v1')) policy.defaultVersion = 'v1';
			break;
		case 'access key':
			user.accessKeys.length = 0;
			break;
	}
}

/** The same with a deletion guard of so many days, or none. */
function guarded(text: string, days: string): string {
	const document = JSON.parse(text) as {Statement: Statement[]};
	const Sid = 'Guard against deletion while in use';
	const guard = {
		...{
			Sid,
			Effect: 'Deny',
			Principal: {AWS: '*'},
			Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
			Resource: '*',
		},
		Condition: {NumericLessThanEquals: {'kms:TrailingDaysWithoutKeyUsage': days}},
	};
	const others = document.Statement.filter(it => it['Sid'] !== Sid);
	return JSON.stringify({...document, Statement: days === '' ? others : [...others, guard]});
}

function edited(text: string, {at, how, on}: Edit & {readonly how: How; readonly at: number}): string {
	const document = JSON.parse(text) as {Statement: Statement[]};
	const all = document.Statement;
	const index = at % Math.max(1, all.length);
	const it = all[index];
	if (!it) return text;
	const made = changed(it, how, on === 'key').filter(
		one => one['Action'] !== undefined || one['NotAction'] !== undefined,
	);
	const Statement = [...all.slice(0, index), ...made, ...all.slice(index + 1)];
	return JSON.stringify({...document, Statement});
}

function changed(it: Statement, {what, condition, keep}: How, hasPrincipal: boolean): readonly Statement[] {
	const Condition = {...(it['Condition'] as Statement | undefined), ...conditions[condition]};
	const actions = [it['Action'] ?? []].flat() as string[];
	const some = actions.filter((_one, nth) => (keep >> nth) & 1);
	const principal = (AWS: unknown): Statement => (hasPrincipal ? {...it, Principal: {AWS}} : it);
	switch (what) {
		case 'condition':
			return [{...it, Condition}];
		case 'fewer actions':
			return [{...it, Action: some.length > 0 ? some : actions}];
		case 'not action': {
			const {Action: _action, ...rest} = it;
			return [{...rest, NotAction: ['kms:Encrypt', 'kms:Put*']}];
		}
		case 'principal':
			return [principal(keep % 2 ? [other] : [other, ...names(it)])];
		case 'everyone':
			return [{...principal('*'), Condition}];
		case 'resource':
			return [{...it, Resource: 'arn:aws:kms:eu-west-1:111122223333:key/*'}];
		case 'removed':
			return [];
		case 'renamed':
			return [{...it, Sid: `theirs${keep}`}];
		case 'split':
			return [
				{...it, Sid: `one${keep}`, Action: some.length > 0 ? some : actions},
				{...it, Sid: `two${keep}`, Condition},
			];
		case 'deny':
			return [it, {...it, Sid: `no${keep}`, Effect: 'Deny', Condition}];
		case 'denied':
			return [{...it, Effect: 'Deny'}];
		case 'more':
			return [{...it, Action: [...actions, 'kms:PutKeyPolicy'], Condition}];
		case 'elsewhere':
			return [it, {...it, Sid: `more${keep}`, Action: ['kms:Encrypt', 'kms:PutKeyPolicy'], Condition}];
		case 'for another':
			return [it, {...principal([other]), Sid: `other${keep}`}];
	}
}
const names = (it: Statement): readonly string[] =>
	[(it['Principal'] as {readonly AWS?: string | string[]} | undefined)?.AWS ?? []].flat();
