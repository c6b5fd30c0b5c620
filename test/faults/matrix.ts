import type {Course} from '../../src/engine/course.js';
import {fold} from '../../src/engine/record.js';
import type {FaultKind, Heard} from '../../src/sandbox/index.js';
import {setup} from '../../src/steps/index.js';
import {type Flow, stages as ofSetUp, proof, type Stage} from './flows.js';
import {type Lane, pictureOf, type Ran, type Standing} from './lane.js';

/** The faults that every call meets. */
export const kinds = [
	...([
		'throttle',
		'500',
		'503',
		'hang',
		'drop-before',
		'drop-after',
		'html',
		'access-denied',
		'expired-token',
		'clock-skew',
	] as const),
] satisfies readonly FaultKind[];
export type Kind = (typeof kinds)[number];

/** One call of a flow: the nth of its API in a run that begins where its stage begins. */
type Call = {
	readonly stage: Stage;
	readonly api: string;
	readonly nth: number;
	readonly changes: boolean;
	readonly byNewUser: boolean;
};
/** A call, a fault, and whether it comes once or again and again from that call on. */
export type Cell = {readonly call: Call; readonly kind: Kind; readonly mode: 'once' | 'again'};
/** A flow in one lane: where its stages begin and end, and the calls that each makes. */
export type Ground = {
	readonly lane: Lane;
	readonly flow: Flow;
	readonly calls: readonly Call[];
	readonly begins: ReadonlyMap<Stage, Standing>;
	readonly ends: ReadonlyMap<Stage, string>;
};

const isChange = (api: string): boolean =>
	!/^\w+:(Get|List|Lookup|Describe|Simulate|Encrypt|Decrypt|GenerateDataKey)/.test(api);
const apiOf = ({service, api}: Heard): string => `${service}:${api}`;
/** What a set-up does without. */
const spared = [
	'iam:ListAccountAliases',
	'iam:GetAccountSummary',
	'iam:SimulatePrincipalPolicy',
	'iam:GetAccessKeyLastUsed',
	'iam:GetRole',
	'kms:GetKeyLastUsage',
	'cloudtrail:LookupEvents',
];

/** Goes through a flow undisturbed, stage by stage. */
export async function survey(lane: Lane, flow: Flow, blank: Standing): Promise<Ground> {
	lane.back(blank);
	await flow.given?.(lane);
	const [begins, ends, calls] = [new Map<Stage, Standing>(), new Map<Stage, string>(), [] as Call[]];
	const stages = flow.all ?? ofSetUp;
	for (const [at, stage] of stages.entries()) {
		const troubles = flow.troubles?.[stage];
		if (
			troubles &&
			(await lane.run({...optionsOf(flow, lane), stopAfter: stage}, {...courseOf(flow), faults: troubles})).code !== 1
		)
			throw new Error(`${flow.name}: nothing went wrong before ${stage}`);
		if (troubles) lane.sandbox.advance(flow.later ?? 0);
		begins.set(stage, lane.standing());
		const wasDone = isDone(lane, flow, stage);
		const ran = await lane.run({...optionsOf(flow, lane), stopAfter: stage}, courseOf(flow));
		if (ran.code !== 0) throw new Error(`${flow.name}: undisturbed, it stops at ${stage}: ${ran.said}`);
		ends.set(stage, pictureOf(lane.standing(), lane.home));
		// What was done before is looked at as soon as it is known whose account it is.
		const from = ran.doneAt.get(stages[wasDone ? 0 : at - 1] ?? '') ?? 0;
		if (flow.stages.includes(stage)) calls.push(...callsOf(stage, ran, from));
		if (stage === flow.stages.at(-1)) break;
	}
	return {lane, flow, calls, begins, ends};
}
const isDone = (lane: Lane, {course = setup}: Flow, stage: Stage): boolean =>
	fold(lane.entries(), course.name).done[course.name]?.includes(stage) === true;
const courseOf = ({course}: Flow): {course?: Course} => (course ? {course} : {});
/** The same ground in another lane, at the same time of day. */
export function elsewhere(ground: Ground, lane: Lane): Ground {
	lane.sandbox.advance(ground.lane.sandbox.now() - lane.sandbox.now());
	return {
		...ground,
		lane,
		begins: new Map([...ground.begins].map(([stage, it]) => [stage, lane.from(ground.lane, it)])),
	};
}
const optionsOf = (flow: Flow, lane: Lane): object => ({prove: false, ...flow.options(lane)});

