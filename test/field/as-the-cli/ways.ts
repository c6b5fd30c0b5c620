import {readFileSync} from 'node:fs';
import {exported, type Ground, type Row} from '../beside-the-cli.js';

const west = 'eu-west-1';
const viaProxy = (g: Ground): Record<string, string> => ({
	...{HTTPS_PROXY: g.proxy, AWS_CA_BUNDLE: g.ca, AWS_REGION: west},
	...exported(g.admin),
});
/** Plain http by a proxy to a host that there is nowhere. */
const plain = (g: Ground, host: string, more: Record<string, string>): ReturnType<Row[1]> => ({
	env: {...viaProxy(g), HTTP_PROXY: g.proxy, AWS_ENDPOINT_URL: `http://${host}`, ...more},
});
const byProxy = 'admin in eu-west-1 by proxy sts.eu-west-1.amazonaws.com';

export const proxies: readonly Row[] = [
	['HTTPS_PROXY', g => ({env: viaProxy(g)}), byProxy],
	[
		'the lower case wins',
		g => ({env: {...viaProxy(g), https_proxy: g.other}}),
		'admin in eu-west-1 by other sts.eu-west-1.amazonaws.com',
	],
	['in any other case', g => ({env: {...viaProxy(g), HTTPS_PROXY: '', Https_Proxy: g.proxy}}), byProxy],
	['without a scheme', g => ({env: {...viaProxy(g), HTTPS_PROXY: g.at}}), byProxy],
	['with two slashes alone', g => ({env: {...viaProxy(g), HTTPS_PROXY: `//${g.at}`}}), byProxy],
	['with a path', g => ({env: {...viaProxy(g), HTTPS_PROXY: `${g.proxy}/a?b`}}), byProxy],
	[
		'HTTP_PROXY for http',
		g => plain(g, 'aws.invalid', {HTTPS_PROXY: 'http://127.0.0.1:9'}),
		'admin in eu-west-1 by proxy aws.invalid',
	],
	[
		'HTTP_PROXY not for https',
		g => plain(g, '', {HTTPS_PROXY: '', AWS_ENDPOINT_URL: 'https://aws.invalid'}),
		'nothing',
	],
	['ALL_PROXY isn’t read', g => plain(g, 'aws.invalid', {HTTP_PROXY: '', ALL_PROXY: g.proxy}), 'nothing'],
	['an empty one in lower case', g => plain(g, 'aws.invalid', {http_proxy: ''}), 'nothing'],
	['NO_PROXY with the name', g => plain(g, 'sts.aws.invalid', {NO_PROXY: 'sts.aws.invalid'}), 'nothing'],
	['NO_PROXY with what it ends in', g => plain(g, 'sts.aws.invalid', {NO_PROXY: 'x.com, aws.invalid'}), 'nothing'],
	['NO_PROXY with a dot before', g => plain(g, 'sts.aws.invalid', {NO_PROXY: '.aws.invalid'}), 'nothing'],
	['NO_PROXY with a dot before the very name', g => plain(g, 'aws.invalid', {NO_PROXY: '.aws.invalid'}), 'nothing'],
	['NO_PROXY in capitals', g => plain(g, 'sts.aws.invalid', {NO_PROXY: 'AWS.Invalid'}), 'nothing'],
	['NO_PROXY with a port', g => plain(g, 'aws.invalid:81', {NO_PROXY: 'aws.invalid:81'}), 'nothing'],
	[
		'NO_PROXY with another port',
		g => plain(g, 'aws.invalid:81', {NO_PROXY: 'aws.invalid:82'}),
		'admin in eu-west-1 by proxy aws.invalid:81',
	],
	[
		'NO_PROXY with half a name',
		g => plain(g, 'stsaws.invalid', {NO_PROXY: 'aws.invalid'}),
		'admin in eu-west-1 by proxy stsaws.invalid',
	],
	['NO_PROXY=*', g => plain(g, 'sts.aws.invalid', {NO_PROXY: '*'}), 'nothing'],
	[
		'* in a list',
		g => plain(g, 'sts.aws.invalid', {NO_PROXY: 'x.com,*'}),
		'admin in eu-west-1 by proxy sts.aws.invalid',
	],
	[
		'no_proxy wins',
		g => plain(g, 'sts.aws.invalid', {NO_PROXY: '*', no_proxy: 'x.com'}),
		'admin in eu-west-1 by proxy sts.aws.invalid',
	],
	[
		'no_proxy wins, empty',
		g => plain(g, 'sts.aws.invalid', {NO_PROXY: '*', no_proxy: ''}),
		'admin in eu-west-1 by proxy sts.aws.invalid',
	],
];

