import {findSources} from '../aws/profiles.js';
import type {SetupOptions} from './session.js';
import {type Usage, usage} from './usage.js';

/** Who answers: a person at screens, a person line by line, or flags alone. */
export type FrontEnd = 'screens' | 'plain' | 'headless';
/** What is known of a stream before anything is drawn on it. */
export type Terminal = {readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number};

/** Which front end a run gets, decided before anything is drawn; undefined where nobody could answer. */
export function frontEndOf({yes, dryRun, plain}: SetupOptions, env: NodeJS.ProcessEnv, stdin: Terminal, stdout: Terminal): FrontEnd | undefined {
	if (yes || dryRun) return 'headless';
	if (plain) return 'plain';
	if (!stdin.isTTY) return undefined;
	const small = (stdout.columns || 80) < 40 || (stdout.rows || 24) < 12;
	return !stdout.isTTY || env['TERM'] === 'dumb' || (env['ACCESSIBLE'] ?? '0') !== '0' || small ? 'plain' : 'screens';
}

/** Nobody can answer: the line that would work. */
export async function nobodyToAsk({setup, json, sandbox}: SetupOptions, env: NodeJS.ProcessEnv, course = 'setup'): Promise<Usage> {
	const inTerminal = course === 'setup' ? 'nps-kms' : `nps-kms ${course}`;
	const yes = course === 'discard' ? `--yes --confirm ${setup}` : '--yes';
	const name = `${setup === 'nps' ? '' : ` --setup ${setup}`}${sandbox ? ' --sandbox' : ''}`;
	if (json) return usage('--json asks nothing', 'Only a run that asks nothing can speak to a program', `Run nps-kms ${course}${name} ${yes} --json`);
	const {profiles, environment} = await findSources(env);
	const region = env['AWS_REGION'] || sandbox ? '' : ' --region eu-west-1';
	const how =
		environment || profiles.length > 0 || sandbox
			? `Run ${inTerminal} in a terminal, or nps-kms ${course}${name} ${yes}${region}, or nps-kms ${course}${name} --plain to answer line by line`
			: `Run nps-kms in a terminal. No AWS credentials are found either: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or rehearse against a built-in stand-in: nps-kms setup${name} --sandbox --yes`;
	return usage(
		`nps-kms ${course} asks questions, and nobody is there to answer`,
		'The input is no terminal, and neither --yes nor --plain is given',
		how,
	);
}
