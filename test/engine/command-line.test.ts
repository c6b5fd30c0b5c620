import {execFileSync} from 'node:child_process';
import {afterEach, describe, expect, test} from 'vitest';
import {quoted} from '../../src/aws/sign-in/profiles.js';
import {asTyped, commandLine, startedIn} from '../../src/engine/command-line.js';
import {calledAs} from '../../src/run/called-as.js';

const [setup, discard] = [{name: 'setup', begins: true}, {name: 'discard'}] as const;

describe('who started it by npm in its folder is told what goes on from there', () => {
	afterEach(() => startedIn({}));
	const byNpm = {npm_lifecycle_event: 'start', npm_package_name: 'nps-kms'};
	test.each([
		['npm start', byNpm, 'npm start', 'npm start -- status --setup lab'],
		['npm test', {...byNpm, npm_lifecycle_event: 'test'}, 'nps-kms', 'nps-kms status --setup lab'],
		['npm start of another folder', {...byNpm, npm_package_name: 'x'}, 'nps-kms', 'nps-kms status --setup lab'],
		['its name', {}, 'nps-kms', 'nps-kms status --setup lab'],
	])('%s', (_how, env, wizard, status) => {
		startedIn(env);
		expect(commandLine({}, '')).toBe(wizard);
		expect(commandLine({setup: 'lab'}, 'status')).toBe(status);
	});
	test('and what only begins alike stays', () => {
		startedIn(byNpm);
		expect(['nps-kms-user', '/nps-kms status', 'nps-kms list'].map(asTyped)).toEqual([
			'nps-kms-user',
			'/nps-kms status',
			'npm start -- list',
		]);
	});
});

describe('the name of a profile is that name to whichever shell it is typed', () => {
	test.each([
		['corp-prod/eu.1:a+b', 'corp-prod/eu.1:a+b'],
		['our lab', '"our lab"'],
		["our lab's", `"our lab's"`],
		['@corp', '"@corp"'],
		['50%PATH%', '"50%PATH%"'],
		['corp$prod', "'corp$prod'"],
		['a`id`b', "'a`id`b'"],
		['a"; id; "', `'a"; id; "'`],
		['wow!ls', "'wow!ls'"],
		['corp\\', "'corp\\'"],
		['our ‘lab’', '"our ‘lab’"'],
		['a“; id; “', "'a“; id; “'"],
		['„corp‟', "'„corp‟'"],
		['a’$(id)”', process.platform === 'win32' ? "'a’’$(id)”'" : "'a’$(id)”'"],
		["it's$(id)", process.platform === 'win32' ? "'it''s$(id)'" : "'it'\\''s$(id)'"],
	])('%s', (name, typed) => {
		expect(quoted(name)).toBe(typed);
		expect(calledAs({course: setup, options: {setup: 'nps', profile: name}}).connectionFlags).toBe(
			`--profile ${typed}`,
		);
		if (process.platform !== 'win32')
			expect(execFileSync('bash', ['-c', `printf %s ${typed}`], {encoding: 'utf8'})).toBe(name);
	});
});

describe('a command line that is told can be typed as it is told', () => {
	test.each([
		['the first setup', calledAs({course: setup, options: {setup: 'nps'}}), undefined, 'nps-kms'],
		['another setup', calledAs({course: setup, options: {setup: 'lab'}}), undefined, 'nps-kms --setup lab'],
		[
			'a rehearsal',
			calledAs({course: setup, options: {setup: 'lab', sandbox: true}}),
			undefined,
			'nps-kms --setup lab --sandbox',
		],
		[
			'the command that runs',
			calledAs({course: discard, options: {setup: 'lab'}}),
			undefined,
			'nps-kms discard --setup lab',
		],
		['another command', calledAs({course: discard, options: {setup: 'lab'}}), '', 'nps-kms --setup lab'],
		['one that is named', calledAs({course: setup, options: {setup: 'lab'}}), 'prove', 'nps-kms prove --setup lab'],
		[
			'a profile with a blank in its name',
			calledAs({course: setup, options: {setup: 'nps', profile: 'our lab', region: 'eu-west-1'}}),
			undefined,
			'nps-kms --profile "our lab" --region eu-west-1',
		],
	] as const)('%s', (_what, run, command, line) => {
		expect(commandLine(run, command)).toBe(line);
	});
	test('flags come last', () => {
		expect(commandLine({setup: 'lab', sandbox: true}, 'setup', '--yes')).toBe(
			'nps-kms setup --setup lab --sandbox --yes',
		);
	});
	test('what was given is left out where the record holds it for that command', () => {
		const of = (course: Parameters<typeof calledAs>[0]['course']) => ({
			...calledAs({course, options: {setup: 'nps', profile: 'lab'}}),
			records: true as const,
		});
		expect([commandLine(of(setup)), commandLine(of(setup), 'prove')]).toEqual(['nps-kms', 'nps-kms prove']);
		expect([commandLine(of(discard)), commandLine(of(discard), '')]).toEqual([
			'nps-kms discard',
			'nps-kms --profile lab',
		]);
	});
});
