import {parseArn} from '../../aws/rules/arn.js';
import {commandLine} from '../../engine/command-line.js';
import {type Known, type Stop, textAnswer} from '../../engine/step.js';

declare module '../../engine/this-run.js' {
	interface ThisRun {
		/** The policy and the user that are to be taken over by their ARNs; their names stay with the record. */
		readonly adopts?: {readonly policy?: string; readonly user?: string};
	}
}

/**
 * The ARN of the KMS key that is to be taken over, while this setup has none: said in this run or in an earlier one,
 * for nothing else tells a key without our alias.
 */
export const wantedKey = ({answers, facts}: Pick<Known, 'answers' | 'facts'>): string | undefined =>
	facts.keyId === undefined ? textAnswer(answers, 'keyWanted') || undefined : undefined;

/** Why what is to be taken over by its ARN isn't: not there, another under its name, or this setup has made its own. */
export function notThatOne(kind: 'policy' | 'user' | 'key', arn: string | undefined, known: Known): Stop | undefined {
	const wanted = kind === 'key' ? wantedKey(known) : known.run.adopts?.[kind];
	if (wanted === undefined || arn === wanted) return undefined;
	const what = kind === 'key' ? 'KMS key' : kind;
	if (kind === 'key' && arn !== undefined)
		return {
			is: 'problem',
			what: `KMS key ${wanted} is not taken over`,
			why: `This setup has KMS key ${arn}`,
			ways: [{is: 'this-run', says: 'carry on with that one', flags: `--adopt ${arn}`}],
			again: commandLine(known.run),
			code: 'HasAnotherKey',
		};
	return {
		is: 'problem',
		what: `There is no ${what} ${wanted} to take over`,
		why: arn === undefined ? 'AWS does not show it' : `What bears its name is ${arn}`,
		ways: [
			{is: 'this-run', says: 'give the ARN of one that is there', flags: '--adopt ARN'},
			{is: 'by-hand', says: withoutIt(kind, what)},
		],
		again: commandLine(known.run),
		code: 'NotFound',
	};
}

/** A policy or a user is made under the name; a KMS key that was named once is never replaced by one of ours. */
const withoutIt = (kind: 'policy' | 'user' | 'key', what: string): string =>
	kind === 'key'
		? `else begin another setup, and have the ${what} made there`
		: `else leave it out, and have the ${what} made`;

/** Why what is to be taken over can't be that of a setup in this account and region; before anything is made. */
export function adoptsElsewhere(account: string, partition: string, region: string, known: Known): Stop | undefined {
	const arns = [...Object.values(known.run.adopts ?? {}), wantedKey(known) ?? []]
		.flat()
		.map(arn => ({arn, of: parseArn(arn)}));
	const other = arns.find(({of}) => of?.account !== account || of.partition !== partition);
	if (other)
		return {
			is: 'problem',
			what: `${other.arn} is of another account than these credentials`,
			why: `These are of account ${account} in partition ${partition}`,
			ways: [
				{is: 'answer', says: 'use the credentials of that account', field: 'profile', flags: '--profile NAME'},
				{is: 'this-run', says: 'give an ARN of this one', flags: '--adopt ARN'},
			],
			code: 'AdoptsElsewhere',
		};
	const key = arns.find(({of}) => of?.service === 'kms' && of.region !== region);
	return key?.of
		? {
				is: 'problem',
				what: `${key.arn} is in another region than ${region}`,
				why: 'A KMS key lives in its region for good',
				ways: [
					{is: 'answer', says: 'use its region', field: 'region', flags: `--region ${key.of.region}`},
					{is: 'this-run', says: 'give the ARN of a key here', flags: '--adopt ARN'},
				],
				code: 'AdoptsElsewhere',
			}
		: undefined;
}
