import {call} from '../../aws/client/call.js';
import {parseArn} from '../../aws/rules/arn.js';
import {type Known, type Look, listAnswer, type Stop, type Ways} from '../../engine/step.js';
import {collect} from './all-pages.js';
import {policySourceOf} from './policy-source.js';

type Principal = {readonly value: string; readonly label: string; readonly note: string};
/** The account's users and roles, to choose from, the caller's own first; the roles of AWS services aside. */
export async function principals(look: Look, {facts}: Known): Promise<readonly Principal[]> {
	const users = await collect(look, call('iam:ListUsers', {}), it => it.Users);
	const roles = await collect(look, call('iam:ListRoles', {}), it => it.Roles);
	const found: readonly Principal[] = [
		...users.map(it => ({value: it.Arn ?? '', label: it.UserName ?? '', note: 'user'})),
		...roles
			.filter(it => !it.Path?.startsWith('/aws-service-role/'))
			.map(({Arn = '', RoleName = ''}) => ({value: Arn, label: RoleName, note: isOfSso(Arn) ? 'role of SSO' : 'role'})),
	];
	const own = await policySourceOf(look, facts.caller ?? '').catch(() => undefined);
	const you = own && 'arn' in own ? found.find(it => it.value === own.arn) : undefined;
	return you ? [{...you, note: `${you.note}, yours`}, ...found.filter(it => it !== you)] : found;
}

const isOfSso = (arn: string): boolean => /:role\/aws-reserved\/sso\.amazonaws\.com\//.test(arn);
/** What to know of administrators before they are let in. */
export const administratorWarnings = (administrators: readonly string[]): readonly string[] =>
	administrators
		.filter(isOfSso)
		.map(
			it =>
				`${it} is a role of SSO: when its permission set is assigned anew it gets another name, and is an ` +
				'administrator of this key no more.',
		);

/** Administrators that aren't there; KMS would say "invalid principals" without naming one. */
export async function missingPrincipals(look: Look, arns: readonly string[]): Promise<readonly string[]> {
	const missing: string[] = [];
	for (const arn of arns) {
		const [kind, ...path] = (parseArn(arn)?.resource ?? '').split('/');
		const name = path.at(-1) ?? '';
		const there =
			kind === 'role'
				? async () => (await look.at(call('iam:GetRole', {RoleName: name})))?.Role?.Arn
				: async () => (await look.at(call('iam:GetUser', {UserName: name})))?.User?.Arn;
		// Not being allowed to look is no reason to refuse.
		if (
			await there().then(
				it => it !== arn,
				() => false,
			)
		)
			missing.push(arn);
	}
	return missing;
}

/** Why the administrators asked for can't be, if they can't. */
export function wrongAdministrators(noSuchAdministrators: readonly string[], known: Known): Stop | undefined {
	const arns = listAnswer(known.answers, 'keyAdministrators');
	const ways: Ways = [
		{
			is: 'answer',
			says: 'give the ARNs of users or roles of this account',
			field: 'keyAdministrators',
			flags: '--key-administrator ARN',
		},
	];
	const nps = known.facts.userArn;
	if (nps && arns.includes(nps))
		return {
			is: 'problem',
			what: `${nps} can't be a key administrator`,
			why: 'It is the user that NPS uses: it only uses the key',
			ways,
			code: 'NpsUser',
		};
	const strange = arns.find(
		it => parseArn(it)?.account !== known.facts.account || parseArn(it)?.partition !== known.facts.partition,
	);
	if (strange)
		return {
			is: 'problem',
			what: `${strange} can't be a key administrator`,
			why: `It is not of account ${known.facts.account ?? ''}`,
			ways,
			code: 'OtherAccount',
		};
	const [gone] = noSuchAdministrators;
	return gone
		? {
				is: 'problem',
				what: `There is no ${gone}`,
				why: 'IAM shows no such user or role (a path is part of the ARN)',
				ways,
				code: 'NoSuchEntity',
			}
		: undefined;
}
