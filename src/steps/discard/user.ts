import {call} from '../../aws/client/call.js';
import {commandLine} from '../../engine/command-line.js';
import {
	type Attempt,
	type Change,
	type Known,
	type Look,
	type Plan,
	type Stay,
	type Thing,
	undo,
} from '../../engine/step.js';
import {isGivenByUs} from '../things/given-by-us.js';
import {policiesOf} from '../things/iam-user.js';
import {managerOf} from '../things/managed-elsewhere.js';
import {boundaryOf} from '../things/permissions-boundary.js';
import {
	accessKey,
	attachedPolicy,
	consolePassword,
	type Held,
	type Holding,
	holdings,
} from '../things/user-holdings.js';
import {vendorPage} from '../things/vendor.js';
import {
	adoption,
	bearsOurTag,
	type Extent,
	lookAtExtent,
	recorded,
	standing,
	triesOf,
	wasPrinted,
	whyStays,
} from './extent.js';
import {lastMade, recordedUserName, whose} from './recorded-changes.js';

type Seen = {
	readonly extent: Extent;
	readonly attached: readonly string[];
	readonly signsIn: boolean;
	/** What else AWS deletes no user with. */
	readonly held: readonly {readonly kind: Holding; readonly there: readonly Held[]}[];
};
type User = NonNullable<Extent['user']>;

/** The calls that take back what this step makes, for the change record and for discarding alike. */
const removing = {
	user: (UserName: string) => call('iam:DeleteUser', {UserName}),
	password: (UserName: string) => call('iam:DeleteLoginProfile', {UserName}),
};
const theUser: Thing = {
	kind: 'IAM user',
	madeBy: ['create-user'],
	existing(recorded) {
		const {userArn, userMadeAs: madeAs, userAdopted: adopted} = recorded.facts;
		const takeBack = [removing.user(recordedUserName(recorded.facts))];
		const bound = boundaryOf(recorded);
		const note = bound && {note: `bounded by ${bound}`};
		return userArn ? [{id: userArn, by: whose({madeAs, adopted}, 'adoptUser', recorded), ...note, takeBack}] : [];
	},
};
/** What was attached and not detached since. */
const attachments: Thing = {
	madeBy: ['attach-policy', 'attach-change-password'],
	existing: ({made}) =>
		made.flatMap(({change: {id, call: it}}, at) => {
			const arn = it.input['PolicyArn'];
			const gone = made
				.slice(at + 1)
				.some(({change}) => change.call.api === 'iam:DetachUserPolicy' && change.call.input['PolicyArn'] === arn);
			if (!attachments.madeBy.includes(id) || gone) return [];
			return [{id: String(arn), by: 'made', takeBack: [{api: 'iam:DetachUserPolicy', input: it.input}]}];
		}),
};
const password: Thing = {
	kind: 'Console password',
	madeBy: ['create-login'],
	existing(recorded) {
		const userName = recordedUserName(recorded.facts);
		const last = lastMade(recorded, 'LoginProfile')?.change.verb;
		const takeBack = [removing.password(userName)];
		return last === 'create' || last === 'update' ? [{id: userName, by: 'made', takeBack}] : [];
	},
};

