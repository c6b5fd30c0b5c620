import {expect, test} from 'vitest';
import {optionsOf, shells, toldAhead} from '../../src/script/shell-lines.js';

test('a command goes where the run goes: a stand-in for AWS is named in it, what was typed for one run is not', () => {
	expect(optionsOf({profile: ':typed', region: 'eu-west-1', 'endpoint-url': 'http://127.0.0.1:1'})).toEqual([
		'--region',
		'eu-west-1',
		'--endpoint-url',
		'http://127.0.0.1:1',
	]);
	expect(optionsOf({profile: 'prod', region: '', 'endpoint-url': undefined})).toEqual(['--profile', 'prod']);
});

test('ahead of the commands stands whose they are: the account that has to be told, or that it is a rehearsal', () => {
	const {bash, powershell} = shells;
	const lines = (profile: string, shell: typeof bash): readonly string[] =>
		toldAhead(false, '111122223333', ['--profile', profile, '--region', 'eu-west-1'], shell);
	const tail = '--region eu-west-1 sts get-caller-identity --query Account --output text';
	const first = 'Only where this tells 111122223333:';
	expect(lines('our lab', bash)).toEqual([first, `  aws --profile 'our lab' ${tail}`]);
	expect(lines("anna's", bash)).toEqual([first, `  aws --profile 'anna'\\''s' ${tail}`]);
	expect(lines("anna's", powershell)).toEqual([first, `  aws --profile 'anna''s' ${tail}`]);
	expect(toldAhead(true, '111122223333', ['--endpoint-url', 'http://127.0.0.1:1'], bash)).toEqual([
		'A rehearsal: the stand-in takes them while this runs, AWS never.',
	]);
	expect(toldAhead(false, undefined, [], bash)).toEqual([]);
});
