import {call} from '../aws/call.js';
import {allowsBeyond, lacks, strangers} from '../aws/openings.js';
import {hasRootStatement, keyPolicy as keyPolicyOf, narrowDocument, readDocument, sameMeaning} from '../aws/policies.js';
import type {Known, Look} from '../engine/step.js';
import {changePasswordArn} from './user.js';

/** What looking came to: nothing wrong, what is wrong in words, or why it can't be told. */
export type Found = {readonly wrong: readonly string[]} | {readonly untold: string};
/** The limits that only looking can tell, by check. */
export type Limits = Readonly<Record<'attached' | 'inline' | 'groups' | 'key-policy' | 'grants' | 'default-version' | 'access-keys', Found>>;

/** Looks, as the operator, whether the user has other ways in than this setup made. */
export async function lookAtLimits(look: Look, known: Known, policy: string | undefined): Promise<Limits> {
	const [attachedTo, inlines, inGroups, granted, version, keys] = await Promise.all([
		found(() => attached(look, known)),
		found(() => inline(look, known)),
		found(() => groups(look, known)),
		found(() => grants(look, known)),
		found(() => defaultVersion(look, known)),
		accessKeys(look, known),
	]);
	return {
		attached: attachedTo,
		inline: inlines,
		groups: inGroups,
		'key-policy': policy === undefined ? {untold: "the key's policy can't be read"} : {wrong: keyPolicy(policy, known)},
		grants: granted,
		'default-version': version,
		'access-keys': keys,
	};
}

async function found(looking: () => Promise<readonly string[]>): Promise<Found> {
	try {
		return {wrong: await looking()};
	} catch (error) {
		return {untold: error instanceof Error ? `${error.message} [${error.name}]` : String(error)};
	}
}

const UserName = (known: Known): string => known.facts['userName'] ?? '';

async function attached(look: Look, known: Known): Promise<readonly string[]> {
	const {policyArn = '', partition = 'aws'} = known.facts;
	const ours = [policyArn, ...(known.answers['consoleAccess'] === true ? [changePasswordArn(partition)] : [])];
	const there: string[] = [];
	for await (const page of look.all(call('iam:ListAttachedUserPolicies', {UserName: UserName(known)})))
		there.push(...(page.AttachedPolicies ?? []).map(it => it.PolicyArn ?? ''));
	return [
		...there.filter(it => !ours.includes(it)).map(it => `policy ${it} is attached to the user as well`),
		...(there.includes(policyArn) ? [] : [`policy ${policyArn} is not attached to the user`]),
	];
}

async function inline(look: Look, known: Known): Promise<readonly string[]> {
	const there: string[] = [];
	for await (const page of look.all(call('iam:ListUserPolicies', {UserName: UserName(known)}))) there.push(...(page.PolicyNames ?? []));
	return there.map(it => `the user has an inline policy, ${it}`);
}

async function groups(look: Look, known: Known): Promise<readonly string[]> {
	const there: string[] = [];
	for await (const page of look.all(call('iam:ListGroupsForUser', {UserName: UserName(known)})))
		there.push(...(page.Groups ?? []).map(it => it.GroupName ?? ''));
	return there.map(it => `the user is in the group ${it}`);
}

function keyPolicy(text: string, {facts}: Known): readonly string[] {
	const {userArn = '', partition = 'aws', account = ''} = facts;
	const document = readDocument(text);
	if (document === undefined) return ['the key has no policy that can be read'];
	const ours = keyPolicyOf(partition, account, [], userArn);
	return [
		...strangers(document).map(it => `the key policy names ${it}: whom it named is deleted, and a user made again under the old name is another one`),
		...(hasRootStatement(document, partition, account)
			? []
			: ["the statement “Enable IAM User Permissions” is missing: the account isn't in charge of the key"]),
		...lacks(document, ours, userArn).map(it => `the statement “${it}” for ${userArn} is missing`),
		...allowsBeyond(document, ours, userArn).map(it => `a statement allows the user more: ${it}`),
	];
}

async function grants(look: Look, known: Known): Promise<readonly string[]> {
	const {keyId = '', userArn = ''} = known.facts;
	const there: string[] = [];
	for await (const page of look.all(call('kms:ListGrants', {KeyId: keyId})))
		for (const it of page.Grants ?? [])
			if (it.GranteePrincipal === userArn) there.push(`grant ${it.GrantId ?? ''} allows the user ${(it.Operations ?? []).join(', ')}`);
	return there;
}

async function defaultVersion(look: Look, known: Known): Promise<readonly string[]> {
	const {policyArn = '', keyArn = ''} = known.facts;
	const version = (await look.at(call('iam:GetPolicy', {PolicyArn: policyArn})))?.Policy?.DefaultVersionId;
	if (!version) return [`policy ${policyArn} isn't there`];
	const text = (await look.at(call('iam:GetPolicyVersion', {PolicyArn: policyArn, VersionId: version})))?.PolicyVersion?.Document;
	return sameMeaning(readDocument(text ?? ''), narrowDocument(keyArn))
		? []
		: [`the default version ${version} of ${policyArn} is not limited to Decrypt on ${keyArn}`];
}

async function accessKeys(look: Look, known: Known): Promise<Found> {
	const ours = new Set(known.accessKeys.filter(it => !it.unsure).map(it => it.id));
	const looked = await found(async () => {
		const active: string[] = [];
		for await (const page of look.all(call('iam:ListAccessKeys', {UserName: UserName(known)})))
			active.push(...(page.AccessKeyMetadata ?? []).filter(it => it.Status === 'Active').map(it => it.AccessKeyId ?? ''));
		return active.filter(it => !ours.has(it));
	});
	if ('untold' in looked) return looked;
	const [only, ...more] = looked.wrong;
	if (only !== undefined && more.length === 0 && known.facts['secretKnown'] === 'no')
		return {untold: `access key ${only} was made earlier, and this record does not hold it`};
	return {wrong: looked.wrong.map(it => `access key ${it} is active, and this setup did not deliver it`)};
}