/** Takes back the user: what this setup gave it, and the user itself if nobody else gave it anything. */
export const undoUser = undo<Seen>({
	title: 'Take back the user',
	guide: {
		covers: 'Create a User, steps 1-6, taken back',
		text: [
			"In the console you'd open the user, remove the policy under Permissions, and delete the user.",
			'AWS deletes a user only when nothing is left on it. What somebody else gave it stays, and so does the ' +
				'user: take that away first, then discard it again.',
		],
		links: [vendorPage, 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_remove.html'],
	},
	makes: [theUser, attachments, password],
	async observe(look, known) {
		const extent = await lookAtExtent(look, known);
		if (!extent.user) return {extent, attached: [], signsIn: false, held: []};
		const {name} = extent.user;
		const [attached, login, held] = await Promise.all([
			policiesOf(look, name),
			look.at(call('iam:GetLoginProfile', {UserName: name})),
			holdingsOf(look, name),
		]);
		return {extent, attached, signsIn: login !== undefined, held};
	},
	plan(seen, known) {
		const {user, halts} = seen.extent;
		if (!user)
			return {
				changes: [],
				unseen: ['create-user'],
				says: triesOf(known, 'user', 'create-user').length > 0 ? 'gone' : 'none was made',
			};
		if (halts && (user.same || adoption(user.tags, known).length > 0))
			return {
				changes: [],
				stays: [{subject: `user ${user.name}`, why: 'its access key can be set Active again', ours: true}],
				says: `${user.arn} stays`,
			};
		// Another of that name has nothing that this setup gave.
		const attachments = user.same && managerOf(user.tags, known) === undefined ? ourAttachments(known) : [];
		const changes = [...detachments(user, attachments, seen.attached), ...(user.same ? login(user, seen, known) : [])];
		const unseen = [
			...attachments.filter(it => !seen.attached.includes(it.arn)).map(it => it.change),
			...(seen.signsIn ? [] : ['create-login']),
		];
		return {...farewell(user, seen, changes, known), unseen};
	},
});

/** What may not be looked at is left to AWS's own no. */
const holdingsOf = (look: Look, name: string): Promise<Seen['held']> =>
	Promise.all(
		holdings
			.filter(it => it.given && ![attachedPolicy, consolePassword, accessKey].includes(it))
			.map(async kind => ({kind, there: await kind.list(look, name).catch(() => [])})),
	);

type Attachment = {readonly change: string; readonly arn: string};
const ourAttachments = (known: Known): readonly Attachment[] => [
	...(wasPrinted(known) && known.facts.policyArn ? [{change: 'attach-policy', arn: known.facts.policyArn}] : []),
	...standing(known, 'user', 'attach-policy', 'attach-change-password').map(({change}) => ({
		change: change.id,
		arn: String(change.call.input['PolicyArn']),
	})),
];
const detachments = (user: User, ours: readonly Attachment[], attached: readonly string[]): readonly Change[] =>
	[...new Map(ours.map(it => [it.arn, it])).values()]
		.filter(it => attached.includes(it.arn))
		.map(it => ({
			id: it.change.replace('attach-', 'detach-'),
			verb: 'delete',
			subject: `attachment ${it.arn.split('/').at(-1) ?? it.arn} → ${user.name}`,
			call: call('iam:DetachUserPolicy', {UserName: user.name, PolicyArn: it.arn}),
			record: {undoes: [it.change]},
		}));

const ourLogin = (known: Known): readonly Attempt[] => standing(known, 'user', 'create-login', 'update-login');
const login = (user: User, {signsIn}: Seen, known: Known): readonly Change[] =>
	signsIn && ourLogin(known).length > 0
		? [
				{
					id: 'delete-login',
					verb: 'delete',
					subject: `console password of ${user.name}`,
					call: removing.password(user.name),
					record: {undoes: ['create-login', 'update-login']},
				},
			]
		: [];

/** The user goes if it is ours and nobody else gave it anything; otherwise our tags go from it. */
function farewell(user: User, seen: Seen, changes: readonly Change[], known: Known): Plan {
	const ours = bearsOurTag(user.tags, known) && recorded(known, 'user', 'create-user', 'userMadeAs', user.id);
	const others = givenByOthers(seen, known);
	if (ours && others.length === 0) return {changes: [...changes, removal(user)], says: user.arn};
	// Taken off, it would give the user more than it has.
	const bounded =
		triesOf(known, 'user', 'put-boundary').length > 0 ? `; its permissions boundary ${boundaryOf(known)} stays` : '';
	const stay: Stay = {
		subject: `user ${user.name}`,
		why: ours
			? `somebody gave it ${others.join(', ')}. Take that away in IAM, then run ${commandLine(known.run)} again`
			: `${whyStays(user.tags, triesOf(known, 'user', 'create-user').length > 0, known)}${bounded}`,
		...(bearsOurTag(user.tags, known) && {ours: true}),
	};
	return {changes: [...changes, ...untag(user, known)], stays: [stay], says: `${user.arn} stays`};
}

function givenByOthers({extent, attached, signsIn, held}: Seen, known: Known): readonly string[] {
	const ours = ourAttachments(known).map(it => it.arn);
	const others = (kind: Holding, there: readonly Held[]): readonly string[] =>
		there.filter(it => !isGivenByUs(kind.givenBy, it.id, known)).flatMap(it => kind.given?.(it) ?? []);
	return [
		...others(
			attachedPolicy,
			attached.filter(it => !ours.includes(it)).map(id => ({id})),
		),
		...others(consolePassword, signsIn ? [{id: ''}] : []),
		...extent.others.map(it => `the access key ${it.id}`),
		...held.flatMap(({kind, there}) => others(kind, there)),
	];
}

const removal = ({name}: User): Change => ({
	id: 'delete-user',
	verb: 'delete',
	subject: `user ${name}`,
	why: 'this setup made it',
	call: removing.user(name),
	record: {
		undoes: ['create-user', 'tag-user', 'put-boundary', 'describe-access-key'],
		forgets: ['userName', 'userArn', 'userMadeAs', 'userSeenAs', 'userAdopted'],
	},
	waits: [{code: 'DeleteConflict', why: 'IAM may not see yet that what it had is gone', atMost: 20}],
	lookAgainOn: ['DeleteConflict', 'DeleteConflictException'],
});

/** The tags that this setup put on a user that stays: the description of its access key, and that it was adopted. */
function untag({name, tags}: User, known: Known): readonly Change[] {
	const described =
		triesOf(known, 'access-key', 'describe-access-key').length > 0 ? known.delivered.map(it => it.id) : [];
	const TagKeys = [...described.filter(it => tags[it] !== undefined), ...adoption(tags, known)];
	if (TagKeys.length === 0) return [];
	return [
		{
			id: 'untag-user',
			verb: 'delete',
			subject: `tags ${TagKeys.join(', ')} of user ${name}`,
			why: 'this setup put them there',
			call: call('iam:UntagUser', {UserName: name, TagKeys}),
			record: {undoes: ['tag-user', 'describe-access-key']},
		},
	];
}
