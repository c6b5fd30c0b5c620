import {join} from 'node:path';
import {Trouble} from '../../engine/trouble.js';
import {thenAgain} from '../problems/cant-call.js';
import {atHome, bytesOrWhy, textOf} from '../tool-files.js';

/** A setting of one section, and where it stands. */
export type Line = {
	readonly value: string;
	readonly file: string;
	readonly line: number;
	/** Whether it stands in the credentials file, where an access key counts before other ways to sign in. */
	readonly inCredentials?: boolean;
};
/** The settings of one section by name, in lower case; those of a nested block as `block.name`. */
export type Lines = Readonly<Record<string, Line>>;
/** One section: where it begins, and its settings. */
export type Section = {readonly name: string; readonly file: string; readonly line: number; readonly lines: Lines};
type Sections = Readonly<Record<string, Section>>;
/** A section that looks like a profile and isn't one to the AWS CLI, and why. */
export type Lost = {readonly name: string; readonly why: string};
/** What both files say. */
export type Config = {
	readonly profiles: Sections;
	readonly sessions: Sections;
	readonly services: Sections;
	readonly lost: readonly Lost[];
	readonly files: {readonly config: string; readonly credentials: string};
};

/** The paths of both files. https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html */
export function pathsOf(env: NodeJS.ProcessEnv): Config['files'] {
	const path = (variable: string, name: string): string => atHome(env[variable] || join('~', '.aws', name), env);
	return {config: path('AWS_CONFIG_FILE', 'config'), credentials: path('AWS_SHARED_CREDENTIALS_FILE', 'credentials')};
}

/** Both files as they are now: a sign-in in another window changes them. What can't be read is empty. */
export async function readConfig(env: NodeJS.ProcessEnv): Promise<Config> {
	const files = pathsOf(env);
	const [config, credentials] = await Promise.all(
		[files.config, files.credentials].map(async path => sectionsOf(textOf(await bytesAtPath(path, env)), path)),
	);
	const found: Record<'profile' | 'sso-session' | 'services', Record<string, Section>> = {
		profile: {},
		'sso-session': {},
		services: {},
	};
	const lost: Lost[] = [];
	for (const section of config ?? []) {
		const heading = headed(section.name);
		if ('why' in heading) lost.push(heading);
		else if (heading.kind) add(found[heading.kind], {...section, name: heading.name});
	}
	for (const section of credentials ?? []) {
		const lines = Object.entries(section.lines).map(([name, it]) => [name, {...it, inCredentials: true}]);
		add(found.profile, {...section, lines: Object.fromEntries(lines) as Lines});
	}
	const profiles = found.profile;
	return {
		profiles,
		sessions: found['sso-session'],
		services: found.services,
		lost: lost.filter(it => !profiles[it.name]),
		files,
	};
}

/** What a variable names and can't be read is told; what isn't there, or lies where AWS's tools look, is empty. */
async function bytesAtPath(path: string, env: NodeJS.ProcessEnv): Promise<Buffer> {
	const it = await bytesOrWhy(path);
	if (Buffer.isBuffer(it)) return it;
	const variable = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].find(name => env[name] === path);
	if (variable === undefined || ['ENOENT', 'ENOTDIR'].includes(it.code)) return Buffer.of();
	throw new Trouble({
		is: 'problem',
		what: `${path} can't be read`,
		why: `${variable} names it: ${it.why}`,
		todo: `Name another file, or take the variable away, ${thenAgain}`,
		code: it.code,
	});
}

/** A section that comes again adds to the first; the credentials file counts before the config file. */
function add(to: Record<string, Section>, section: Section): void {
	const had = to[section.name];
	to[section.name] = had ? {...had, lines: {...had.lines, ...section.lines}} : section;
}

type Heading = {readonly kind: 'profile' | 'sso-session' | 'services' | undefined; readonly name: string} | Lost;
/** What a heading of the config file is about. */
function headed(heading: string): Heading {
	if (heading === 'default') return {kind: 'profile', name: heading};
	const [, kind, quote = '', name = ''] = /^(profile|sso-session|services)\s+(["']?)(.+)\2$/.exec(heading) ?? [];
	if (kind === undefined)
		return /^(preview|plugins|sso-session|services|profile)\b/.test(heading)
			? {kind: undefined, name: heading}
			: {name: heading, why: `in the config file its section must be headed [profile ${heading}]`};
	if (quote === '' && /\s/.test(name))
		return kind === 'profile'
			? {name, why: `a name with blanks needs quotes in its heading: [profile "${name}"]`}
			: {kind: undefined, name};
	return {kind: kind as 'profile', name};
}

/** The sections of a text as Python's configparser reads them: names of settings in any case, `=` or `:` after them. */
export function sectionsOf(text: string, file: string): readonly Section[] {
	const sections: {name: string; file: string; line: number; lines: Record<string, Line>}[] = [];
	let last: {name: string; indent: number; block: boolean} | undefined;
	for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
		const trimmed = raw.trim();
		if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
		const section = sections.at(-1);
		const indent = raw.search(/\S/);
		const [, heading] = /^\[([^\]]+)\]/.exec(trimmed) ?? [];
		const isMore = section !== undefined && last !== undefined && indent > last.indent;
		if (heading !== undefined && !isMore) {
			sections.push({name: heading.trim(), file, line: at + 1, lines: {}});
			last = undefined;
			continue;
		}
		if (!section) continue;
		const [, name = '', text = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/s.exec(trimmed) ?? [];
		if (isMore && last) {
			const of = section.lines[last.name];
			if (last.block && name) section.lines[`${last.name}.${name.toLowerCase()}`] = {value: text, file, line: at + 1};
			else if (of) section.lines[last.name] = {...of, value: `${of.value}\n${trimmed}`};
		} else if (name) {
			const setting = name.toLowerCase();
			// A command may hold what begins a comment elsewhere.
			const value = setting === 'credential_process' ? text : text.replace(/\s[#;].*$/s, '').trim();
			section.lines[setting] = {value, file, line: at + 1};
			last = {name: setting, indent, block: value === ''};
		}
	}
	return sections;
}

/**
 * What the AWS SDK is to read instead of the files: the same sections, in the one spelling that it understands. It
 * knows no blanks in names, no capitals in settings and no UTF-16.
 */
export function forSdk({profiles, sessions, services}: Config): string {
	const text: string[] = [];
	const write = (kind: string, sections: Sections): void => {
		for (const [name, {lines}] of Object.entries(sections)) {
			text.push(name === 'default' && kind === 'profile' ? '[default]' : `[${kind}.${name}]`);
			for (const [setting, {value}] of Object.entries(lines))
				if (value !== '' && !setting.includes('.')) text.push(`${setting} = ${value.replaceAll(/\s*\n\s*/g, ' ')}`);
		}
	};
	write('profile', profiles);
	write('sso-session', sessions);
	write('services', services);
	return `${text.join('\n')}\n`;
}

/** The place of a setting, for people. */
export const placeOf = ({file, line}: Pick<Line, 'file' | 'line'>): string => `line ${line} of ${file}`;
