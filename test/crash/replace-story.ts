import {type SentCall, Refused as Unknown} from '../../src/engine/apply.js';
import type {Course} from '../../src/engine/course.js';
import {fold} from '../../src/engine/record.js';
import {isProblem, type Step, step} from '../../src/engine/step.js';
import type {ThisRun} from '../../src/engine/this-run.js';
import {fieldsOf} from '../../src/run/given-answers.js';
import {replaceAccessKey, setup} from '../../src/steps/index.js';
import type {AccessKey, User} from '../fake/account.js';
import {FakeAws, type Lag} from '../fake/aws.js';
import {type Boot, boot, copyOf, type Ended, emptyWorld, type World} from '../fake/ports.js';
import {breaksRule, notesTooMuch} from './replace-rules.js';

export const user = 'nps-kms-user';
export const minutes = 60_000;
/** One use of an access key as it really was; AWS shows the last one of a key, to the minute, from `shownAt` on. */
export type Use = {
	readonly id: string;
	readonly at: number;
	readonly by: 'nps' | 'proof' | 'somebody';
	readonly with: string;
	shownAt: number;
	/** AWS has shown it, by whichever source. */
	wasShown?: true;
};
/** An access key as it really came about; `from` is where in the record the run begins that made it. */
export type Made = {readonly id: string; readonly by: 'us' | 'somebody'; readonly from: number};
/** Moments that a story came through: what a property reaches. */
export type Reached =
	| 'made'
	| 'switched'
	| 'deactivated'
	| 'deleted'
	| 'undone'
	| 'second round'
	| 'third round'
	| 'named'
	| 'died'
	| 'cut proof';

/** A replacement as it really goes, over days: the account, the record, and what neither of them knows. */
export class Story {
	/** The access key that NPS really uses. */
	nps = '';
	/** NPS was moved to another key and back again. */
	movedBack = false;
	uses: Use[] = [];
	made: Made[] = [];
	/** The ids that the person typed or chose for removal in the run under way. */
	named = new Set<string>();
	readonly wrong: string[] = [];
	readonly reached = new Map<Reached, number>();
	steps = 0;
	/** Where in the record it stood when somebody else last set a key Active. */
	readonly revivedAt = new Map<string, number>();
	/** Where in the record the run under way begins. */
	from = 0;

	constructor(readonly world: World) {}

	/** Another story, the same so far. */
	copy(): Story {
		const it = new Story(copyOf(this.world));
		it.nps = this.nps;
		it.movedBack = this.movedBack;
		it.uses = this.uses.map(use => ({...use}));
		it.made = [...this.made];
		for (const [id, at] of this.revivedAt) it.revivedAt.set(id, at);
		return it;
	}
	get owner(): User {
		const it = this.world.account.users.find(({name}) => name === user);
		if (!it) throw new Error('the user is gone');
		return it;
	}
	get keys(): readonly AccessKey[] {
		return this.owner.accessKeys;
	}
	key(id: string): AccessKey | undefined {
		return this.keys.find(it => it.id === id);
	}
	/** The access key being replaced, and the one that takes its place, as the record names them. */
	get pair(): {readonly old: string; readonly fresh: string} {
		const {facts} = fold(this.world.record, replaceAccessKey.name);
		return {old: facts['replacing'] ?? '', fresh: facts['newAccessKeyId'] ?? ''};
	}
	reach(what: Reached): void {
		this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
	}
	/** Whether somebody could have the secret: it lies in a file, or it was shown. */
	isOut(id: string): boolean {
		const inFile = Object.values(this.world.files).some(it => it.is === 'row' && Object.values(it.row).includes(id));
		return inFile || this.world.record.some(it => (it.type === 'shown' || it.type === 'delivered') && it.id === id);
	}

	/** Whether somebody has the secret. */
	isKnown(id: string): boolean {
		return this.isOut(id) || this.isByHand(id);
	}
	isByHand(id: string): boolean {
		return this.made.some(it => it.id === id && it.by === 'somebody');
	}

