import type {Known, Look} from '../../engine/step.js';
import {pathIn} from '../things/iam-path.js';
import {findPolicy, policyOwner} from '../things/iam-policy.js';
import {findUser, userNameOf, userOwner} from '../things/iam-user.js';

/** The path that a setup whose record was lost made its things under, as AWS shows it; otherwise AWS's default. */
export async function recoveredPath(look: Look, known: Known): Promise<string> {
	if (known.recovered !== true) return '/';
	const policy = await findPolicy(look, known).catch(() => undefined);
	if (policy && policyOwner(policy, known).is === 'ours') return pathIn(policy.arn);
	const answers = {...known.answers, userName: userNameOf(known)};
	const user = await findUser(look, {...known, answers}).catch(() => undefined);
	return user && userOwner(user, known).is === 'ours' ? pathIn(user.arn) : '/';
}
