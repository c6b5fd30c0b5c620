import type {Event, LookupAttribute} from '@aws-sdk/client-cloudtrail';
import {call} from '../../aws/client/call.js';
import {hurried} from '../../engine/look.js';
import type {Known, Look} from '../../engine/step.js';

/** One use of the KMS key that names its access key, as CloudTrail tells of it. */
export type ToldUse = {
	readonly at: Date;
	readonly operation: string;
	readonly requestId: string;
	readonly address?: string | undefined;
	/** The VPC endpoint that it came through, if it came through one. */
	readonly vpce?: string | undefined;
	/** The program that called. */
	readonly agent: string;
	/** Who called: an ARN. */
	readonly by: string;
	readonly accessKeyId: string;
};
/** The last use of the KMS key, whoever it was by, as KMS tells of it; `never` since it was made. */
export type LastUse =
	| {
			readonly is: 'used';
			readonly at: Date;
			readonly operation: string;
			readonly requestId: string;
			readonly eventId: string;
	  }
	| {readonly is: 'never' | 'not known'};
/** The uses with one access key, the newest first; `cut` where there were more than are read. */
export type ToldUses = {readonly uses: readonly ToldUse[]; readonly cut: boolean};

/** So long CloudTrail may keep a look waiting, in milliseconds: a firewall may let nothing through to it. */
const patienceMs = 5000;
/** At most so many pages of 50 events are read back. */
const mostPages = 40;

/** The last use of the KMS key; what can't be looked at isn't known, and stops nothing. */
export async function lastUseOf(look: Look, KeyId: string): Promise<LastUse> {
	const told = await look.at(call('kms:GetKeyLastUsage', {KeyId})).catch(() => undefined);
	const {KeyLastUsage: use, KeyCreationDate: made, TrackingStartDate: tracked} = told ?? {};
	if (use?.Timestamp)
		return {
			is: 'used',
			at: use.Timestamp,
			operation: use.Operation ?? '',
			requestId: use.KmsRequestId ?? '',
			eventId: use.CloudTrailEventId ?? '',
		};
	return {is: use && made && tracked && made >= tracked ? 'never' : 'not known'};
}

/**
 * The uses of the KMS key with one access key, back to that time where one is given, else the newest page of events;
 * undefined where they can't be looked at, which stops nothing.
 */
export async function usesWith(
	look: Look,
	accessKeyId: string,
	keyArn: string,
	since?: number,
): Promise<ToldUses | undefined> {
	const told = await eventsBy(look, {AttributeKey: 'AccessKeyId', AttributeValue: accessKeyId}, since);
	return told && {uses: told.events.flatMap(it => readUse(it, keyArn)), cut: told.cut};
}

/** What CloudTrail tells of the key back to that time: its uses, and the tries that failed because it is disabled. */
export type ToldOfKey = ToldUses & {readonly tries: readonly ToldUse[]};
/** The same by whomever, to the second; undefined where it can't be looked at, which stops nothing. */
export async function toldOfKey(look: Look, keyArn: string, since: number): Promise<ToldOfKey | undefined> {
	const told = await eventsBy(look, {AttributeKey: 'ResourceName', AttributeValue: keyArn}, since);
	// As above: our own looks, at least, are told of a key whose events are.
	if (told === undefined || told.events.length === 0) return undefined;
	const {cut} = told;
	const events = told.events.filter(it => !((it.EventTime?.getTime() ?? 0) < Math.floor(since / 1000) * 1000));
	return {
		uses: events.flatMap(it => readUse(it, keyArn)),
		tries: events.flatMap(it => readUse(it, keyArn, /^(DisabledException|KMSInvalidStateException)$/)),
		cut,
	};
}

/** The events of one attribute, the newest first, page by page back to that time, or the newest page. */
async function eventsBy(
	look: Look,
	asked: LookupAttribute,
	since: number | undefined,
): Promise<{readonly events: readonly Event[]; readonly cut: boolean} | undefined> {
	const eyes = hurried(look, since === undefined ? patienceMs : 12 * patienceMs);
	const events: Event[] = [];
	try {
		for (let page = 1, token: string | undefined; ; page += 1) {
			const told = await eyes.at(call('cloudtrail:LookupEvents', {LookupAttributes: [{...asked}], NextToken: token}));
			if (told === undefined) return undefined;
			const {Events = [], NextToken} = told;
			events.push(...Events);
			// A page may be empty, and more come after it.
			const oldest = Events.at(-1)?.EventTime?.getTime() ?? Number.POSITIVE_INFINITY;
			if (NextToken === undefined || NextToken === token) return {events, cut: false};
			if (since === undefined || oldest < since || page >= mostPages)
				return {events, cut: since === undefined || oldest >= since};
			token = NextToken;
		}
	} catch {
		return undefined;
	}
}