const pem = (g: Ground): string => readFileSync(g.ca, 'utf8');
/** Whom the company's own authority vouches for, with other settings of certificates. */
const trusting = (g: Ground, env: Record<string, string>, files: Record<string, string> = {}): ReturnType<Row[1]> => {
	const {AWS_CA_BUNDLE: _, ...others} = viaProxy(g);
	return {env: {...others, ...env}, files};
};
export const certificates: readonly Row[] = [
	['none', g => trusting(g, {}), 'nothing'],
	['ca_bundle', g => trusting(g, {}, {'.aws/config': `[default]\nca_bundle = ${g.ca}\n`}), byProxy],
	[
		'ca_bundle in the home folder',
		g => trusting(g, {}, {'.aws/config': '[default]\nca_bundle = ~/acme.pem\n', 'acme.pem': pem(g)}),
		byProxy,
	],
	['REQUESTS_CA_BUNDLE', g => trusting(g, {REQUESTS_CA_BUNDLE: g.ca}), byProxy],
	[
		'AWS_CA_BUNDLE first',
		g => trusting(g, {AWS_CA_BUNDLE: g.ca, REQUESTS_CA_BUNDLE: '/x'}, {'.aws/config': '[default]\nca_bundle = /x\n'}),
		byProxy,
	],
	[
		'ca_bundle before REQUESTS_CA_BUNDLE',
		g => trusting(g, {REQUESTS_CA_BUNDLE: g.ca}, {'.aws/config': '[default]\nca_bundle = /x\n'}),
		'nothing',
	],
	[
		'ca_bundle of AWS_PROFILE with exported keys',
		g => trusting(g, {AWS_PROFILE: 'x'}, {'.aws/config': `[profile x]\nca_bundle = ${g.ca}\n`}),
		byProxy,
	],
	['a file that isn’t there', g => trusting(g, {AWS_CA_BUNDLE: '/x'}), 'nothing'],
	['an empty file', g => trusting(g, {AWS_CA_BUNDLE: `${g.home}/c.pem`}, {'c.pem': ''}), 'nothing'],
	['in the home folder', g => trusting(g, {AWS_CA_BUNDLE: '~/c.pem'}, {'c.pem': pem(g)}), byProxy],
	['in the folder where we are', g => trusting(g, {AWS_CA_BUNDLE: 'c.pem'}, {'c.pem': pem(g)}), byProxy],
	[
		'between comments, with Windows’ line ends and a mark',
		g => {
			const text = `\uFEFF# Acme - root\nsubject=CN = Acme\n${pem(g)}\n# end - of - it\n`;
			return trusting(g, {AWS_CA_BUNDLE: 'c.pem'}, {'c.pem': text.replaceAll('\n', '\r\n')});
		},
		byProxy,
	],
];

/** A profile `default` of bob with an endpoint that must not be used, and more lines. */
const bob = (g: Ground, lines: string, more = ''): Record<string, string> => ({
	'.aws/config': `[default]\nregion = eu-west-1\n${lines}${g.bob}${more}`,
});
const services = (name: string, url: string): string =>
	`[services ${name}]\n${['sts', 'iam', 'kms'].map(it => `${it} =\n  endpoint_url = ${url}\n`).join('')}`;
const x = (g: Ground): Record<string, string> =>
	bob(g, `endpoint_url = ${g.elsewhere}\n`, `[profile x]\nregion = eu-west-1\nendpoint_url = ${g.endpoint}\n${g.bob}`);
const aws = (g: Ground) => ({HTTPS_PROXY: g.proxy, AWS_CA_BUNDLE: g.ca});
const byEndpoint = 'bob in eu-west-1 by endpoint';
const byAws = 'bob in eu-west-1 by proxy sts.eu-west-1.amazonaws.com';
const byFips = 'admin in us-east-1 by proxy sts-fips.us-east-1.amazonaws.com';

