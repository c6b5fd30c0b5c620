import type {Hands} from './apply.js';
import {demandsOf} from './check.js';
import {type CheckHands, runChecks, type Try} from './checking.js';
import type {Ask, Check, Checked, Facts, Problem, Stop, ToProve} from './step.js';

/** What a proof needs: the secret in its place or from the person, and hands that use it. */
export type ProofHands = Pick<Hands, 'append' | 'places' | 'clock' | 'tell'> &
	Pick<CheckHands, 'bytes' | 'leaving' | 'verdictOf'> & {
		tryAs(id: string, secret: string): Try;
		secret(ask: Ask): Promise<string | undefined>;
	};
/** What a proof came to: a problem if a check came out wrong, else what to say and what couldn't be told. */
export type Proved =
	| {readonly problem: Problem}
	| {readonly problem?: never; readonly says: string; readonly warns: readonly string[]};

/** Runs the checks as the new user and records what each came to, and that the delivered thing was used by us. */
export async function prove(step: string, asked: ToProve, facts: Facts, hands: ProofHands): Promise<Proved> {
	const {checks, id, about} = asked;
	const secret = await secretOf(asked, hands);
	const made: string[] = [];
	const used = async (requestIds: readonly string[] = []): Promise<void> => {
		const ids = requestIds.length > 0 && {requestIds};
		if (secret !== undefined) await hands.append({type: 'own-use', id, ...ids});
	};
	// Before as well as after: a death in between must not make our own use look like somebody else's.
	await used();
	const tries = secret === undefined ? {because: `the ${asked.secret} is not at hand`} : hands.tryAs(id, secret);
	const trying = {...hands, tries, tried: (it: string) => void made.push(it)};
	const results = await runChecks(step, checks, facts, trying).catch(async error => {
		await used(made);
		throw error;
	});
	await used();
	await hands.append({type: 'checked', step, id, about, checks: results});
	const wrong = results.filter(it => it.ok === false);
	const [first] = wrong;
	if (first) return {problem: cameOutWrong(first, wrong.length, checks)};
	const untold = results.filter(it => it.ok === null);
	const passed = results.length - untold.length;
	return {
		says:
			untold.length === 0 ? `all ${passed} checks passed` : `not proven: ${passed} of ${results.length} checks passed`,
		warns: [...new Set(untold.map(it => it.because))].map(because => {
			const of = untold.filter(it => it.because === because).map(it => it.check);
			const says = demandsOf(checks.filter(it => of.includes(it.id)));
			return `Can't tell${because ? ` (${because})` : ''}: ${says}`;
		}),
	};
}

/** The secret in its file if it is that thing's, else as the person types it; undefined if there is none. */
async function secretOf(
	{id, secret: called, place, columns}: ToProve,
	{places, secret}: ProofHands,
): Promise<string | undefined> {
	if (place !== null) {
		const held = await places.recall(place, columns, columns[0]).catch(() => undefined);
		if (held === id) return places.recall(place, columns, columns[1]);
	}
	const why = place === null ? 'It was shown once and is kept nowhere.' : `It is no longer in ${place}.`;
	return secret({
		kind: 'secret',
		label: called.charAt(0).toUpperCase() + called.slice(1),
		why: `${why} It is used for this proof and kept nowhere.`,
	});
}

const cameOutWrong = ({check, says, expect, got, because}: Checked, many: number, all: readonly Check[]): Stop => ({
	is: 'problem',
	what: `The proof failed: ${says}${many > 1 ? `, and ${many - 1} more` : ''}`,
	why: because ?? `it should be ${expect}, and is ${got}`,
	ways: all.find(it => it.id === check)?.ways ?? [{is: 'none', says: 'nothing is known that helps'}],
	code: check,
});
