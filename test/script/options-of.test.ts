import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {optionsOf} from '../../src/aws/by-hand.js';
import {runWhere, shells} from '../../src/script/shell-lines.js';

test('a command goes where the run goes: a stand-in for AWS is named in it, what was typed for one run is not', () => {
	expect(optionsOf({profile: ':typed', region: 'eu-west-1'}, 'http://127.0.0.1:1')).toEqual([
		'--region',
		'eu-west-1',
		'--endpoint-url',
		'http://127.0.0.1:1',
	]);
	expect(optionsOf({profile: 'prod', region: ''}, undefined)).toEqual(['--profile', 'prod']);
});

const {bash, powershell} = shells;
const account = '111122223333';
test('ahead of the commands of a rehearsal stands that they are; they need no account, for they go to the stand-in', () => {
	expect(runWhere(true, account, ['--endpoint-url', 'http://127.0.0.1:1'], bash)).toEqual({
		ahead: ['A rehearsal: the stand-in takes them while this runs, AWS never.'],
	});
	expect(runWhere(false, undefined, [], bash)).toEqual({});
});
test('others stand between lines that ask the same CLI for the account first', () => {
	const first = (profile: string, shell: typeof bash): string | undefined =>
		runWhere(false, account, ['--profile', profile, '--region', 'eu-west-1'], shell).only?.[0];
	const tail = '--region eu-west-1 sts get-caller-identity --query Account --output text)';
	expect(first('our lab', bash)).toBe(`if [ "$(aws --profile 'our lab' ${tail}" = ${account} ]; then`);
	expect(first("anna's", bash)).toBe(`if [ "$(aws --profile 'anna'\\''s' ${tail}" = ${account} ]; then`);
	expect(first("anna's", powershell)).toBe(`if ((aws --profile 'anna''s' ${tail} -eq '${account}') {`);
});
test.skipIf(process.platform === 'win32').each([
	[account, 'changed\n'],
	['999988887777', `Nothing was run: these are not credentials of account ${account}\n`],
	['', `Nothing was run: these are not credentials of account ${account}\n`],
])('pasted into bash where the CLI tells %j, they are run only in their account', (told, said) => {
	const [before = '', after = ''] = runWhere(false, account, [], bash).only ?? [];
	const lines = [`aws() { echo ${told}; }`, before, 'X=$(echo changed)', 'echo "$X"', after];
	expect(execFileSync('bash', ['-c', `exec 2>&1\n${lines.join('\n')}`], {encoding: 'utf8'})).toBe(said);
});
