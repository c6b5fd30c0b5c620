import {describe, expect, test} from 'vitest';
import {forSdk, pathsOf, readConfig, sectionsOf} from '../../../src/aws/sign-in/config-files.js';
import {homeFolderOf} from '../../../src/aws/tool-files.js';
import {homeWith} from '../config-files.js';

const values = (text: string) =>
	sectionsOf(text, 'f').map(it => [
		it.name,
		Object.fromEntries(Object.entries(it.lines).map(([name, line]) => [name, line.value])),
	]);
const read = async (files: Parameters<typeof homeWith>[0]) => readConfig({HOME: homeWith(files).home});

describe('the shared files are read as the AWS CLI reads them', () => {
	test.each([
		['names of settings in capitals', '[a]\nAWS_Access_Key_ID = x\n', {aws_access_key_id: 'x'}],
		['a colon after the name', '[a]\nregion: eu-west-1\n', {region: 'eu-west-1'}],
		['no blanks at all', '[a]\nregion=eu-west-1', {region: 'eu-west-1'}],
		['Windows’ line ends', '[a]\r\nregion = eu-west-1\r\n', {region: 'eu-west-1'}],
		['comments', '# x\n[a]\n; y\nregion = eu-west-1 # Ireland\n', {region: 'eu-west-1'}],
		['= in a value', '[a]\nsecret = ab=cd==\n', {secret: 'ab=cd=='}],
		['; in a command', '[a]\ncredential_process = sh -c "x ; y"\n', {credential_process: 'sh -c "x ; y"'}],
		['a block', '[a]\ns3 =\n  x = 1\n  y = 2\nz = 3\n', {s3: '', 's3.x': '1', 's3.y': '2', z: '3'}],
		['a value that goes on', '[a]\nx = 1\n  2\n', {x: '1\n2'}],
		['what isn’t understood passed over', '[a]\nnonsense\nx = 1\n', {x: '1'}],
	])('with %s', (_what, text, expected) => {
		expect(values(text)).toEqual([['a', expected]]);
	});
	test('and each setting knows its line', () => {
		expect(sectionsOf('\n[a]\n\nx = 1\n', 'f')).toMatchObject([{line: 2, lines: {x: {file: 'f', line: 4}}}]);
	});
	const config = '[profile acme]\nregion = eu-west-1\n';
	test.each([
		['UTF-8 with a mark', Buffer.from(`\uFEFF${config}`)],
		['UTF-16, as PowerShell writes', Buffer.from(`\uFEFF${config}`, 'utf16le')],
		['UTF-16 without a mark', Buffer.from(config, 'utf16le')],
		['UTF-16 of the other order', Buffer.from(`\uFEFF${config}`, 'utf16le').swap16()],
	])('in %s', async (_encoding, bytes) => {
		expect((await read({config: bytes as unknown as string})).profiles['acme']?.lines['region']?.value).toBe(
			'eu-west-1',
		);
	});
	test('with blanks in names, in quotes', async () => {
		const {profiles, sessions, lost} = await read({
			config: `[profile "two words"]\nx = 1\n[profile 'b c']\nx = 2\n[sso-session 'Acme Corp']\nx = 3\n[profile no quotes]\nx = 4\n[loose]\nx = 5\n`,
			credentials: '[my keys]\nx = 6\n',
		});
		expect(Object.keys(profiles)).toEqual(['two words', 'b c', 'my keys']);
		expect(Object.keys(sessions)).toEqual(['Acme Corp']);
		expect(lost.map(it => it.name)).toEqual(['no quotes', 'loose']);
	});
	test('the credentials file before the config file', async () => {
		const {profiles} = await read({config: '[profile a]\nx = 1\ny = 2\n', credentials: '[a]\nx = 3\n'});
		expect(profiles['a']?.lines).toMatchObject({x: {value: '3', inCredentials: true}, y: {value: '2'}});
	});
});

test('the AWS SDK reads the same in its own spelling', async () => {
	const config = await read({
		config: `[profile "two words"]\nSSO_Session = Acme Corp\n[sso-session "Acme Corp"]\nsso_region: eu-west-1\n`,
	});
	const {loadSharedConfigFiles, externalDataInterceptor, loadSsoSessionData} = await import('@smithy/core/config');
	externalDataInterceptor.interceptFile('/seen/config', forSdk(config));
	externalDataInterceptor.interceptFile('/seen/credentials', '');
	const paths = {configFilepath: '/seen/config', filepath: '/seen/credentials'};
	expect((await loadSharedConfigFiles(paths)).configFile).toMatchObject({'two words': {sso_session: 'Acme Corp'}});
	expect(await loadSsoSessionData(paths)).toEqual({'Acme Corp': {sso_region: 'eu-west-1'}});
});

test('the files are where the variables say, with ~ and without', () => {
	expect(pathsOf({HOME: '/h', AWS_CONFIG_FILE: '~/c', AWS_SHARED_CREDENTIALS_FILE: '/k'})).toEqual({
		config: '/h/c',
		credentials: '/k',
	});
	expect(pathsOf({HOME: '/h', AWS_CONFIG_FILE: ''})).toEqual({
		config: '/h/.aws/config',
		credentials: '/h/.aws/credentials',
	});
});
test('home is what the environment says, if it says anything', () => {
	expect(homeFolderOf({HOME: '', USERPROFILE: '/u'})).toBe('/u');
	expect(homeFolderOf({HOME: '/h', USERPROFILE: '/u'})).toBe('/h');
});
