import {parseArn} from '../../aws/rules/arn.js';
import {type Known, textAnswer} from '../../engine/step.js';

/** The path that policy and user are made under. */
export const pathOf = ({answers}: Pick<Known, 'answers'>): string => textAnswer(answers, 'path') || '/';
/** The same as a part of a call's input; nothing where it is AWS's own default. */
export const inPath = (known: Pick<Known, 'answers'>): {readonly Path?: string} =>
	pathOf(known) === '/' ? {} : {Path: pathOf(known)};
/** The path in the ARN of a policy or a user. */
export const pathIn = (arn: string): string => /\/(.*\/)?/.exec(parseArn(arn)?.resource ?? '')?.[0] ?? '/';

/**
 * Whether what isn't where it would be made is looked for under any path before anything is made: a name is unique over
 * all of them. Where nothing hints at a path, AWS's own no tells.
 */
export const mayStandElsewhere = (known: Known, adopt: 'adoptPolicy' | 'adoptUser'): boolean =>
	pathOf(known) !== '/' || known.answers[adopt] === true || known.recovered === true;
