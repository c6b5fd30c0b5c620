import {partitionOf} from '../aws/rules/regions.js';
import {defaultProfile, findSources} from '../aws/sign-in/profiles.js';
import type {State} from '../engine/record.js';
import {usage} from './usage.js';

/** What was asked for, and what a record pins. */
type Wish = {
	readonly region: string | undefined;
	readonly profile: string | undefined;
	readonly env: NodeJS.ProcessEnv;
	readonly sandbox?: boolean | undefined;
	readonly state?: Pick<State, 'setup' | 'facts'> | undefined;
};

/** The region to use: what was asked for, or what the environment or the profile says. */
export async function regionFor(wish: Wish): Promise<string> {
	const region = await namedRegion(wish);
	if (region !== undefined) return region;
	throw usage(
		'No region is named',
		`Neither --region, AWS_REGION nor the profile ${wish.profile ?? wish.env['AWS_PROFILE'] ?? 'default'} names one`,
		'Name the region where the KMS key shall live, such as --region eu-west-1',
	);
}

/** The same, or undefined where nothing names one. What is known not to fit together is refused before any call. */
export async function namedRegion({region, profile, env, sandbox, state}: Wish): Promise<string | undefined> {
	const named = region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
	if (sandbox) return named ?? 'eu-west-1';
	const sources = await findSources(env);
	const used = profile ?? defaultProfile(sources);
	const found = sources.profiles.find(it => it.name === used);
	if (profile !== undefined && !found) throw noProfile(profile, sources);
	const chosen = named ?? found?.region;
	const is = chosen && partitionOf(chosen);
	const [pinned, whose] = state?.facts.partition
		? [state.facts.partition, `Setup ${state.setup ?? ''}`]
		: [found?.partition, `Profile ${used ?? ''}`];
	if (is && pinned && is !== pinned)
		throw usage(
			`Region ${chosen} is of the partition ${is}`,
			`${whose} is of ${pinned}`,
			`Name a region of ${pinned} with --region`,
		);
	return chosen;
}

function noProfile(name: string, {profiles, lost}: Awaited<ReturnType<typeof findSources>>): Error {
	const why = lost.find(it => it.name === name)?.why;
	const known = profiles.map(it => it.name).join(', ');
	return usage(
		`There is no profile ${name}`,
		why ? `It is there, but ${why}` : known ? `The config files have ${known}` : 'The config files have none',
		'Name another with --profile, or see aws configure list-profiles',
	);
}

/** Refuses a run that asks nothing where signing in would ask a code. */
export async function mustGiveCode(profile: string | undefined, env: NodeJS.ProcessEnv): Promise<void> {
	const sources = await findSources(env);
	const name = profile ?? defaultProfile(sources);
	const mfa = sources.profiles.find(it => it.name === name)?.mfa;
	if (mfa)
		throw usage(
			`Profile ${name ?? ''} asks an MFA code`,
			`Its device is ${mfa}, and nobody is there to ask`,
			'Give the code that it shows with --mfa-code',
		);
}
