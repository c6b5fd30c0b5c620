import {call} from '../aws/client/call.js';
import {regionOff} from '../aws/problems/error-codes.js';
import {parseArn} from '../aws/rules/arn.js';
import {partitionOf} from '../aws/rules/regions.js';
import {commandLine} from '../engine/command-line.js';
import {type Facts, type Known, type Look, type Plan, type Stop, step, textAnswer} from '../engine/step.js';
import {lookAtForecast, type Preflight, summary} from './looks/preflight.js';
import {deniedFact, stopAhead, wouldStop} from './looks/stops-ahead.js';
import {adoptsElsewhere} from './things/adopted-by-arn.js';
import {newRegion, profile, region} from './things/credentials-and-region.js';
import {isPinned, movesOn} from './things/pinned-region.js';
import {ssoFields} from './things/typed-sso.js';
import {newestVendorPage, vendorPage} from './things/vendor.js';

declare module '../engine/facts.js' {
	interface FactNames {
		/** The account that is used, by its id. */
		account: string;
		/** Its partition, such as `aws` or `aws-us-gov`. */
		partition: string;
		/** The name that somebody gave it, if anybody did. */
		accountAlias: string;
		/** The region that the KMS key lives in. */
		region: string;
		/** The ARN of whoever's credentials are used. */
		caller: string;
	}
}
declare module '../engine/this-run.js' {
	interface ThisRun {
		/** Whose account it has to be; any, unless told. */
		readonly expectAccount?: string;
		/** Nobody is asked: what is certain to stop later stops before anything is made. */
		readonly unasked?: true;
		/** It goes on though IAM's simulator says that a later step is denied. */
		readonly despiteDenials?: true;
	}
}

type Seen =
	| {
			readonly account: string;
			readonly arn: string;
			readonly alias?: string | undefined;
			/** What is known of the steps to come. */
			readonly preflight?: Preflight | undefined;
			/** IAM takes no session of this kind. */
			readonly notForIam?: true;
	  }
	| undefined;

/** Log into AWS. */
export const connect = step<Seen>({
	id: 'connect',
	name: 'Connect',
	title: 'Connect to AWS',
	guide: {
		covers: 'Create an AWS Policy, step 1',
		text: [
			"In the console you'd sign in. Here the credentials of a profile or of the environment are used, as the AWS " +
				'CLI would.',
			'Nothing changes in this step: it shows which account, user and region would be used. Once the first thing ' +
				'is made, every later run must be of the same account.',
		],
		links: [vendorPage, newestVendorPage, 'https://docs.aws.amazon.com/sdkref/latest/guide/creds-config-files.html'],
	},
	fields: known => [...(known.run.sandbox ? [] : [profile, ...ssoFields]), region(known)],
	async observe(look, known) {
		const [caller, aliases] = await Promise.all([
			look.at(call('sts:GetCallerIdentity', {})),
			look
				.at(call('iam:ListAccountAliases', {}))
				.catch((error: unknown) => (isUnknownToIam(error) ? 'refused' : undefined)),
		]);
		if (!caller?.Account || !caller.Arn) return undefined;
		if (aliases === 'refused') return {account: caller.Account, arn: caller.Arn, notForIam: true};
		return {
			account: caller.Account,
			arn: caller.Arn,
			alias: aliases?.AccountAliases?.[0],
			preflight: await preflight(look, caller.Account, caller.Arn, known),
		};
	},
	plan(seen, known) {
		const region = textAnswer(known.answers, 'region');
		const partition = seen && parseArn(seen.arn)?.partition;
		if (!seen || !partition)
			return {
				is: 'problem',
				what: 'AWS did not say who you are',
				why: 'GetCallerIdentity gave no account',
				ways: [{is: 'by-hand', says: 'check the credentials and the endpoint'}],
				again: commandLine(known.run),
			};
		const other = elsewhere(seen.account, partition, known) ?? wrongPartition(region, partition, seen.arn);
		if (other) return other;
		const adopts = adoptsElsewhere(seen.account, partition, region, known);
		if (adopts) return adopts;
		if (seen.notForIam) return notForIam(seen.arn, known);
		if (seen.preflight?.regionOff)
			return {
				is: 'problem',
				what: `Region ${region} can't be used`,
				...regionOff(region, seen.account),
				code: 'UnrecognizedClientException',
			};
		const ahead = stopAhead(seen.preflight, known);
		if (ahead) return ahead;
		const facts: Facts = {
			account: seen.account,
			partition,
			caller: seen.arn,
			region,
			...aliasFact(seen, known),
			...deniedFact(seen.preflight, known),
		};
		return {
			changes: [],
			facts,
			says: `account ${seen.account}${seen.alias ? ` (${seen.alias})` : ''} · ${region} · ${seen.arn}`,
			warns: [
				...movesOn(known, facts),
				...newRegion(region),
				...rootWarning(seen.arn),
				...(seen.preflight?.warns ?? []),
				...wouldStop(seen.preflight, known),
			],
			pages: seen.preflight ? [seen.preflight.page] : [],
			...confirming(seen, partition, region, known),
		};
	},
});

