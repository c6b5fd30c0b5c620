import {call} from '../aws/client/call.js';
import {deniesTo} from '../aws/policy/narrowings.js';
import {readDocument} from '../aws/policy/policy-documents.js';
import {commandLine} from '../engine/command-line.js';
import {
	type Check,
	type Difference,
	type Facts,
	type Known,
	type Plan,
	type Probe,
	type Stop,
	step,
	type Ways,
} from '../engine/step.js';
import {type Other, otherKmsKey} from './looks/other-kms-key.js';
import {type Simulated, simulate} from './looks/simulation.js';
import {type Found, type Limits, lookAtLimits} from './looks/user-limits.js';
import {boundaryDenials} from './things/permissions-boundary.js';
import {isSinceBound, unprovenFor, withPlace} from './things/proof-from-elsewhere.js';
import {columns} from './things/secret-place.js';
import {narrowingNotes} from './things/stricter.js';
import {vendorPage} from './things/vendor.js';

declare module '../engine/facts.js' {
	interface FactNames {
		/** What the KMS key encrypted for a check; it stands in no record. */
		ciphertext: string;
	}
}
declare module '../engine/this-run.js' {
	interface ThisRun {
		/** To be proven again, though it is; or not at all; or as if it had been left out. */
		readonly prove?: 'again' | 'no' | 'untried' | undefined;
		/** There is no record: nothing is known of what was proven. */
		readonly recordless?: true;
	}
}

type Seen =
	| {readonly limits: Limits; readonly other: Other; readonly simulated: Simulated; readonly denials: readonly string[]}
	| undefined;

