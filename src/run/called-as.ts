import {quoted} from '../aws/sign-in/profiles.js';
import type {Course} from '../engine/course.js';
import type {ThisRun} from '../engine/this-run.js';

/** As much of a run as tells how it was called. */
export type Called = {
	readonly course: Pick<Course, 'name' | 'begins'>;
	readonly options: Readonly<Record<string, unknown>> & {readonly setup: string};
};

/** What words the command lines of a setup: its name, the command that runs, and what that was given. */
export const calledAs = ({course, options: {setup, sandbox, profile, region}}: Called): ThisRun => {
	const given = Object.entries({profile, region}).flatMap(([name, it]) =>
		typeof it === 'string' && it !== '' ? [`--${name} ${quoted(it)}`] : [],
	);
	return {
		setup,
		// The wizard is what runs without a command.
		command: course.begins ? '' : course.name,
		...(sandbox === true && {sandbox: true}),
		...(given.length > 0 && {connectionFlags: given.join(' ')}),
	};
};
