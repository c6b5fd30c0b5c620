import type {Policy, PolicyVersion} from '../account/account.js';
import {type Data, type Operations, Refusal} from '../operation.js';
import {conflict, findPolicy, missing, ownPolicy} from './find-in-account.js';
import * as rules from './name-rules.js';
import {flag, listed, operation, shows} from './parameters.js';
import {checkManaged} from './policies.js';
import {encoded} from './policy-text.js';

const most = 5;
const needs = {PolicyArn: rules.arn, VersionId: rules.versionId};

/** CreatePolicyVersion, ListPolicyVersions, GetPolicyVersion, SetDefaultPolicyVersion, DeletePolicyVersion. */
export const versions: Operations = {
	CreatePolicyVersion: operation({
		needs: {PolicyArn: rules.arn, PolicyDocument: rules.document},
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn, PolicyDocument: document}, asked) => {
			const {account, input, now} = asked;
			const policy = ownPolicy(account, arn, 'CreatePolicyVersion', asked);
			checkManaged(document);
			if (policy.versions.length >= most)
				throw new Refusal(
					'LimitExceeded',
					'A managed policy can have up to 5 versions. Before you create a new version, you must delete an ' +
						'existing version.',
					409,
				);
			const version: PolicyVersion = {id: `v${policy.next}`, document, created: now};
			policy.next += 1;
			policy.versions.push(version);
			policy.updated = now;
			if (flag(input['SetAsDefault'])) makeDefault(policy, version, now);
			return {PolicyVersion: versionOut(policy, version)};
		},
	}),
	ListPolicyVersions: operation({
		needs: {PolicyArn: rules.arn},
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn}, asked) => {
			const policy = findPolicy(asked.account, arn);
			const newestFirst = policy.versions.filter(({created}) => shows(asked, created)).toReversed();
			return listed(
				asked,
				'Versions',
				newestFirst.map(version => versionOut(policy, version)),
			);
		},
	}),
	GetPolicyVersion: operation({
		needs,
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn, VersionId: id}, {account}) => {
			const policy = findPolicy(account, arn);
			const version = versionOf(policy, id);
			return {PolicyVersion: {Document: encoded(version.document), ...versionOut(policy, version)}};
		},
	}),
	SetDefaultPolicyVersion: operation({
		needs,
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn, VersionId: id}, asked) => {
			const policy = ownPolicy(asked.account, arn, 'SetDefaultPolicyVersion', asked);
			const version = versionOf(policy, id);
			if (policy.defaultVersion === id) return {};
			makeDefault(policy, version, asked.now);
			policy.updated = asked.now;
			return {};
		},
	}),
	DeletePolicyVersion: operation({
		needs,
		about: ({PolicyArn: arn}) => arn,
		run: ({PolicyArn: arn, VersionId: id}, asked) => {
			const policy = ownPolicy(asked.account, arn, 'DeletePolicyVersion', asked);
			versionOf(policy, id);
			if (policy.defaultVersion === id) throw conflict('Cannot delete the default version of a policy.');
			policy.versions = policy.versions.filter(version => version.id !== id);
			return {};
		},
	}),
};

function makeDefault(policy: Policy, {id}: PolicyVersion, now: number): void {
	policy.changed = {at: now, before: versionOf(policy, policy.defaultVersion).document};
	policy.defaultVersion = id;
}
function versionOf(policy: Policy, id: string): PolicyVersion {
	const version = policy.versions.find(it => it.id === id);
	if (!version) throw missing(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
	return version;
}
const versionOut = ({defaultVersion}: Policy, {id, created}: PolicyVersion): Data => ({
	VersionId: id,
	IsDefaultVersion: id === defaultVersion,
	CreateDate: new Date(created),
});
