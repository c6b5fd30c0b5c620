import type {Asked} from '../operation.js';
import {type Operations, Refusal} from '../operation.js';
import {missing, onKey} from './find-kms-key.js';
import {listed, optional, required} from './parameters.js';
import {checkPolicy} from './policy-documents.js';

/**
 * A key's one policy, which is called default.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
 */
export const policies: Operations = {
	GetKeyPolicy: onKey(
		({policy}, asked) => {
			checkName(asked);
			return {Policy: policy, PolicyName: 'default'};
		},
		{late: true},
	),
	PutKeyPolicy: onKey(
		(key, asked) => {
			checkName(asked);
			const text = policyIn(asked) ?? '';
			if (key.manager === 'AWS') throw new Refusal('UnsupportedOperationException', `${key.arn} is managed by AWS.`);
			checkPolicy(asked, text, key.arn);
			key.policy = text;
			return {};
		},
		{
			checks(asked) {
				required(asked.input, 'Policy');
				policyIn(asked);
			},
		},
	),
	ListKeyPolicies: onKey((_key, asked) => listed(asked, 'PolicyNames', ['default']), {late: true}),
};

/** The policy a request holds, of the characters that KMS takes. */
export const policyIn = ({input}: Asked): string | undefined =>
	optional(input, 'Policy', {most: 131_072, pattern: String.raw`^[\u0009\u000A\u000D\u0020-\u00FF]+$`});
function checkName({input}: Asked): void {
	const name = optional(input, 'PolicyName', {most: 128, pattern: String.raw`^[\w]+$`});
	if (name !== undefined && name !== 'default') throw missing('No such policy exists');
}
