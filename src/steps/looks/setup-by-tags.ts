import type {Policy} from '@aws-sdk/client-iam';
import {call} from '../../aws/client/call.js';
import {limitedTo} from '../../aws/policy/policy-documents.js';
import {parseArn} from '../../aws/rules/arn.js';
import type {Facts, Known, Look, Stop} from '../../engine/step.js';
import {textAnswer} from '../../engine/step.js';
import {defaultName, policyNameOf} from '../things/default-name.js';
import {ifAllowed} from '../things/denied-looks.js';
import {pathOf} from '../things/iam-path.js';
import {findPolicy, policyArnByName, policyAt} from '../things/iam-policy.js';
import {aliasNow, tagsOf} from '../things/kms-key.js';
import {pairsOf, type Tags} from '../things/ownership.js';
import {inAnotherRegion, regionsTold, regionTold} from '../things/region-tag.js';

/**
 * The id of the setup of this name that AWS's tags tell of, looked for under the names that it would use; undefined if
 * there is none.
 */
export async function findSetup(look: Look, known: Known): Promise<{readonly id: string | undefined} | Stop> {
	const setup = known.run.setup ?? '';
	const found = new Map<string, string>();
	const take = (thing: string, tags: Tags | undefined): void => {
		if (tags?.['nps-kms:setup'] === setup && tags['nps-kms:id']) found.set(thing, tags['nps-kms:id']);
	};
	const caller = await look.at(call('sts:GetCallerIdentity', {}));
	const partition = parseArn(caller?.Arn ?? '')?.partition ?? 'aws';
	const named = (field: string, name: string): string => textAnswer(known.answers, field) || defaultName(known, name);
	const policy = await policyNamed(
		look,
		`arn:${partition}:iam::${caller?.Account ?? ''}:policy${pathOf(known)}`,
		policyNameOf(known),
	);
	take(`policy ${policy?.Arn ?? ''}`, pairsOf(policy?.Tags));
	const user = named('userName', 'nps-kms-user');
	take(`user ${user}`, pairsOf((await look.at(call('iam:GetUser', {UserName: user})))?.User?.Tags));
	const key = (await look.at(call('kms:DescribeKey', {KeyId: aliasNow(known)})))?.KeyMetadata;
	if (key?.KeyId && key.KeyManager === 'CUSTOMER') take(`key ${key.KeyId}`, await tagsOf(look, key.KeyId));
	const ids = new Set(found.values());
	if (ids.size <= 1) return {id: [...ids][0]};
	return {
		is: 'problem',
		what: `What AWS shows of setup ${setup} is of more than one`,
		why: [...found].map(([thing, id]) => `${thing}: ${id}`).join('; '),
		ways: [
			{
				is: 'answer',
				says: 'name the things of one of them',
				field: 'policyName',
				flags: '--policy-name NAME --user-name NAME --key-alias NAME',
			},
			{is: 'begin-anew', says: 'begin another setup', flags: '--setup NAME'},
		],
		code: 'SeveralSetups',
	};
}

/** The policy of that name: under this path, or else under whichever it is. */
async function policyNamed(look: Look, under: string, name: string): Promise<Policy | undefined> {
	const there = await policyAt(look, `${under}${name}`);
	if (there) return there;
	const arn = await ifAllowed(policyArnByName(look, name));
	return arn === undefined ? undefined : policyAt(look, arn);
}

/**
 * The region where the KMS key of the setup of that id is, or was to be, if it isn't seen in this one; undefined if it
 * is, or if nothing tells one.
 */
export async function regionOfSetup(look: Look, known: Known, setupId: string): Promise<string | undefined | Stop> {
	const key = (await look.at(call('kms:DescribeKey', {KeyId: aliasNow(known)})))?.KeyMetadata;
	const tags = key?.KeyId && key.KeyManager === 'CUSTOMER' ? await tagsOf(look, key.KeyId) : {};
	const here = textAnswer(known.answers, 'region');
	if (here && tags['nps-kms:id'] === setupId) return undefined;
	const caller = await look.at(call('sts:GetCallerIdentity', {}));
	const facts = {account: caller?.Account ?? '', partition: parseArn(caller?.Arn ?? '')?.partition ?? 'aws'};
	const answers = {...known.answers, policyName: policyNameOf(known)};
	const told = await regionTold(look, {...known, recovered: true, setupId, facts, answers});
	const others = regionsTold(told).filter(it => it !== here);
	if (others.length === 0) return undefined;
	return known.run.connectionFlags?.includes('--region ') || others.length > 1
		? inAnotherRegion(told, others, known)
		: others[0];
}

/**
 * The KMS key of a setup by the policy that is limited to it, so that it needn't be searched for among all keys;
 * nothing where its tags don't say so, too.
 */
export async function keyOfPolicy(look: Look, known: Known): Promise<Facts> {
	const {account = ''} = known.facts;
	const {setupId} = known;
	const answers = {...known.answers, policyName: policyNameOf(known)};
	const keyArn = limitedTo((await findPolicy(look, {...known, answers}))?.document, account);
	const keyId = keyArn?.split('/').at(-1);
	if (!keyArn || !keyId || setupId === undefined) return {};
	return (await tagsOf(look, keyId))['nps-kms:id'] === setupId ? {keyId, keyArn} : {};
}
