import {expect, test} from 'vitest';
import {optionsOf, toldAhead} from '../../src/script/shell-lines.js';

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
	expect(toldAhead(false, '111122223333', ['--profile', 'our lab', '--region', 'eu-west-1'])).toEqual([
		'Only where this tells 111122223333:',
		"  aws --profile 'our lab' --region eu-west-1 sts get-caller-identity --query Account --output text",
	]);
	expect(toldAhead(true, '111122223333', ['--endpoint-url', 'http://127.0.0.1:1'])).toEqual([
		'A rehearsal: the stand-in takes them while this runs, AWS never.',
	]);
	expect(toldAhead(false, undefined, [])).toEqual([]);
});
