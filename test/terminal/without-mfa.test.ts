import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {entering} from './enter.js';

/** A policy denies everything without MFA; what is in the profile says which device shows the code. */
function denyWithoutMfa({home, sandbox}: Desk) {
	const {admin} = sandbox.account.users;
	const serial = `arn:aws:iam::${sandbox.account.id}:mfa/admin`;
	const Condition = {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}};
	const allowed = {NotAction: ['sts:GetSessionToken', 'iam:ListMFADevices'], Resource: '*'};
	const no = JSON.stringify({Version: '2012-10-17', Statement: [{Effect: 'Deny', ...allowed, Condition}]});
	admin?.mfaDevices.push(serial);
	if (admin) admin.inline['NoMfa'] = no;
	const {accessKeyId, secretAccessKey} = sandbox.operator;
	mkdirSync(join(home, '.aws'));
	const write = (more = ''): void =>
		writeFileSync(
			join(home, '.aws', 'credentials'),
			`[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n${more}`,
		);
	write();
	return {
		nameDevice: () => write(`mfa_serial = ${serial}\n`),
		env: {AWS_ENDPOINT_URL: sandbox.url, AWS_REGION: 'eu-west-1'},
	};
}

test.concurrent('a Deny without MFA is told on screen, and r asks the code once the profile names the device', async ({
	desk,
}) => {
	const {nameDevice, env} = denyWithoutMfa(desk);
	const terminal = desk.openBare({env});
	await entering(terminal, '[AccessDenied]', 'mfa_serial');
	nameDevice();
	await terminal.sees('r try again');
	terminal.press('r');
	await terminal.sees('MFA code of admin');
	await terminal.approve('123456');
	terminal.press('enter');
	await entering(terminal, '+ create policy', '↵ apply');
	terminal.press('q');
	expect(await terminal.ends()).toEqual(clean(130));
});

test.concurrent('the same line by line', async ({desk}) => {
	const {nameDevice, env} = denyWithoutMfa(desk);
	const terminal = desk.openBare({env, args: ['--plain']});
	const entered = async (...questions: readonly string[]): Promise<void> => {
		for (const it of questions) {
			await terminal.sees(it);
			terminal.press('enter');
		}
	};
	await entered('Credentials', 'Region');
	await terminal.sees('Is this the account that Privilege Secure should use?');
	await terminal.approve();
	await entered('Policy name', 'Description', 'Tags', 'IAM path');
	await terminal.sees('What now?');
	expect(terminal.history.replaceAll(/\s+/g, '')).toContain('putmfa_serial=ARN-OF-YOUR-DEVICE');
	nameDevice();
	await terminal.approve('1');
	await terminal.approve();
	await terminal.sees('MFA code of admin');
	await terminal.approve('123456');
	terminal.press('enter');
	await terminal.sees('Apply?');
	terminal.press('ctrlC');
	expect(await terminal.ends()).toEqual(clean(130));
});
