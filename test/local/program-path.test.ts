import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {programPath, systemProgram} from '../../src/local/program-path.js';

test.each([
	['/usr/bin:/bin', '/usr/bin:/bin'],
	['.:/usr/bin', '/usr/bin'],
	[':/usr/bin:', '/usr/bin'],
	['bin:../bin:/opt/a b/bin', '/opt/a b/bin'],
	[undefined, ''],
])('of the PATH %s no program is started from where one happens to be', (path, left) => {
	expect(programPath({path}, 'linux')).toBe(left);
});

test.each([
	[String.raw`C:\Tools;.;;bin;C:bin`, String.raw`C:\Tools`],
	[String.raw`"D:\with; blank";\\server\share`, String.raw`"D:\with; blank";\\server\share`],
	[String.raw`C:\Windows\System32`, String.raw`C:\Windows\System32`],
])("on Windows, of %s, and after the system's own folders", (path, left) => {
	const own = String.raw`C:\Windows\System32;C:\Windows\System32\WindowsPowerShell\v1.0`;
	expect(programPath({path, systemRoot: String.raw`C:\Windows`}, 'win32')).toBe(`${own};${left}`);
	expect(programPath({path}, 'win32')).toBe(`${own};${left}`);
});

test('a program of Windows itself is named by its whole path', () => {
	expect(systemProgram('icacls', String.raw`D:\Win`)).toBe(String.raw`D:\Win\System32\icacls.exe`);
	expect(systemProgram('whoami')).toBe(String.raw`C:\Windows\System32\whoami.exe`);
});

test.skipIf(process.platform === 'win32')('a program in the current folder is not the one that signs in', () => {
	const here = mkdtempSync(join(tmpdir(), 'nps-kms-here-'));
	try {
		mkdirSync(join(here, '.aws'));
		writeFileSync(join(here, 'signer'), '#!/bin/sh\ntouch started\n', {mode: 0o755});
		writeFileSync(join(here, '.aws', 'config'), '[default]\nregion = eu-west-1\ncredential_process = signer\n');
		const program = join(import.meta.dirname, '../../dist/nps-kms.js');
		const env = {
			PATH: `.:${process.env['PATH'] ?? ''}`,
			HOME: here,
			NPS_KMS_HOME: join(here, 'state'),
			AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
		};
		const {status, stdout} = spawnSync(process.execPath, [program, 'doctor', '--json'], {
			cwd: here,
			env,
			timeout: 60_000,
		});
		expect(status).toBe(1);
		expect(String(stdout)).toContain('credential_process ended with code 127');
		expect(spawnSync('ls', [here]).stdout.toString().split('\n')).not.toContain('started');
	} finally {
		rmSync(here, {recursive: true, force: true});
	}
});
