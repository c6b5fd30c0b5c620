import {describe, expect, test, vi} from 'vitest';
import {defaultProfile, findSources, passedOver, typedKey, typedSso} from '../../../src/aws/sign-in/profiles.js';
import {fold, knownFor} from '../../../src/engine/record.js';
import type {Look} from '../../../src/engine/step.js';
import {calledAs} from '../../../src/run/called-as.js';
import {namedRegion, regionFor} from '../../../src/run/region.js';
import {discard, proveAgain, replaceAccessKey, setup} from '../../../src/steps/index.js';
import {credentialChoices, rehearse} from '../../../src/steps/things/credentials-and-region.js';
import {homeWith} from '../config-files.js';

const config = `
[default]
region = eu-west-1
[profile plain]
[profile admin]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-central-1
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = us-gov-west-1
[services local]
kms =
  endpoint_url = http://127.0.0.1:1
[profile helper]
credential_process = /opt/helper --secret hunter2
[profile signed]
login_session = arn:aws-cn:iam::111122223333:user/anna
[profile boss]
role_arn = arn:aws:iam::111122223333:role/team/Boss
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/anna
[profile two words]
region = eu-west-1
[loose]
region = eu-west-1
`;
const credentials = `
[keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = s3cret
mfa_serial = arn:aws:iam::111122223333:mfa/anna
[my keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = s3cret
`;

describe('profiles', () => {
	test('come from both files; sso-session and services are none', async () => {
		homeWith({config, credentials});
		const {profiles} = await findSources();
		expect(profiles.map(it => `${it.name} ${it.kind}`)).toEqual([
			'default nothing',
			'plain nothing',
			'admin sso',
			'helper process',
			'signed login',
			'boss role',
			'keys key',
			'my keys key',
		]);
	});
	test('are found where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say', async () => {
		const {write} = homeWith({config: '[profile hidden]\nregion = eu-west-1\n'});
		vi.stubEnv('AWS_CONFIG_FILE', write('elsewhere/c', '[profile there]\nregion = eu-west-2\n'));
		vi.stubEnv(
			'AWS_SHARED_CREDENTIALS_FILE',
			write('elsewhere/k', '[also]\naws_access_key_id = A\naws_secret_access_key = B\n'),
		);
		expect((await findSources()).profiles.map(it => it.name)).toEqual(['there', 'also']);
	});
	test('are read again: a sign-in in another window changes them', async () => {
		const {write} = homeWith({credentials: ''});
		expect((await findSources()).profiles).toEqual([]);
		write('.aws/credentials', credentials);
		expect((await findSources()).profiles.map(it => it.name)).toEqual(['keys', 'my keys']);
	});
	test('hold no secret', async () => {
		homeWith({config, credentials});
		expect(JSON.stringify(await findSources())).not.toMatch(/s3cret|hunter2/);
	});
	test('that the AWS CLI would lose are told, with the reason', async () => {
		homeWith({config, credentials});
		const {lost} = await findSources();
		expect(lost.map(it => it.name)).toEqual(['two words', 'loose']);
		expect(lost[0]?.why).toContain('[profile "two words"]');
		expect(lost[1]?.why).toContain('[profile loose]');
	});
	test('tell their partition by their ARNs or by where they sign in', async () => {
		homeWith({config, credentials});
		const {profiles} = await findSources();
		expect(Object.fromEntries(profiles.map(it => [it.name, it.partition]))).toMatchObject({
			default: undefined,
			admin: 'aws-us-gov',
			helper: undefined,
			signed: 'aws-cn',
			boss: 'aws',
			keys: 'aws',
		});
	});
	test('no file at all is no trouble', async () => {
		const {home} = homeWith({});
		vi.stubEnv('HOME', `${home}/nowhere`);
		expect(await findSources()).toMatchObject({profiles: [], lost: [], environment: false});
	});
});

