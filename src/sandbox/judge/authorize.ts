import type {Account} from '../account/account.js';
import {type Asked, type Data, Refusal} from '../operation.js';
import {contextOf, entriesOf} from './condition-keys.js';
import {decide, type Question, type Source, type Verdict, type Who} from './evaluate.js';
import {grantAllows} from './grants.js';
import {policiesInForce} from './policies-in-force.js';

/**
 * Lets the caller do it, or throws AWS's AccessDenied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function authorize(asked: Asked, action: string, resource: string, keys: Data = {}): void {
	const verdict = decide(questionOf(asked, action, resource, keys));
	if (verdict.decision !== 'allowed') throw denial(asked.caller.arn, action, resource, verdict);
}

/** Who the caller is, by every name a policy may call it. */
export const whoIs = ({account, caller}: Asked): Who => ({
	arn: caller.arn,
	of: caller.of,
	id: caller.ofId ?? caller.userId.split(':')[0] ?? '',
	account: account.id,
	partition: account.partition,
	root: caller.root,
});

/** What authorization is asked, with all that has a say in it. */
function questionOf(asked: Asked, action: string, resource: string, keys: Data): Question {
	const {account, caller, input} = asked;
	const who = whoIs(asked);
	const key = action.startsWith('kms:') ? account.keys[resource] : undefined;
	const role = action.startsWith('sts:AssumeRole')
		? Object.values(account.roles).find(({arn}) => arn === resource)
		: undefined;
	return {
		who,
		action,
		resource,
		context: contextOf({...entriesOf(asked, who, action, resource), ...keys}),
		...policiesInForce(account, who.root ? '' : who.of, asked),
		session: caller.limits,
		granted: key ? grantAllows(account, key, who, action, input) : lettingUsers(account, who, action, resource),
		...(key && {held: {source: keyPolicy(key.policy), as: 'gate'}}),
		...(role && {held: {source: {id: role.name, type: 'resource', text: role.trust}, as: 'gate', resourceless: true}}),
	};
}
/**
 * What the account's password policy lets every user do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_enable-user-change.html
 */
const lettingUsers = ({passwordPolicy, users}: Account, {of}: Who, action: string, resource: string): boolean =>
	passwordPolicy?.usersMayChange === true &&
	Object.values(users).some(({arn}) => arn === of) &&
	(action === 'iam:GetAccountPasswordPolicy' || (action === 'iam:ChangePassword' && resource === of));
/** A key policy as it has its say. */
export const keyPolicy = (text: string): Source => ({id: 'ResourcePolicy', type: 'resource', text});

function denial(arn: string, action: string, resource: string, {decision, by}: Verdict): Refusal {
	const article = by === 'identity-based policy' ? 'an' : 'a';
	const why =
		decision === 'explicitDeny'
			? `with an explicit deny in ${article} ${by}`
			: `because no ${by} allows the ${action} action`;
	const message = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
	return /^(kms|cloudtrail):/.test(action)
		? new Refusal('AccessDeniedException', message)
		: new Refusal('AccessDenied', message, 403);
}