/** The newest uses of the KMS key by whomever, of one page of events; undefined where they can't be looked at. */
export async function usesOf(look: Look, keyArn: string): Promise<ToldUses | undefined> {
	const LookupAttributes = [{AttributeKey: 'ResourceName', AttributeValue: keyArn} as const];
	const told = await hurried(look, patienceMs)
		.at(call('cloudtrail:LookupEvents', {LookupAttributes}))
		.catch(() => undefined);
	const {Events = [], NextToken} = told ?? {};
	// A key has events at least of its making, and of our looks: none is no word.
	if (Events.length === 0) return undefined;
	return {uses: Events.flatMap(it => readUse(it, keyArn)), cut: NextToken !== undefined};
}

/** One event by its id. */
export async function eventById(look: Look, eventId: string, keyArn: string): Promise<ToldUse | undefined> {
	const LookupAttributes = [{AttributeKey: 'EventId', AttributeValue: eventId} as const];
	const found = await hurried(look, patienceMs)
		.at(call('cloudtrail:LookupEvents', {LookupAttributes}))
		.catch(() => undefined);
	return (found?.Events ?? []).flatMap(it => readUse(it, keyArn))[0];
}

/** What CloudTrail calls cryptographic operations; a DescribeKey is no use. */
const cryptographic = /^(Decrypt|Encrypt|ReEncrypt|GenerateDataKey)/;
type Detail = {
	readonly eventName?: string;
	readonly eventSource?: string;
	readonly eventTime?: string;
	readonly errorCode?: string;
	readonly requestID?: string;
	readonly sourceIPAddress?: string;
	readonly vpcEndpointId?: string;
	readonly userAgent?: string;
	readonly requestParameters?: {readonly dryRun?: unknown} | null;
	readonly userIdentity?: {
		readonly arn?: string;
		readonly accessKeyId?: string;
		readonly invokedBy?: string;
		readonly accountId?: string;
	};
	readonly resources?: readonly {readonly ARN?: string}[];
};
/** The use that an event tells of: of this key, and successful, or failed with such a code. */
function readUse({CloudTrailEvent = ''}: Event, keyArn: string, failed?: RegExp): readonly ToldUse[] {
	const it = detailIn(CloudTrailEvent);
	const {eventName = '', requestID = '', userIdentity = {}, resources = []} = it;
	const at = new Date(it.eventTime ?? Number.NaN);
	if (it.eventSource !== 'kms.amazonaws.com' || !cryptographic.test(eventName)) return [];
	if (failed === undefined ? it.errorCode !== undefined : !failed.test(it.errorCode ?? '')) return [];
	if (it.requestParameters?.dryRun === true || Number.isNaN(at.getTime())) return [];
	if (!resources.some(({ARN}) => ARN === keyArn)) return [];
	return [
		{
			at,
			operation: eventName,
			requestId: requestID,
			address: it.sourceIPAddress,
			vpce: it.vpcEndpointId,
			agent: it.userAgent ?? '',
			by: whoIs(userIdentity),
			accessKeyId: userIdentity.accessKeyId ?? '',
		},
	];
}
/** Another account, and a service of AWS, have no ARN there. */
const whoIs = ({arn, invokedBy, accountId}: NonNullable<Detail['userIdentity']>): string =>
	arn ?? invokedBy ?? (accountId === undefined ? 'Somebody whom AWS does not name' : `Account ${accountId}`);
function detailIn(text: string): Detail {
	try {
		const it: unknown = JSON.parse(text);
		return typeof it === 'object' && it !== null ? it : {};
	} catch {
		return {};
	}
}

/** The user agent of this program's own calls names it, whichever machine they came from. */
const ourProgram = /\bnps-kms\b/;
/** Whether a use was by this program's own proof: by its request id, or by its user agent. */
export const isOurs = ({requestId, agent}: Pick<ToldUse, 'requestId' | 'agent'>, {ownRequests = []}: Known): boolean =>
	ourProgram.test(agent) || ownRequests.includes(requestId);
