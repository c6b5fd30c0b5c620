import {defaultAnswers} from '../../src/engine/default-answers.js';
import {fold} from '../../src/engine/record.js';
import type {Front, Ports} from '../../src/engine/run.js';
import type {Answers, Plan, Problem} from '../../src/engine/step.js';
import {choicesOf, toDoByFlags} from '../../src/engine/to-do.js';
import type {Event} from '../../src/engine/wizard.js';
import {replaceAccessKey} from '../../src/steps/index.js';
import type {Boot, Ended} from '../fake/ports.js';
import {minutes, type Story} from './replace-story.js';

/** How a person answers in one run: in the forms, at the gates, and whether they type what has to be typed. */
export type Manner = {
	readonly form: Answers;
	/** The key pressed at a gate; with undefined they leave. */
	press(problem: Problem): string | undefined;
	readonly types: boolean;
};

/** A person before the screens of one run. */
export const personIn =
	(story: Story, {form, press, types}: Manner) =>
	({look}: Ports): Front => {
		let [reviews, decisions] = [0, 0];
		return {
			async deliver(row, revealed) {
				await revealed();
				story.world.files[`noted by hand ${Object.values(row)[0]}`] = {is: 'row', row};
			},
			async decide({phase}, step, known): Promise<Event> {
				if (++decisions > 150) throw new Error(`the person goes round in circles at ${step.id}`);
				switch (phase.at) {
					case 'form': {
						reviews = 0;
						const asked = new Set((step.fields?.(known) ?? []).map(it => it.name));
						const answers = Object.fromEntries(Object.entries(form).filter(([name]) => asked.has(name)));
						return {
							type: 'submitted',
							answers: {
								...(await defaultAnswers(step, look, {...known, answers: {...known.answers, ...answers}})),
								...answers,
							},
						};
					}
					case 'review': {
						const words = wordsOf(phase.plan);
						if ((words.length > 0 && !types) || ++reviews > 5) return {type: 'quit'};
						for (const it of words) story.named.add(it);
						return {type: 'approved'};
					}
					case 'stopped': {
						const key = press(phase.problem);
						const way = choicesOf(phase.problem).find(it => it.key === key);
						if (way) return {type: 'way', way};
						return key === 'r' ? {type: 'retry'} : key === 'b' ? {type: 'back'} : {type: 'quit'};
					}
					case 'done':
						return {type: 'next'};
					default:
						return {type: 'quit'};
				}
			},
		};
	};
/** What has to be typed before a plan is approved. */
const wordsOf = ({confirm, changes}: Plan): readonly string[] => [
	...(confirm ? confirm.words.slice(0, 1) : []),
	...changes.flatMap(it => (it.confirm === undefined ? [] : [it.confirm])),
];

/** What a person who wants the replacement to go well, and knows how things are, does at each gate. */
export class Sensible {
	#tries = 0;
	#form: Answers = {};

	constructor(readonly story: Story) {}

