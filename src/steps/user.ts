import type {User} from '@aws-sdk/client-iam';
import {call} from '../aws/client/call.js';
import * as names from '../aws/rules/name-rules.js';
import {
	type Change,
	type Difference,
	type Kept,
	type Known,
	type Look,
	type Plan,
	type Problem,
	step,
	type Text,
	textAnswer,
} from '../engine/step.js';
import {undoUser} from './discard/user.js';
import {textRule} from './policy.js';
import {defaultName, vendorPage} from './things/default-name.js';
import {whatElse} from './things/foreign-user.js';
import {
	iamTags,
	isOurs,
	missingTags,
	type Owner,
	ourTags,
	ownerOf,
	pairsOf,
	replaced,
	type Tags,
	tagsGone,
	taken,
} from './things/ownership.js';
import {attached, changePasswordArn, consolePassword, groups, inline} from './things/user-holdings.js';

type SeenUser = {
	readonly name: string;
	readonly arn: string;
	readonly id: string;
	readonly madeAt: Date | undefined;
	readonly tags: Tags;
	readonly attached: readonly string[];
	readonly signsIn: boolean;
	readonly boundary: string | undefined;
};
type Seen = {
	readonly user: SeenUser | undefined;
	readonly password: Kept;
	/** What somebody else's user is, in words. */
	readonly is: readonly string[];
};

const passwordColumns = ['User name', 'Password'] as const;

/** Create a User, steps 1-6. */
export const user = step<Seen>({
	id: 'user',
	name: 'User',
	title: 'Create the user',
	guide: {
		covers: 'Create a User, steps 1-6',
		text: [
			"In the console you'd open IAM, Users, Create user, enter a name, choose “Attach policies directly”, tick " +
				'the policy of step 1 and create the user.',
			'Console access is optional there, and NPS never needs it. If you ask for it, a password is generated into ' +
				'a file of its own, has to be changed at the first sign-in, and the user also gets AWS’s policy ' +
				'IAMUserChangePassword, as the console does it.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_create.html'],
	},
	fields: known => [
		{
			name: 'userName',
			label: 'User name',
			kind: 'text',
			initial: defaultName(known, 'nps-kms-user'),
			wrong: textRule(names.userName),
		},
		{name: 'consoleAccess', label: 'Console access', kind: 'yes-no', initial: false, hint: 'NPS never needs it'},
		{
			name: 'consolePasswordFile',
			label: 'Password goes to',
			kind: 'place',
			when: answers => answers['consoleAccess'] === true,
			suggest: async (_look, {facts, answers}) =>
				`${facts['home'] ?? '.'}/${textAnswer(answers, 'userName')}_password.csv`,
		},
	],
	async observe(look, known) {
		const found = await findUser(look, known);
		const place = textAnswer(known.answers, 'consolePasswordFile');
		const wanted = known.answers['consoleAccess'] === true && place !== '';
		const is = found && userOwner(found, known).is === 'nobody' ? await whatElse(look, found) : [];
		return {user: found, password: wanted ? await look.kept(place, passwordColumns, 'User name') : {is: 'absent'}, is};
	},
	plan({user: seen, password, is}, known) {
		const name = seen?.name ?? textAnswer(known.answers, 'userName');
		const policyArn = known.fact('policyArn');
		const owner: Owner = seen ? userOwner(seen, known) : {is: 'ours'};
		const problem =
			seen &&
			taken(
				{
					thing: `User ${seen.arn}`,
					madeAt: seen.madeAt,
					owner,
					field: 'userName',
					adopt: {answer: 'adoptUser', word: 'user'},
					is,
				},
				known,
			);
		if (problem) return problem;
		const changes: Change[] = [];
		if (!seen) changes.push(createUser(name, known));
		else changes.push(...tagUser(seen, known, owner));
		if (typeof policyArn !== 'string' || !seen?.attached.includes(policyArn))
			changes.push(attach(name, policyArn, textAnswer(known.answers, 'policyName')));
		if (known.answers['consoleAccess'] === true) {
			const access = consoleAccess(name, seen, password, known);
			if ('what' in access) return access;
			changes.push(...access.changes);
		}
		return {
			changes,
			facts: {userName: name, ...(seen && {userArn: seen.arn})},
			...(seen && {says: `${seen.arn}${owner.is === 'adopted' ? ' (adopted)' : ''}`}),
			...(seen &&
				is.length > 0 && {
					warns: is.map(
						it => `User ${seen.name}: ${it}. Taken over, it stays so, and the proof may come out wrong for it.`,
					),
				}),
		};
	},
	audit: (look, {user: seen}, known) => auditUser(look, seen, known),
	undo: undoUser,
});

