import {call} from '../../aws/client/call.js';
import {boundOn} from '../../aws/policy/bounds.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {parseArn} from '../../aws/rules/arn.js';
import {commandLine} from '../../engine/command-line.js';
import {
	type Change,
	type Difference,
	type Field,
	type Known,
	type Look,
	type Stop,
	textAnswer,
	type Value,
	type Way,
} from '../../engine/step.js';
import {isDenial} from './denied-looks.js';
import {findUser, type SeenUser, userNameOf, userOwner} from './iam-user.js';

/** The policy that is to bound what the user may do, by ARN; empty where none was asked for. */
export const boundaryOf = ({answers}: Pick<Known, 'answers'>): string => textAnswer(answers, 'permissionsBoundary');

/** The question for it: part of the user from CreateUser on, and nothing that the set-up would ever take off. */
export const boundaryField: Field = {
	name: 'permissionsBoundary',
	settles: 'when-used',
	label: 'Permissions boundary',
	kind: 'text',
	optional: true,
	initial: '',
	hint: 'the ARN of a policy, where your organization demands one',
	suggest: recoveredBoundary,
	wrong: it => (typeof it === 'string' ? boundaryArn(it) : 'A text is needed'),
};
/** The rule that the ARN breaks. */
function boundaryArn(value: string): string | undefined {
	if (value === '') return undefined;
	const arn = parseArn(value);
	const isPolicy = arn?.service === 'iam' && /^(\d{12}|aws)$/.test(arn.account) && arn.region === '';
	return isPolicy && /^policy\/[\x21-\x7e]+$/.test(arn.resource) && !/[*?]/.test(arn.resource)
		? undefined
		: 'It takes the ARN of a managed policy, such as arn:aws:iam::111122223333:policy/Boundary';
}
/** Where the record was lost, the user tells. */
async function recoveredBoundary(look: Look, known: Known): Promise<string> {
	if (known.recovered !== true) return '';
	const seen = await findUser(look, known).catch(() => undefined);
	return (seen && userOwner(seen, known).is === 'ours' && seen.boundary) || '';
}

/** The policy as it is found: its default version, or that it can't be read and why. */
export type SeenBoundary =
	| {readonly is: 'missing'}
	| {readonly is: 'untold'; readonly because: string}
	| {readonly is: 'read'; readonly document: Value};
/** Looks at the boundary that was asked for, where the user doesn't have it yet. */
export async function lookAtBoundary(
	look: Look,
	known: Known,
	seen: SeenUser | undefined,
): Promise<SeenBoundary | undefined> {
	const arn = boundaryOf(known);
	return arn === '' || seen?.boundary !== undefined ? undefined : readBoundary(look, arn);
}
async function readBoundary(look: Look, arn: string): Promise<SeenBoundary> {
	try {
		const policy = (await look.at(call('iam:GetPolicy', {PolicyArn: arn})))?.Policy;
		if (!policy?.DefaultVersionId) return {is: 'missing'};
		const version = await look.at(call('iam:GetPolicyVersion', {PolicyArn: arn, VersionId: policy.DefaultVersionId}));
		const document = readDocument(version?.PolicyVersion?.Document ?? '');
		return document === undefined ? {is: 'untold', because: 'its document is none'} : {is: 'read', document};
	} catch (error) {
		if (!isDenial(error)) throw error;
		return {is: 'untold', because: 'AccessDenied'};
	}
}

/** What the user's boundary lacks: the parts of the calls and changes, what to know, or why it can't be set. */
export type Bounding = {
	/** For CreateUser. */
	readonly input: {readonly PermissionsBoundary?: string};
	readonly inWords: readonly string[];
	/** For a user that is there. */
	readonly changes: readonly Change[];
	readonly warns: readonly string[];
};
const none: Bounding = {input: {}, inWords: [], changes: [], warns: []};

/** How the boundary that was asked for gets onto the user. One that is there is never replaced. */
export function bounding(
	seen: SeenUser | undefined,
	boundary: SeenBoundary | undefined,
	known: Known,
): Bounding | Stop {
	const arn = boundaryOf(known);
	const [name, has] = [seen?.name ?? textAnswer(known.answers, 'userName'), seen?.boundary];
	// What somebody changed since is theirs to decide; status tells it.
	if (arn === '' || has === arn || (has !== undefined && known.completed === true)) return none;
	const wrong = has === undefined ? cantBound(arn, boundary, known) : hasAnother(name, has, arn);
	if (wrong) return {is: 'problem', ...wrong};
	return {
		input: {PermissionsBoundary: arn},
		inWords: [`with the permissions boundary ${arn}`],
		changes: seen
			? [
					{
						id: 'put-boundary',
						verb: 'update',
						subject: `permissions boundary of user ${name}`,
						why: arn,
						call: call('iam:PutUserPermissionsBoundary', {UserName: name, PermissionsBoundary: arn}),
						record: {uses: ['permissionsBoundary']},
					},
				]
			: [],
		warns: whatItMeans(arn, boundary, known),
	};
}

