import type {Account} from '../account/account.js';
import {page} from '../account/paging.js';
import {type Asked, type Data, type Datum, type Operations, Refusal} from '../operation.js';
import {contextOf, type Entries, principalEntries, timeEntries} from './condition-keys.js';
import {decide, type Source, type Verdict, type Who} from './evaluate.js';
import type {Context} from './matching.js';
import {type InForce, policiesInForce} from './policies-in-force.js';
import {readDocument} from './policy-syntax.js';
import {statementPositions} from './statement-positions.js';

/**
 * IAM's policy simulator, which asks the evaluator that authorizes.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const simulation: Operations = {
	SimulatePrincipalPolicy: {
		about: ({input}) => [required(input, 'PolicySourceArn')],
		run(asked) {
			const {account, input, now} = asked;
			const arn = required(input, 'PolicySourceArn');
			if (!isIdentity(account, arn))
				throw new Refusal('NoSuchEntity', `The entity with ARN ${arn} cannot be found.`, 404);
			const theirs = policiesInForce(account, arn, {now, lags: {policies: 0}});
			const caller = text(input['CallerArn']) ?? arn;
			if (/:group\//.test(caller) && input['ResourcePolicy'] !== undefined) throw wantsCaller();
			const policies = {...theirs, identity: [...theirs.identity, ...inputs(input, 'PolicyInputList')]};
			return simulate(asked, caller, policies);
		},
	},
	SimulateCustomPolicy: {
		about: () => ['*'],
		run(asked) {
			const {account, input} = asked;
			const identity = inputs(input, 'PolicyInputList');
			if (identity.length === 0) throw new Refusal('ValidationError', nothing('policyInputList'));
			const caller = text(input['CallerArn']);
			if (caller === undefined && input['ResourcePolicy'] !== undefined) throw wantsCaller();
			return simulate(asked, caller ?? `arn:${account.partition}:iam::${account.id}:user/`, {
				identity,
				boundary: undefined,
			});
		},
	},
};

function simulate(asked: Asked, caller: string, {identity, boundary}: InForce): Data {
	const {account, input} = asked;
	const actions = list(input['ActionNames']);
	if (actions.length === 0) throw new Refusal('ValidationError', nothing('actionNames'));
	for (const action of actions)
		if (!/^[\w-]+:\w+$/.test(action)) throw new Refusal('InvalidInput', `Invalid Action Name: ${action}`);
	const resources = list(input['ResourceArns']);
	const who = whoIs(account, caller);
	const bound =
		input['PermissionsBoundaryPolicyInputList'] === undefined
			? boundary
			: inputs(input, 'PermissionsBoundaryPolicyInputList');
	const policy = text(input['ResourcePolicy']);
	if (policy !== undefined) checkDocument(policy);
	const results = actions.flatMap(action =>
		(resources.length === 0 ? ['*'] : resources).map(resource => {
			const seen = new Set<string>();
			const context = noting(
				contextOf({...principalEntries(account, who, who.id), ...timeEntries(asked.now), ...entriesIn(input)}, true),
				seen,
			);
			const held = policy === undefined ? undefined : holder(policy, action);
			const verdict = decide({who, action, resource, context, identity, boundary: bound, held});
			return result(action, resource, verdict, [...seen]);
		}),
	);
	const {items, rest} = page(asked, results, {size: 'MaxItems', truncated: 'IsTruncated', usual: 100});
	return {EvaluationResults: items, ...rest};
}

function result(
	action: string,
	resource: string,
	{decision, matched, bounded}: Verdict,
	missing: readonly string[],
): Data {
	const statements = matched.map(({source, index}) => ({
		SourcePolicyId: source.id,
		SourcePolicyType: source.type,
		...statementPositions(source.text)[index],
	}));
	const told = {
		MatchedStatements: statements,
		MissingContextValues: missing,
		...(bounded !== undefined && {PermissionsBoundaryDecisionDetail: {AllowedByPermissionsBoundary: bounded}}),
	};
	const specific = resource === '*' ? [] : [{EvalResourceName: resource, EvalResourceDecision: decision, ...told}];
	return {
		EvalActionName: action,
		EvalResourceName: resource,
		EvalDecision: decision,
		...told,
		ResourceSpecificResults: specific,
	};
}

/** A KMS key lets nobody in without its policy's word; elsewhere the resource's policy is one way more. */
const holder = (policy: string, action: string): {readonly source: Source; readonly as: 'gate' | 'door'} => ({
	source: {id: 'ResourcePolicy', type: 'resource', text: policy},
	as: action.startsWith('kms:') ? 'gate' : 'door',
});
/** Notes the condition keys that are asked for and not there. */
const noting = (context: Context, seen: Set<string>): Context => ({
	read(key) {
		const values = context.read(key);
		if (typeof values === 'string') seen.add(key);
		return values;
	},
});

function whoIs(account: Account, arn: string): Who {
	const {partition, id: accountId} = account;
	const known = [...Object.values(account.users), ...Object.values(account.roles)].find(one => one.arn === arn);
	return {
		arn,
		of: arn,
		id: known?.id ?? '',
		account: accountId,
		partition,
		root: arn === `arn:${partition}:iam::${accountId}:root`,
	};
}
const isIdentity = ({users, groups, roles}: Account, arn: string): boolean =>
	[users, groups, roles].some(identities => Object.values(identities).some(one => one.arn === arn));
const wantsCaller = (): Refusal =>
	new Refusal('InvalidInput', 'CallerArn is required when a ResourcePolicy is specified.');

function inputs(input: Data, name: string): readonly Source[] {
	return list(input[name]).map((document, index) => {
		checkDocument(document);
		return {id: `${name}.${index + 1}`, type: 'none', text: document};
	});
}
function checkDocument(document: string): void {
	if (readDocument(document)?.statements.some(({odd}) => odd) ?? true)
		throw new Refusal('MalformedPolicyDocument', 'Syntax errors in policy.');
}
const entriesIn = (input: Data): Entries => {
	const entries = (Array.isArray(input['ContextEntries']) ? input['ContextEntries'] : []) as readonly (
		| Data
		| undefined
	)[];
	return Object.fromEntries(
		entries.map(entry => [String(entry?.['ContextKeyName']), list(entry?.['ContextKeyValues'])]),
	);
};
function required(input: Data, name: string): string {
	const value = text(input[name]);
	if (value === undefined) throw new Refusal('ValidationError', nothing(name.charAt(0).toLowerCase() + name.slice(1)));
	return value;
}
const nothing = (where: string): string =>
	`1 validation error detected: Value null at '${where}' failed to satisfy constraint: Member must not be null`;
const text = (value: Datum): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const list = (value: Datum): readonly string[] => (Array.isArray(value) ? (value as readonly Datum[]).map(String) : []);
