import {parseArn} from '../../aws/rules/arn.js';
import type {Facts, Known} from '../../engine/step.js';
import {textAnswer} from '../../engine/step.js';

type Begun = Pick<Known, 'calls' | 'facts' | 'recovered' | 'wasPrinted'>;

/** What is known once something of a setup is there. */
const things = ['policyArn', 'userArn', 'accessKeyId', 'keyId'] as const;
/**
 * Whether a setup is of one account from now on: something was made, or may have been, or was printed, adopted or
 * recovered. Only looking pins nothing.
 */
export const isPinned = ({calls, facts, recovered, wasPrinted}: Begun): boolean =>
	calls.length > 0 || recovered === true || wasPrinted === true || things.some(it => facts[it] !== undefined);

/** The region of a setup whose KMS key is there, or may be, or is in a printed script. */
export function pinnedRegion(known: Begun & Pick<Known, 'answers'>): string | undefined {
	const {calls, facts, wasPrinted, answers} = known;
	const ofKey = parseArn(facts.keyArn ?? '')?.region;
	if (ofKey) return ofKey;
	return wasPrinted || calls.some(it => it.call.api === 'kms:CreateKey')
		? textAnswer(answers, 'region') || facts.region
		: undefined;
}

/** Where a setup goes on if nothing pins it to where it began, in words. */
export function movesOn(known: Begun & Pick<Known, 'answers'>, now: Facts): readonly string[] {
	const {account, region} = known.facts;
	if (account !== undefined && account !== now.account)
		return [
			`Nothing was made in account ${account}, where this setup began; it goes on in account ${now.account ?? ''}.`,
		];
	return region !== undefined && region !== now.region
		? [`No KMS key was made in ${region}, where this setup began; it goes on in ${now.region ?? ''}.`]
		: [];
}

/** The region, where it is another than the one that was connected to. */
export const movedTo = (region: string | undefined, {facts}: Known): Facts =>
	region && region !== facts.region ? {region} : {};
