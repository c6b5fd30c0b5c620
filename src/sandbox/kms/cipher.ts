import {createCipheriv, createDecipheriv, createHash, randomBytes} from 'node:crypto';
import type {Key} from '../account/account.js';

type EncryptionContext = Readonly<Record<string, string>>;
/** How a ciphertext of this sandbox begins; the key's id follows. */
const start = Buffer.from([0x01, 0x02, 0x03, 0x00, 0x78]);
const ivLength = 12;
const tagLength = 16;

/** Encrypts under the key's material; only the same key and the same encryption context decrypt it. */
export function seal(key: Key, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
	const id = Buffer.from(key.id);
	const head = Buffer.concat([start, Buffer.from([id.length]), id]);
	const iv = randomBytes(ivLength);
	const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), iv).setAAD(bound(head, context));
	const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
	return Buffer.concat([head, iv, cipher.getAuthTag(), sealed]);
}
/** What was in a ciphertext, and the key material that it was encrypted under. */
export type Opened = {readonly plaintext: Uint8Array; readonly by: string};
/** Decrypts, under earlier key material too; undefined where ciphertext, key or encryption context is another. */
export function open(key: Key, ciphertext: Uint8Array, context: EncryptionContext): Opened | undefined {
	if (keyIdIn(ciphertext) !== key.id) return undefined;
	for (const by of [key.material, ...(key.earlierMaterial ?? []).map(({material}) => material)]) {
		const plaintext = openUnder(by, ciphertext, context);
		if (plaintext) return {plaintext, by};
	}
	return undefined;
}
/** The id by which AWS tells one key material from another. */
export const materialId = (material: string): string => createHash('sha256').update(material).digest('hex');
function openUnder(material: string, ciphertext: Uint8Array, context: EncryptionContext): Uint8Array | undefined {
	const {head, body} = split(ciphertext);
	if (body.length < ivLength + tagLength) return undefined;
	const decipher = createDecipheriv('aes-256-gcm', Buffer.from(material, 'base64'), body.subarray(0, ivLength), {
		authTagLength: tagLength,
	});
	decipher.setAAD(bound(head, context)).setAuthTag(body.subarray(ivLength, ivLength + tagLength));
	const opened = decipher.update(body.subarray(ivLength + tagLength));
	try {
		return Buffer.concat([opened, decipher.final()]);
	} catch {
		return undefined;
	}
}
/** The id of the key that a ciphertext names; undefined for what is no ciphertext of KMS. */
export function keyIdIn(ciphertext: Uint8Array): string | undefined {
	const {head, body} = split(ciphertext);
	const known = head.length > start.length + 1 && head.subarray(0, start.length).equals(start) && body.length > 0;
	return known ? head.subarray(start.length + 1).toString('utf8') : undefined;
}

function split(ciphertext: Uint8Array): {readonly head: Buffer; readonly body: Buffer} {
	const all = Buffer.from(ciphertext);
	const end = start.length + 1 + (all[start.length] ?? 0);
	return {head: all.subarray(0, end), body: all.subarray(end)};
}
const bound = (head: Buffer, context: EncryptionContext): Buffer =>
	Buffer.concat([head, Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))))]);
