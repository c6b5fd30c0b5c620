import type {CantCall} from '../aws/problems/cant-call.js';
import {partitionOf, regionRule} from '../aws/rules/regions.js';
import {readConfig} from '../aws/sign-in/config-files.js';
import {noProfile} from '../aws/sign-in/profile-faults.js';
import {defaultProfile, findSources, sourcesOf} from '../aws/sign-in/profiles.js';
import {regionOf, settingsProfile} from '../aws/sign-in/settings.js';
import {knownFor, type State} from '../engine/record.js';
import {textAnswer} from '../engine/step.js';
import {toDoByFlags} from '../engine/to-do.js';
import {isPinned, pinnedRegion} from '../steps/things/pinned-region.js';
import {usage} from './usage-error.js';

/** What was asked for, and what a record pins. */
type Wish = {
	readonly region: string | undefined;
	readonly profile: string | undefined;
	readonly env: NodeJS.ProcessEnv;
	readonly sandbox?: boolean | undefined;
	readonly state?: State | undefined;
};

/** The profile that a record holds; not an access key that was typed for one run. */
export const recordedProfile = ({answers, passing}: State): string | undefined =>
	passing?.includes('profile') ? undefined : textAnswer(answers, 'profile') || undefined;

/** The region that a record holds: its KMS key's, or the one that somebody gave. */
export function recordedRegion(state: State): string | undefined {
	const pinned = pinnedRegion(knownFor('', state, {}));
	return pinned ?? (state.passing?.includes('region') ? undefined : textAnswer(state.answers, 'region') || undefined);
}

/** The region to use: what was asked for, or what the environment or the profile says. */
export async function regionFor(wish: Wish): Promise<string> {
	const region = await namedRegion(wish);
	if (region !== undefined) return region;
	throw usage(
		'No region is named',
		`Neither --region, AWS_REGION nor the profile ${settingsProfile(wish.profile, wish.env)} names one`,
		'Name the region where the KMS key shall live, such as --region eu-west-1',
	);
}

/** The same, or undefined where nothing names one. What is known not to fit together is refused before any call. */
export async function namedRegion({region: asked, profile, env, sandbox, state}: Wish): Promise<string | undefined> {
	const region = asked ?? (state && recordedRegion(state));
	if (state) mustBeWhereItIs(region, state);
	if (sandbox) return region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'eu-west-1';
	const config = await readConfig(env);
	const sources = sourcesOf(config, env);
	const used = profile ?? defaultProfile(sources);
	if (profile !== undefined && !config.profiles[profile]) throw asUsage(noProfile(profile, '--profile', config));
	const found = region ? {value: region, from: '--region'} : regionOf({profile, env, config});
	const rule = found && found.from !== '--region' ? ruleOf(found.value) : undefined;
	if (found && rule) throw usage(`${found.from} is ${found.value}`, rule, 'Correct it, or give --region');
	const partition = sources.profiles.find(it => it.name === used)?.partition;
	const is = found && partitionOf(found.value);
	const [pinned, whose] =
		state?.facts.partition && isPinned(knownFor('', state, {}))
			? [state.facts.partition, `Setup ${state.setup ?? ''}`]
			: [partition, `Profile ${used ?? ''}`];
	if (found && is && pinned && is !== pinned)
		throw usage(
			`Region ${found.value}${found.from === '--region' ? '' : ` of ${found.from}`} is of the partition ${is}`,
			`${whose} is of ${pinned}`,
			`Name a region of ${pinned} with --region`,
		);
	return found?.value;
}

/** Refuses another region than that of the KMS key. */
function mustBeWhereItIs(region: string | undefined, state: State): void {
	const pinned = pinnedRegion(knownFor('', state, {}));
	if (pinned === undefined || region === undefined || region === pinned) return;
	throw usage(
		`--region ${region} comes too late`,
		`The KMS key of setup ${state.setup ?? ''} is in ${pinned}, and it can't be moved`,
		'Leave the flag out, or start another setup with --setup NAME',
	);
}

/** Why a value is no region; a zone is not one. */
function ruleOf(value: string): string | undefined {
	const zone = /^(.+-\d+)[a-z]$/.exec(value)?.[1];
	return zone && !regionRule(zone) ? `That is an availability zone; its region is ${zone}` : regionRule(value);
}

const asUsage = ({problem}: CantCall): Error => usage(problem.what, problem.why, toDoByFlags(problem));

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
