import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {onTestFinished, vi} from 'vitest';
import {memory} from '../memory.js';

/** Every variable that could lead the SDK out of the temporary home. */
const others = [
	'AWS_PROFILE',
	'AWS_DEFAULT_PROFILE',
	'AWS_REGION',
	'AWS_DEFAULT_REGION',
	'AWS_ACCESS_KEY_ID',
	'AWS_SECRET_ACCESS_KEY',
	'AWS_SESSION_TOKEN',
	'AWS_SECURITY_TOKEN',
	'AWS_CA_BUNDLE',
	'AWS_ROLE_ARN',
	'AWS_CONFIG_FILE',
	'AWS_SHARED_CREDENTIALS_FILE',
	'AWS_ENDPOINT_URL',
	'AWS_WEB_IDENTITY_TOKEN_FILE',
	'AWS_CONTAINER_CREDENTIALS_FULL_URI',
	'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
	'AWS_LOGIN_CACHE_DIRECTORY',
];

/** A home folder for one test, with the AWS files given, and an environment that knows of nothing else. */
export function homeWith(files: {
	readonly config?: string;
	readonly credentials?: string;
	readonly env?: Readonly<Record<string, string>>;
}): {
	readonly home: string;
	write(name: string, text: string): string;
} {
	const home = mkdtempSync(join(memory, 'nps-kms-home-'));
	const write = (name: string, text: string): string => {
		const path = join(home, name);
		mkdirSync(join(path, '..'), {recursive: true});
		writeFileSync(path, text, {mode: 0o600});
		return path;
	};
	write('.aws/config', files.config ?? '');
	write('.aws/credentials', files.credentials ?? '');
	for (const it of others) vi.stubEnv(it, undefined);
	vi.stubEnv('HOME', home);
	vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
	for (const [name, value] of Object.entries(files.env ?? {})) vi.stubEnv(name, value);
	onTestFinished(() => {
		vi.unstubAllEnvs();
		rmSync(home, {recursive: true, force: true});
	});
	return {home, write};
}