/** STS has told who it is, and IAM doesn't know the access key: so IAM doesn't take sessions of this kind. */
const isUnknownToIam = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidClientTokenId';
/**
 * Why a session may look at nothing of IAM.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html#api_comparison
 */
const notForIam = (arn: string, {run}: Known): Stop => ({
	is: 'problem',
	what: 'These credentials may not call IAM',
	why: arn.includes(':federated-user/')
		? 'They are a session of GetFederationToken, and IAM takes none'
		: 'They are a session that was taken without an MFA code (GetSessionToken), which IAM takes none of, or an ' +
			"access key so new that IAM doesn't know it yet",
	ways: [
		{
			is: 'answer',
			says: 'use an access key of the user itself, or a role',
			field: 'profile',
			flags: '--profile NAME',
		},
		{
			is: 'this-run',
			says: 'take the session with an MFA code (mfa_serial in the profile)',
			flags: '--mfa-code CODE',
		},
	],
	again: commandLine(run),
	code: 'InvalidClientTokenId',
});

/** The account's name, and that it has none where another one had. */
const aliasFact = ({alias}: NonNullable<Seen>, {facts}: Known): Facts =>
	alias || facts.accountAlias ? {accountAlias: alias ?? ''} : {};

/** Another account counts only once something is there that belongs to the first one. */
const elsewhere = (account: string, partition: string, known: Known): Stop | undefined =>
	otherAccount(account, partition, isPinned(known) ? known : {...known, facts: {}});

/** Asks what is still to come, where these are the right account and region for it. */
async function preflight(look: Look, account: string, arn: string, known: Known): Promise<Preflight | undefined> {
	const region = textAnswer(known.answers, 'region');
	const partition = parseArn(arn)?.partition ?? '';
	if (elsewhere(account, partition, known) || wrongPartition(region, partition, arn)) return undefined;
	if (adoptsElsewhere(account, partition, region, known)) return undefined;
	const inAccount: Facts = {account, partition, region};
	const forecast = await look.forecast?.(inAccount);
	return forecast && lookAtForecast(look, arn, forecast, inAccount, known.facts);
}

function wrongPartition(region: string, partition: string, arn: string): Stop | undefined {
	if (partitionOf(region) === partition) return undefined;
	return {
		is: 'problem',
		what: `Region ${region} is not of the partition ${partition}`,
		why: `${arn} belongs to ${partition}`,
		ways: [{is: 'answer', says: 'choose a region of that partition', field: 'region', flags: '--region REGION'}],
		code: 'WrongPartition',
	};
}

const rootWarning = (arn: string): readonly string[] =>
	arn.endsWith(':root')
		? [
				"You are the account's root user. AWS advises against using it for anything that a user or a role can do, " +
					"and its permissions can't be looked at beforehand.",
			]
		: [];

/** The question whether this is the account meant: asked of a person once, and again in another region. */
function confirming(
	{account, arn, alias, preflight: it}: NonNullable<Seen>,
	partition: string,
	region: string,
	{facts}: Known,
): Pick<Plan, 'found'> {
	if (facts.account === account && facts.region === region) return {};
	const lines = [
		{label: 'You are', value: arn},
		{label: 'Account', value: `${account}${alias ? ` (${alias})` : ''}`},
		{label: 'Region', value: region, note: `partition ${partition}`},
		...(it ? [{label: 'Permission', value: summary(it)}] : []),
	];
	return {found: {lines, question: 'Is this the account that Privilege Secure should use?', yes: 'yes, use it'}};
}

/**
 * Why these credentials are not for this setup, if they aren't: another account than it began in, or than the person
 * expects.
 */
export function otherAccount(
	account: string,
	partition: string,
	{facts, run}: Pick<Known, 'facts' | 'run'>,
): Stop | undefined {
	const {setup = '', expectAccount} = run;
	if (expectAccount !== undefined && expectAccount !== account) {
		return {
			is: 'problem',
			what: `These credentials are of account ${account}`,
			why: `You expect account ${expectAccount}`,
			ways: [{is: 'this-run', says: 'use the credentials of that account', flags: '--profile NAME'}],
			code: 'UnexpectedAccount',
		};
	}
	if ((facts.account ?? account) === account && (facts.partition ?? partition) === partition) return undefined;
	return {
		is: 'problem',
		what: `Setup ${setup} belongs to account ${facts.account ?? ''}`,
		why:
			'These credentials are of account ' +
			`${account}${facts.partition === partition ? '' : ` in partition ${partition}`}`,
		ways: [
			{is: 'answer', says: 'use the credentials of that account', field: 'profile', flags: '--profile NAME'},
			{is: 'begin-anew', says: 'begin another setup for this account', flags: '--setup NAME'},
		],
		code: 'OtherAccount',
	};
}
