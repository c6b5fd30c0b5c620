import {keyPolicy, whoIs} from '../judge/authorize.js';
import {contextOf, entriesOf} from '../judge/condition-keys.js';
import {opens} from '../judge/evaluate.js';
import {policiesInForce} from '../judge/policies-in-force.js';
import {readDocument, type Statement} from '../judge/policy-syntax.js';
import {type Asked, Refusal} from '../operation.js';
import {isPrincipal} from './principals.js';

/** The most that a key policy may hold, in bytes. */
const most = 32_768;
/**
 * The policy of a key that is made without one.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export const defaultPolicy = ({account}: Asked): string =>
	JSON.stringify(
		{
			Version: '2012-10-17',
			Id: 'key-default-1',
			Statement: [
				{
					Sid: 'Enable IAM User Permissions',
					Effect: 'Allow',
					Principal: {AWS: `arn:${account.partition}:iam::${account.id}:root`},
					Action: 'kms:*',
					Resource: '*',
				},
			],
		},
		null,
		2,
	);

/** Refuses a key policy that KMS refuses, for its form, its principals, or because it would lock the caller out. */
export function checkPolicy(asked: Asked, text: string, arn: string): void {
	if (Buffer.byteLength(text) > most)
		throw new Refusal('LimitExceededException', `Policy exceeds the maximum length of ${most} bytes.`);
	const statements = checkForm(text);
	const named = statements.flatMap(({principals, notPrincipals}) => principals ?? notPrincipals ?? []);
	if (!named.every(principal => isPrincipal(asked, principal)))
		throw malformed('Policy contains a statement with one or more invalid principals.');
	if (asked.input['BypassPolicyLockoutSafetyCheck'] !== true && !keepsCaller(asked, text, arn))
		throw malformed('The new key policy will not allow you to update the key policy in the future.');
}

function checkForm(text: string): readonly Statement[] {
	const document = readDocument(text);
	const written = document && (JSON.parse(text) as Readonly<Record<string, unknown>>);
	if (!document || !written) throw malformed('Policy is not valid JSON.');
	const {Version, Statement, ...rest} = written;
	if (Object.keys(rest).some(name => name !== 'Id')) throw malformed('Syntax errors in policy.');
	if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17')
		throw malformed('The policy must contain a valid version string.');
	if (Statement === undefined || document.statements.length === 0)
		throw malformed('Policy must contain at least one statement.');
	for (const statement of document.statements) checkStatement(statement);
	return document.statements;
}
function checkStatement({
	actions,
	notActions,
	resources,
	notResources,
	principals,
	notPrincipals,
	allows,
	odd,
}: Statement): void {
	if (odd) throw malformed('Syntax errors in policy.');
	if (!holdsSome(actions ?? notActions)) throw malformed('Policy statement must contain actions.');
	if (!holdsSome(resources ?? notResources)) throw malformed('Policy statement must contain resources.');
	if (!holdsSome(principals ?? notPrincipals)) throw malformed('Policy statement must contain principals.');
	if ((actions && notActions) || (resources && notResources) || (principals && notPrincipals))
		throw malformed('Syntax errors in policy.');
	if (notPrincipals && allows) throw malformed('Allow with NotPrincipal is not allowed.');
	for (const action of actions ?? notActions ?? [])
		if (!/^(\*|[\w-]+:[\w*?]+)$/.test(action))
			throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
}
const holdsSome = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;
const malformed = (message: string): Refusal => new Refusal('MalformedPolicyDocumentException', message);

/** Whether the caller, or whom its account trusts, may still put a policy under this one. */
function keepsCaller(asked: Asked, text: string, arn: string): boolean {
	const who = whoIs(asked);
	const action = 'kms:PutKeyPolicy';
	const context = contextOf(entriesOf(asked, who, action, arn));
	const {boundary} = policiesInForce(asked.account, who.of, asked);
	return opens({who, action, resource: arn, context, boundary}, keyPolicy(text));
}
