import {call} from '../../aws/client/call.js';
import type {Look} from '../../engine/step.js';
import {listAccessKeys, told} from './access-keys.js';

/**
 * What somebody else's user is besides its name, in words: what a person should know before taking it over. What can't
 * be looked at is said to be unknown.
 */
export async function whatElse(
	look: Look,
	user: {readonly name: string; readonly attached: readonly string[]; readonly boundary: string | undefined},
): Promise<readonly string[]> {
	const UserName = user.name;
	const [groups, inline, keys, signsIn] = await Promise.all([
		said('its groups', async () =>
			(
				await names(look.all(call('iam:ListGroupsForUser', {UserName})), it => it.Groups?.map(one => one.GroupName))
			).map(it => `it is in the group ${it}`),
		),
		said('its inline policies', async () =>
			(await names(look.all(call('iam:ListUserPolicies', {UserName})), it => it.PolicyNames)).map(
				it => `it has an inline policy, ${it}`,
			),
		),
		said('its access keys', async () =>
			(await listAccessKeys(look, UserName)).map(it => `it has access key ${told(it)}`),
		),
		said('its console password', async () =>
			(await look.at(call('iam:GetLoginProfile', {UserName}))) ? ['it has a console password'] : [],
		),
	]);
	return [
		...groups,
		...user.attached.map(it => `policy ${it} is attached to it`),
		...inline,
		...(user.boundary ? [`it has a permissions boundary, ${user.boundary}`] : []),
		...keys,
		...signsIn,
	];
}

async function names<R>(
	pages: AsyncIterable<R>,
	of: (page: R) => readonly (string | undefined)[] | undefined,
): Promise<readonly string[]> {
	const all: string[] = [];
	for await (const page of pages) all.push(...(of(page) ?? []).flatMap(it => it ?? []));
	return all;
}

const said = (what: string, look: () => Promise<readonly string[]>): Promise<readonly string[]> =>
	look().catch((error: unknown) => [
		`${what} can't be looked at (${error instanceof Error ? error.name : String(error)})`,
	]);
