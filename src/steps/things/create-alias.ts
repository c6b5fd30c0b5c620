import {call} from '../../aws/client/call.js';
import type {Change, Text} from '../../engine/step.js';

/** Gives a KMS key its alias. */
export const createAlias = (alias: string, TargetKeyId: Text): Change => ({
	id: 'create-alias',
	verb: 'create',
	subject: alias,
	call: call('kms:CreateAlias', {AliasName: alias, TargetKeyId}),
	record: {uses: ['keyAlias']},
	lookAgainOn: ['AlreadyExistsException'],
	waits: [{code: 'NotFoundException', why: 'the key is new', atMost: 120}],
});
