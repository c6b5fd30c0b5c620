import {describe, expect, test} from 'vitest';
import {readConfig} from '../../../src/aws/sign-in/config-files.js';
import {caBundleOf, isStrange, regionOf, settingsOf} from '../../../src/aws/sign-in/settings.js';
import {homeWith} from '../config-files.js';

type Env = Readonly<Record<string, string>>;
/** Whose settings count, with that config file. */
async function whose(config: string, env: Env = {}, profile?: string) {
	const {home} = homeWith({config});
	const all = {HOME: home, ...env};
	return {profile, env: all, config: await readConfig(all)};
}
const local = 'http://127.0.0.1:1';
const config = `[default]
region = eu-west-1
[profile local]
endpoint_url = ${local}
region = eu-west-2
ca_bundle = /acme.pem
[profile kms]
services = s
[services s]
kms =
  endpoint_url = ${local}
`;

describe('where calls go', () => {
	const everywhere = ['sts', 'iam', 'kms', 'cloudtrail'];
	test.each([
		['by a variable for all', {AWS_ENDPOINT_URL: local}, undefined, everywhere, 'AWS_ENDPOINT_URL'],
		['by a variable for one service', {AWS_ENDPOINT_URL_KMS: local}, undefined, ['kms'], 'AWS_ENDPOINT_URL_KMS'],
		['by the profile that is asked for', {}, 'local', everywhere, 'endpoint_url of profile local (line 4 of '],
		[
			'by the profile that AWS_PROFILE names',
			{AWS_PROFILE: 'local'},
			undefined,
			everywhere,
			'endpoint_url of profile local',
		],
		['by its section of services', {}, 'kms', ['kms'], 'endpoint_url of services s (line 11 of '],
		[
			'by a variable before the profile',
			{AWS_ENDPOINT_URL: 'http://127.0.0.1:2'},
			'local',
			everywhere,
			'AWS_ENDPOINT_URL',
		],
	])('is told %s, with where that was found', async (_how, env: Env, profile, services, from) => {
		const {endpoints} = settingsOf(await whose(config, env, profile));
		expect(Object.keys(endpoints)).toEqual(services);
		for (const it of Object.values(endpoints)) expect([it.from.startsWith(from), isStrange(it)]).toEqual([true, true]);
	});
	test.each([
		['nothing says so', {}, undefined],
		['another profile has an endpoint', {AWS_PROFILE: 'local'}, 'default'],
		['that is switched off', {AWS_ENDPOINT_URL: local, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True'}, undefined],
	])('is AWS where %s', async (_how, env: Env, profile) => {
		expect(settingsOf(await whose(config, env, profile)).endpoints).toEqual({});
	});
	test.each(['127.0.0.1:4566', 'localhost:4566', 'ftp://x', 'http://', 'x'])(
		'can’t be %s: it is no URL, and the setting is named',
		async value => {
			const it = await whose('', {AWS_ENDPOINT_URL: value});
			expect(() => settingsOf(it)).toThrow(
				expect.objectContaining({
					problem: expect.objectContaining({
						what: "The endpoint of AWS_ENDPOINT_URL can't be called",
						why: expect.stringContaining('http:// or https://'),
					}),
				}),
			);
		},
	);
	test('can’t be told by a section that isn’t there', async () => {
		const it = await whose('[default]\nservices = gone\n');
		expect(() => settingsOf(it)).toThrow(
			expect.objectContaining({
				problem: expect.objectContaining({
					what: 'There is no section [services gone]',
					why: expect.stringContaining('line 2 of'),
				}),
			}),
		);
	});
});

describe('FIPS and dual-stack endpoints', () => {
	test.each(['true', 'TRUE', 'True', ' true '])('are switched on by %s', async value => {
		expect(
			settingsOf(await whose('', {AWS_USE_FIPS_ENDPOINT: value, AWS_USE_DUALSTACK_ENDPOINT: value})),
		).toMatchObject({
			fips: true,
			dualstack: true,
		});
		expect(settingsOf(await whose(`[default]\nUSE_FIPS_ENDPOINT = ${value}\n`)).fips).toBe(true);
	});
	test('are off otherwise, and by FALSE', async () => {
		expect(settingsOf(await whose('', {AWS_USE_FIPS_ENDPOINT: 'FALSE'}))).toMatchObject({
			fips: false,
			dualstack: false,
		});
	});
	test('are neither by another value: that is told', async () => {
		const it = await whose('', {AWS_USE_FIPS_ENDPOINT: 'yes'});
		expect(() => settingsOf(it)).toThrow(
			expect.objectContaining({problem: expect.objectContaining({what: 'AWS_USE_FIPS_ENDPOINT is yes'})}),
		);
	});
});
test('FIPS endpoints and an own one are told to exclude each other', async () => {
	const it = await whose('', {AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: local});
	expect(() => settingsOf(it)).toThrow(
		expect.objectContaining({problem: expect.objectContaining({code: 'TwoEndpoints'})}),
	);
});
test('an AWS_DEFAULTS_MODE that there isn’t is told', async () => {
	const it = await whose('', {AWS_DEFAULTS_MODE: 'fast'});
	expect(() => settingsOf(it)).toThrow(
		expect.objectContaining({problem: expect.objectContaining({what: 'AWS_DEFAULTS_MODE is fast'})}),
	);
	expect(settingsOf(await whose('', {AWS_DEFAULTS_MODE: 'Standard'}))).toBeDefined();
});

test.each([
	['AWS_REGION', {AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b'}, 'local', 'a', 'AWS_REGION'],
	['then AWS_DEFAULT_REGION', {AWS_DEFAULT_REGION: 'b'}, 'local', 'b', 'AWS_DEFAULT_REGION'],
	['then the profile', {}, 'local', 'eu-west-2', 'region of profile local (line 5 of'],
	['the one that a variable names', {AWS_DEFAULT_PROFILE: 'local'}, undefined, 'eu-west-2', 'region of profile local'],
	[
		'AWS_PROFILE before AWS_DEFAULT_PROFILE',
		{AWS_PROFILE: 'default', AWS_DEFAULT_PROFILE: 'local'},
		undefined,
		'eu-west-1',
		'region of profile default',
	],
	[
		'even where exported keys sign in',
		{AWS_ACCESS_KEY_ID: 'A', AWS_PROFILE: 'local'},
		undefined,
		'eu-west-2',
		'region of profile local',
	],
])('the region is that of %s', async (_rule, env: Env, profile, value, from) => {
	const found = regionOf(await whose(config, env, profile));
	expect([found?.value, found?.from.startsWith(from)]).toEqual([value, true]);
});
test('certificates are the profile’s', async () => {
	expect(caBundleOf(await whose(config, {}, 'local'))).toMatchObject({value: '/acme.pem'});
});
