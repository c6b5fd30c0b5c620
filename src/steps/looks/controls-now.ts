import type {KeyMetadata} from '@aws-sdk/client-kms';
import {call} from '../../aws/client/call.js';
import {decryptsAllKeys} from '../../aws/policy/decrypts-all-keys.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {type SecurityControl, securityControls} from '../../aws/rules/security-controls.js';
import type {Known, Look} from '../../engine/step.js';
import {ageInDays, isDue, most} from '../things/access-key-age.js';
import {collect} from '../things/all-pages.js';
import {policyAt} from '../things/iam-policy.js';
import {attachedPolicy, inlinePolicy} from '../things/user-holdings.js';

/** Whether a control holds for one thing of a setup; null where that can't be told. */
export type ControlNow = SecurityControl & {
	readonly subject: string;
	readonly holds: boolean | null;
	readonly because: string;
};
type Judged = Pick<ControlNow, 'holds' | 'because'>;
type Judge = {
	subject(known: Known): string;
	judge(look: Look, known: Known): Promise<Judged>;
};

/** Looks which controls hold for what a setup made; what may not be looked at can't be told, and `reason` says why. */
export const controlsNow = (
	look: Look,
	known: Known,
	reason: (error: unknown) => string,
): Promise<readonly ControlNow[]> =>
	Promise.all(
		securityControls.map(async it => {
			const {subject, judge} = judges[it.id];
			const judged = await judge(look, known).catch((error: unknown) => cantTell(reason(error)));
			return {...it, subject: subject(known), ...judged};
		}),
	);

const cantTell = (because: string): Judged => ({holds: null, because});
const gone = cantTell('it is not there');
const notRecorded = cantTell('this record holds none');

const ofPolicy = ({facts}: Known): string => named('policy', facts.policyArn);
const ofKmsKey = ({facts}: Known): string => named('KMS key', facts.keyArn);
const ofUser = ({facts}: Known): string => named('user', facts.userName);
const named = (kind: string, name: string | undefined): string => (name === undefined ? kind : `${kind} ${name}`);

const judges: Readonly<Record<SecurityControl['id'], Judge>> = {
	'KMS.1': {
		subject: ofPolicy,
		async judge(look, {facts: {policyArn: PolicyArn}}) {
			if (PolicyArn === undefined) return notRecorded;
			const policy = await policyAt(look, PolicyArn);
			if (!policy) return gone;
			const {DefaultVersionId: VersionId} = policy;
			if (!VersionId) return cantTell('AWS does not tell which version of it counts');
			const version = await look.at(call('iam:GetPolicyVersion', {PolicyArn, VersionId}));
			const document = readDocument(version?.PolicyVersion?.Document ?? '');
			if (document === undefined) return cantTell('AWS does not show its document');
			const {holds, because} = decryptsAllKeys(document);
			return {holds: holds ?? null, because};
		},
	},
	'KMS.3': {
		subject: ofKmsKey,
		judge: (look, known) =>
			ofKey(look, known, ({KeyState, DeletionDate}) => {
				if (!KeyState) return cantTell('AWS does not tell its state');
				const going = /^Pending(Replica)?Deletion$/.test(KeyState);
				const on = DeletionDate ? `, on ${DeletionDate.toISOString().slice(0, 10)}` : '';
				return {holds: !going, because: going ? `it is to be deleted${on}` : `it is ${KeyState}`};
			}),
	},
	'KMS.4': {
		subject: ofKmsKey,
		judge: (look, known) =>
			ofKey(look, known, async ({KeyState, KeySpec, Origin}, KeyId) => {
				if (!KeySpec || !Origin) return cantTell('AWS does not tell its spec and origin');
				if (KeySpec !== 'SYMMETRIC_DEFAULT' || Origin !== 'AWS_KMS')
					return cantTell(`KMS rotates no key of spec ${KeySpec} and origin ${Origin} by itself`);
				if (KeyState !== 'Enabled' && KeyState !== 'Disabled')
					return cantTell(`it is ${KeyState ?? 'in a state that AWS does not tell'}, and KMS rotates no such key`);
				const rotation = await look.at(call('kms:GetKeyRotationStatus', {KeyId}));
				if (rotation?.KeyRotationEnabled === undefined) return cantTell('AWS does not tell whether KMS rotates it');
				const holds = rotation.KeyRotationEnabled;
				const days = rotation.RotationPeriodInDays;
				if (!holds) return {holds, because: 'KMS does not rotate its key material'};
				return {holds, because: `KMS rotates its key material${days ? ` every ${days} days` : ''}`};
			}),
	},
	'IAM.2': {
		subject: ofUser,
		judge: (look, known) =>
			ofTheUser(look, known, async UserName => {
				const [attached, inline] = await Promise.all([
					attachedPolicy.list(look, UserName),
					inlinePolicy.list(look, UserName),
				]);
				const all = [...attached, ...inline].map(it => it.id);
				if (all.length === 0) return {holds: true, because: 'no policy is attached to it, and it has none of its own'};
				const ours = all.includes(known.facts.policyArn ?? '') ? ", as the vendor's procedure has it" : '';
				return {holds: false, because: `it has ${all.join(', ')}${ours}`};
			}),
	},
	'IAM.3': {
		subject: ofUser,
		judge: (look, known) =>
			ofTheUser(look, known, async UserName => {
				const keys = await collect(look, call('iam:ListAccessKeys', {UserName}), it => it.AccessKeyMetadata);
				const now = new Date(known.run.now ?? Number.NaN);
				if (keys.some(it => !it.Status)) return cantTell('AWS does not tell which access keys are Active');
				const active = keys.filter(it => it.Status === 'Active');
				if (active.length === 0) return {holds: true, because: 'it has no Active access key'};
				if (active.some(it => !it.CreateDate)) return cantTell('AWS does not tell when each access key was made');
				const told = active.map(
					it => `${it.AccessKeyId ?? 'an access key'} is ${ageInDays(it.CreateDate ?? now, now)} days old`,
				);
				const old = active.some(it => isDue(it.CreateDate ?? now, now));
				return {holds: !old, because: `${told.join(', ')}${old ? `; it was to be replaced within ${most}` : ''}`};
			}),
	},
};

async function ofKey(
	look: Look,
	{facts}: Known,
	judge: (it: KeyMetadata, KeyId: string) => Judged | Promise<Judged>,
): Promise<Judged> {
	const {keyArn: KeyId} = facts;
	if (KeyId === undefined) return notRecorded;
	const it = (await look.at(call('kms:DescribeKey', {KeyId})))?.KeyMetadata;
	return it ? judge(it, KeyId) : gone;
}

async function ofTheUser(look: Look, known: Known, judge: (name: string) => Promise<Judged>): Promise<Judged> {
	const {userName: UserName} = known.facts;
	if (UserName === undefined) return notRecorded;
	return (await look.at(call('iam:GetUser', {UserName}))) ? judge(UserName) : gone;
}
