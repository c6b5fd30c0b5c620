import {call} from '../../aws/client/call.js';
import {hasRootStatement, readDocument} from '../../aws/policy/policy-documents.js';
import {allowsEveryone} from '../../aws/policy/who-is-allowed.js';
import type {Known, Look} from '../../engine/step.js';

/** A key that the user must not decrypt with, or why none is known. */
export type Other = {readonly arn?: string};

const atMost = 10;

/**
 * A key of this account that only IAM policies could open to the user: customer managed, Enabled, symmetric, delegating
 * to IAM, its policy and grants naming neither the user nor everyone.
 */
export async function otherKmsKey(look: Look, known: Known): Promise<Other> {
	const {keyArn, keyId} = known.facts;
	const page = await look.at(call('kms:ListKeys', {Limit: atMost})).catch(() => undefined);
	for (const {KeyId, KeyArn} of (page?.Keys ?? []).slice(0, atMost)) {
		if (!KeyId || KeyId === keyId || KeyArn === keyArn) continue;
		const arn = await openable(look, KeyId, known).catch(() => undefined);
		if (arn) return {arn};
	}
	return {};
}

async function openable(look: Look, KeyId: string, {facts}: Known): Promise<string | undefined> {
	const {userArn = '', partition = 'aws', account = ''} = facts;
	const it = (await look.at(call('kms:DescribeKey', {KeyId})))?.KeyMetadata;
	if (
		it?.KeyManager !== 'CUSTOMER' ||
		it.KeyState !== 'Enabled' ||
		it.KeySpec !== 'SYMMETRIC_DEFAULT' ||
		it.KeyUsage !== 'ENCRYPT_DECRYPT'
	)
		return undefined;
	const text = (await look.at(call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'})))?.Policy ?? '';
	const document = readDocument(text);
	if (
		!document ||
		!hasRootStatement(document, partition, account) ||
		text.includes(userArn) ||
		allowsEveryone(document)
	)
		return undefined;
	for await (const page of look.all(call('kms:ListGrants', {KeyId}))) {
		if ((page.Grants ?? []).some(grant => grant.GranteePrincipal === userArn)) return undefined;
	}
	return it.Arn;
}
