import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {commandLine, quoted} from '../../src/aws/command-line.js';

test('a call is one line; what is not known is a variable, a document is JSON', () => {
	const call = {
		api: 'iam:CreatePolicyVersion',
		input: {PolicyArn: {$fact: 'policyArn'}, PolicyDocument: {$json: {Resource: {$fact: 'keyArn'}, Sid: "it's"}}, SetAsDefault: true},
	};
	expect(commandLine(call, {policyArn: 'arn:aws:iam::1:policy/p'})).toMatchInlineSnapshot(
		`"aws iam create-policy-version --policy-arn arn:aws:iam::1:policy/p --policy-document '{"Resource":"'"$KEY_ARN"'","Sid":"it'\\''s"}' --set-as-default"`,
	);
});
test('a secret is a placeholder', () => {
	expect(
		commandLine({api: 'iam:CreateLoginProfile', input: {UserName: 'u', Password: {$secret: 'consolePassword'}, PasswordResetRequired: true}}, {}),
	).toMatchInlineSnapshot(`"aws iam create-login-profile --user-name u --password "$CONSOLE_PASSWORD" --password-reset-required"`);
});
test.each(['', 'a b', "it's", '$(x) `y` "z"', '*?', 'line\nbreak', '~'])('a shell reads %j back as it was', word => {
	expect(execFileSync('bash', ['-c', `printf %s ${quoted(word)}`], {encoding: 'utf8'})).toBe(word);
});
