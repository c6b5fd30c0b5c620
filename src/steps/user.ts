import {join} from 'node:path';
import {call} from '../aws/client/call.js';
import * as names from '../aws/rules/name-rules.js';
import {isProblem} from '../engine/plan.js';
import {type Change, type Kept, type Known, type Look, type Plan, type Stop, step, textAnswer} from '../engine/step.js';
import {numberOf} from '../engine/step-numbers.js';
import {undoUser} from './discard/user.js';
import {notThatOne} from './things/adopted-by-arn.js';
import {attach, changePasswordArn, consoleAccess, passwordColumns} from './things/console-access.js';
import {defaultName} from './things/default-name.js';
import {inPath, pathOf} from './things/iam-path.js';
import {findUser, type SeenUser, userNameOf, userOwner} from './things/iam-user.js';
import {handedOver, managedInWords} from './things/managed-elsewhere.js';
import {nameTaken} from './things/name-taken.js';
import {iamTags, missingTags, type Owner, ourTags, taken, unlessDenied, untagged} from './things/ownership.js';
import {
	type Bounding,
	boundaryField,
	boundaryOf,
	bounding,
	lookAtBoundary,
	type SeenBoundary,
} from './things/permissions-boundary.js';
import {backWarning, isFurtherOn, puttingBack, wasWhole} from './things/put-back.js';
import {regionTag} from './things/region-tag.js';
import {seenAs, users} from './things/same-thing.js';
import {textRule} from './things/text-rule.js';
import {auditUser} from './things/user-differences.js';
import {attachedPolicy, boundary, whatItIs} from './things/user-holdings.js';
import {vendorPage} from './things/vendor.js';

declare module '../engine/facts.js' {
	interface FactNames {
		/** The name of the user. */
		userName: string;
		/** The ARN of the user. */
		userArn: string;
		/** The unique id of the user that this setup made. */
		userMadeAs: string;
	}
}

type Seen = {
	readonly user: SeenUser | undefined;
	readonly password: Kept;
	/** What somebody else's user is, in words. */
	readonly is: readonly string[];
	/** What AWS shows of a setup whose record was lost is further on. */
	readonly furtherOn: boolean;
	/** The permissions boundary that it is to get. */
	readonly boundary: SeenBoundary | undefined;
};

/** Create a User, steps 1-6. */
export const user = step<Seen>({
	id: 'user',
	name: 'User',
	title: 'Create the user',
	guide: {
		covers: 'Create a User, steps 1-6',
		text: [
			"In the console you'd open IAM, Users, Create user, enter a name, choose “Attach policies directly”, tick " +
				`the policy of step ${numberOf('policy')} and create the user.`,
			'Console access is optional there, and NPS never needs it. If you ask for it, a password is generated into ' +
				'a file of its own, has to be changed at the first sign-in, and the user also gets AWS’s policy ' +
				'IAMUserChangePassword, as the console does it.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_create.html'],
	},
	fields: known => [
		{
			name: 'userName',
			settles: 'for-good',
			label: 'User name',
			kind: 'text',
			initial: defaultName(known, 'nps-kms-user'),
			wrong: textRule(names.userName),
		},
		{
			name: 'consoleAccess',
			settles: 'when-used',
			label: 'Console access',
			flagSays: 'let the user sign in to the console, which NPS never needs',
			kind: 'yes-no',
			initial: false,
			hint: 'NPS never needs it',
			suggest: async (look, known) => known.recovered === true && (await hasConsoleAccess(look, known)),
		},
		{
			name: 'consolePasswordFile',
			settles: 'when-used',
			label: 'Password goes to',
			flagSays: 'where the console password goes, a file only you can read',
			kind: 'place',
			when: answers => answers['consoleAccess'] === true,
			suggest: async (_look, {run, answers}) =>
				join(run.homeFolder ?? '.', `${textAnswer(answers, 'userName')}_password.csv`),
		},
		boundaryField,
	],
	async observe(look, known) {
		const found = await findUser(look, known);
		const place = textAnswer(known.answers, 'consolePasswordFile');
		const wanted = known.answers['consoleAccess'] === true && place !== '';
		const is = found && userOwner(found, known).is === 'nobody' ? await whatItIs(look, found.name) : [];
		const {policyArn} = known.facts;
		const attached = policyArn !== undefined && found?.attached.includes(policyArn) === true;
		return {
			furtherOn: !attached && (await isFurtherOn(look, known)),
			user: found,
			boundary: await lookAtBoundary(look, known, found),
			password: wanted ? await look.kept(place, passwordColumns, 'User name') : {is: 'absent'},
			// Our own policy, and the boundary asked for, are what it is to have.
			is: is.filter(
				it =>
					(policyArn === undefined || it !== attachedPolicy.is?.({id: policyArn})) &&
					it !== boundary.is?.({id: boundaryOf(known)}),
			),
		};
	},
	plan: (seen, known) => handedOver(`User ${userNameOf(known)}`, seen.user?.tags, planOf(seen, known), known),
	audit: (look, {user: seen}, known) => auditUser(look, seen, known),
	undo: undoUser,
});

