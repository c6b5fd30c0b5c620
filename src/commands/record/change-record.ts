import {optionsOf} from '../../aws/by-hand.js';
import {inputInWords} from '../../aws/policy/input-in-words.js';
import {inWords, readDocument} from '../../aws/policy/policy-documents.js';
import type {Course} from '../../engine/course.js';
import {historyOf, type PastChange, type PastProof, type PastRun} from '../../engine/history.js';
import {type Entry, fold, type State} from '../../engine/record.js';
import type {Call, Edit, Value} from '../../engine/step.js';
import {commandOf} from '../../script/bash-command.js';
import {byHand, type Listed, whatExists} from '../../steps/discard/what-exists.js';
import {setup as course, moveKey, procedure, replaceAccessKey, retire} from '../../steps/index.js';
import {stageOfMove} from '../../steps/move/the-move.js';
import {isRetired, isRetiring, stageInWords} from '../../steps/retire/stage.js';
import type {Compliance} from './compliance.js';
import {type Move, moveIn} from './move-told.js';
import {type Retirement, retirementIn} from './retirement-told.js';

/** One change as an auditor reads it; the call as AWS got it, without a secret. */
export type RecordedChange = Omit<PastChange, 'change' | 'learned'> & {
	readonly name: string;
	readonly id: string;
	readonly verb: string;
	readonly subject: string;
	readonly call: PastChange['change']['call'];
	/** What a document in it allows, and what else it wrote, in words. */
	readonly words: readonly string[];
};
/** One proof: with which access key, and of which KMS key. */
export type RecordedProof = Omit<PastProof, 'id' | 'about'> & {readonly accessKeyId: string; readonly keyArn: string};
/** All that a record has to tell, for people and for programs. */
export type ChangeRecord = {
	readonly setup: string;
	readonly file: string;
	/** Kept after a discard that left nothing. */
	readonly kept: boolean;
	readonly setupId: string | undefined;
	readonly account: string | undefined;
	readonly accountAlias: string | undefined;
	readonly partition: string | undefined;
	readonly region: string | undefined;
	/** The profile that signed in, as that machine names it. */
	readonly profile: string | undefined;
	readonly stands: string;
	readonly runs: readonly PastRun[];
	readonly changes: readonly RecordedChange[];
	readonly proofs: readonly RecordedProof[];
	/** Only where it was asked for; no record holds it. */
	readonly compliance?: Compliance;
	/** How NPS was moved to another setup, where that was begun. */
	readonly move?: Move;
	/** How a set-up that NPS used ends, where that was begun. */
	readonly retirement?: Retirement;
	readonly exists: readonly Listed[];
	readonly npsRotated: boolean;
	readonly takeBack: readonly string[];
};

type Read = {readonly file: string; readonly kept: boolean; readonly entries: readonly Entry[]};
/** Gathers what a record tells: who did what and when, what was checked, what exists, and how it is taken back. */
export function changeRecord(setup: string, {file, kept, entries}: Read, courses: readonly Course[]): ChangeRecord {
	const state = fold(entries, course.name);
	const {runs, changes, proofs} = historyOf(entries);
	const {account, accountAlias, partition, region} = state.facts;
	const {facts, answers, delivered} = state;
	const options = optionsOf({...answers, region}, undefined);
	const recorded = {facts, answers, delivered, made: changes.filter(wasMade)};
	const exists = whatExists(procedure, recorded);
	const move = moveIn(entries);
	const retirement = retirementIn(entries);
	return {
		setup,
		file,
		kept,
		setupId: state.setupId,
		account,
		accountAlias,
		partition,
		region,
		profile: optionsOf({profile: answers['profile']}, undefined)[1],
		stands: standing(state, exists, kept, courses),
		runs,
		changes: changes.map(asAudited),
		proofs: proofs.map(({id, about, ...it}) => ({...it, accessKeyId: id, keyArn: about})),
		...(move && {move}),
		...(retirement && {retirement}),
		exists,
		npsRotated: state.delivered.some(it => it.inUse),
		takeBack: byHand(procedure, recorded).flatMap(it => linesOf(it, options)),
	};
}

/** One call as a command; a document that is edited as it is read and written again. */
function linesOf(it: Call | Edit, options: readonly string[]): readonly string[] {
	const command = (one: Call, ...more: readonly string[]): string =>
		[
			commandOf(
				{call: one},
				{},
				[],
				options.map(word => [word]),
			),
			...more,
		].join(' ');
	if (!('write' in it)) return [command(it)];
	return [
		`# Save what this prints as ${it.file}, without ${it.without}:`,
		command(it.read, '--query', it.at, '--output', 'text'),
		command(it.write, `--${it.at.toLowerCase()}`, `file://${it.file}`),
	];
}

function standing(state: State, exists: readonly Listed[], kept: boolean, courses: readonly Course[]): string {
	if (kept) return 'taken back; nothing of it is left in use';
	const halfDone = courses.find(it => it.name === state.changing)?.halfDone;
	if (halfDone !== undefined) return halfDone;
	const done = state.done[course.name] ?? [];
	const next = course.steps.find(it => !done.includes(it.id));
	if (isRetired(state)) return stageInWords(state);
	if (isRetiring(state)) return `being retired: ${stageInWords(state)}`;
	if (!next) return stageOfMove(state.facts) ?? 'set up: every step was done';
	if (exists.length === 0) return Object.keys(state.past).length > 0 ? 'nothing is left of it' : 'nothing was changed';
	return `not finished: step ${course.steps.indexOf(next)} (${next.name}) comes next`;
}

const wasMade = ({outcome}: PastChange): boolean => outcome === 'done' || outcome === 'found';
const steps = [course, replaceAccessKey, moveKey, retire].flatMap(it => it.steps);
const asAudited = ({change, learned: _learned, ...rest}: PastChange): RecordedChange => ({
	...rest,
	name: steps.find(it => it.id === rest.step)?.name ?? rest.step,
	id: change.id,
	verb: change.verb,
	subject: change.subject,
	call: change.call,
	words: [
		...Object.values(change.call.input).flatMap(it => {
			const document = documentIn(it);
			return document === undefined ? [] : inWords({to: document}, {});
		}),
		...inputInWords(withoutDocuments(change), {}),
	],
});
const documentIn = (it: Value): Value | undefined =>
	typeof it === 'string' && it.startsWith('{') ? readDocument(it) : undefined;
const withoutDocuments = ({call: {api, input}, ...change}: PastChange['change']): PastChange['change'] => ({
	...change,
	// It is told in the call's own words, whatever the reason said of it.
	why: '',
	call: {api, input: Object.fromEntries(Object.entries(input).filter(([, it]) => documentIn(it) === undefined))},
});
