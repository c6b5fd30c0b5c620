import {call} from '../../aws/client/call.js';
import {parseArn} from '../../aws/rules/arn.js';
import type {Look} from '../../engine/step.js';

/** The identity whose policies count, by its own ARN: a session's is its role's, which may have a path. */
export async function policySourceOf(
	look: Pick<Look, 'at'>,
	caller: string,
): Promise<{readonly arn: string} | {readonly untold: string}> {
	const it = parseArn(caller);
	const [kind = '', name = ''] = it?.resource.split('/') ?? [];
	if (kind === 'user') return {arn: caller};
	if (kind === 'root') return {untold: 'the root user is not simulated'};
	if (kind !== 'assumed-role') return {untold: `${kind} is neither a user nor a role`};
	const arn = (await look.at(call('iam:GetRole', {RoleName: name})))?.Role?.Arn;
	return arn ? {arn} : {untold: `IAM shows no role ${name}`};
}