function planOf({user: seen, password, is, furtherOn, boundary: toGet}: Seen, known: Known): Plan | Stop {
	const missing = notThatOne('user', seen?.arn, known);
	if (missing) return missing;
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
				adopt: {answer: 'adoptUser', word: 'user'},
				is: [...is, ...managedInWords(seen.tags, known)],
			},
			known,
		);
	if (problem) return removing(known) ? {changes: []} : problem;
	const bounds = bounding(seen, toGet, known);
	if (isProblem(bounds)) return bounds;
	const changes: Change[] = [];
	const whole = wasWhole(known, furtherOn);
	if (!seen) changes.push(puttingBack(createUser(name, bounds, known), whole));
	else changes.push(...tagUser(seen, known, owner), ...bounds.changes);
	if (typeof policyArn !== 'string' || !seen?.attached.includes(policyArn))
		changes.push(puttingBack(attach(name, policyArn, textAnswer(known.answers, 'policyName')), whole));
	if (known.answers['consoleAccess'] === true) {
		const access = consoleAccess(name, seen, password, known);
		if (isProblem(access)) return access;
		changes.push(...access.changes.map(it => puttingBack(it, whole && wasDone(it.id, known))));
	}
	const warns = [
		...backWarning(changes),
		...bounds.warns,
		...(seen ? untagged(`user ${seen.name}`, seen.tags, known, owner) : []),
		...is.map(it => `User ${name}: ${it}. Taken over, it stays so, and the proof may come out wrong for it.`),
	];
	return {
		changes,
		facts: {userName: name, ...(seen && {userArn: seen.arn, ...seenAs(users, seen.id, known)})},
		...(seen && owner.is === 'nobody' && {adopts: {userAdopted: seen.id}}),
		...(seen && {says: `${seen.arn}${owner.is === 'adopted' ? ' (adopted)' : ''}`}),
		...(warns.length > 0 && {warns}),
	};
}

/** Whether the user of this setup's tags was given console access: where the record was lost, that is the answer. */
async function hasConsoleAccess(look: Look, known: Known): Promise<boolean> {
	const seen = await findUser(look, {...known, answers: {...known.answers, consoleAccess: true}}).catch(
		() => undefined,
	);
	return (
		seen?.signsIn === true &&
		userOwner(seen, known).is === 'ours' &&
		seen.attached.includes(changePasswordArn(known.facts.partition ?? 'aws'))
	);
}

/** Whether an access key is to go that may have been made for another user of that name: the next step's to do. */
const removing = (known: Known): boolean =>
	textAnswer(known.answers, 'removeAccessKey') !== '' &&
	known.of('access-key').past.some(it => it.change.id === 'create-access-key' && it.outcome === undefined);

/** Whether this record made that change, and did not take it back. */
const wasDone = (id: string, {past}: Known): boolean =>
	past.some(it => it.change.id === id && (it.outcome === 'done' || it.outcome === 'settled'));

function createUser(name: string, {input, inWords}: Bounding, known: Known): Change {
	const told = [...(pathOf(known) === '/' ? [] : [`under the path ${pathOf(known)}`]), ...inWords];
	return {
		id: 'create-user',
		verb: 'create',
		subject: `user ${name}`,
		...(told.length > 0 && {why: told.join(', ')}),
		call: call('iam:CreateUser', {
			UserName: name,
			...inPath(known),
			...input,
			Tags: iamTags([...ourTags(known), ...regionTag(known)]),
		}),
		learns: {userArn: 'User.Arn', userMadeAs: 'User.UserId'},
		record: {uses: ['userName', 'path', ...(inWords.length > 0 ? ['permissionsBoundary'] : []), 'tags']},
		lookAgainOn: nameTaken,
	};
}
function tagUser(seen: SeenUser, known: Known, owner: Owner): readonly Change[] {
	const tags = missingTags(seen.tags, known, owner);
	return tags.length > 0
		? [
				{
					id: 'tag-user',
					verb: 'update',
					subject: `tags of user ${seen.name}`,
					call: call('iam:TagUser', {UserName: seen.name, Tags: iamTags(tags)}),
					...unlessDenied(owner),
				},
			]
		: [];
}
