import {endpointsByVariable} from '../aws/sign-in/settings.js';
import type {ThisRun} from '../engine/this-run.js';
import {accountFile, homeDir, hostName, sandboxDir, stateDir} from '../local/state-folder.js';
import {adopted} from './adopted.js';
import {calledAs} from './called-as.js';
import type {Flags, Run} from './run.js';

/** What this run and this machine are. */
export const thisRunOf = ({course, options, env, now}: Run): ThisRun => ({
	...calledAs({course, options}),
	...(options.adopt !== undefined && {adopts: named(adopted(options.adopt).arns)}),
	...aroundOf(options, env, now),
	...course.thisRun,
});
/** The ARN of a KMS key is an answer. */
const named = ({key: _key, ...others}: ReturnType<typeof adopted>['arns']): NonNullable<ThisRun['adopts']> => others;
const aroundOf = (
	{expectAccount, prove = true, sandbox, dryRun, restore, despiteDenials}: Flags,
	env: NodeJS.ProcessEnv,
	now: Date,
): ThisRun => ({
	// A dry run makes no folder, and a folder that isn't there would look like one that can't be written.
	homeFolder: sandbox && (!dryRun || accountFile(env, false).isThere) ? sandboxDir(env) : (homeDir() ?? stateDir(env)),
	now: now.toISOString(),
	today: now.toISOString().slice(0, 10).replaceAll('-', ''),
	...(!sandbox && {endpoints: endpointsByVariable(env)}),
	...(!dryRun && {records: true}),
	...(restore !== undefined && {restore: restore.split(',').map(it => it.trim())}),
	...(expectAccount && {expectAccount}),
	...(despiteDenials && {despiteDenials: true}),
	...(!prove && {prove: 'no'}),
});

/** This machine, as the record names it. */
export const thisHost = (): string => hostName();
