import type {FactName} from './facts.js';

/** A value inside a call: plain data, or one of the four references. */
export type Value = string | number | boolean | null | Ref | readonly Value[] | Plain;
/** Data by name; a reference is none. */
type Plain = {readonly [key: string]: Value; readonly $fact?: never};
/** A value not known yet, a document that is JSON text when sent, a secret only `send` sees, or a part of the reply. */
export type Ref =
	| {readonly $fact: FactName}
	| {readonly $json: Value}
	| {readonly $secret: string}
	| {readonly $reply: string};
/** Text, or a reference that becomes text. */
export type Text = string | Ref;
/**
 * One AWS request as a value: sent, recorded, shown and printed from this one copy. The type of its reply rides along
 * and is never stored.
 */
export type Call<Reply = unknown> = {
	readonly api: string;
	readonly input: {readonly [key: string]: Value};
	readonly reply?: Reply;
};
/** A document that stays a value until it is sent as JSON text. */
export const json = (value: Value): {readonly $json: Value} => ({$json: value});