/** A look is made before the review, before the changes and after them, and repeated while something may be late: its first three tell. */
const looks = 3;

function callsOf(stage: Stage, {heard}: Ran, from: number): readonly Call[] {
	const nth = new Map<string, number>();
	const taken = new Map<string, number>();
	return heard.flatMap((it, at) => {
		const api = apiOf(it);
		nth.set(api, (nth.get(api) ?? 0) + 1);
		const byNewUser = it.caller?.arn.endsWith(':user/nps-kms-user') === true;
		const changes = !byNewUser && isChange(api);
		const count = (taken.get(`${api} ${byNewUser}`) ?? 0) + 1;
		// A check is made three times in a row: what meets the first meets it.
		if (at < from || (!changes && count > (byNewUser ? 1 : looks))) return [];
		taken.set(`${api} ${byNewUser}`, count);
		return [{stage, api, nth: nth.get(api) ?? 1, changes, byNewUser}];
	});
}

/** Every call, with every fault: again and again, and what changes something also once; looks meet some in turn where the flow says so. */
export const cellsOf = ({calls, flow: {looks: each}}: Ground): readonly Cell[] =>
	calls.flatMap((call, at) =>
		kinds
			.filter((_, turn) => call.changes || each !== 'some in turn' || (at + turn) % 5 === 0)
			.flatMap(kind =>
				(call.changes ? (['once', 'again'] as const) : (['again'] as const)).map(mode => ({call, kind, mode})),
			),
	);

/** A thin slice: each change meets one fault once, each API one again and again; in turns, so that every fault comes. */
export const sliceOf = (ground: Ground): readonly Cell[] => {
	const {calls} = ground;
	const firsts = calls.filter(
		(it, at) => calls.findIndex(one => one.api === it.api && one.byNewUser === it.byNewUser) === at,
	);
	const kindOf = (turn: number): Kind => kinds[turn % kinds.length] ?? 'hang';
	return [
		...firsts.map((call, at): Cell => ({call, kind: kindOf(at), mode: 'again'})),
		...calls.filter(it => it.changes).map((call, at): Cell => ({call, kind: kindOf(at + 3), mode: 'once'})),
	];
};

/** Makes the fault happen, then runs again without it. Returns what is not as it should be. */
export async function tryOut(ground: Ground, cell: Cell, turn = 1): Promise<string | undefined> {
	const {lane, flow, begins, ends} = ground;
	const {call, kind, mode} = cell;
	const begin = begins.get(call.stage);
	if (!begin) throw new Error(`${call.stage} is no stage of this flow`);
	lane.back(begin);
	const options = {...optionsOf(flow, lane), stopAfter: call.stage};
	const faults = Array.from({length: mode === 'once' ? 1 : 60}, (_, at) => ({api: call.api, nth: call.nth + at, kind}));
	const ran = await lane.run(options, {...courseOf(flow), faults, ...(kind === 'hang' && {timeoutMs: turn * 4500})});
	const stray = flow.asks && kind === 'drop-after' && call.api === 'iam:CreateAccessKey' ? strayIn(ran) : undefined;
	const wrong = stray ? undefined : wrongWith(ran, cell, flow);
	// A busy machine may keep another call from being answered in that little time.
	if (wrong && kind === 'hang' && turn < 4) return tryOut(ground, cell, turn + 1);
	if (wrong) return `${wrong}\n${ran.said}`;
	const next = await (call.stage === 'prove'
		? lane.run({}, {course: proof})
		: lane.run({...optionsOf(flow, lane), stopAfter: call.stage, ...stray}, courseOf(flow)));
	if (next.code !== 0) return `the next run stops: ${next.said}`;
	if (call.stage === 'prove' && next.result['proven'] !== true) return `a proof afterwards is none: ${next.said}`;
	const end = (picture: string): string => (isGoneWithout(cell, flow) ? untagged(picture) : picture);
	const [picture, wanted] = [end(pictureOf(lane.standing(), lane.home)), end(ends.get(call.stage) ?? '')];
	return picture === wanted ? undefined : `another end:\n${differing(picture, wanted)}`;
}

