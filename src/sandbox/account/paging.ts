import {type Asked, type Data, type Datum, Refusal} from '../operation.js';

/**
 * One page of things, from where the marker says. IAM and KMS call these MaxItems/Marker/IsTruncated and
 * Limit/Marker/Truncated.
 */
export function page<T extends Datum>(
	{input, pageSize}: Asked,
	things: readonly T[],
	names: {
		readonly size: 'MaxItems' | 'Limit';
		readonly truncated: 'IsTruncated' | 'Truncated';
		/** How many there are on a page where the request doesn't say. */
		readonly usual: number;
	},
): {readonly items: readonly T[]; readonly rest: Data} {
	const start = readMarker(input['Marker'], names.size);
	const asked = Number(input[names.size] ?? names.usual);
	const end = start + Math.max(1, Math.min(asked, pageSize));
	const more = end < things.length;
	return {
		items: things.slice(start, end),
		rest: {
			[names.truncated]: more,
			...(more && {[names.size === 'Limit' ? 'NextMarker' : 'Marker']: Buffer.from(`at ${end}`).toString('base64')}),
		},
	};
}

function readMarker(marker: Datum, size: 'MaxItems' | 'Limit'): number {
	if (marker === undefined) return 0;
	const at = /^at (\d+)$/.exec(Buffer.from(String(marker), 'base64').toString('utf8'))?.[1];
	if (at !== undefined) return Number(at);
	throw size === 'Limit'
		? new Refusal('InvalidMarkerException', 'The marker is invalid.')
		: new Refusal('ValidationError', 'Invalid Marker.');
}
