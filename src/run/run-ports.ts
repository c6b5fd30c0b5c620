import {randomBytes} from 'node:crypto';
import {call} from '../aws/client/call.js';
import {verdictOf} from '../aws/problems/verdict.js';
import {parseArn} from '../aws/rules/arn.js';
import type {Ports} from '../engine/ports.js';
import {fold, type Happened, knownFor, type State} from '../engine/record.js';
import {Halted} from '../engine/reply.js';
import type {Problem} from '../engine/step.js';
import type {ThisRun} from '../engine/this-run.js';
import type {Clock, Tell} from '../engine/waiting.js';
import type {Store} from '../local/record-store.js';
import {filePlaces} from '../local/secret-files.js';
import {otherAccount} from '../steps/connect.js';
import {otherThanReviewed} from '../steps/things/kms-key-policy-as-reviewed.js';
import {otherThanMeant} from '../steps/things/same-thing.js';
import type {Connection} from './connection.js';
import {explain} from './explain.js';
import type {Leaving} from './leaving.js';

/** As old, in milliseconds, as AWS's last answer may be to tell the time of an intent. */
const fresh = 5000;

/** The ports of a run over a connection, a record and one who listens. */
export function portsOf(connection: Connection, store: Store, run: ThisRun, leaving: Leaving, tell: Tell): Ports {
	const {aws, look, clock} = connection;
	/** What AWS said last, not what has passed since: what is made for an intent is not older than that. */
	const timeOfIntent = (): ReturnType<Clock['now']> => {
		const told = aws.toldWithin(fresh);
		return told === undefined ? {...clock.now(), clock: 'local'} : {at: new Date(told).toISOString(), clock: 'aws'};
	};
	const append = async (entry: Happened): Promise<void> =>
		store.append({...entry, ...(entry.type === 'intent' ? timeOfIntent() : clock.now())});
	const state = (): State => fold(store.entries());
	/** The credentials whose account was compared last. */
	let guarded: string | undefined;
	const guard = async (): Promise<Problem | undefined> => {
		const by = await aws.by();
		const caller = await look.at(call('sts:GetCallerIdentity', {}));
		const partition = parseArn(caller?.Arn ?? '')?.partition ?? '';
		const before = state();
		const problem = otherAccount(caller?.Account ?? '', partition, {facts: before.facts, run});
		if (problem) return problem;
		const last = store.entries().findLast(it => it.type === 'connected');
		if (caller?.Account && caller.Arn && last?.caller !== caller.Arn) {
			const region = before.facts.region ?? '';
			await append({
				type: 'connected',
				caller: caller.Arn,
				facts: {account: caller.Account, partition, region, caller: caller.Arn},
				...(connection.endpoint && {endpoint: connection.endpoint}),
			});
		}
		// Renewed while it was asked: then it isn't known whose the answer was.
		guarded = (await aws.by()) === by ? by : undefined;
		return undefined;
	};
	return {
		look,
		looksAhead: true,
		clock,
		tell,
		run,
		guard,
		send: (it, mayStill) => aws.send(it, guarded ?? '', mayStill),
		async meant(it, facts, as) {
			const problem =
				((await aws.by()) === guarded ? undefined : await guard()) ??
				(await otherThanMeant(look, it, knownFor('', state(), run, {facts})));
			if (problem) throw new Halted(problem);
			const changed = await otherThanReviewed(look, it, as, run);
			if (changed) throw new Halted(changed, true);
		},
		places: filePlaces,
		record: {entries: () => store.entries(), append},
		leaving: () => leaving.heard() !== undefined,
		tryAs: (id, secret) => connection.tryAs(id, secret),
		verdictOf,
		bytes: () => randomBytes(32),
		outstanding: hear => connection.outstanding(hear),
		answeredBy: it => connection.answeredBy(it),
		explain,
	};
}
