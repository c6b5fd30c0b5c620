import {call} from '../../aws/client/call.js';
import {type Change, type Kept, type Known, type Stop, type Text, textAnswer} from '../../engine/step.js';
import type {SeenUser} from './iam-user.js';
import {nameTaken} from './name-taken.js';

/** AWS's policy that lets a user change its own password. */
export const changePasswordArn = (partition: string): string =>
	`arn:${partition}:iam::aws:policy/IAMUserChangePassword`;
/** The columns of the file that a console password goes to. */
export const passwordColumns = ['User name', 'Password'] as const;

/** Attaches a policy to the user. */
export const attach = (name: string, arn: Text, policy: string): Change => ({
	id: 'attach-policy',
	verb: 'create',
	subject: `attachment ${policy} → ${name}`,
	call: call('iam:AttachUserPolicy', {UserName: name, PolicyArn: arn}),
	waits: [
		{code: 'NoSuchEntity', why: 'IAM does not see the new policy or user yet', atMost: 60},
		{code: 'NoSuchEntityException', why: 'IAM does not see the new policy or user yet', atMost: 60},
	],
});

/**
 * What console access still lacks. A password that somebody else set is theirs; one of ours whose file is lost is set
 * anew.
 */
export function consoleAccess(
	name: string,
	seen: SeenUser | undefined,
	password: Kept,
	known: Known,
): {readonly changes: readonly Change[]} | Stop {
	const changes: Change[] = [];
	const arn = changePasswordArn(known.facts.partition ?? 'aws');
	if (!seen?.attached.includes(arn))
		changes.push({...attach(name, arn, 'IAMUserChangePassword'), id: 'attach-change-password'});
	const tries = known.past.filter(
		it => ['create-login', 'update-login'].includes(it.change.id) && it.outcome !== 'undone',
	);
	const settled = tries.some(it => it.outcome === 'done' || it.outcome === 'settled');
	// A row is written before its call: it is what AWS has if only calls that make a password are in doubt. One that sets
	// it anew may not have arrived.
	const stands = password.is === 'row' && tries.every(it => it.change.id === 'create-login' && !it.outcome);
	if (seen?.signsIn && (settled || tries.length === 0 || stands)) return {changes};
	const place = textAnswer(known.answers, 'consolePasswordFile');
	const problem = unusable(place, password, known, name);
	if (problem) return problem;
	const api = seen?.signsIn ? 'iam:UpdateLoginProfile' : 'iam:CreateLoginProfile';
	changes.push({
		id: seen?.signsIn ? 'update-login' : 'create-login',
		verb: seen?.signsIn ? 'update' : 'create',
		subject: `console password of ${name}, to ${place}`,
		...(seen?.signsIn && {why: 'an interrupted run may have set one that reached no file'}),
		call: call(api, {UserName: name, Password: {$secret: 'console-password'}, PasswordResetRequired: true}),
		keeps: {place, row: {[passwordColumns[0]]: name, [passwordColumns[1]]: {$secret: 'console-password'}}},
		record: {uses: ['consoleAccess', 'consolePasswordFile']},
		lookAgainOn: nameTaken,
	});
	return {changes};
}

/** Why a place can't take the password, if it can't. */
function unusable(place: string, {is, ...more}: Kept, known: Known, name: string): Stop | undefined {
	const problem = (why: string, code: string): Stop => ({
		is: 'problem',
		what: `The console password can't go to ${place}`,
		why,
		ways: [
			{
				is: 'answer',
				says: 'choose another file',
				field: 'consolePasswordFile',
				flags: '--console-password-file FILE',
			},
		],
		code,
	});
	const claimed = known.claimed.includes(place);
	if (is === 'absent')
		return 'unwritable' in more && more.unwritable ? problem(more.unwritable.why, more.unwritable.code) : undefined;
	if (claimed && (is === 'empty' || is === 'half' || ('value' in more && more.value === name))) return undefined;
	return problem('A file is there that this setup did not make', 'EEXIST');
}
