import {byCommands} from '../../aws/by-hand.js';
import {commandLine} from '../../engine/command-line.js';
import type {Known, Stop} from '../../engine/step.js';
import type {SeenKmsKey} from './kms-key.js';

/** What helps where the alias that this setup wants names another key, which is never moved. */
export function aliasOfAnother(
	alias: string,
	byAlias: string | undefined,
	key: SeenKmsKey,
	known: Known,
): Stop | undefined {
	if (byAlias === undefined || byAlias === key.id) return undefined;
	return {
		is: 'problem',
		what: `${alias} names another key, ${byAlias}`,
		why: `An alias names one key, and this one is not moved: this setup's key is ${key.id}`,
		ways: [
			{is: 'answer', says: 'give the key another alias', field: 'keyAlias', flags: '--key-alias NAME'},
			...(wasOurs(alias, known)
				? [
						byCommands(
							known,
							[`aws kms update-alias --alias-name ${alias} --target-key-id ${key.id}`],
							'if this one was moved by mistake, move it back',
						),
					]
				: []),
		],
		again: commandLine(known.run),
		code: 'AlreadyExistsException',
		facts: {keyId: key.id, keyArn: key.arn},
	};
}

/** Whether this setup gave its key that alias. */
const wasOurs = (alias: string, {past}: Known): boolean =>
	past.some(
		it => it.change.id === 'create-alias' && it.outcome !== 'refused' && it.change.call.input['AliasName'] === alias,
	);
