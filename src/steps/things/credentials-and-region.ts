import {isKnownRegion, partitionOf, regionRule, regionsOf} from '../../aws/rules/regions.js';
import {readConfig} from '../../aws/sign-in/config-files.js';
import {
	defaultProfile,
	findSources,
	type Profile,
	type Sources,
	typedKey,
	typedSso,
} from '../../aws/sign-in/profiles.js';
import {regionOf} from '../../aws/sign-in/settings.js';
import {type Choice, type Field, type Known, textAnswer} from '../../engine/step.js';
import {isPinned, pinnedRegion} from './pinned-region.js';

/** The answer that asks for a rehearsal instead. No profile can be called so. */
export const rehearse = ':sandbox';

/** How a profile signs in, in words. */
const words: Readonly<Record<Profile['kind'], string>> = {
	key: 'static key',
	role: 'role',
	sso: 'SSO',
	login: 'aws login',
	process: 'credential_process',
	'web-identity': 'web identity',
	nothing: 'no credentials in it',
};
const noteOf = ({kind, role, mfa, region}: Profile): string =>
	[kind === 'role' ? `role ${role?.split('/').at(-1) ?? ''}` : words[kind], mfa && 'asks an MFA code', region]
		.filter(Boolean)
		.join(' · ');

/**
 * Whose credentials: what the AWS CLI would take by itself first, then every profile, then the rehearsal where one can
 * be begun.
 */
export function credentialChoices(
	sources: Sources,
	regionOfEnv: string | undefined,
	rehearsal = true,
): readonly Choice[] {
	const {profiles, lost, named, environment, elsewhere} = sources;
	const own = defaultProfile(sources);
	// Exported keys sign in, and the region stays that of the profile that is named.
	const settings = profiles.find(it => it.name === (named?.value ?? 'default'));
	// A profile without a region takes away the one that another brought: it is asked for.
	const gives = (profile: Profile | undefined): Pick<Choice, 'gives'> => ({
		gives: {region: regionOfEnv ?? profile?.region ?? ''},
	});
	const first = profiles.find(it => it.name === own);
	const byDefault: Choice | undefined = own
		? {
				value: '',
				label: `profile ${own}`,
				note: `${first ? noteOf(first) : 'not found'}${named ? ` · ${named.from}` : ''}`,
				...gives(first),
			}
		: environment
			? {
					value: '',
					label: 'environment',
					note: `AWS_ACCESS_KEY_ID is set${named ? `, so ${named.from} isn't used` : ''}`,
					...gives(settings),
				}
			: elsewhere
				? {value: '', label: 'environment', note: 'a container or a web identity', ...gives(settings)}
				: undefined;
	const found: readonly Choice[] = [
		...(byDefault ? [byDefault] : []),
		...profiles
			.filter(it => it.name !== own)
			.map(
				(it): Choice => ({
					value: it.name,
					label: `profile ${it.name}`,
					note: noteOf(it),
					...gives(it),
					...(it.kind === 'nothing' && {never: true}),
				}),
			),
		...lost.map((it): Choice => ({value: `:lost ${it.name}`, label: `profile ${it.name}`, note: it.why, never: true})),
	];
	const typed: Choice = {value: typedKey, label: 'type an access key', note: 'for this run alone; it is kept nowhere'};
	const bySso: Choice = {value: typedSso, label: 'sign in by SSO', note: 'by a browser on this machine or another'};
	const all = found.some(it => !it.never) ? found : [...found, typed, bySso];
	return rehearsal
		? [...all, {value: rehearse, label: 'built-in sandbox', note: 'a rehearsal: nothing leaves this machine'}]
		: all;
}
/**
 * What only the set-up begins can only there be a rehearsal instead: the other commands take up a setup that is there.
 */
const begins = ({run}: Known): boolean => (run.command ?? '') === '';

const envRegion = (): string | undefined => process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'] || undefined;

/** Whose credentials are used. Empty means: the ones that the AWS CLI would use by itself. */
export const profile: Field = {
	name: 'profile',
	label: 'Credentials',
	flagSays: 'the profile of your AWS config files whose credentials count',
	kind: 'one',
	optional: true,
	settles: 'never',
	// What is typed counts for this run: an access key is kept nowhere.
	passes: value => value === typedKey || value === typedSso,
	async choices(_look, known) {
		const choices = credentialChoices(await findSources(), envRegion(), begins(known));
		// A region that was asked for, or that the KMS key is in, stays whoever signs in.
		const stays = known.run.connectionFlags?.includes('--region ') || pinnedRegion(known) !== undefined;
		return stays ? choices.map(({gives: _region, ...it}) => it) : choices;
	},
	async suggest() {
		const choices = credentialChoices(await findSources(), envRegion());
		return choices.find(it => !it.never && it.value !== rehearse)?.value ?? '';
	},
};

const offered = ['aws', 'aws-us-gov', 'aws-cn', 'aws-eusc'];
/** Where the KMS key will live. What a variable or a profile says is nobody's answer: it is found anew each run. */
export const region = (known: Known): Field => ({
	name: 'region',
	label: 'Region',
	kind: 'one',
	free: true,
	hint: 'the KMS key lives there for good',
	settles: 'never',
	passes: (value, suggested) => value === suggested,
	suggest: async (_look, {answers, run}) => {
		const profile = textAnswer(answers, 'profile') || undefined;
		if (run.sandbox) return envRegion() ?? 'eu-west-1';
		const {env} = process;
		return regionOf({profile, env, config: await readConfig(env)})?.value ?? '';
	},
	choices: async () => {
		const ofVariable = envRegion();
		const noteOf = (value: string, partition: string): string =>
			[partition !== 'aws' && partition, value === ofVariable && 'as AWS_REGION says'].filter(Boolean).join(', ');
		return (isPinned(known) && known.facts.partition ? [known.facts.partition] : offered).flatMap(partition =>
			regionsOf(partition).map((value): Choice => {
				const note = noteOf(value, partition);
				return {value, label: value, ...(note && {note})};
			}),
		);
	},
	wrong: (it, answers) => {
		const value = textAnswer({it}, 'it');
		const rule = regionRule(value);
		if (rule !== undefined || answers['profile'] === rehearse) return rule;
		const pinned = isPinned(known) ? known.facts.partition : undefined;
		const is = partitionOf(value);
		if (pinned && is !== pinned) return `${value} is of the partition ${is ?? ''}, and this setup is of ${pinned}`;
		const where = pinnedRegion(known);
		return where && value !== where ? `The KMS key of this setup is in ${where}, and it can't be moved` : undefined;
	},
});

/** What to know of a region that this program doesn't know. */
export const newRegion = (value: string): readonly string[] =>
	isKnownRegion(value) ? [] : [`Region ${value} isn't in the list this program knows; it may be new, or mistyped.`];