	/** One run, and what they do after it. Returns how it ended. */
	async run(
		how: Pick<Boot, 'dieAt' | 'trouble' | 'lag'> & {readonly slow?: number; readonly unproven?: boolean} = {},
	): Promise<Ended> {
		const {story} = this;
		const front = personIn(story, {form: this.#form, press: once(it => this.#press(it)), types: true});
		const ended = await story.run(replaceAccessKey, {...how, front});
		if (ended.ending?.problem) this.#after(ended.ending.problem);
		else story.pass(minutes);
		return ended;
	}

	#press(problem: Problem): string | undefined {
		const {story} = this;
		const {code} = problem;
		const ways = choicesOf(problem);
		const {old, fresh} = story.pair;
		const works = story.key(story.nps)?.status === 'Active';
		const giving = (name: string, is: (id: string) => boolean): string | undefined =>
			ways.find(it => typeof it.answers[name] === 'string' && is(it.answers[name]))?.key;
		switch (code) {
			case 'TwoKeys':
				return giving('removeAccessKey', id => id !== story.nps);
			case 'Stray':
			case 'LimitExceeded':
				return giving('removeAccessKey', id => ![story.nps, old, fresh].includes(id));
			case 'Shown':
				return (
					giving('secretStored', id => story.isOut(id) && Object.keys(story.world.files).some(it => it.endsWith(id))) ??
					giving('removeAccessKey', () => true)
				);
			case 'NotRotatedYet':
				return story.nps === fresh ? 'y' : undefined;
			case 'Healthy':
				return works ? 'y' : 'u';
			case 'MayBeDeleted':
				return works ? 'x' : 'u';
			case 'ActiveAgain':
				return works && story.nps === fresh ? 'i' : undefined;
			default:
				return undefined;
		}
	}

	#after(problem: Problem): void {
		const {code} = problem;
		const {story} = this;
		const {fresh} = story.pair;
		story.pass(10 * minutes);
		switch (code) {
			case 'NotRotatedYet':
			case 'ActiveAgain':
			case 'OldInactive':
				story.moveNps(fresh);
				story.pass(10 * minutes);
				story.use(story.nps, 'nps', 0);
				break;
			case 'NotSeenYet':
			case 'StillUsed':
				if (story.nps !== fresh) story.moveNps(fresh);
				story.use(story.nps, 'nps', 0);
				if (++this.#tries > 2) this.#form = {newKeyRotated: true, overrideReason: 'seen in the log of NPS'};
				break;
			case 'NewKeyGone':
				// As the problem says to.
				story.setByHand(/--access-key-id (\w+)/.exec(toDoByFlags(problem))?.[1] ?? '', 'Active');
				break;
			case 'Inactive':
				story.setByHand(story.key(story.nps) ? story.nps : (story.keys[0]?.id ?? ''), 'Active');
				break;
			case 'EEXIST':
				this.#form = {...this.#form, newSecretTo: 'file', newSecretFile: `/home/op/another-${story.steps}.csv`};
				break;
			default:
				break;
		}
		story.pass(5 * minutes);
	}
}

/** Presses the same key at the same gate only once in a run. */
function once(press: Manner['press']): Manner['press'] {
	const pressed = new Set<string>();
	return problem => {
		const key = press(problem);
		const print = `${problem.code} ${problem.what} ${key}`;
		if (pressed.has(print)) return undefined;
		pressed.add(print);
		return key;
	};
}

/** Goes on sensibly and without trouble until the replacement is over. Returns what is wrong with the end, if anything is. */
export async function finish(story: Story): Promise<string | undefined> {
	const person = new Sensible(story);
	let told = '';
	for (let turn = 0; turn < 25; turn++) {
		const {ending} = await person.run();
		if (story.wrong.length > 0) return story.wrong[0];
		const code = ending?.problem?.code;
		// Not due may be told of what AWS still shows: a minute later it counts.
		if (ending?.status === 'complete' || (code === 'NotDue' && turn > 0)) return wrongEnd(story);
		if (code === 'NoAccessKey' && story.keys.length === 0) return undefined;
		told = `${ending?.status} at ${ending?.step.id}: ${ending?.problem?.what} (${code}) ${ending?.problem?.why}`;
	}
	return `never came to an end: ${told}`;
}

/** One delivered access key that works and that NPS uses, and of ours no other; nothing of the old one. */
function wrongEnd(story: Story): string | undefined {
	const {world, made, keys, owner} = story;
	// Cut off on the person's own word, or by somebody else, NPS has to be rotated to what there is.
	if (!story.key(story.nps)) story.moveNps(fold(world.record).facts['accessKeyId'] ?? '');
	const {nps} = story;
	const ours = keys.filter(it => made.some(by => by.id === it.id && by.by === 'us'));
	const told = keys.map(it => `${it.id} ${it.status}`).join();
	const held = keys.find(it => it.id === nps);
	if (held?.status !== 'Active') return `at the end NPS uses ${nps}, and there is: ${told}`;
	const recorded = fold(world.record).facts['accessKeyId'];
	if (ours.some(it => it !== held && !(story.isByHand(nps) && it.id === recorded)))
		return `at the end another key of ours is left: ${told}`;
	if (story.pair.old !== '' || story.pair.fresh !== '') return 'at the end the record still speaks of a replacement';
	const gone = Object.keys(owner.tags).filter(it => made.some(by => by.id === it && by.by === 'us') && !story.key(it));
	if (gone.length > 0) return `at the end a description tag is left: ${gone.join()}`;
	if (!story.isByHand(nps) && !world.record.some(it => it.type === 'delivered' && it.id === nps))
		return `at the end ${nps} is not known to be delivered`;
	return undefined;
}

/** Asks for the old access key to be Active again, with one key or one flag. Returns what is wrong, if it isn't. */
export async function undo(story: Story, by: 'key' | 'flag'): Promise<string | undefined> {
	const {old} = story.pair;
	const press = once(it => (choicesOf(it).some(way => way.key === 'u') ? 'u' : it.code === 'Shown' ? 's' : undefined));
	const answers = by === 'flag' ? {answers: {activeAgain: old, inactiveAgain: ''}} : {};
	const {ending} = await story.run(replaceAccessKey, {
		...answers,
		front: personIn(story, {form: {}, press: by === 'key' ? press : () => undefined, types: false}),
	});
	if (story.wrong.length > 0) return story.wrong[0];
	if (story.key(old)?.status === 'Active') return undefined;
	return `${old} can't be set Active again by ${by}: ${ending?.status} at ${ending?.step.id}: ${ending?.problem?.what} (${ending?.problem?.code}) ${ending?.problem?.why}`;
}