/** What has become of the user, and what else it may do. */
function auditUser(look: Look, seen: SeenUser | undefined, known: Known): readonly Promise<readonly Difference[]>[] {
	const {userArn = '', userMadeAs: before} = known.facts;
	const gone: Difference = {
		code: 'user-gone',
		subject: `user ${userArn}`,
		expected: 'there',
		found: 'not there',
		text: `User ${userArn} is deleted`,
		covers: 'plan',
	};
	if (!seen) return known.completed ? [Promise.resolve([gone])] : [];
	const owner = userOwner(seen, known);
	const subject = `user ${seen.arn}`;
	if (!isOurs(owner))
		return known.completed && before && seen.id !== before
			? [Promise.resolve([replaced(subject, before, seen.id)])]
			: [];
	return [
		Promise.resolve([
			...bounded(subject, seen),
			...tagsGone(subject, missingTags(seen.tags, known, owner), 'tag-user'),
		]),
		attached(look, known),
		inline(look, known),
		groups(look, known),
		consolePassword(look, known),
	];
}
const bounded = (subject: string, {boundary}: SeenUser): readonly Difference[] =>
	boundary === undefined
		? []
		: [
				{
					code: 'permissions-boundary',
					subject,
					expected: 'no permissions boundary',
					found: boundary,
					text: `The user has a permissions boundary, ${boundary}: what that doesn't allow, NPS can't do`,
				},
			];

async function findUser(look: Look, known: Known): Promise<SeenUser | undefined> {
	const name = textAnswer(known.answers, 'userName');
	const it =
		(await look.at(call('iam:GetUser', {UserName: name})))?.User ??
		(nameRefused(known) ? await userByName(look, name) : undefined);
	if (!it?.UserName) return undefined;
	const {UserName} = it;
	const wanted = known.answers['consoleAccess'] === true;
	const [attached, signsIn] = await Promise.all([
		attachedPolicies(look, UserName),
		wanted && look.at(call('iam:GetLoginProfile', {UserName})).then(found => found !== undefined),
	]);
	return {
		name: UserName,
		arn: it.Arn ?? '',
		id: it.UserId ?? '',
		madeAt: it.CreateDate,
		tags: pairsOf(it.Tags),
		attached,
		signsIn,
		boundary: it.PermissionsBoundary?.PermissionsBoundaryArn,
	};
}

async function attachedPolicies(look: Look, UserName: string): Promise<readonly string[]> {
	const attachments: string[] = [];
	for await (const page of look.all(call('iam:ListAttachedUserPolicies', {UserName})))
		attachments.push(...(page.AttachedPolicies ?? []).map(policy => policy.PolicyArn ?? ''));
	return attachments;
}

const nameRefused = (known: Known): boolean =>
	known.past.some(it => it.change.id === 'create-user' && it.outcome === 'refused' && exists.includes(it.code ?? ''));
/** A name is taken whatever its case; only a list shows how it is spelled. */
async function userByName(look: Look, name: string): Promise<User | undefined> {
	for await (const page of look.all(call('iam:ListUsers', {}))) {
		const it = page.Users?.find(found => found.UserName?.toLowerCase() === name.toLowerCase());
		if (it?.UserName) return (await look.at(call('iam:GetUser', {UserName: it.UserName})))?.User;
	}
	return undefined;
}

/** Whose the user is. */
const userOwner = (seen: SeenUser, known: Known): Owner =>
	ownerOf(seen.tags, known, seen.id !== '' && known.facts['userMadeAs'] === seen.id);

const exists = ['EntityAlreadyExists', 'EntityAlreadyExistsException'];
const createUser = (name: string, known: Known): Change => ({
	id: 'create-user',
	verb: 'create',
	subject: `user ${name}`,
	call: call('iam:CreateUser', {UserName: name, Tags: iamTags(ourTags(known))}),
	learns: {userArn: 'User.Arn', userMadeAs: 'User.UserId'},
	uses: ['userName', 'tags'],
	lookAgainOn: exists,
});
function tagUser(seen: SeenUser, known: Known, owner: Owner): readonly Change[] {
	const tags = missingTags(seen.tags, known, owner);
	return tags.length > 0
		? [
				{
					id: 'tag-user',
					verb: 'update',
					subject: `tags of user ${seen.name}`,
					call: call('iam:TagUser', {UserName: seen.name, Tags: iamTags(tags)}),
				},
			]
		: [];
}
const attach = (name: string, arn: Text, policy: string): Change => ({
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
function consoleAccess(name: string, seen: SeenUser | undefined, password: Kept, known: Known): Plan | Problem {
	const changes: Change[] = [];
	const arn = changePasswordArn(known.facts['partition'] ?? 'aws');
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
		uses: ['consoleAccess', 'consolePasswordFile'],
		lookAgainOn: exists,
	});
	return {changes};
}

/** Why a place can't take the password, if it can't. */
function unusable(place: string, {is, ...more}: Kept, known: Known, name: string): Problem | undefined {
	const problem = (why: string, code: string): Problem => ({
		what: `The console password can't go to ${place}`,
		why,
		todo: 'Choose another file with --console-password-file',
		code,
		field: 'consolePasswordFile',
	});
	const claimed = known.claimed.includes(place);
	if (is === 'absent')
		return 'unwritable' in more && more.unwritable ? problem(more.unwritable.why, more.unwritable.code) : undefined;
	if (claimed && (is === 'empty' || is === 'half' || ('value' in more && more.value === name))) return undefined;
	return problem('A file is there that this setup did not make', 'EEXIST');
}