	pass(ms: number): void {
		this.world.account.now += ms;
		this.show();
	}
	/** AWS shows the last use of each key, as far as it has heard of it. */
	show(): void {
		const {now} = this.world.account;
		for (const it of this.uses) if (this.isShown(it)) it.wasShown = true;
		for (const it of this.keys) {
			const last = this.uses
				.filter(use => use.id === it.id && use.shownAt <= now)
				.sort((one, other) => other.at - one.at)[0];
			if (!last) continue;
			it.usedAt = Math.floor(last.at / minutes) * minutes;
			it.usedWith = last.with;
		}
	}
	/** Whether AWS shows a use now: IAM, or CloudTrail where it may be asked. */
	isShown({at, with: service, shownAt}: Use): boolean {
		const {now, eventsLate} = this.world.account;
		return shownAt <= now || (service === 'kms' && eventsLate !== undefined && at + eventsLate <= now);
	}
	/** Somebody else uses the KMS key, by no access key of the user. */
	strangerUses(): void {
		const {now, events} = this.world.account;
		const by = 'arn:aws:iam::111122223333:user/stranger';
		const requestId = `stranger-${events.length}`;
		events.push({accessKeyId: 'AKIASTRANGER', at: now, requestId, agent: 'x', by, address: '10.9.9.9'});
	}
	/** Something uses an access key, if that works; AWS shows it later. */
	use(id: string, by: Use['by'], late: number, service = 'kms'): void {
		const {now} = this.world.account;
		if (this.key(id)?.status !== 'Active') return;
		this.uses.push({id, at: now, by, with: service, shownAt: now + late});
		const {events} = this.world.account;
		const agent = by === 'proof' ? 'aws-sdk-js/3 app/nps-kms' : 'aws-sdk-dotnet';
		const address = by === 'nps' ? '10.1.2.3' : '10.0.0.9';
		if (service === 'kms')
			events.push({accessKeyId: id, at: now, requestId: `use-${events.length}`, agent, by: this.owner.arn, address});
		this.show();
	}
	/** The person runs SbPAM.RotateAwsKey; it works only with an access key that works, and the tool itself uses it. */
	moveNps(id: string, late = 0): void {
		if (this.key(id)?.status !== 'Active' || !this.isKnown(id)) return;
		if (this.made.findIndex(it => it.id === id) < this.made.findIndex(it => it.id === this.nps)) this.movedBack = true;
		if (this.nps !== id && this.key(this.nps)) this.use(this.nps, 'nps', late);
		this.nps = id;
		this.use(id, 'nps', late);
	}
	/** Somebody makes an access key in the console. */
	makeByHand(): void {
		if (this.keys.length > 1) return;
		const {id} = new FakeAws(this.world.account).makeAccessKey(user);
		this.owner.tags[id] = 'made by hand';
		this.made.push({id, by: 'somebody', from: this.world.record.length});
	}

	/** Somebody changes the status of a key in the console. */
	setByHand(id: string, status: 'Active' | 'Inactive'): void {
		const key = this.key(id);
		if (!key) return;
		if (status === 'Active' && key.status !== status) this.revivedAt.set(id, this.world.record.length);
		key.status = status;
	}

