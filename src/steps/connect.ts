import {parseArn} from '../aws/arn.js';
import {call} from '../aws/call.js';
import {partitionOf} from '../aws/regions.js';
import {type Known, type Plan, type Problem, step, textAnswer} from '../engine/step.js';
import {vendorPage} from './names.js';
import {newRegion, profile, region} from './where.js';

type Seen = {readonly account: string; readonly arn: string; readonly alias: string | undefined} | undefined;

/** Log into AWS. */
export const connect = step<Seen>({
	id: 'connect',
	name: 'Connect',
	title: 'Connect to AWS',
	guide: {
		covers: 'Create an AWS Policy, step 1',
		text: [
			"In the console you'd sign in. Here the credentials of a profile or of the environment are used, as the AWS CLI would.",
			'Nothing changes in this step: it shows which account, user and region would be used. Every later run must be of the same account.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/sdkref/latest/guide/creds-config-files.html'],
	},
	fields: known => [...(known.facts['sandbox'] ? [] : [profile]), region(known)],
	async observe(look) {
		const [caller, aliases] = await Promise.all([
			look.at(call('sts:GetCallerIdentity', {})),
			look.at(call('iam:ListAccountAliases', {})).catch(() => undefined),
		]);
		if (!caller?.Account || !caller.Arn) return undefined;
		return {account: caller.Account, arn: caller.Arn, alias: aliases?.AccountAliases?.[0]};
	},
	plan(seen, known) {
		const where = textAnswer(known.answers, 'region');
		const partition = seen && parseArn(seen.arn)?.partition;
		if (!seen || !partition)
			return {
				what: 'AWS did not say who you are',
				why: 'GetCallerIdentity gave no account',
				todo: 'Check the credentials and the endpoint',
			};
		const other = otherAccount(seen.account, partition, known);
		if (other) return other;
		if (partitionOf(where) !== partition) {
			return {
				what: `Region ${where} is not of the partition ${partition}`,
				why: `${seen.arn} belongs to ${partition}`,
				todo: 'Choose a region of that partition with --region',
				code: 'WrongPartition',
				field: 'region',
			};
		}
		return {
			changes: [],
			facts: {account: seen.account, partition, caller: seen.arn, region: where, ...(seen.alias && {accountAlias: seen.alias})},
			says: `account ${seen.account}${seen.alias ? ` (${seen.alias})` : ''} · ${where} · ${seen.arn}`,
			warns: newRegion(where),
			...confirming(seen, partition, where, known),
		};
	},
});

/** The question whether this is the account meant: asked of a person once, and again if another identity or region is used. */
function confirming({account, arn, alias}: NonNullable<Seen>, partition: string, region: string, {facts}: Known): Pick<Plan, 'found'> {
	if (facts['caller'] === arn && facts['region'] === region) return {};
	const lines = [
		{label: 'You are', value: arn},
		{label: 'Account', value: `${account}${alias ? ` (${alias})` : ''}`},
		{label: 'Region', value: region, note: `partition ${partition}`},
	];
	return {found: {lines, question: 'Is this the account that Privilege Secure should use?', yes: 'yes, use it'}};
}

/** Why these credentials are not for this setup, if they aren't: another account than it began in, or than the person expects. */
export function otherAccount(account: string, partition: string, {facts}: Pick<Known, 'facts'>): Problem | undefined {
	const {setup = '', expectAccount} = facts;
	if (expectAccount !== undefined && expectAccount !== account) {
		return {
			what: `These credentials are of account ${account}`,
			why: `You expect account ${expectAccount}`,
			todo: 'Use the credentials of that account',
			code: 'UnexpectedAccount',
		};
	}
	if ((facts['account'] ?? account) === account && (facts['partition'] ?? partition) === partition) return undefined;
	return {
		what: `Setup ${setup} belongs to account ${facts['account'] ?? ''}`,
		why: `These credentials are of account ${account}${facts['partition'] === partition ? '' : ` in partition ${partition}`}`,
		todo: 'For this account use --setup NAME',
		code: 'OtherAccount',
	};
}
