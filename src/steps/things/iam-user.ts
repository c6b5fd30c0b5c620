import type {User} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {type Known, type Look, textAnswer} from '../../engine/step.js';
import {collect} from './all-pages.js';
import {defaultName} from './default-name.js';
import {ifAllowed} from './denied-looks.js';
import {mayStandElsewhere} from './iam-path.js';
import {wasNameRefused} from './name-taken.js';
import {type Owner, pairsOf, type Tags} from './ownership.js';
import {ownerById, users} from './same-thing.js';

/** A user as it is found; whether it signs in to the console is looked at only where that is wanted. */
export type SeenUser = {
	readonly name: string;
	readonly arn: string;
	readonly id: string;
	readonly madeAt: Date | undefined;
	readonly tags: Tags;
	readonly attached: readonly string[];
	readonly signsIn: boolean;
	readonly boundary: string | undefined;
};

/** The name of this setup's user, also before it is made and once it is gone. */
export const userNameOf = (known: Known): string =>
	known.facts.userName ?? (textAnswer(known.answers, 'userName') || defaultName(known, 'nps-kms-user'));
/** Whose the user is. */
export const userOwner = (seen: Pick<SeenUser, 'id' | 'tags'>, known: Known): Owner => ownerById(users, seen, known);

/** Looks for the user: by its name, and in any spelling if AWS says the name is taken, or it might be. */
export async function findUser(look: Look, known: Known): Promise<SeenUser | undefined> {
	const name = textAnswer(known.answers, 'userName');
	// Of one that is there by the record, what is attached is looked at beside it.
	const beside = known.facts.userArn?.split('/').at(-1) === name ? policiesOf(look, name) : undefined;
	beside?.catch(() => undefined);
	const it =
		(await look.at(call('iam:GetUser', {UserName: name})))?.User ??
		(wasNameRefused(known, 'create-user')
			? await userByName(look, name)
			: mayStandElsewhere(known, 'adoptUser')
				? await ifAllowed(userByName(look, name))
				: undefined);
	if (!it?.UserName) return undefined;
	const {UserName} = it;
	const wanted = known.answers['consoleAccess'] === true;
	const [attached, signsIn] = await Promise.all([
		(UserName === name && beside) || policiesOf(look, UserName),
		wanted && look.at(call('iam:GetLoginProfile', {UserName})).then(found => found !== undefined),
	]);
	return {
		name: UserName,
		arn: it.Arn ?? '',
		id: it.UserId ?? '',
		madeAt: it.CreateDate,
		tags: pairsOf(it.Tags),
		attached,
		signsIn,
		boundary: it.PermissionsBoundary?.PermissionsBoundaryArn,
	};
}

/** The ARNs of the policies that are attached to a user. */
export const policiesOf = (look: Look, UserName: string): Promise<readonly string[]> =>
	collect(look, call('iam:ListAttachedUserPolicies', {UserName}), it => it.AttachedPolicies?.map(one => one.PolicyArn));

/** A name is taken whatever its case; only a list shows how it is spelled. */
async function userByName(look: Look, name: string): Promise<User | undefined> {
	for await (const page of look.all(call('iam:ListUsers', {}))) {
		const it = page.Users?.find(found => found.UserName?.toLowerCase() === name.toLowerCase());
		if (it?.UserName) return (await look.at(call('iam:GetUser', {UserName: it.UserName})))?.User;
	}
	return undefined;
}
