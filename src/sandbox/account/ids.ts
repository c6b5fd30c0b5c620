import {randomBytes, randomInt} from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base64 = `${letters}abcdefghijklmnopqrstuvwxyz0189+/`;
const draw = (from: string, count: number): string =>
	Array.from({length: count}, () => from[randomInt(from.length)]).join('');

/**
 * Says what an id is the id of.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
export type Prefix = 'AIDA' | 'AGPA' | 'AROA' | 'ANPA';
/** A new unique id of a user, group, role or managed policy: 21 characters. */
export const uniqueId = (prefix: Prefix): string => prefix + draw(letters, 17);
/** A new access key id, of a long-term key or of a session: 20 characters. */
export const accessKeyId = (prefix: 'AKIA' | 'ASIA'): string => prefix + draw(letters, 16);
/** A new secret access key: 40 characters. */
export const secretAccessKey = (): string => draw(base64, 40);
/** A new session token: long, opaque, and of this sandbox only. */
export const sessionToken = (): string => `IQoJ${randomBytes(240).toString('base64')}`;
