import {byCommands} from '../../aws/by-hand.js';
import {commandLine} from '../../engine/command-line.js';
import {type Known, type Look, type Stop, textAnswer} from '../../engine/step.js';
import {type ToldUses, usesWith} from '../looks/evidence-of-use.js';
import {listAccessKeys, type SeenAccessKey} from '../things/access-keys.js';

/** The access key that is being replaced and the one that takes its place, as they are found; `others` are neither. */
export type BothAccessKeys = {
	readonly keys: readonly SeenAccessKey[];
	readonly old: SeenAccessKey | undefined;
	readonly fresh: SeenAccessKey | undefined;
	/** What CloudTrail tells of their uses, where it may be asked. */
	readonly told?: {readonly old: ToldUses | undefined; readonly fresh: ToldUses | undefined} | undefined;
};

/** The id of the access key that is being replaced. */
export const oldId = ({facts}: Known): string => facts.replacing ?? '';
/** The id of the access key that takes its place. */
export const newId = ({facts}: Known): string => facts.newAccessKeyId ?? '';
/** Whether NPS was rotated to the new access key, as the record holds it. */
export const isSwitched = (known: Known): boolean => newId(known) !== '' && known.facts.accessKeyId === newId(known);
/** Whether the person asked for the old access key to be Active again. */
export const isWantedBack = (known: Known): boolean =>
	oldId(known) !== '' && textAnswer(known.answers, 'activeAgain') === oldId(known) && !isToRest(known);
/** Whether the person said since that the old access key is to be Inactive all the same. */
export const isToRest = (known: Known): boolean => textAnswer(known.answers, 'inactiveAgain') === oldId(known);

/** Looks at both access keys, with their last use, and if asked with what CloudTrail tells of it. */
export async function lookAtBoth(look: Look, known: Known, asksCloudTrail = true): Promise<BothAccessKeys> {
	const keys = await listAccessKeys(look, known.fact('userName'));
	const [old, fresh] = [keys.find(it => it.id === oldId(known)), keys.find(it => it.id === newId(known))];
	return {keys, old, fresh, told: fresh && asksCloudTrail ? await toldOf(look, fresh.id, old?.id, known) : undefined};
}

/** CloudTrail answers two questions a second: one after the other, each back to when the new one was delivered. */
async function toldOf(
	look: Look,
	fresh: string,
	old: string | undefined,
	{facts: {keyArn = ''}, delivered}: Known,
): Promise<NonNullable<BothAccessKeys['told']>> {
	const since = Date.parse(delivered.find(it => it.id === fresh)?.deliveredAt ?? '') || 0;
	const ofNew = await usesWith(look, fresh, keyArn, since);
	return {fresh: ofNew, old: ofNew && old ? await usesWith(look, old, keyArn, since) : undefined};
}

/** The set-up's questions about the secret, answered for the new access key: answers belong to their course. */
export const forNewAccessKey = (known: Known): Known => ({
	...known,
	answers: {
		...known.answers,
		secretTo: known.answers['newSecretTo'] ?? 'file',
		secretFile: known.answers['newSecretFile'] ?? '',
		accessKeyDescription: known.answers['newAccessKeyDescription'] ?? '',
	},
});
/** The same setup, seen as if NPS used the new access key already: its proof. */
export const withNewAccessKey = (known: Known): Known => ({
	...known,
	facts: {...known.facts, accessKeyId: newId(known), secretKnown: 'yes'},
	fact: name => (name === 'accessKeyId' ? newId(known) : known.fact(name)),
});

/** The new access key must work before the old one is touched. */
export function notThere(fresh: SeenAccessKey | undefined, id: string, known: Known): Stop | undefined {
	if (fresh?.active) return undefined;
	return {
		is: 'problem',
		what: `Access key ${id} is ${fresh ? 'Inactive' : 'not there'}`,
		why: 'It was made to take the place of the old one, which stays as it is until the new one works',
		ways: [
			fresh
				? byCommands(
						known,
						[`aws iam update-access-key --user-name ${known.facts.userName} --access-key-id ${id} --status Active`],
						'set it Active again',
					)
				: {is: 'by-hand', says: 'find out who deleted it, for another is made'},
		],
		again: commandLine(known.run),
		code: 'NewKeyGone',
		...(fresh === undefined && {mayBeLate: true}),
	};
}
