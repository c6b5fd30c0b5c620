import {randomBytes} from 'node:crypto';
import {call} from '../aws/client/call.js';
import {verdictOf} from '../aws/problems/verdict.js';
import {parseArn} from '../aws/rules/arn.js';
import type {Ports} from '../engine/ports.js';
import {fold, type Happened, type State} from '../engine/record.js';
import type {ThisRun} from '../engine/this-run.js';
import type {Tell} from '../engine/waiting.js';
import type {Store} from '../local/record-store.js';
import {filePlaces} from '../local/secret-files.js';
import {otherAccount} from '../steps/connect.js';
import type {Connection} from './connection.js';
import {explain} from './explain.js';
import type {Leaving} from './leaving.js';

/** The ports of a run over a connection, a record and one who listens. */
export function portsOf(connection: Connection, store: Store, run: ThisRun, leaving: Leaving, tell: Tell): Ports {
	const {aws, look, clock} = connection;
	const append = async (entry: Happened): Promise<void> => store.append({...entry, ...clock.now()});
	const state = (): State => fold(store.entries());
	return {
		look,
		clock,
		tell,
		run,
		send: call => aws.send(call),
		places: filePlaces,
		record: {entries: () => store.entries(), append},
		leaving: () => leaving.heard() !== undefined,
		tryAs: (id, secret) => connection.tryAs(id, secret),
		verdictOf,
		bytes: () => randomBytes(32),
		outstanding: hear => connection.outstanding(hear),
		answeredBy: it => connection.answeredBy(it),
		explain,
		async guard() {
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
			return undefined;
		},
	};
}
