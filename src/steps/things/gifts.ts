import {call} from '../../aws/client/call.js';
import type {Call, Look} from '../../engine/step.js';

/** What somebody else gave a user, in words. AWS deletes no user that has any of it. */
export type Gifts = readonly string[];

/** Looks for what this setup never gives a user. What may not be looked at is left to AWS's own no. */
export async function gifts(look: Look, UserName: string): Promise<Gifts> {
	const all = await Promise.all([
		told(look, call('iam:ListGroupsForUser', {UserName}), it =>
			(it.Groups ?? []).map(group => `the group ${group.GroupName}`),
		),
		told(look, call('iam:ListUserPolicies', {UserName}), it =>
			(it.PolicyNames ?? []).map(name => `the inline policy ${name}`),
		),
		told(look, call('iam:ListMFADevices', {UserName}), it =>
			(it.MFADevices ?? []).map(mfa => `the MFA device ${mfa.SerialNumber}`),
		),
		told(look, call('iam:ListSigningCertificates', {UserName}), it =>
			(it.Certificates ?? []).map(one => `the certificate ${one.CertificateId}`),
		),
		told(look, call('iam:ListSSHPublicKeys', {UserName}), it =>
			(it.SSHPublicKeys ?? []).map(key => `the SSH key ${key.SSHPublicKeyId}`),
		),
		told(look, call('iam:ListServiceSpecificCredentials', {UserName}), it =>
			(it.ServiceSpecificCredentials ?? []).map(
				one => `the credential ${one.ServiceSpecificCredentialId} for ${one.ServiceName}`,
			),
		),
	]);
	return all.flat();
}

async function told<R>(look: Look, list: Call<R>, words: (page: R) => readonly string[]): Promise<readonly string[]> {
	const found: string[] = [];
	try {
		for await (const page of look.all(list)) found.push(...words(page));
	} catch {
		// Not allowed, or not known to an emulator: DeleteUser will tell.
	}
	return found;
}
