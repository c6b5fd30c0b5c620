import {expect, test} from 'vitest';
import {toDoByFlags} from '../../../src/engine/to-do.js';
import {stranger, users} from '../../../src/steps/things/same-thing.js';

const toDoIn = (command: string | undefined): string =>
	toDoByFlags(stranger(users, 'u', 'AIDA2', undefined, {facts: {}, run: {setup: 'berlin', ...(command && {command})}}));

test.each([undefined, 'setup', 'permissions'])('what bears the name is taken over by a flag of %s', command => {
	expect(toDoIn(command)).toContain('take it over with --adopt user;');
});
test.each(['discard', 'replace-access-key', 'prove'])(
	'%s has no flag that takes over: the command that does is named',
	command => {
		expect(toDoIn(command)).toContain('take it over: nps-kms setup --setup berlin --adopt user;');
	},
);
