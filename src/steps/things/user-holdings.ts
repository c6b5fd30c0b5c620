import {call} from '../../aws/client/call.js';
import type {Difference, Known, Look} from '../../engine/step.js';
import {listAccessKeys, told} from './access-keys.js';
import {collect} from './all-pages.js';
import {type GivenBy, isGivenByUs} from './given-by-us.js';
import {policiesOf, userNameOf} from './iam-user.js';

/** One thing that a user holds: its name or id, and what else there is to say of it. */
export type Held = {readonly id: string; readonly more?: string | undefined};
/** A kind of thing that a user may hold: how it is looked for, who can have given it, and how it is told. */
export type Holding = {
	/** All of it, as it is named where it can't be looked at. */
	readonly all: string;
	list(look: Look, UserName: string): Promise<readonly Held[]>;
	readonly givenBy: GivenBy;
	/** As something that somebody gave the user; of a kind without it, AWS deletes the user all the same. */
	given?(it: Held): string;
	/** As what somebody else's user is, to be known before it is taken over. */
	is?(it: Held): string;
	/** As a difference from what the set-up made. */
	differs?(it: Held): Pick<Difference, 'code' | 'expected' | 'text'> & {readonly found?: string};
};

/** Policies attached to the user, by ARN. */
export const attachedPolicy: Holding = {
	all: 'its attached policies',
	list: async (look, UserName) => (await policiesOf(look, UserName)).map(id => ({id})),
	givenBy: {apis: ['iam:AttachUserPolicy'], names: 'PolicyArn'},
	given: ({id}) => `the policy ${id.split('/').at(-1) ?? id}`,
	is: ({id}) => `policy ${id} is attached to it`,
	differs: ({id}) => ({
		code: 'policy-attached',
		expected: 'no other policy',
		text: `Policy ${id} is attached to the user as well`,
	}),
};
/** Policies that are part of the user, by name. */
export const inlinePolicy: Holding = {
	all: 'its inline policies',
	list: async (look, UserName) =>
		(await collect(look, call('iam:ListUserPolicies', {UserName}), it => it.PolicyNames)).map(id => ({id})),
	givenBy: {apis: ['iam:PutUserPolicy'], names: 'PolicyName'},
	given: ({id}) => `the inline policy ${id}`,
	is: ({id}) => `it has an inline policy, ${id}`,
	differs: ({id}) => ({
		code: 'inline-policy',
		expected: 'no inline policy',
		text: `The user has an inline policy, ${id}`,
	}),
};
/** Groups that the user is in, by name. */
export const group: Holding = {
	all: 'its groups',
	list: (look, UserName) =>
		collect(look, call('iam:ListGroupsForUser', {UserName}), it => it.Groups?.map(one => ({id: one.GroupName ?? ''}))),
	givenBy: {apis: ['iam:AddUserToGroup'], names: 'GroupName'},
	given: ({id}) => `the group ${id}`,
	is: ({id}) => `it is in the group ${id}`,
	differs: ({id}) => ({
		code: 'in-group',
		expected: 'in no group',
		text: `The user is in the group ${id}, and what that allows it may do`,
	}),
};
/** The policy that bounds what the user may do, by ARN. */
export const boundary: Holding = {
	all: 'its permissions boundary',
	async list(look, UserName) {
		const user = (await look.at(call('iam:GetUser', {UserName})))?.User;
		const id = user?.PermissionsBoundary?.PermissionsBoundaryArn;
		return id ? [{id}] : [];
	},
	givenBy: {apis: ['iam:PutUserPermissionsBoundary', 'iam:CreateUser'], names: 'PermissionsBoundary'},
	is: ({id}) => `it has a permissions boundary, ${id}`,
	differs: ({id}) => ({
		code: 'permissions-boundary',
		expected: 'no permissions boundary',
		text: `The user has a permissions boundary, ${id}: what that doesn't allow, NPS can't do`,
	}),
};
/** The password for the console, by the day it was made. */
export const consolePassword: Holding = {
	all: 'its console password',
	async list(look, UserName) {
		const it = (await look.at(call('iam:GetLoginProfile', {UserName})))?.LoginProfile;
		return it ? [{id: '', more: it.CreateDate?.toISOString().slice(0, 10)}] : [];
	},
	givenBy: {apis: ['iam:CreateLoginProfile', 'iam:UpdateLoginProfile']},
	given: () => 'a console password',
	is: () => 'it has a console password',
	differs: ({more: day}) => ({
		code: 'console-password',
		expected: 'no console password',
		found: `a password${day ? ` of ${day}` : ''}`,
		text: `The user has a password for the console${day ? ` since ${day}` : ''}; NPS never needs one`,
	}),
};
/** Access keys, by id; how they differ is told by the step that makes one. */
export const accessKey: Holding = {
	all: 'its access keys',
	list: async (look, UserName) => (await listAccessKeys(look, UserName)).map(it => ({id: it.id, more: told(it)})),
	givenBy: {apis: ['iam:CreateAccessKey'], names: 'AccessKeyId'},
	given: ({id}) => `the access key ${id}`,
	is: ({id, more}) => `it has access key ${more ?? id}`,
};
const mfaDevice: Holding = {
	all: 'its MFA devices',
	list: (look, UserName) =>
		collect(look, call('iam:ListMFADevices', {UserName}), it =>
			it.MFADevices?.map(one => ({id: one.SerialNumber ?? ''})),
		),
	givenBy: {apis: ['iam:EnableMFADevice'], names: 'SerialNumber'},
	given: ({id}) => `the MFA device ${id}`,
};
const certificate: Holding = {
	all: 'its certificates',
	list: (look, UserName) =>
		collect(look, call('iam:ListSigningCertificates', {UserName}), it =>
			it.Certificates?.map(one => ({id: one.CertificateId ?? ''})),
		),
	givenBy: {apis: ['iam:UploadSigningCertificate'], names: 'CertificateId'},
	given: ({id}) => `the certificate ${id}`,
};
const sshKey: Holding = {
	all: 'its SSH keys',
	list: (look, UserName) =>
		collect(look, call('iam:ListSSHPublicKeys', {UserName}), it =>
			it.SSHPublicKeys?.map(one => ({id: one.SSHPublicKeyId ?? ''})),
		),
	givenBy: {apis: ['iam:UploadSSHPublicKey'], names: 'SSHPublicKeyId'},
	given: ({id}) => `the SSH key ${id}`,
};
const serviceCredential: Holding = {
	all: 'its credentials for single services',
	list: (look, UserName) =>
		collect(look, call('iam:ListServiceSpecificCredentials', {UserName}), it =>
			it.ServiceSpecificCredentials?.map(one => ({id: one.ServiceSpecificCredentialId ?? '', more: one.ServiceName})),
		),
	givenBy: {apis: ['iam:CreateServiceSpecificCredential'], names: 'ServiceSpecificCredentialId'},
	given: ({id, more}) => `the credential ${id} for ${more ?? ''}`,
};

