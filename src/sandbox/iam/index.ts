import {simulation} from '../judge/simulate.js';
import type {Operations} from '../operation.js';
import {accessKeys} from './access-keys.js';
import {accountOperations} from './account.js';
import {attachments} from './attachments.js';
import {boundaries} from './boundaries.js';
import {groups} from './groups.js';
import {inline} from './inline-policies.js';
import {loginProfiles} from './login-profiles.js';
import {mfa} from './mfa.js';
import {passwordPolicies} from './password-policy.js';
import {policies} from './policies.js';
import {versions} from './policy-versions.js';
import {roles} from './roles.js';
import {tags} from './tags.js';
import {users} from './users.js';

/**
 * IAM, as far as the product and its tests need it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export const iam: Operations = {
	...accessKeys,
	...accountOperations,
	...attachments,
	...boundaries,
	...groups,
	...inline,
	...loginProfiles,
	...mfa,
	...passwordPolicies,
	...policies,
	...roles,
	...simulation,
	...tags,
	...users,
	...versions,
};