/** Ours: proof by real calls that the new credentials work, and that they are limited. */
export const prove = step<Seen>({
	id: 'prove',
	name: 'Prove',
	title: 'Prove it',
	guide: {
		covers: 'nothing: this step is ours',
		text: [
			'With the new access key, what NPS needs is tried three times in a row each, and so is what must be denied. ' +
				'A new access key takes some seconds until AWS knows it everywhere; that is waited for.',
			'Nothing is changed and nothing of yours is decrypted. Deleting the key, changing its policy, disabling it ' +
				'and making access keys are never tried: IAM is asked to simulate them.',
			'The denied calls appear in CloudTrail as AccessDenied, with nps-kms in the user agent.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html'],
	},
	async observe(look, known) {
		if (settled(known) || !known.facts.keyArn || !known.facts.accessKeyId) return undefined;
		const KeyId = known.facts.keyId ?? '';
		const reading = look
			.at(call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'}))
			.then(it => it?.Policy)
			.catch(() => undefined);
		const [policy, limits, other, simulated, bounded] = await Promise.all([
			reading,
			lookAtLimits(look, known, reading),
			otherKmsKey(look, known),
			reading.then(it => simulate(look, known, it)),
			boundaryDenials(look, known),
		]);
		const document = readDocument(policy ?? '');
		const denied = document ? deniesTo(document, known.facts.userArn ?? '', needed) : [];
		const denials = [...(denied.length > 0 ? [`in the key policy ${denied.join('; ')}`] : []), ...bounded];
		return {limits, other, simulated, denials};
	},
	audit: (_look, _seen, known) => [Promise.resolve(proofDifferences(known))],
	plan(seen, known) {
		if (!seen)
			return (
				settled(known) ??
				(known.run.prove === 'again' ? nothingYet(known) : {changes: [], says: 'will be tried with the new access key'})
			);
		const {accessKeyId = '', keyArn = ''} = known.facts;
		const held = known.delivered.find(it => it.id === accessKeyId);
		return {
			changes: [],
			notes: narrowingNotes(seen.limits.narrowings),
			proof: {
				checks: checksOf(seen, known)
					.map(it => withDenials(it, seen.denials))
					.map(it => withPlace(it, known)),
				id: accessKeyId,
				about: keyArn,
				place: held?.place ?? null,
				columns,
				secret: `secret of access key ${accessKeyId}`,
			},
		};
	},
});

const nothingYet = ({run}: Known): Stop => ({
	is: 'problem',
	what: `Setup ${run.setup ?? ''} is not finished, so there is nothing to prove`,
	why: 'Its record names no access key and no KMS key',
	ways: [{is: 'run', says: 'carry on', command: commandLine(run, '')}],
	code: 'NotFinished',
});

/** The last proof with the access key that NPS is to use: while it is being replaced, the new one is proven too. */
export const proofWith = ({facts, proof, proofs}: Known): Known['proof'] => proofs?.[facts.accessKeyId ?? ''] ?? proof;
/** Whether a proof is already there, or not wanted: then nothing is tried. */
function settled(known: Known): Plan | undefined {
	const {facts, run} = known;
	const proof = proofWith(known);
	const same = proof?.id === facts.accessKeyId && proof?.about === facts.keyArn && proof && isSinceBound(proof, known);
	const stands = same && proof?.checks.every(it => it.ok !== false) && run.prove !== 'again';
	if (proof && stands)
		return {
			changes: [],
			says:
				`${proof.proven ? 'proven' : 'not proven'} on ` +
				`${proof.at.slice(0, 10)}${proof.proven ? '' : `; ${unprovenFor(proof, known)}`}`,
		};
	if (run.prove === 'untried') return {changes: [], says: 'not proven', skipped: true};
	return run.prove === 'no' ? {changes: [], says: 'not proven: left out', skipped: true} : undefined;
}

/**
 * A proof that failed, or that is still to come; one that was left out on purpose is no difference, and without a
 * record nothing is known of it.
 */
function proofDifferences(known: Known): readonly Difference[] {
	const {facts, completed, run} = known;
	const proof = proofWith(known);
	const same = proof?.id === facts.accessKeyId && proof?.about === facts.keyArn;
	const failed = proof && same ? proof.checks.filter(it => it.ok === false) : [];
	const tell = (code: string, found: string, text: string): readonly Difference[] => [
		{code, subject: 'proof', expected: 'proven', found, text, ...(code === 'not-proven' && {toCome: true})},
	];
	if (proof && failed.length > 0)
		return tell(
			'proof-failed',
			failed.map(it => it.check).join(', '),
			`The proof of ${proof.at.slice(0, 10)} failed: ${failed.map(it => it.check).join(', ')}`,
		);
	if (completed || same || run.recordless) return [];
	return tell('not-proven', 'not tried', 'Not proven yet that the access key works and is limited');
}

/** What NPS calls with the key. */
const needed = ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'];
const mayNot: Ways = [
	{
		is: 'by-hand',
		says:
			'find what allows it (other policies, groups, grants, statements of the key policy) and take it away, then try ' +
			'again',
	},
];
const must: Ways = [
	{
		is: 'by-hand',
		says:
			"look at the user's policy and at the key's policy, and whether an organization's policy forbids it, then try " +
			'again',
	},
];

/** What must work may meet somebody's Deny: that is named, for nothing else helps. */
const withDenials = (check: Check, denials: readonly string[]): Check =>
	check.expect === 'allowed' && check.probes.length > 0 && denials.length > 0
		? {
				...check,
				ways: [
					{
						is: 'by-hand',
						says: `see whether this forbids it, for then no permission helps: ${denials.join('; ')}`,
					},
				],
			}
		: check;

/** Tried with the new credentials: it must work. */
const works = (id: string, says: string, ...probes: readonly Probe[]): Check => ({
	id,
	says,
	by: 'new-user',
	expect: 'allowed',
	probes,
	ways: must,
});
/** Tried with the new credentials: it must be denied. */
const fails = (id: string, says: string, probe: Probe): Check => ({
	id,
	says,
	by: 'new-user',
	expect: 'denied',
	probes: [probe],
	ways: mayNot,
});
/** Never tried: what IAM says to it. */
const simulatedBy =
	(simulated: Simulated) =>
	(id: keyof Simulated, says: string): Check => ({
		id,
		says,
		by: 'new-user',
		expect: 'denied',
		probes: [],
		found: simulated[id],
		ways: mayNot,
	});
/** Seen by the operator, whose permissions suffice to look. */
const seenIn =
	(limits: Limits) =>
	(id: Exclude<keyof Limits, 'narrowings'>, says: string, expect: Check['expect'] = 'denied'): Check => ({
		id,
		says,
		by: 'operator',
		expect,
		probes: [],
		found: finding(limits[id], expect),
		ways: expect === 'denied' ? mayNot : must,
	});

function checksOf({limits, other, simulated}: NonNullable<Seen>, {facts}: Known): readonly Check[] {
	const asked = simulatedBy(simulated);
	const looked = seenIn(limits);
	return [
		...whatNpsNeeds(facts),
		other.arn
			? fails('other-key', `decrypt with another key, …${other.arn.slice(-12)}`, {
					call: decrypt(other.arn),
					names: other.arn,
					allowedBy: ['IncorrectKeyException'],
				})
			: {...asked('other-key', 'decrypt with another key'), found: simulated['other-key']},
		...whatIsDenied(facts),
		asked('schedule-deletion', "schedule the key's deletion"),
		asked('put-key-policy', "change the key's policy"),
		asked('disable-key', 'disable the key'),
		asked('create-access-key', 'make access keys'),
		looked('attached', 'has this policy only'),
		looked('inline', 'has no inline policy'),
		looked('groups', 'is in no group'),
		looked('key-policy', 'the key policy allows it what it needs, and no more', 'allowed'),
		looked('grants', 'has no grant on the key'),
		looked('default-version', 'the policy is limited to this key'),
		looked('access-keys', 'has no other active access key'),
	];
}

const whatNpsNeeds = ({userArn = '', userName = '', keyArn: KeyId = ''}: Facts): readonly Check[] => [
	works('identity', `is ${userName}`, {call: call('sts:GetCallerIdentity', {}), gives: {Arn: userArn}}),
	works(
		'encrypt-decrypt',
		'encrypts and decrypts with the key',
		{call: encrypt(KeyId), learns: {ciphertext: 'CiphertextBlob'}},
		{call: decrypt(KeyId), gives: {Plaintext: {$secret: 'random'}}},
	),
	works('describe-key', 'describes the key', {call: call('kms:DescribeKey', {KeyId})}),
	works('data-key', 'makes data keys (dry run)', {
		call: call('kms:GenerateDataKey', {KeyId, KeySpec: 'AES_256', DryRun: true}),
	}),
];

const whatIsDenied = ({userArn = '', keyArn: KeyId = ''}: Facts): readonly Check[] => [
	fails('get-key-policy', "read the key's policy", {
		call: call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'}),
	}),
	fails('create-grant', 'hand the key on by a grant (dry run)', {
		call: call('kms:CreateGrant', {KeyId, GranteePrincipal: userArn, Operations: ['Decrypt'], DryRun: true}),
	}),
	fails('list-keys', 'list keys', {call: call('kms:ListKeys', {Limit: 1})}),
	fails('list-users', 'list users', {call: call('iam:ListUsers', {MaxItems: 1})}),
];

const encrypt = (KeyId: string): Probe['call'] => ({
	api: 'kms:Encrypt',
	input: {KeyId, Plaintext: {$secret: 'random'}},
});
const decrypt = (KeyId: string): Probe['call'] => ({
	api: 'kms:Decrypt',
	input: {KeyId, CiphertextBlob: {$fact: 'ciphertext'}},
});

function finding(it: Found, expect: Check['expect']): NonNullable<Check['found']> {
	if ('untold' in it) return {got: 'cant-tell', because: it.untold};
	if (it.wrong.length === 0) return {got: expect};
	return {got: expect === 'allowed' ? 'denied' : 'allowed', because: it.wrong.join('; ')};
}
