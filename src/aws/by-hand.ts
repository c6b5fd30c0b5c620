import {type Known, textAnswer, type Way} from '../engine/step.js';
import {quoted} from './sign-in/profiles.js';

/** Whose commands they are: a setup's, in one run. */
type Whose = Pick<Known, 'run' | 'answers' | 'facts'>;

/** The options that lead an aws command where a run goes; what a person typed for one run is none of them. */
export const optionsOf = (
	{profile, region}: Readonly<Record<string, unknown>>,
	endpoint: string | undefined,
): readonly string[] =>
	Object.entries({profile, region, 'endpoint-url': endpoint}).flatMap(([name, it]) =>
		typeof it === 'string' && it !== '' && !it.startsWith(':') ? [`--${name}`, it] : [],
	);

/**
 * An aws command that a person is to run, with what makes it this setup's: its profile, its region, and what stands in
 * AWS's place here, such as the stand-in of a rehearsal: AWS may have things of these names.
 */
function asRun(command: string, {run, answers, facts}: Whose): string {
	const {region = textAnswer(answers, 'region')} = facts;
	const [, service = ''] = command.split(' ');
	const endpoint = run.standIn ?? run.endpoints?.[service];
	return [command, ...optionsOf({...answers, region}, endpoint).map(quoted)].join(' ');
}

/** Commands within a sentence, to be run one after the other. */
export function typedByHand(whose: Whose, commands: readonly string[], more?: string): string {
	const notes = [more, whose.run.sandbox && 'this is a rehearsal, AWS has nothing of it'].filter(Boolean);
	const lines = commands.map(it => asRun(it, whose)).join(', then ');
	return notes.length > 0 ? `${lines} (${notes.join('; ')})` : lines;
}

/** The way out that somebody goes by such commands. */
export function byCommands(
	whose: Whose,
	[first, ...more]: readonly [string, ...string[]],
	says?: string,
): Extract<Way, {is: 'call'}> {
	const order = whose.run.sandbox ? `${says ?? 'run'}, in this rehearsal alone` : says;
	return {
		is: 'call',
		...(order !== undefined && {says: order}),
		commands: [asRun(first, whose), ...more.map(it => asRun(it, whose))],
	};
}
