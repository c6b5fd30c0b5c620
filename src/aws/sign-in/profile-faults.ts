import {thenAgain} from '../problems/cant-call.js';
import {CantSignIn} from './cant-sign-in.js';
import {type Config, type Line, placeOf, type Section} from './config-files.js';
import {nearest} from './nearest.js';
import {has, kindOf, quoted} from './profiles.js';

/** Stops at a profile that can't work as it is written: names the profile, the line, and what mends it. */
export function checkProfile(section: Section, config: Config, isSource = false): void {
	const fault = faults[kindOf(section.lines, isSource)]?.(section, config);
	if (fault)
		throw new CantSignIn({is: 'problem', what: `Profile ${section.name} can't sign in`, ...fault, code: 'BadProfile'});
}

/** There is no profile of that name: what names it, and which is meant. */
export function noProfile(name: string, from: string, {profiles, lost}: Pick<Config, 'profiles' | 'lost'>): CantSignIn {
	const known = Object.keys(profiles);
	const why = lost.find(it => it.name === name)?.why;
	const near = nearest(name, known);
	return new CantSignIn({
		is: 'problem',
		what: `There is no profile ${name}`,
		why: why
			? `It is named by ${from}; it is there, but ${why}`
			: `It is named by ${from}; ${known.length > 0 ? `there are ${known.join(', ')}` : 'the config files have none'}`,
		todo: near ? `Did you mean ${near}? Correct that, ${thenAgain}` : `Name another with --profile, ${thenAgain}`,
		code: 'NoProfile',
	});
}

type Fault = {readonly why: string; readonly todo: string};
type Check = (section: Section, config: Config) => Fault | undefined;
const mend = (it: Line | Section, what: string): string => `${what} (${placeOf(it)}), ${thenAgain}`;

const faults: Partial<Readonly<Record<ReturnType<typeof kindOf>, Check>>> = {
	role(section, config) {
		const {lines, name} = section;
		const [source, other] = [lines['source_profile'], lines['credential_source']];
		const role = lines['role_arn'] ?? section;
		const wrong = roleFault(lines);
		if (wrong) return wrong;
		if (has(lines, 'source_profile') && has(lines, 'credential_source'))
			return {
				why: 'It names both source_profile and credential_source, and one of them has to assume its role',
				todo: mend(other ?? role, 'Take one of the two away'),
			};
		if (source?.value) return sourceFault(section, source, config);
		if (!other?.value)
			return {
				why: `It has role_arn, and nothing says with which credentials the role is assumed`,
				todo: mend(role, `Add source_profile = NAME to profile ${name}`),
			};
		return ['Environment', 'Ec2InstanceMetadata', 'EcsContainer'].includes(other.value)
			? undefined
			: {
					why: `Its credential_source is ${other.value}`,
					todo: mend(other, 'Set it to Environment, Ec2InstanceMetadata or EcsContainer'),
				};
	},
	'web-identity'({lines, ...section}) {
		const file = lines['web_identity_token_file'];
		if (file && !has(lines, 'role_arn'))
			return {
				why: 'It has web_identity_token_file, and no role_arn to assume with it',
				todo: mend(file, 'Add role_arn to the profile'),
			};
		return file ? undefined : {why: 'It names no token file', todo: mend({lines, ...section}, 'Correct it')};
	},
	sso(section, {sessions}) {
		const {lines, name} = section;
		const session = lines['sso_session'];
		const own = sessions[session?.value ?? ''];
		if (session?.value && !own) {
			const near = nearest(session.value, Object.keys(sessions));
			return {
				why: `Its sso_session is ${session.value}, and there is no section [sso-session ${quoted(session.value)}]`,
				todo: mend(session, near ? `Did you mean ${near}? Correct the name` : 'Correct the name, or add the section'),
			};
		}
		const twice = (['sso_start_url', 'sso_region'] as const).find(
			it => own && has(own.lines, it) && has(lines, it) && own.lines[it]?.value !== lines[it]?.value,
		);
		if (twice)
			return {
				why: `Its ${twice} is another than that of its sso_session ${session?.value ?? ''}`,
				todo: mend(lines[twice] ?? section, 'Take the line away, or correct it'),
			};
		const needed = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'];
		const missing = needed.filter(it => !has(lines, it) && !(own && has(own.lines, it)));
		return missing.length === 0
			? undefined
			: {
					why: `It signs in by SSO and lacks ${missing.join(' and ')}`,
					todo: mend(section, `Run aws configure sso --profile ${quoted(name)}, or add it`),
				};
	},
};

/** What AWS would refuse of how a role is asked for. */
function roleFault({role_arn: role, duration_seconds: duration}: Section['lines']): Fault | undefined {
	if (role && !/^arn:[\w-]+:iam::\d{12}:role\/./.test(role.value))
		return {
			why: `Its role_arn is ${role.value}, and that is no role's ARN`,
			todo: mend(role, 'Correct it, such as arn:aws:iam::111122223333:role/Admin'),
		};
	const seconds = Number(duration?.value || 900);
	return duration && (seconds < 900 || seconds > 43_200)
		? {
				why: `Its duration_seconds is ${duration.value}, and AWS takes 900 to 43200`,
				todo: mend(duration, 'Correct it, or take it away'),
			}
		: undefined;
}

function sourceFault(section: Section, source: Line, config: Config): Fault | undefined {
	const {profiles} = config;
	const known = Object.keys(profiles);
	const of = profiles[source.value];
	if (!of) {
		const near = nearest(source.value, known);
		return {
			why: `Its source_profile is ${source.value}, and there is no profile ${source.value}`,
			todo: mend(source, near ? `Did you mean ${near}? Correct it` : `Correct it; there are ${known.join(', ')}`),
		};
	}
	const ring = ringFrom(section.name, config);
	if (ring)
		return {
			why: `Its source goes in a ring: ${ring.join(' → ')}`,
			todo: mend(source, 'Name a source that has credentials'),
		};
	if (kindOf(of.lines, true) === 'nothing' || (of.name === section.name && !has(of.lines, 'aws_access_key_id')))
		return {
			why: `Its source_profile is ${source.value}, and that holds no credentials`,
			todo: mend(of, `Run aws configure --profile ${quoted(of.name)}, or name another source`),
		};
	return undefined;
}

/** The profiles by which a role comes back to itself, if it does. */
function ringFrom(name: string, {profiles}: Config): readonly string[] | undefined {
	const seen = [name];
	for (let at = name; ; ) {
		const lines = profiles[at]?.lines ?? {};
		const next = lines['source_profile']?.value;
		if (!next || kindOf(lines, at !== name) !== 'role') return undefined;
		// A profile with an access key of its own may be its own source.
		if (next === at && has(lines, 'aws_access_key_id')) return undefined;
		if (seen.includes(next)) return [...seen, next];
		seen.push(next);
		at = next;
	}
}
