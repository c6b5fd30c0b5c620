import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {namesEndpoint} from '../../../src/aws/sign-in/profiles.js';

describe('calls may go elsewhere than to AWS', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'nps-kms-endpoints-'));
		vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
		vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
	});
	afterEach(() => {
		vi.unstubAllEnvs();
		rmSync(folder, {recursive: true, force: true});
	});
	const config = (text: string): void => writeFileSync(join(folder, 'config'), text);

	test.each([
		['by an endpoint for all services', '', {AWS_ENDPOINT_URL: 'http://127.0.0.1:1'}],
		['by an endpoint for one service', '', {AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:1'}],
		['by a profile', '[profile a]\nendpoint_url = http://127.0.0.1:1\n', {}],
		[
			'by a section of services',
			'[profile a]\nservices = s\n[services s]\nkms =\n  endpoint_url = http://127.0.0.1:1\n',
			{},
		],
	])('%s', async (_how, text, env) => {
		config(text);
		expect(await namesEndpoint(env)).toBe(true);
	});
	test('not by a profile that names none', async () => {
		config('[profile a]\nregion = eu-west-1\n');
		expect(await namesEndpoint({AWS_REGION: 'eu-west-1'})).toBe(false);
	});
});