	/** One run of the program over this story; every change it makes is judged. */
	async run(
		course: Course,
		how: Omit<Boot, 'course' | 'hears' | 'tries'> & {readonly slow?: number; readonly unproven?: boolean},
	): Promise<Ended> {
		this.from = this.world.record.length;
		this.named = new Set();
		this.steps++;
		const hears = {
			asked: (call: SentCall) => this.#judge(call, 'asked'),
			done: (call: SentCall) => this.#judge(call, 'done'),
		};
		const tries = (id: string): void => {
			const key = this.key(id);
			if (key?.status !== 'Active' || this.world.account.now < key.madeAt + (how.slow ?? 0)) unknownYet();
			this.use(id, 'proof', 0);
		};
		const run: ThisRun = {prove: how.unproven ? 'no' : undefined};
		const answers = {...anew, ...how.answers};
		const ended = await boot(this.world, {
			...how,
			...(course !== setup && {answers}),
			course: proving(course),
			hears,
			tries,
			run: {...run, ...how.run},
		});
		const noted = course === setup ? undefined : notesTooMuch(this);
		if (noted) this.wrong.push(noted);
		if (ended.died) this.reach('died');
		const ownUses = this.world.record.slice(this.from).filter(it => it.type === 'own-use').length;
		if (ownUses === 1) this.reach('cut proof');
		if (this.world.record.slice(this.from).some(it => it.type === 'in-use') && course !== setup) this.reach('switched');
		return ended;
	}

	#judge(call: SentCall, when: 'asked' | 'done'): void {
		if (when === 'done' && call.api === 'iam:CreateAccessKey') {
			const {id} = this.keys.at(-1) ?? {id: ''};
			this.made.push({id, by: 'us', from: this.world.record.length});
			this.reach('made');
		}
		const wrong = breaksRule(this, call, when);
		if (wrong)
			this.wrong.push(
				`${wrong} [${call.api} ${String(call.input['AccessKeyId'] ?? '')} ${String(call.input['Status'] ?? '')}]`,
			);
	}
}

function unknownYet(): never {
	throw new Unknown(
		'InvalidClientTokenId',
		'The security token included in the request is invalid.',
		'request-unknown',
	);
}

/** What each run answers anew, as the program does. */
const anew = Object.fromEntries(
	fieldsOf(replaceAccessKey, 'nps').flatMap(it =>
		it.settles === 'each-run' && it.initial !== undefined ? [[it.name, it.initial]] : [],
	),
);

/** The course with a proof that makes one call with the access key, three times, instead of the many. */
const proving = (it: Course): Course => ({
	...it,
	steps: it.steps.map(each => (each.id.startsWith('prove') ? shortProof(each) : each)),
});
function shortProof(it: Step): Step {
	return step({
		...it,
		observe: async () => undefined,
		plan(_seen, known) {
			const real = it.plan(undefined, known);
			if (isProblem(real) || !real.says?.startsWith('will be tried')) return real;
			const {keyArn = ''} = known.facts;
			const accessKeyId = known.facts[it.id === 'prove' ? 'accessKeyId' : 'newAccessKeyId'] ?? '';
			const call = {api: 'kms:DescribeKey', input: {KeyId: keyArn}};
			const check = {
				id: 'describe-key',
				says: 'works',
				by: 'new-user',
				expect: 'allowed',
				probes: [{call}],
				ways: [{is: 'none', says: ''}],
			} as const;
			const place = known.delivered.find(({id}) => id === accessKeyId)?.place ?? null;
			return {
				changes: [],
				proof: {
					...{checks: [check], id: accessKeyId, about: keyArn, place, secret: 'its secret'},
					columns: ['Access key ID', 'Secret access key'],
				},
			};
		},
	});
}

/** A story that begins with a finished set-up, 85 days old, whose access key NPS uses. */
export async function finishedSetUp(lag: Lag = {}): Promise<Story> {
	const world = emptyWorld();
	await boot(world, {course: setup, answers: {accessKeyDescription: 'first'}, lag});
	const {ending} = await boot(world, {course: setup, answers: {npsRotated: true}, lag});
	if (ending?.status !== 'complete') throw new Error('the set-up did not finish');
	const story = new Story(world);
	story.nps = story.keys[0]?.id ?? '';
	story.made.push({id: story.nps, by: 'us', from: 0});
	story.pass(5 * minutes);
	story.use(story.nps, 'nps', 0);
	story.pass(85 * 24 * 60 * minutes);
	return story;
}