describe('what is used where nothing is asked for', () => {
	const keys = {AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 's3cret'};
	test.each([
		['the environment, if it has credentials', keys, undefined],
		['them, whatever AWS_PROFILE names', {...keys, AWS_PROFILE: 'boss'}, undefined],
		['AWS_PROFILE without them', {AWS_PROFILE: 'boss'}, 'boss'],
		['AWS_DEFAULT_PROFILE', {AWS_DEFAULT_PROFILE: 'boss'}, 'boss'],
		['AWS_PROFILE before AWS_DEFAULT_PROFILE', {AWS_PROFILE: 'keys', AWS_DEFAULT_PROFILE: 'boss'}, 'keys'],
		['the default profile otherwise', {}, 'default'],
	])('is %s', async (_rule, env, expected) => {
		homeWith({config, credentials, env});
		expect(defaultProfile(await findSources())).toBe(expected);
	});
});

describe('where two sources disagree', () => {
	const keys = {AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 's3cret'};
	test.each([
		[
			'exported keys win over AWS_PROFILE',
			{...keys, AWS_PROFILE: 'boss'},
			undefined,
			/AWS_ACCESS_KEY_ID signs in, not profile boss of AWS_PROFILE.*--profile boss/,
		],
		[
			'--profile wins over exported keys',
			{...keys, AWS_PROFILE: 'boss'},
			'keys',
			/Profile keys signs in; the exported AWS_ACCESS_KEY_ID isn't used/,
		],
		['SSO wins over a key', {}, 'both', /Profile both signs in by SSO; its access key isn't used/],
	])('%s, and that is told', async (_rule, env, asked, expected) => {
		const both = '[both]\nsso_account_id = 1\naws_access_key_id = x\n';
		homeWith({config, credentials: `${credentials}${both}`, env});
		expect(passedOver(await findSources(), asked).join(' ')).toMatch(expected);
	});
	test('and nothing is told where nothing disagrees', async () => {
		homeWith({config, credentials, env: keys});
		expect(passedOver(await findSources(), undefined)).toEqual([]);
	});
});

describe('the choice of credentials', () => {
	test('lists what would be taken by itself, then each profile with what it is, then the rehearsal', async () => {
		homeWith({config, credentials, env: {AWS_PROFILE: 'admin'}});
		expect(
			credentialChoices(await findSources(), undefined).map(it => `${it.never ? '-' : '+'} ${it.label}: ${it.note}`),
		).toEqual([
			'+ profile admin: SSO · eu-central-1 · AWS_PROFILE',
			'- profile default: no credentials in it · eu-west-1',
			'- profile plain: no credentials in it',
			'+ profile helper: credential_process',
			'+ profile signed: aws login',
			'+ profile boss: role Boss · asks an MFA code',
			'+ profile keys: static key · asks an MFA code',
			'+ profile my keys: static key',
			'- profile two words: a name with blanks needs quotes in its heading: [profile "two words"]',
			'- profile loose: in the config file its section must be headed [profile loose]',
			'+ built-in sandbox: a rehearsal: nothing leaves this machine',
		]);
	});
	test("brings the profile's region along, but not against AWS_REGION", async () => {
		homeWith({config, credentials});
		const of = async (env?: string) =>
			credentialChoices(await findSources(), env).find(it => it.value === 'admin')?.gives;
		expect(await of()).toEqual({region: 'eu-central-1'});
		// A profile without one takes away what another brought.
		expect(credentialChoices(await findSources(), undefined).find(it => it.value === 'keys')?.gives).toEqual({
			region: '',
		});
		expect(await of('eu-north-1')).toEqual({region: 'eu-north-1'});
	});
	test('is what can be typed, and the rehearsal, where there is nothing', async () => {
		homeWith({});
		expect(credentialChoices(await findSources(), undefined).map(it => it.value)).toEqual([
			typedKey,
			typedSso,
			rehearse,
		]);
	});
	test.each([setup, discard, replaceAccessKey, proveAgain])(
		'offers the rehearsal only where a setup can be begun: $name',
		async course => {
			homeWith({config, credentials});
			const run = calledAs({course, options: {setup: 'nps'}});
			const known = knownFor('connect', fold([]), run);
			const field = course.steps[0]?.fields?.(known).find(it => it.name === 'profile');
			const choices = await field?.choices?.({} as Look, known);
			expect(choices?.some(it => it.value === 'admin')).toBe(true);
			expect(choices?.some(it => it.value === rehearse)).toBe(course === setup);
		},
	);
	test('offers what can be typed where there is nothing, and no rehearsal either', async () => {
		homeWith({});
		expect(credentialChoices(await findSources(), undefined, false).map(it => it.value)).toEqual([typedKey, typedSso]);
	});
});

describe('the region', () => {
	const wish = {region: undefined, profile: undefined, env: {}};
	const at = (given: Parameters<typeof namedRegion>[0]) => ({...given, env: {HOME: process.env['HOME'], ...given.env}});
	const pinned = {
		...fold([]),
		setup: 'nps',
		facts: {partition: 'aws-us-gov', policyArn: 'arn:aws-us-gov:iam::1:policy/p'},
	};
	test.each([
		['what is asked for, over all', {...wish, region: 'eu-west-3', env: {AWS_REGION: 'eu-west-2'}}, 'eu-west-3'],
		['AWS_REGION, over the profile', {...wish, env: {AWS_REGION: 'eu-west-2'}, profile: 'helper'}, 'eu-west-2'],
		["the profile's", {...wish, profile: 'default'}, 'eu-west-1'],
		["the default profile's", wish, 'eu-west-1'],
	])('is %s', async (_rule, given, expected) => {
		homeWith({config, credentials});
		expect(await namedRegion(at(given))).toBe(expected);
	});
	test.each([
		[
			'another partition than the profile signs in to',
			{...wish, profile: 'signed', region: 'eu-west-1'},
			'Profile signed is of aws-cn',
		],
		[
			"another partition than the setup's",
			{...wish, region: 'cn-north-1', state: pinned},
			'Setup nps is of aws-us-gov',
		],
		[
			'a profile that is not there',
			{...wish, profile: 'nobody', region: 'eu-west-1'},
			'there are default, plain, admin',
		],
		['a profile whose name is lost', {...wish, profile: 'two words', region: 'eu-west-1'}, 'needs quotes'],
		['no region anywhere', {...wish, profile: 'helper'}, 'Neither --region'],
		['a zone', {...wish, env: {AWS_REGION: 'eu-west-1a'}}, 'an availability zone; its region is eu-west-1'],
	])('of %s is refused before any call', async (_rule, given, why) => {
		homeWith({config, credentials});
		await expect(regionFor(at(given))).rejects.toMatchObject({
			problem: {code: 'Usage', why: expect.stringContaining(why) as string},
		});
	});
	test.each([
		[{AWS_REGION: 'eu-west-1a'}, 'AWS_REGION is eu-west-1a'],
		[{AWS_DEFAULT_REGION: 'Ireland'}, 'AWS_DEFAULT_REGION is Ireland'],
		[{AWS_PROFILE: 'odd'}, 'region of profile odd (line 2 of '],
	])('that is none is told with the setting that it comes from: %o', async (env, what) => {
		homeWith({config: '[profile odd]\nregion = nowhere\n', env});
		await expect(namedRegion({...wish, env: {...env, HOME: process.env['HOME']}})).rejects.toMatchObject({
			problem: {what: expect.stringContaining(what) as string, todo: expect.stringContaining('--region') as string},
		});
	});
	test('of a rehearsal is nobody’s profile’s', async () => {
		homeWith({config, credentials});
		expect(await namedRegion({...wish, sandbox: true})).toBe('eu-west-1');
		expect(await namedRegion({...wish, sandbox: true, profile: 'signed', region: 'us-east-1'})).toBe('us-east-1');
	});
});
