import {call} from '../../aws/client/call.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {opens} from '../../aws/policy/who-is-allowed.js';
import {Refused} from '../../engine/apply.js';
import type {Known, Look} from '../../engine/step.js';

const atMost = 200;
const atOnce = 10;

/**
 * What limiting the policy to one key takes away, counted by the key policies of this region: in words, and at most 200
 * looks.
 */
export async function whatNarrowingTakes(look: Look, known: Known): Promise<readonly string[]> {
	const {userName = 'the user', region = '', keyId} = known.facts;
	let keys: readonly string[];
	try {
		keys = await someKeys(look);
	} catch (error) {
		return [`Which keys ${userName} can decrypt with now can't be told: the keys can't be listed${codeOf(error)}.`];
	}
	const counted = keys.slice(0, atMost);
	const found = new Map<string, OpenTo>();
	for (let at = 0; at < counted.length; at += atOnce)
		await Promise.all(counted.slice(at, at + atOnce).map(async it => found.set(it, await openTo(look, it, known))));
	return inWords(userName, region, {
		delegating: [...found.values()].filter(it => it.toIam).length,
		named: [...found].filter(([id, it]) => id !== keyId && it.toUser).length,
		unread: [...found.values()].filter(it => it.unread).length,
		more: keys.length > atMost,
	});
}

type Count = {readonly delegating: number; readonly named: number; readonly unread: number; readonly more: boolean};
function inWords(user: string, region: string, {delegating, named, unread, more}: Count): readonly string[] {
	const afterwards =
		named === 0
			? 'with this one only'
			: `with this one, and with ${named} whose own ${named === 1 ? 'policy names' : 'policies name'} the user`;
	const partly = [
		more && `only the first ${atMost} keys were looked at`,
		unread > 0 && `the policies of ${unread} can't be read`,
	].filter(Boolean);
	return [
		delegating > 1
			? `${user} can decrypt with any of the ${delegating}${partly.length > 0 ? ' or more' : ''} keys in ${region} ` +
				`that delegate to IAM; afterwards ${afterwards}, by the policy and by the key's own policy.`
			: `${user} could decrypt with each key in ${region} that ever delegates to IAM; afterwards ${afterwards}.`,
		...(partly.length > 0 ? [`That count may be low: ${partly.join(', ')}.`] : []),
	];
}

async function someKeys(look: Look): Promise<readonly string[]> {
	const keys: string[] = [];
	let Marker: string | undefined;
	do {
		const page = await look.at(call('kms:ListKeys', {Limit: 100, ...(Marker && {Marker})}));
		keys.push(...(page?.Keys ?? []).map(it => it.KeyId ?? ''));
		Marker = page?.Truncated ? page.NextMarker : undefined;
	} while (Marker && keys.length <= atMost);
	return keys;
}

type OpenTo = {readonly toIam: boolean; readonly toUser: boolean; readonly unread: boolean};
async function openTo(look: Look, KeyId: string, {facts}: Known): Promise<OpenTo> {
	const {partition = 'aws', account = '', userArn = ''} = facts;
	const text = (await look.at(call('kms:GetKeyPolicy', {KeyId, PolicyName: 'default'})).catch(() => undefined))?.Policy;
	const document = readDocument(text ?? '');
	if (!document) return {toIam: false, toUser: false, unread: true};
	return {
		toIam: opens(document, `arn:${partition}:iam::${account}:root`),
		toUser: opens(document, userArn),
		unread: false,
	};
}

const codeOf = (error: unknown): string => (error instanceof Refused ? ` [${error.code}]` : '');
