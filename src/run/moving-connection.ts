import type {Hear} from '../aws/client/late-answers.js';
import type {Aws} from '../aws/client/send.js';
import {typedSso} from '../aws/sign-in/profiles.js';
import {type Answers, type Call, type Look, textAnswer} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import type {Clock} from '../engine/waiting.js';
import {lookInto} from '../local/secret-files.js';
import {ssoOf} from '../steps/things/typed-sso.js';
import {type Connection, openConnection, type Surroundings, signInsOf} from './connection.js';

/** The connection of the answers as they are at each moment: another profile or region is another connection. */
export async function movingConnection(answers: () => Answers, around: Surroundings): Promise<Connection> {
	const signIns = signInsOf(around);
	const current = new CurrentConnection(answers, {...around, signIns});
	// What a person can decide is asked at the first look.
	if (textAnswer(answers(), 'region')) await current.now().catch(unlessAsked);
	const aws = awsOf(current);
	return {
		aws,
		look: {
			...aws.look,
			kept: async (place, columns, column) => lookInto(place, columns, column),
			progress: () => undefined,
			beside: async setup => (await current.now()).look.beside?.(setup),
		},
		clock: clockOf(current, around.leaving.sleep),
		tryAs(id, secret) {
			const theirs = current.now().then(it => it.tryAs(id, secret));
			return async it => (await theirs)(it);
		},
		outstanding: hear => current.hears(hear),
		get endpoint() {
			return current.last?.endpoint;
		},
		get warnings() {
			return current.last?.warnings ?? [];
		},
		answeredBy: it => signIns.codes.answeredBy(it),
	};
}

function unlessAsked(error: unknown): void {
	if (!(error instanceof Trouble) || error.problem.code !== 'WhoseEndpoint') throw error;
}

/** Opens a connection as soon as one is needed, and another once the answers name another profile or region. */
class CurrentConnection {
	/** The last that was open, which tells of itself until the next is. */
	last: Connection | undefined;
	readonly #listeners: Hear[] = [];
	#opened: {readonly of: string; readonly connection: Promise<Connection>} | undefined;

	constructor(
		readonly answers: () => Answers,
		readonly around: Surroundings,
	) {}

	async now(): Promise<Connection> {
		const answers = this.answers();
		const [region, profile] = [textAnswer(answers, 'region'), textAnswer(answers, 'profile') || undefined];
		const sso = profile === typedSso ? ssoOf(answers) : undefined;
		const exportedKeyTo = textAnswer(answers, 'exportedKeyTo') || undefined;
		const of = JSON.stringify({region, profile, sso, exportedKeyTo});
		if (this.#opened?.of === of) return this.#opened.connection;
		const opened = {of, connection: this.#open(region, profile, {sso, exportedKeyTo})};
		this.#opened = opened;
		// What stood in the way may be mended by the next time.
		opened.connection.catch(() => {
			if (this.#opened === opened) this.#opened = undefined;
		});
		return opened.connection;
	}

	async #open(region: string, profile: string | undefined, more: Partial<Surroundings>): Promise<Connection> {
		const connection = await openConnection(region, profile, {...this.around, ...more});
		for (const listener of this.#listeners) connection.outstanding(listener);
		this.last = connection;
		return connection;
	}

	hears(hear: Hear): void {
		this.#listeners.push(hear);
		this.last?.outstanding(hear);
	}
}

function awsOf(current: CurrentConnection): Aws {
	const look: Pick<Look, 'at' | 'all'> = {
		at: async <R>(call: Call<R>): Promise<R | undefined> => (await current.now()).look.at(call),
		async *all<R>(call: Call<R>) {
			yield* (await current.now()).look.all(call);
		},
	};
	return {
		send: async (call, by, mayStill) => (await current.now()).aws.send(call, by, mayStill),
		by: async () => (await current.now()).aws.by(),
		toldWithin: ms => current.last?.aws.toldWithin(ms),
		attempt: async call => (await current.now()).aws.attempt(call),
		look,
		over: () => current.last?.aws.over() ?? '',
		ahead: () => current.last?.aws.ahead(),
		endpoints: async () => (await current.now()).aws.endpoints(),
	};
}

const clockOf = (current: CurrentConnection, sleep: Clock['sleep']): Clock => ({
	now: () => current.last?.clock.now() ?? {at: new Date().toISOString(), clock: 'local'},
	ticks: () => performance.now(),
	sleep,
	get patience() {
		return current.last?.clock.patience ?? 1;
	},
});
