import fc from 'fast-check';
import {expect, test} from 'vitest';
import {simulation} from '../../src/sandbox/judge/simulate.js';
import {kms} from '../../src/sandbox/kms/index.js';
import {type Data, Refusal} from '../../src/sandbox/operation.js';
import {account, ask, asked, iam, keyArn, keyId, policy} from './kms-account.js';

/** What JSON can hold once its nulls are gone, and much that nearly fits. */
const near = fc.oneof(
	...[
		keyId,
		keyArn(keyId),
		'alias/nps',
		'default',
		'{}',
		'AES_256',
		'YQ==',
		iam('user/nps'),
		policy(),
		0,
		7,
		90,
		true,
		{},
	].map(value => fc.constant(value)),
	fc.constant([{TagKey: 'a', TagValue: 'b'}]),
	fc.constant(['Decrypt']),
	fc.constant({EncryptionContextSubset: 'a'}),
	fc.object({withNullPrototype: false, values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined)]}),
	fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(undefined), fc.constant({}))),
	fc.string(),
	fc.double({noNaN: true}),
);
const members =
	`KeyId Policy PolicyName Description KeyUsage KeySpec Origin Tags MultiRegion AliasName TargetKeyId TagKeys Limit Marker RotationPeriodInDays
	PendingWindowInDays Plaintext CiphertextBlob EncryptionContext SourceEncryptionContext DestinationEncryptionContext SourceKeyId DestinationKeyId NumberOfBytes
	EncryptionAlgorithm DryRun GranteePrincipal RetiringPrincipal Operations Constraints Name GrantId GrantToken BypassPolicyLockoutSafetyCheck`.split(
		/\s+/,
	);
const someOf = (names: readonly string[]): fc.Arbitrary<Data> =>
	fc.record(Object.fromEntries(names.map(name => [name, near])), {requiredKeys: []}) as fc.Arbitrary<Data>;
/** Refusals are answers; anything else would be the sandbox's own mistake. */
function answered(attempt: () => unknown): void {
	try {
		attempt();
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
	}
}

test.each(Object.keys(kms))('%s answers or refuses whatever it is asked', name => {
	const made = account();
	const shaped = someOf(members).map(input => ({KeyId: keyId, ...input}));
	fc.assert(
		fc.property(shaped, input => answered(() => ask(name, input, {account: made}))),
		{numRuns: 100},
	);
	expect(() => JSON.stringify(made)).not.toThrow();
});
test.each(Object.keys(simulation))('%s answers or refuses whatever it is asked', name => {
	const made = account();
	const names =
		'PolicySourceArn ActionNames ResourceArns ResourcePolicy CallerArn ContextEntries PolicyInputList PermissionsBoundaryPolicyInputList'.split(
			' ',
		);
	const shaped = someOf(names).map(input => ({
		PolicySourceArn: iam('user/nps'),
		ActionNames: ['kms:Decrypt'],
		PolicyInputList: [policy()],
		...input,
	}));
	fc.assert(
		fc.property(shaped, input =>
			answered(() => {
				const request = asked(input, {account: made});
				simulation[name]!.about(request);
				simulation[name]!.run(request);
			}),
		),
		{numRuns: 100},
	);
});
