import {homedir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {homeDir, stateDir} from '../../src/local/state-folder.js';

const linux = process.platform === 'linux';
if (!linux) console.log('Where the record is kept is tested by the rules of Linux: this is another system');

describe.skipIf(!linux)('the record is kept', () => {
	const usual = join(homedir(), '.config', 'nps-kms');
	test.each([
		['in the home folder', {}, usual],
		['where XDG_CONFIG_HOME says', {XDG_CONFIG_HOME: '/srv/config'}, '/srv/config/nps-kms'],
		['in the home folder if that is empty', {XDG_CONFIG_HOME: ''}, usual],
		['in the home folder if that is relative, as its specification says', {XDG_CONFIG_HOME: 'config'}, usual],
		['where NPS_KMS_HOME says, before all', {NPS_KMS_HOME: '/srv/nps', XDG_CONFIG_HOME: '/srv/config'}, '/srv/nps'],
		['in the home folder if that is empty, too', {NPS_KMS_HOME: ''}, usual],
	])('%s', (_where, env, folder) => {
		expect(stateDir(env)).toBe(folder);
	});
});

describe('the home folder is', () => {
	const nobody = (): string => {
		throw new Error('no such user');
	};
	test.each([
		['what HOME says', () => '/home/anna', nobody, '/home/anna'],
		["what the system's list says where HOME is empty", () => '', () => '/home/anna', '/home/anna'],
		['the same where HOME is relative', () => 'anna', () => '/home/anna', '/home/anna'],
		['not known where neither says it', nobody, nobody, undefined],
		['not known where both are nonsense', () => '', () => '', undefined],
	])('%s', (_rule, named, listed, folder) => {
		expect(homeDir(named, listed)).toBe(folder);
	});
});
