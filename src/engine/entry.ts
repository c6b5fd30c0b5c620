import type {Answers} from './answers.js';
import type {Call} from './call.js';
import type {Change} from './change.js';
import type {Checked} from './check.js';
import type {Through} from './delivered.js';
import type {FactName, Facts} from './facts.js';

/** What happened, as it is appended to the record before it is stamped. No entry ever holds a secret. */
export type Happened =
	| {
			type: 'started';
			course: string;
			setup: string;
			setupId: string;
			recovered?: true;
			host: string;
			pid: number;
			version: string;
	  }
	/** A setup that AWS tells of by its tags is carried on: its id takes the place of this record's own. */
	| {type: 'taken-up'; setupId: string}
	/** Whose credentials are used, and what is known of where they lead. */
	| {type: 'connected'; caller: string; facts: Facts; endpoint?: string}
	/**
	 * What is `passing` counts for this run, and for good once a change is made with it. What `reopens`
	 * may be answered otherwise: what was made with it is gone.
	 */
	| {type: 'answered'; answers: Answers; passing?: true; reopens?: readonly string[]}
	/** What the person said yes to taking over, by its unique id: written before anything is done to it. */
	| {type: 'adopted'; step: string; facts: Facts}
	| {type: 'approved'; step: string; changes: readonly string[]}
	| {type: 'claimed'; place: string}
	| {type: 'intent'; id: number; step: string; change: Change}
	| {type: 'outcome'; of: number; ok: true; learned: Facts; requestId?: string}
	| {type: 'outcome'; of: number; ok: false; code: string; message: string; requestId?: string}
	| {type: 'shown'; id: string; of: number}
	| {type: 'delivered'; id: string; place: string | null}
	/** With the requests of a proof that was left before its end: no `checked` entry tells them. */
	| {type: 'own-use'; id: string; requestIds?: readonly string[]}
	| {type: 'checked'; step: string; id: string; about: string; checks: readonly Checked[]}
	/** By what a look showed, where that said when and from where; otherwise by somebody's word. */
	| {type: 'in-use'; id: string; seenAt?: string; from?: readonly string[]; through?: Through}
	/** What others made stricter than the set-up made it, as it was seen first. */
	| {type: 'narrowed'; what: string}
	/** With `ends` a round of a recurring course is over, and the facts it names aren't so any more. */
	| {type: 'completed'; step: string; facts: Facts; ends?: readonly FactName[]; left?: 'nothing' | 'something'}
	/** With `released` all that was printed before is void: nobody is to make it any more. */
	| {type: 'printed'; shell: string; changes: readonly string[]; calls?: readonly Call[]; released?: true}
	| {type: 'ended'; status: string; why?: string};
/** One line of the record: what, when, and by whose clock. */
export type Entry = Happened & {readonly at: string; readonly clock: 'aws' | 'local'};