const given = (says: string): Way => ({
	is: 'answer',
	says,
	field: 'permissionsBoundary',
	flags: '--permissions-boundary ARN',
});
type Wrong = Omit<Stop, 'is'>;
const hasAnother = (name: string, has: string, asked: string): Wrong => ({
	what: `User ${name} has another permissions boundary`,
	why: `It is ${has}, not ${asked}; one that is there is never replaced`,
	ways: [
		{
			is: 'answer',
			says: 'give the one that is there',
			field: 'permissionsBoundary',
			flags: `--permissions-boundary ${has}`,
		},
		{is: 'by-hand', says: 'have it changed in IAM by who set it'},
	],
	code: 'OtherBoundary',
});
function cantBound(arn: string, boundary: SeenBoundary | undefined, known: Known): Wrong | undefined {
	const {account = '', partition = 'aws'} = known.facts;
	const it = parseArn(arn);
	const here = it?.partition === partition && (it.account === 'aws' || account === '' || it.account === account);
	if (!here || boundary?.is === 'missing')
		return {
			what: `The permissions boundary ${arn} isn't there`,
			why: here ? 'IAM shows no policy of that ARN' : `It is no policy of account ${account} or of AWS`,
			ways: [given('give the ARN of a policy that is there')],
			code: 'NoBoundary',
		};
	const denied = verdicts(boundary, known).filter(one => one.bound.is === 'denies');
	if (denied.length === 0) return undefined;
	return {
		what: `The permissions boundary ${arn} denies what NPS calls`,
		why: verdicts(boundary, known)
			.map(one => one.inWords)
			.join('; '),
		ways: [given('give another'), {is: 'by-hand', says: 'ask who wrote it to leave these out of its denials'}],
		again: commandLine(known.run),
		code: 'BoundaryDenies',
	};
}

/** What NPS calls with the key. */
const needed = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'];
type Verdict = {readonly bound: ReturnType<typeof boundOn>; readonly inWords: string};
function verdicts(boundary: SeenBoundary | undefined, {facts}: Known): readonly Verdict[] {
	if (boundary?.is !== 'read') return [];
	const {partition = 'aws', region = '', account = '', keyArn} = facts;
	// A key that isn't made yet: only patterns match it.
	const key = keyArn ?? `arn:${partition}:kms:${region}:${account}:key/(not made yet)`;
	return needed.map(action => {
		const bound = boundOn(boundary.document, action, key);
		return {bound, inWords: `${action}: boundary: ${sayingOf(bound)}`};
	});
}
/** The boundary limits what IAM policies give, not what the key policy gives the user by its ARN; a Deny both. */
function sayingOf(bound: Verdict['bound']): string {
	switch (bound.is) {
		case 'allows':
			return 'allows it; the key policy names the user: allowed';
		case 'silent':
			return 'silent, so an IAM policy gives nothing; the key policy names the user: allowed';
		case 'denies':
			return `explicit Deny (statement ${bound.by}): denied, whatever the key policy says`;
		case 'cant-tell':
			return `explicit Deny under conditions (statement ${bound.by}): can't tell before it is tried`;
	}
}
function whatItMeans(arn: string, boundary: SeenBoundary | undefined, known: Known): readonly string[] {
	if (boundary?.is === 'untold')
		return [
			`The permissions boundary ${arn} can't be read (${boundary.because}), so what it means for what NPS calls ` +
				"can't tell: the proof does.",
		];
	return verdicts(boundary, known).map(it => it.inWords);
}

/** What the user's boundary denies, or may deny, of what NPS calls, whoever put it there: the statements, by name. */
export async function boundaryDenials(look: Look, known: Known): Promise<readonly string[]> {
	const user = await look.at(call('iam:GetUser', {UserName: userNameOf(known)})).catch(() => undefined);
	const arn = user?.User?.PermissionsBoundary?.PermissionsBoundaryArn;
	if (arn === undefined) return [];
	const bounds = verdicts(await readBoundary(look, arn).catch(() => undefined), known).map(it => it.bound);
	const by = new Set(bounds.flatMap(it => ('by' in it ? [it.by] : [])));
	return by.size === 0 ? [] : [`in the permissions boundary ${arn} a Deny, statement ${[...by].join(', ')}`];
}

/** How the boundary differs from the one that was asked for; undefined where none was. */
export function boundaryDifferences(seen: SeenUser, known: Known): readonly Difference[] | undefined {
	const arn = boundaryOf(known);
	if (arn === '') return undefined;
	if (seen.boundary === arn || known.completed !== true) return [];
	const difference = {subject: `user ${userNameOf(known)}`, expected: arn};
	return seen.boundary === undefined
		? [
				{
					...difference,
					code: 'permissions-boundary-gone',
					found: 'none',
					text: `The permissions boundary ${arn} of the user is gone`,
					covers: ['put-boundary'],
				},
			]
		: [
				{
					...difference,
					code: 'permissions-boundary-changed',
					found: seen.boundary,
					text: `The user's permissions boundary is ${seen.boundary}, not ${arn}`,
				},
			];
}
