import type {Account, Policy} from '../account/account.js';
import {uniqueId} from '../account/ids.js';
import type {Data, Operations} from '../operation.js';
import {
	arnIn,
	attachedTo,
	bounds,
	conflict,
	exceeded,
	file,
	findPolicy,
	isAws,
	ownPolicy,
	taken,
} from './find-in-account.js';
import * as rules from './name-rules.js';
import {flag, listed, operation, shows} from './parameters.js';
import {checkPolicy, sizeOf} from './policy-text.js';
import {tagging, tagsIn, tagsOut} from './tags.js';

/** The characters of a managed policy, white space aside. */
const longest = 6144;

/** CreatePolicy, GetPolicy, ListPolicies, DeletePolicy. */
export const policies: Operations = {
	CreatePolicy: operation({
		needs: {PolicyName: rules.policyName, PolicyDocument: rules.document},
		may: {Path: rules.policyPath, Description: rules.policyDescription},
		about: ({PolicyName: name, Path: path = '/'}, {account}) => arnIn(account, `policy${path}${name}`),
		also: ({PolicyName: name, Path: path = '/'}, {account, input}) =>
			tagging(input, 'iam:TagPolicy', arnIn(account, `policy${path}${name}`)),
		run: (
			{PolicyName: name, PolicyDocument: document, Path: path = '/', Description: description},
			{account, input, now},
		) => {
			const tags = [...tagsIn('Policy', input)];
			checkManaged(document);
			if (Object.values(account.policies).some(it => !isAws(it) && it.name.toLowerCase() === name.toLowerCase()))
				throw taken(`A policy called ${name} already exists. Duplicate names are not allowed.`);
			const policy: Policy = {
				name,
				path,
				id: uniqueId('ANPA'),
				arn: arnIn(account, `policy${path}${name}`),
				...(description !== undefined && {description}),
				created: now,
				updated: now,
				defaultVersion: 'v1',
				versions: [{id: 'v1', document, created: now}],
				next: 2,
				tags,
			};
			file(account.policies, policy.arn, policy);
			return {Policy: {...policyOut(account, policy), ...tagsOut(tags)}};
		},
	}),
	GetPolicy: operation({
		needs: {PolicyArn: rules.arn},
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn}, {account}) => {
			const policy = findPolicy(account, arn);
			return {
				Policy: {
					...policyOut(account, policy),
					...(policy.description !== undefined && {Description: policy.description}),
					...tagsOut(policy.tags),
				},
			};
		},
	}),
	ListPolicies: operation({
		may: {
			Scope: rules.oneOf('All', 'AWS', 'Local'),
			PathPrefix: rules.policyPath,
			PolicyUsageFilter: rules.oneOf('PermissionsPolicy', 'PermissionsBoundary'),
		},
		about: () => '*',
		run: ({Scope: scope = 'All', PathPrefix: prefix = '/', PolicyUsageFilter: usage}, asked) => {
			const {account, input} = asked;
			const uses = (arn: string): number =>
				(usage === 'PermissionsBoundary' ? 0 : attachedTo(account, arn)) +
				(usage === 'PermissionsPolicy' ? 0 : bounds(account, arn));
			const wanted = (policy: Policy): boolean =>
				(scope === 'All' || (scope === 'AWS') === isAws(policy)) &&
				policy.path.startsWith(prefix) &&
				shows(asked, policy.created) &&
				((usage === undefined && !flag(input['OnlyAttached'])) || uses(policy.arn) > 0);
			const found = Object.values(account.policies).filter(wanted);
			return listed(
				asked,
				'Policies',
				found.map(policy => policyOut(account, policy)),
			);
		},
	}),
	DeletePolicy: operation({
		needs: {PolicyArn: rules.arn},
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn}, asked) => {
			const {account} = asked;
			const policy = ownPolicy(account, arn, 'DeletePolicy', asked);
			if (attachedTo(account, arn) + bounds(account, arn) > 0)
				throw conflict('Cannot delete a policy attached to entities.');
			if (policy.versions.length > 1)
				throw conflict(
					"This policy has more than one version. Before you delete a policy, you must delete the policy's " +
						'versions. The default version is deleted with the policy.',
				);
			delete account.policies[arn];
			return {};
		},
	}),
};

/**
 * Refuses a document that no managed policy can have.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function checkManaged(document: string): void {
	checkPolicy(document, 'managed');
	if (sizeOf(document) > longest) throw exceeded('PolicySize', longest);
}

const policyOut = (account: Account, {name, id, arn, path, defaultVersion, created, updated}: Policy): Data => ({
	PolicyName: name,
	PolicyId: id,
	Arn: arn,
	Path: path,
	DefaultVersionId: defaultVersion,
	AttachmentCount: attachedTo(account, arn),
	PermissionsBoundaryUsageCount: bounds(account, arn),
	IsAttachable: true,
	CreateDate: new Date(created),
	UpdateDate: new Date(updated),
});