export const endpoints: readonly Row[] = [
	['of --profile', g => ({files: x(g), words: ['--profile', 'x']}), byEndpoint],
	['of AWS_PROFILE', g => ({files: x(g), env: {AWS_PROFILE: 'x'}}), byEndpoint],
	['of AWS_DEFAULT_PROFILE', g => ({files: x(g), env: {AWS_DEFAULT_PROFILE: 'x'}}), byEndpoint],
	[
		'another profile’s isn’t taken',
		g => {
			const files = bob(g, `endpoint_url = ${g.elsewhere}\n`, `[profile x]\nregion = eu-west-1\n${g.bob}`);
			return {files, env: aws(g), words: ['--profile', 'x']};
		},
		byAws,
	],
	[
		'AWS_ENDPOINT_URL before the profile',
		g => ({files: bob(g, `endpoint_url = ${g.elsewhere}\n`), env: {AWS_ENDPOINT_URL: g.endpoint}}),
		byEndpoint,
	],
	[
		'AWS_ENDPOINT_URL_STS before AWS_ENDPOINT_URL',
		g => ({files: bob(g, ''), env: {AWS_ENDPOINT_URL: g.elsewhere, AWS_ENDPOINT_URL_STS: g.endpoint}}),
		byEndpoint,
	],
	[
		'a services section before the profile',
		g => ({files: bob(g, `services = dev\nendpoint_url = ${g.elsewhere}\n`, services('dev', g.endpoint))}),
		byEndpoint,
	],
	[
		'a services section whose name has blanks',
		g => ({files: bob(g, 'services = my dev\n', services('"my dev"', g.endpoint))}),
		byEndpoint,
	],
	[
		'AWS_ENDPOINT_URL before a services section',
		g => {
			const files = bob(g, 'services = dev\n', services('dev', g.elsewhere));
			return {files, env: {AWS_ENDPOINT_URL: g.endpoint}};
		},
		byEndpoint,
	],
	['a services section that isn’t there', g => ({files: bob(g, 'services = dev\n'), env: aws(g)}), 'nothing'],
	[
		'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
		g => {
			const env = {...aws(g), AWS_ENDPOINT_URL: g.elsewhere, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE'};
			return {files: bob(g, `endpoint_url = ${g.elsewhere}\n`), env};
		},
		byAws,
	],
	[
		'the same of the profile',
		g => {
			const files = bob(g, `ignore_configured_endpoint_urls = true\nendpoint_url = ${g.elsewhere}\n`);
			return {files, env: aws(g)};
		},
		byAws,
	],
	[
		'without a scheme',
		g => ({files: bob(g, ''), env: {AWS_ENDPOINT_URL: g.endpoint.replace(/^.*:\/\//, '')}}),
		'nothing',
	],
	['with a slash at its end', g => ({files: bob(g, `endpoint_url = ${g.endpoint}/\n`)}), byEndpoint],
	['FIPS in any case', g => ({env: {...viaProxy(g), AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'TRUE'}}), byFips],
	[
		'FIPS of the profile',
		g => {
			const files = {'.aws/config': '[default]\nuse_fips_endpoint = True\n'};
			return {files, env: {...viaProxy(g), AWS_REGION: 'us-east-1'}};
		},
		byFips,
	],
	[
		'FIPS of AWS_PROFILE with exported keys',
		g => {
			const files = {'.aws/config': '[profile x]\nuse_fips_endpoint = true\n'};
			return {files, env: {...viaProxy(g), AWS_REGION: 'us-east-1', AWS_PROFILE: 'x'}};
		},
		byFips,
	],
	[
		'FIPS off by variable',
		g => {
			const files = {'.aws/config': '[default]\nuse_fips_endpoint = true\n'};
			return {files, env: {...viaProxy(g), AWS_USE_FIPS_ENDPOINT: 'False'}};
		},
		byProxy,
	],
];

const here = (g: Ground) => ({AWS_ENDPOINT_URL: g.endpoint});
const role = 'role_arn = arn:aws:iam::123456789012:role/Boss\nsource_profile = b\n';
export const regions: readonly Row[] = [
	[
		'AWS_REGION first',
		g => ({files: bob(g, ''), env: {...here(g), AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3'}}),
		'bob in eu-west-2 by endpoint',
	],
	[
		'AWS_DEFAULT_REGION before the profile',
		g => ({files: bob(g, ''), env: {...here(g), AWS_DEFAULT_REGION: 'eu-west-3'}}),
		'bob in eu-west-3 by endpoint',
	],
	['the profile’s', g => ({files: bob(g, ''), env: here(g)}), byEndpoint],
	[
		'--region before all',
		g => ({files: bob(g, ''), env: {...here(g), AWS_REGION: 'eu-west-2'}, words: ['--region', 'eu-west-3']}),
		'bob in eu-west-3 by endpoint',
	],
	[
		'that of the profile chosen, not of default',
		g => ({
			files: bob(g, '', `[profile x]\nregion = eu-west-2\n${g.bob}`),
			env: here(g),
			words: ['--profile', 'x'],
		}),
		'bob in eu-west-2 by endpoint',
	],
	[
		'none for a profile without one, whatever default has',
		g => ({files: bob(g, '', `[profile x]\n${g.bob}`), env: here(g), words: ['--profile', 'x']}),
		'nothing',
	],
	[
		'that of AWS_PROFILE with exported keys',
		g => {
			const files = bob(g, '', '[profile x]\nregion = eu-west-2\n');
			return {files, env: {...here(g), ...exported(g.admin), AWS_PROFILE: 'x'}};
		},
		'admin in eu-west-2 by endpoint',
	],
	[
		'that of a role, not of its source',
		g => ({files: {'.aws/config': `[default]\n${role}[profile b]\nregion = eu-west-2\n${g.bob}`}, env: here(g)}),
		'nothing',
	],
	[
		'that of the credentials file before the config file',
		g => ({files: {...bob(g, ''), '.aws/credentials': `[default]\nregion = eu-west-3\n${g.bob}`}, env: here(g)}),
		'bob in eu-west-3 by endpoint',
	],
];
