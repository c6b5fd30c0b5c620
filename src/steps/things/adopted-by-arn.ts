import {parseArn} from '../../aws/rules/arn.js';
import {commandLine} from '../../engine/command-line.js';
import type {Known, Stop} from '../../engine/step.js';

declare module '../../engine/this-run.js' {
	interface ThisRun {
		/** What is to be taken over by its ARN, whatever name it bears. */
		readonly adopts?: {readonly policy?: string; readonly user?: string; readonly key?: string};
	}
}

/** Why what is to be taken over by its ARN isn't: it isn't there, or another stands under its name. */
export function notThatOne(kind: 'policy' | 'user' | 'key', arn: string | undefined, {run}: Known): Stop | undefined {
	const wanted = run.adopts?.[kind];
	if (wanted === undefined || arn === wanted) return undefined;
	const what = kind === 'key' ? 'KMS key' : kind;
	return {
		is: 'problem',
		what: `There is no ${what} ${wanted} to take over`,
		why: arn === undefined ? 'AWS does not show it' : `What bears its name is ${arn}`,
		ways: [
			{is: 'this-run', says: 'give the ARN of one that is there', flags: '--adopt ARN'},
			{is: 'by-hand', says: `else leave it out, and have the ${what} made`},
		],
		again: commandLine(run),
		code: 'NotFound',
	};
}

/** Why what is to be taken over can't be that of a setup in this account and region; before anything is made. */
export function adoptsElsewhere(account: string, partition: string, region: string, known: Known): Stop | undefined {
	const arns = Object.values(known.run.adopts ?? {}).map(arn => ({arn, of: parseArn(arn)}));
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