/** All that an IAM user may hold. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export const holdings: readonly Holding[] = [
	attachedPolicy,
	consolePassword,
	accessKey,
	group,
	inlinePolicy,
	boundary,
	mfaDevice,
	certificate,
	sshKey,
	serviceCredential,
];

/**
 * What somebody else's user is besides its name, in words: what a person should know before taking it over. What can't
 * be looked at is said to be unknown.
 */
export async function whatItIs(look: Look, UserName: string): Promise<readonly string[]> {
	const found = holdings.map(async ({all, list, is}) => {
		if (!is) return [];
		try {
			return (await list(look, UserName)).map(is);
		} catch (error) {
			return [`${all} can't be looked at (${error instanceof Error ? error.name : String(error)})`];
		}
	});
	return (await Promise.all(found)).flat();
}

/** How what the user holds of that kind differs: what no call of this record gave it, `wanted` apart. */
export const givenByOthers = (
	kind: Holding,
	there: readonly Held[],
	known: Known,
	wanted: readonly string[] = [],
): readonly Difference[] =>
	there
		.filter(it => !wanted.includes(it.id) && !isGivenByUs(kind.givenBy, it.id, known))
		.flatMap(it => {
			const told = kind.differs?.(it);
			return told ? [{found: it.id, ...told, subject: `user ${userNameOf(known)}`}] : [];
		});
/** The same, looked for. */
export const lookForGiven = async (kind: Holding, look: Look, known: Known): Promise<readonly Difference[]> =>
	givenByOthers(kind, await kind.list(look, userNameOf(known)), known);
