import type {PastChange} from '../../engine/history.js';
import type {State} from '../../engine/record.js';
import type {Call} from '../../engine/step.js';

/** One thing that exists, as the record knows it: what it is, its ARN or id, and whose it is. */
export type Trace = {
	readonly kind: 'IAM policy' | 'IAM user' | 'Console password' | 'Access key' | 'KMS key' | 'Alias';
	readonly id: string;
	readonly by: 'made' | 'adopted' | 'found';
	readonly note?: string;
	/** It goes by itself. */
	readonly going?: true;
};

/** What exists in AWS because of this setup, as its record knows it. */
export function tracesOf(state: State, changes: readonly PastChange[]): readonly Trace[] {
	const {facts, answers} = state;
	const {policyArn, policyVersion, userArn, keyArn, keyAlias} = facts;
	const whose = (madeAs: string | undefined, adopt: string): Trace['by'] =>
		madeAs ? 'made' : answers[adopt] === true ? 'adopted' : 'found';
	const limit =
		facts['narrow'] === 'yes'
			? `allows Decrypt with the KMS key only${policyVersion ? ` (version ${policyVersion})` : ''}`
			: 'allows Decrypt with every key of the account';
	const keys = whose(facts['keyMadeAs'], 'adoptKey');
	return [
		...(policyArn
			? [{kind: 'IAM policy', id: policyArn, by: whose(facts['policyMadeAs'], 'adoptPolicy'), note: limit} as const]
			: []),
		...(userArn ? [{kind: 'IAM user', id: userArn, by: whose(facts['userMadeAs'], 'adoptUser')} as const] : []),
		...(lastDone(changes, 'LoginProfile')?.change.verb === 'create'
			? [{kind: 'Console password', id: facts['userName'] ?? '', by: 'made'} as const]
			: []),
		...keysOf(state, changes),
		...kmsKeyOf(state, keys, changes),
		...(keyAlias && keyArn
			? [{kind: 'Alias', id: keyAlias, by: lastDone(changes, 'CreateAlias') ? 'made' : keys} as const]
			: []),
	];
}

/** The last change that was made by calls of that name, about that thing. */
const lastDone = (changes: readonly PastChange[], api: string, about = ''): PastChange | undefined =>
	changes.findLast(
		it =>
			isMade(it) &&
			it.change.call.api.includes(api) &&
			(about === '' || Object.values(it.change.call.input).includes(about)),
	);
const isMade = ({outcome}: PastChange): boolean => outcome === 'done' || outcome === 'found';

function keysOf({accessKeys, facts}: State, changes: readonly PastChange[]): readonly Trace[] {
	const known = accessKeys.some(it => it.id === facts['accessKeyId']);
	const other = facts['accessKeyId'];
	return [
		...accessKeys.flatMap(({id, place, npsRotated, unsure}): readonly Trace[] => {
			if (lastDone(changes, 'iam:DeleteAccessKey', id)) return [];
			const inactive = lastDone(changes, 'iam:UpdateAccessKey', id)?.change.call.input['Status'] === 'Inactive';
			const secret =
				place === null
					? `its secret was shown once${unsure ? ', and nobody has said that it was stored' : ''}`
					: `its secret was put into ${place}`;
			const note = [
				...(inactive ? ['set Inactive'] : []),
				secret,
				npsRotated ? 'NPS was rotated to it' : 'whether NPS was rotated to it is not known',
			].join('; ');
			return [{kind: 'Access key', id, by: 'made', note}];
		}),
		...(other && !known
			? [{kind: 'Access key', id: other, by: 'found', note: 'made earlier; where its secret is, is not known'} as const]
			: []),
	];
}

function kmsKeyOf({facts}: State, by: Trace['by'], changes: readonly PastChange[]): readonly Trace[] {
	const {keyArn, partition = '', region = '', account = ''} = facts;
	const last = changes.findLast(
		it => isMade(it) && /^kms:(ScheduleKeyDeletion|CancelKeyDeletion|DisableKey|EnableKey)$/.test(it.change.call.api),
	);
	const {api = '', input = {}} = last?.change.call ?? {};
	if (last && api === 'kms:ScheduleKeyDeletion') {
		// What is taken back is no fact any more.
		const id = String(input['KeyId']);
		const arn = keyArn ?? (id.startsWith('arn:') ? id : `arn:${partition}:kms:${region}:${account}:key/${id}`);
		const note =
			`its deletion was scheduled on ${last.at.slice(0, 10)}, for ${String(input['PendingWindowInDays'] ?? 30)} ` +
			'days later';
		return [{kind: 'KMS key', id: arn, by: lastDone(changes, 'kms:CreateKey') ? 'made' : by, note, going: true}];
	}
	if (!keyArn) return [];
	const note = api === 'kms:DisableKey' || api === 'kms:CancelKeyDeletion' ? {note: 'disabled'} : {};
	return [{kind: 'KMS key', id: keyArn, by, ...note}];
}

/**
 * The calls that take back by hand what this setup made, in the order that locks out first whoever holds the secret.
 * What it adopted or found stays.
 */
export function takingBack(state: State, changes: readonly PastChange[]): readonly Call[] {
	const {userName: UserName = '', policyArn: PolicyArn = '', policyFirstVersion, policyVersion} = state.facts;
	const made = tracesOf(state, changes).filter(it => it.by === 'made' && !it.going);
	const of = (kind: Trace['kind']): readonly string[] => made.filter(it => it.kind === kind).map(it => it.id);
	const old = policyFirstVersion && policyVersion && policyFirstVersion !== policyVersion ? [policyFirstVersion] : [];
	return [
		...of('Access key').flatMap(AccessKeyId => [
			{api: 'iam:UpdateAccessKey', input: {UserName, AccessKeyId, Status: 'Inactive'}},
			{api: 'iam:DeleteAccessKey', input: {UserName, AccessKeyId}},
		]),
		...of('Console password').map(() => ({api: 'iam:DeleteLoginProfile', input: {UserName}})),
		...attachments(changes).map(input => ({api: 'iam:DetachUserPolicy', input})),
		...of('IAM user').map(() => ({api: 'iam:DeleteUser', input: {UserName}})),
		...of('IAM policy').flatMap(() => [
			...old.map(VersionId => ({api: 'iam:DeletePolicyVersion', input: {PolicyArn, VersionId}})),
			{api: 'iam:DeletePolicy', input: {PolicyArn}},
		]),
		...of('Alias').map(AliasName => ({api: 'kms:DeleteAlias', input: {AliasName}})),
		...of('KMS key').map(KeyId => ({api: 'kms:ScheduleKeyDeletion', input: {KeyId, PendingWindowInDays: 30}})),
	];
}

/** What was attached and not detached since. */
function attachments(changes: readonly PastChange[]): readonly Call['input'][] {
	const made = changes.filter(isMade);
	return made
		.filter(({change: {call}}, at) => {
			const arn = call.input['PolicyArn'];
			return (
				call.api === 'iam:AttachUserPolicy' &&
				!made
					.slice(at + 1)
					.some(it => it.change.call.api === 'iam:DetachUserPolicy' && it.change.call.input['PolicyArn'] === arn)
			);
		})
		.map(it => it.change.call.input);
}
