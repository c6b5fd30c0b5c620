import {createHash} from 'node:crypto';
import type {CallEvent} from '../account/event-history.js';
import {type Asked, type Data, type Datum, type Operations, Refusal} from '../operation.js';
import {isoOf} from './call-event.js';

const day = 86_400_000;
const most = 50;

/**
 * The event history of the last 90 days, in one region, the newest first.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export const cloudtrail: Operations = {
	LookupEvents: {
		about: () => ['*'],
		run(asked) {
			const {events, input, now, lags, region, pageSize} = asked;
			const wanted = filterIn(input);
			const [start, end] = timesIn(input);
			const size = Math.min(sizeIn(input), pageSize);
			const found = events.filter(
				it =>
					it.region === region &&
					it.at >= Math.max(start, now - 90 * day) &&
					it.at <= Math.min(end, now - lags.events) &&
					wanted(it),
			);
			const newest = found.toReversed();
			const rest = newest.slice(startIn(input, newest));
			const page = rest.slice(0, size);
			const last = page.at(-1);
			return {
				Events: page.map(it => told(it, asked)),
				...(rest.length > size && last && {NextToken: token(input, last.id)}),
			};
		},
	},
};

const attributes: Readonly<Record<string, (event: CallEvent) => readonly (string | undefined)[]>> = {
	AccessKeyId: ({identity}) => [String(identity['accessKeyId'])],
	EventId: ({id}) => [id],
	EventName: ({api}) => [api],
	EventSource: event => [sourceOf(event)],
	ReadOnly: event => [String(isReading(event))],
	ResourceName: ({resources}) => resources.map(({name}) => name),
	ResourceType: ({resources}) => resources.map(({type}) => type),
	Username: ({userName}) => [userName],
};
function filterIn({LookupAttributes: list}: Data): (event: CallEvent) => boolean {
	const told = (Array.isArray(list) ? list : []) as readonly Data[];
	if ((list !== undefined && !Array.isArray(list)) || told.length > 1) throw badAttributes('There may be one at most.');
	const [one] = told;
	if (!one) return () => true;
	const {AttributeKey: name, AttributeValue: value} = one;
	const read = typeof name === 'string' && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
	if (!read) throw badAttributes('The attribute key is not valid.');
	if (typeof value !== 'string' || value.length < 1 || value.length > 2000)
		throw badAttributes('The attribute value has 1 to 2000 characters.');
	return event => read(event).includes(value);
}
const badAttributes = (message: string): Refusal => new Refusal('InvalidLookupAttributesException', message);

function timesIn({StartTime: start, EndTime: end}: Data): readonly [start: number, end: number] {
	const [from, to] = [start ?? 0, end ?? Number.MAX_SAFE_INTEGER / 1000];
	if (typeof from !== 'number' || typeof to !== 'number') throw new Refusal('SerializationException', '');
	if (from > to) throw new Refusal('InvalidTimeRangeException', 'The start time is after the end time.');
	return [from * 1000, to * 1000];
}
function sizeIn({MaxResults: size = most}: Data): number {
	if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > most)
		throw new Refusal('InvalidMaxResultsException', `The most results are 1 to ${most}.`);
	return size;
}

/** A token is good for the same question only, and goes on after the event it ended with. */
const token = (input: Data, id: string): string => Buffer.from(`${questionOf(input)} ${id}`).toString('base64');
const questionOf = ({LookupAttributes, StartTime, EndTime, EventCategory}: Data): string =>
	createHash('sha256')
		.update(JSON.stringify([LookupAttributes, StartTime, EndTime, EventCategory]))
		.digest('hex')
		.slice(0, 16);
function startIn(input: Data, newest: readonly CallEvent[]): number {
	const {NextToken: told} = input;
	if (told === undefined) return 0;
	const [question, id] = Buffer.from(String(told as Datum & string), 'base64')
		.toString('utf8')
		.split(' ');
	const at = newest.findIndex(it => it.id === id);
	if (question !== questionOf(input) || at < 0) throw new Refusal('InvalidNextTokenException', 'Invalid token.');
	return at + 1;
}

const sourceOf = ({service}: CallEvent): string => `${service}.amazonaws.com`;
const isReading = ({service, api}: CallEvent): boolean =>
	service === 'sts' ||
	/^(Get|List|Describe|Simulate|Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateRandom)/.test(api);
function told(event: CallEvent, {account}: Asked): Data {
	return {
		EventId: event.id,
		EventName: event.api,
		ReadOnly: String(isReading(event)),
		AccessKeyId: String(event.identity['accessKeyId']),
		EventTime: new Date(Math.floor(event.at / 1000) * 1000),
		EventSource: sourceOf(event),
		Username: event.userName,
		Resources: event.resources.map(({type, name}) => ({ResourceType: type, ResourceName: name})),
		CloudTrailEvent: JSON.stringify(record(event, account.id)),
	};
}
/** https://docs.aws.amazon.com/kms/latest/developerguide/ct-decrypt.html */
const record = (event: CallEvent, accountId: string): object => ({
	eventVersion: '1.11',
	userIdentity: event.identity,
	eventTime: isoOf(event.at),
	eventSource: sourceOf(event),
	eventName: event.api,
	awsRegion: event.region,
	sourceIPAddress: event.from.address,
	userAgent: event.from.agent,
	...(event.refused && {errorCode: event.refused.code, errorMessage: event.refused.message}),
	requestParameters: event.parameters,
	responseElements: null,
	requestID: event.requestId,
	eventID: event.id,
	readOnly: isReading(event),
	...(event.service === 'kms' && {
		resources: event.resources.map(({type, name}) => ({accountId, type, ARN: name})),
	}),
	eventType: 'AwsApiCall',
	managementEvent: true,
	recipientAccountId: accountId,
	eventCategory: 'Management',
	...(event.from.vpce !== undefined && {vpcEndpointId: event.from.vpce}),
});
