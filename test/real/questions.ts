import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {type LookupAttribute, LookupEventsCommand} from '@aws-sdk/client-cloudtrail';
import {
	CreatePolicyVersionCommand,
	GetAccessKeyLastUsedCommand,
	SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import {
	CreateGrantCommand,
	DecryptCommand,
	EncryptCommand,
	GenerateDataKeyCommand,
	GetKeyLastUsageCommand,
	GetKeyPolicyCommand,
	type KMSClient,
	PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {GetCallerIdentityCommand} from '@aws-sdk/client-sts';
import type {Made} from './made.js';

/** One thing that only AWS can tell: its id in docs/unverified.md, and how it is asked. */
export type Question = {readonly id: string; ask(made: Made): Promise<string>};

/** What a call came to: its error's name and words, or that it went through. */
async function outcome(call: Promise<unknown>): Promise<string> {
	try {
		await call;
		return 'allowed';
	} catch (error) {
		return `${(error as Error).name}: ${(error as Error).message}`;
	}
}
/** Seconds until a call comes out as wanted, looked at each second for two minutes. */
async function secondsUntil(wanted: (outcome: string) => boolean, call: () => Promise<unknown>): Promise<string> {
	const start = performance.now();
	let last = '';
	while (performance.now() - start < 120_000) {
		last = await outcome(call());
		if (wanted(last)) return `${((performance.now() - start) / 1000).toFixed(1)} s`;
		await sleep(1000);
	}
	return `not within 120 s; last: ${last}`;
}
const encrypt = async (kms: KMSClient, KeyId: string): Promise<Uint8Array> =>
	(await kms.send(new EncryptCommand({KeyId, Plaintext: randomBytes(16)}))).CiphertextBlob ?? new Uint8Array();
const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 300);

/** Decrypts once, and tells the request's id. */
async function used({user: {kms}, key}: Made): Promise<string> {
	const CiphertextBlob = await encrypt(kms, key);
	const {$metadata} = await kms.send(new DecryptCommand({KeyId: key, CiphertextBlob}));
	return $metadata.requestId ?? '';
}
/** Looks every so often until something is told: how long that took, and what, or that it wasn't. */
async function toldWithin(minutes: number, look: () => Promise<string | undefined>): Promise<string> {
	const start = performance.now();
	while (performance.now() - start < minutes * 60_000) {
		const told = await look();
		if (told !== undefined) return `told ${((performance.now() - start) / 1000).toFixed(0)} s after the use: ${told}`;
		await sleep(5000);
	}
	return `not told within ${minutes} minutes`;
}
const eventsOf = async (made: Made, attribute: LookupAttribute): Promise<readonly string[]> =>
	((await made.operator.cloudtrail.send(new LookupEventsCommand({LookupAttributes: [attribute]}))).Events ?? []).map(
		it => it.CloudTrailEvent ?? '',
	);

/** The questions in an order that makes what later ones need. */
export const questions: readonly Question[] = [
	{id: 'new-user', ask: async made => `${made.userSeenAfter} s`},
	{
		id: 'new-key',
		async ask({user: {sts, kms}, key}) {
			const known = (it: string): boolean => !/InvalidClientTokenId|UnrecognizedClient/.test(it);
			const inSts = await secondsUntil(known, () => sts.send(new GetCallerIdentityCommand({})));
			const inKms = await secondsUntil(known, () =>
				kms.send(new EncryptCommand({KeyId: key, Plaintext: randomBytes(8)})),
			);
			return `STS ${inSts}, then KMS ${inKms}`;
		},
	},
	{
		id: 'narrowed',
		async ask({operator: {iam}, user: {kms}, policyArn, narrow, key, otherKey}) {
			const blob = await encrypt(kms, key);
			await iam.send(
				new CreatePolicyVersionCommand({PolicyArn: policyArn, PolicyDocument: narrow, SetAsDefault: true}),
			);
			return secondsUntil(
				it => it.startsWith('AccessDenied'),
				() => kms.send(new DecryptCommand({KeyId: otherKey, CiphertextBlob: blob})),
			);
		},
	},
	{
		id: 'other-key',
		async ask({user: {kms}, key, otherKey}) {
			const said = await outcome(
				kms.send(new DecryptCommand({KeyId: otherKey, CiphertextBlob: await encrypt(kms, key)})),
			);
			return `${short(said)} (names it: ${said.includes(otherKey) ? 'yes' : 'no'})`;
		},
	},
	{
		id: 'dry-run',
		async ask({user: {kms}, userArn, key}) {
			const allowed = await outcome(
				kms.send(new GenerateDataKeyCommand({KeyId: key, KeySpec: 'AES_256', DryRun: true})),
			);
			const denied = await outcome(
				kms.send(
					new CreateGrantCommand({KeyId: key, GranteePrincipal: userArn, Operations: ['Decrypt'], DryRun: true}),
				),
			);
			return `allowed: ${short(allowed)} · denied: ${short(denied)}`;
		},
	},
	{
		id: 'get-key-policy',
		ask: async ({user: {kms}, key}) =>
			short(await outcome(kms.send(new GetKeyPolicyCommand({KeyId: key, PolicyName: 'default'})))),
	},
	{
		id: 'simulator',
		async ask({operator: {iam}, userArn, keyArn, keyPolicy}) {
			const {EvaluationResults = []} = await iam.send(
				new SimulatePrincipalPolicyCommand({
					PolicySourceArn: userArn,
					CallerArn: userArn,
					ActionNames: ['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:DisableKey', 'kms:Encrypt'],
					ResourceArns: [keyArn],
					ResourcePolicy: keyPolicy,
				}),
			);
			return EvaluationResults.map(it => `${it.EvalActionName} ${it.EvalDecision}`).join(', ');
		},
	},
	{
		id: 'sid',
		async ask({operator: {kms}, key, keyPolicy}) {
			const Policy = keyPolicy.replace('"Allow use of the key"', '"Allow use of the key for nps kms"');
			return short(await outcome(kms.send(new PutKeyPolicyCommand({KeyId: key, PolicyName: 'default', Policy}))));
		},
	},
	{
		id: 'no-action',
		async ask({operator: {kms}, otherKey, userArn}) {
			const policy = JSON.parse(
				(await kms.send(new GetKeyPolicyCommand({KeyId: otherKey, PolicyName: 'default'}))).Policy ?? '{}',
			) as {
				Statement: object[];
			};
			policy.Statement.push({Sid: 'nothing', Effect: 'Allow', Principal: {AWS: userArn}, Resource: '*'});
			return short(
				await outcome(
					kms.send(new PutKeyPolicyCommand({KeyId: otherKey, PolicyName: 'default', Policy: JSON.stringify(policy)})),
				),
			);
		},
	},
	{
		id: 'last-used',
		async ask({operator: {iam}, accessKeyId}) {
			const start = performance.now();
			while (performance.now() - start < 300_000) {
				const {AccessKeyLastUsed} = await iam.send(new GetAccessKeyLastUsedCommand({AccessKeyId: accessKeyId}));
				if (AccessKeyLastUsed?.LastUsedDate)
					return `told ${((performance.now() - start) / 1000).toFixed(0)} s after the last question (${AccessKeyLastUsed.ServiceName})`;
				await sleep(5000);
			}
			return 'not told within 5 minutes';
		},
	},
	{
		id: 'key-last-usage',
		async ask(made) {
			const requestId = await used(made);
			return toldWithin(65, async () => {
				const {KeyLastUsage: it} = await made.operator.kms.send(new GetKeyLastUsageCommand({KeyId: made.key}));
				if (it?.Operation !== 'Decrypt') return undefined;
				return `${it.Operation}, KmsRequestId ${it.KmsRequestId === requestId ? 'is' : 'IS NOT'} the request id of the answer`;
			});
		},
	},
	{
		id: 'event-history',
		async ask(made) {
			const requestId = await used(made);
			const by = {AttributeKey: 'AccessKeyId', AttributeValue: made.accessKeyId} as const;
			return toldWithin(20, async () => {
				const event = (await eventsOf(made, by)).find(it => it.includes(requestId));
				if (event === undefined) return undefined;
				const {eventName, userAgent} = JSON.parse(event) as {eventName?: string; userAgent?: string};
				const byKey = {AttributeKey: 'ResourceName', AttributeValue: made.keyArn} as const;
				const named = (await eventsOf(made, byKey)).some(it => it.includes(requestId));
				return `${eventName ?? ''} by the access key; by the key's ARN as resource: ${named ? 'yes' : 'no'}; ${short(userAgent ?? '')}`;
			});
		},
	},
];
