import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {onTestFinished} from 'vitest';

/** A PATH on which the aws CLI is for one test: loaded once instead of at each call, where it is Python's and not of one piece. */
export async function pathWithAws(): Promise<string> {
	if (spawnSync('python3', ['-c', 'import awscli']).status !== 0) return process.env['PATH'] ?? '';
	const folder = mkdtempSync(join(tmpdir(), 'nps-kms-aws-'));
	const server = spawn('python3', ['-B', join(import.meta.dirname, 'aws_server.py'), folder], {
		env: {PATH: process.env['PATH'], HOME: '/nonexistent', AWS_CONFIG_FILE: '/nonexistent'},
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const ended = once(server, 'exit');
	onTestFinished(async () => {
		server.stdin.end();
		await ended;
		rmSync(folder, {recursive: true});
	});
	await Promise.race([
		once(server.stdout, 'data'),
		ended.then(() => {
			throw new Error('the aws CLI could not be loaded');
		}),
	]);
	return [folder, process.env['PATH']].join(delimiter);
}