/** Whether it is a refusal that stops nothing: what was refused isn't asked for again. */
const isGoneWithout = ({kind, call}: Cell, {goesWithout}: Flow): boolean =>
	kind === 'access-denied' && goesWithout?.includes(call.api) === true;
/** An end without the tags that say who took a thing over. */
const untagged = (picture: string): string =>
	JSON.stringify(
		JSON.parse(picture, (_, value: unknown) =>
			Array.isArray(value) ? value.filter(it => (it as {Key?: string}).Key !== 'nps-kms:adopted-by') : value,
		),
		undefined,
		1,
	);

/** What each fault is told as: AWS's code or the line's, why, what to do, and whether a change may have been made. */
const words: Readonly<
	Record<
		Kind,
		{
			readonly code: RegExp;
			readonly why: RegExp;
			readonly todo: RegExp;
			readonly doubt: boolean;
			readonly what?: RegExp;
		}
	>
> = {
	throttle: {code: /^Throttling(Exception)?$/, why: /AWS asks to slow down/, todo: /Wait a minute/, doubt: false},
	'500': {
		code: /^(InternalFailure|KMSInternalException)$/,
		why: /AWS had trouble of its own: .+/,
		todo: /Wait a minute/,
		doubt: true,
	},
	'503': {
		code: /^ServiceUnavailable(Exception)?$/,
		why: /AWS had trouble of its own: .+/,
		todo: /Wait a minute/,
		doubt: true,
	},
	hang: {
		code: /^(TimeoutError|AbortError|ETIMEDOUT)$/,
		why: /No answer came in time/,
		todo: /hosts can be reached/,
		doubt: true,
	},
	'drop-before': {code: /^ECONNRESET$/, why: /connection failed/, todo: /hosts can be reached/, doubt: true},
	'drop-after': {code: /^ECONNRESET$/, why: /connection failed/, todo: /hosts can be reached/, doubt: true},
	html: {code: /^HTTP 503$/, why: /isn't AWS.*proxy/, todo: /hosts can be reached/, doubt: true},
	'access-denied': {
		code: /^AccessDenied(Exception)?$/,
		why: /is not authorized to perform/,
		todo: /^Ask for the permission \w+:\w+/,
		doubt: false,
	},
	'expired-token': {
		code: /^ExpiredToken(Exception)?$/,
		what: /^Your sign-in has expired$/,
		why: /session of profile \S+ is over/,
		todo: /^Put new credentials into profile/,
		doubt: false,
	},
	'clock-skew': {
		code: /^(SignatureDoesNotMatch|InvalidSignatureException)$/,
		why: /This machine's clock says .+ UTC, AWS's says .+ UTC/,
		todo: /^Set the clock/,
		doubt: false,
	},
};

/** The removal that the run asks for, of the one access key that it can't tell from somebody else's. */
function strayIn({result}: Ran): object | undefined {
	const {code, why = ''} = (result['problem'] ?? {}) as {code?: string; why?: string};
	const ids = why.match(/AKIA\w{16}/g) ?? [];
	return code === 'Stray' && ids.length > 0 ? {removeAccessKey: ids[0]} : undefined;
}

const neverHappened = 'the fault never happened';
function wrongWith(ran: Ran, cell: Cell, flow: Flow): string | undefined {
	const {call, kind} = cell;
	const results = ran.lines.filter(it => it.type === 'result');
	if (results.length !== 1 || ran.lines.at(-1) !== results[0]) return 'there is not one result, as the last line';
	if (/\n\s+at .*:\d+:\d+|This is a bug/.test(ran.said)) return 'a stack is shown';
	const sent = ran.heard.filter(it => apiOf(it) === call.api && it.fault?.kind === kind).length;
	if (sent === 0) return neverHappened;
	if (call.changes && words[kind].doubt && sent > 2) return `a change without an answer went out ${sent} times`;
	if (flow.spares?.some(it => it === call.api || it === `${call.stage} ${call.api}`))
		return ran.code === 0 || strayIn(ran) ? undefined : 'it should have asked';
	if (kind === 'access-denied' && flow.looksIfAllowed?.includes(`${call.stage} ${call.api}`))
		return ran.code === 0 ? undefined : 'it should have gone on';
	if (isGoneWithout(cell, flow))
		return ran.code === 0 && ran.said.includes('AWS refused the tag')
			? undefined
			: 'it should have gone on, and said so';
	const ends = endOf(cell);
	if (ends === 'complete') return ran.code === 0 ? undefined : 'it should have gone on';
	return ran.code === 0 ? (ends === 'either' ? undefined : 'it should have stopped') : told(ran, cell);
}

/** How a run that meets the fault has to end. */
function endOf({call, kind, mode}: Cell): 'complete' | 'stopped' | 'either' {
	if (call.stage === 'prove') return call.byNewUser && kind === 'access-denied' ? 'either' : 'complete';
	if (spared.includes(call.api)) return 'complete';
	if (mode === 'once') return kind === 'access-denied' || kind === 'expired-token' ? 'stopped' : 'complete';
	// What was done is found, whatever became of the answer; only the secret in it is gone.
	return kind === 'drop-after' && call.changes && call.api !== 'iam:CreateAccessKey' ? 'complete' : 'stopped';
}

function told({result, said}: Ran, {call, kind}: Cell): string | undefined {
	const {
		what = '',
		why = '',
		todo = '',
		code = '',
	} = result['problem'] as Partial<Record<'what' | 'why' | 'todo' | 'code', string>>;
	if (!said.includes(`✖ ${what}\n  ${why} [${code}]\n  → ${todo}\n`)) return 'the problem is not told in its lines';
	if (!/\n {2}(Nothing changed in this step|Changed in this step|Perhaps done)/.test(said))
		return 'it is not told what changed';
	if (call.byNewUser) return what.startsWith('The proof failed: ') ? undefined : `another problem: ${what}`;
	const expected = words[kind];
	const subject = call.changes
		? expected.doubt
			? /^AWS's answer was lost: \w+ .+/
			: /^AWS refused to \w+ .+/
		: new RegExp(`^AWS can't be looked at \\(${call.api}\\)$`);
	if (!(expected.what ?? subject).test(what)) return `what: ${what}`;
	if (!expected.why.test(why)) return `why: ${why}`;
	if (!expected.todo.test(todo) || (kind === 'access-denied' && !todo.includes(call.api))) return `what to do: ${todo}`;
	return expected.code.test(code) ? undefined : `code: ${code}`;
}

function differing(got: string, wanted: string): string {
	const [has, had] = [new Set(got.split('\n')), new Set(wanted.split('\n'))];
	return [
		...[...had].filter(it => !has.has(it)).map(it => `- ${it.trim()}`),
		...[...has].filter(it => !had.has(it)).map(it => `+ ${it.trim()}`),
	].join('\n');
}

/** What came of a cell. */
export type Came = {readonly cell: Cell; readonly other: string | undefined};
/** A table to be read: a line for each call of each step, a column for each fault. */
export function tableOf(name: string, came: readonly Came[]): string {
	const columns = kinds.filter(kind => came.some(it => it.cell.kind === kind));
	const rows = new Map<string, Came[]>();
	for (const it of came) {
		const {stage, api, byNewUser} = it.cell.call;
		const row = `${stage.padEnd(16)}${api}${byNewUser ? ' (new user)' : ''}${it.cell.call.changes ? `, ${it.cell.mode}` : ''}`;
		rows.set(row, [...(rows.get(row) ?? []), it]);
	}
	const cellText = (these: readonly Came[]): string => {
		if (these.length === 0) return '';
		return these.every(it => it.other === undefined) ? `same${these.length > 1 ? ` ×${these.length}` : ''}` : 'OTHER';
	};
	const lines = [...rows].map(([row, these]) =>
		`${row.padEnd(56)}${columns.map(kind => cellText(these.filter(it => it.cell.kind === kind)).padEnd(14)).join('')}`.trimEnd(),
	);
	const others = came.filter(it => it.other !== undefined).length;
	return [
		`${name}: ${came.length} faults, ${came.length - others} come to the same end, ${others} to another`,
		`${''.padEnd(56)}${columns.map(it => it.padEnd(14)).join('')}`.trimEnd(),
		...lines,
	].join('\n');
}
