import {parseArn} from '../../aws/rules/arn.js';
import type {State} from '../../engine/record.js';
import {Trouble} from '../../engine/trouble.js';
import type {EndState} from '../../export/end-state.js';
import type {Existing} from '../../export/terraform.js';

/**
 * What a finished set-up is called in AWS, and how it stands there by its record. Throws Trouble where the record
 * doesn't tell that it is finished, or not how it stands: what was adopted, or made stricter, is otherwise.
 */
export function existingOf(
	{facts, done, setup, narrowings}: State,
	end: EndState,
): {readonly existing: Existing; readonly end: EndState} {
	const {userName, userArn, policyArn, keyId, keyAlias} = facts;
	const finished = Object.values(done).some(it => it.includes('least-privilege'));
	if (!finished || !userName || !userArn || !policyArn || !keyId || !keyAlias)
		throw new Trouble(run => ({
			is: 'problem',
			what: `Setup ${setup ?? ''} isn't finished`.replace('  ', ' '),
			why: 'What is to be taken over has to be there first, limited to its key',
			todo: `Finish it with ${run('')}, or leave --import out: the engine makes it all`,
			code: 'NotFinished',
		}));
	checkOwn(facts, Object.keys(narrowings ?? {}));
	const [policy, user] = [placed(policyArn, end.policy), placed(userArn, {...end.user, name: userName})];
	return {
		existing: {userName, policyArn, keyId, alias: keyAlias},
		end: {...end, policy, user, alias: keyAlias},
	};
}

/** Of what others made or narrowed, only AWS knows the settings: an engine would put this setup's in their place. */
function checkOwn(
	{policyAdopted, policyArn, userAdopted, userName, keyAdopted, keyId}: State['facts'],
	narrowed: readonly string[],
): void {
	const adopted = [
		...(policyAdopted === undefined ? [] : [`policy ${policyArn ?? ''}`]),
		...(userAdopted === undefined ? [] : [`user ${userName ?? ''}`]),
		...(keyAdopted === undefined ? [] : [`KMS key ${keyId ?? ''}`]),
	];
	if (adopted.length + narrowed.length === 0) return;
	const told = [
		...(adopted.length > 0 ? [`Adopted: ${adopted.join(', ')}`] : []),
		...(narrowed.length > 0 ? [`Made stricter by others: ${narrowed.join('; ')}`] : []),
	];
	throw new Trouble({
		is: 'problem',
		what: "What is there can't be taken over without a change",
		why: `${told.join('. ')}. The record doesn't hold their own settings, and apply would replace them`,
		todo: 'Import these by hand, with the settings that AWS shows, or export without --import',
		code: 'NotAsRecorded',
	});
}

/** A thing of IAM, under the path and name that its ARN tells. */
function placed<T extends {readonly name: string; readonly path: string}>(arn: string, it: T): T {
	const [, path = '/', name = it.name] =
		/^(?:policy|user)(\/(?:.*\/)?)([^/]+)$/.exec(parseArn(arn)?.resource ?? '') ?? [];
	return {...it, path, name};
}
