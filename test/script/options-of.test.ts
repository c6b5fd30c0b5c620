import {expect, test} from 'vitest';
import {optionsOf} from '../../src/script/shell-lines.js';

test('a command goes where the run goes: a stand-in for AWS is named in it, what was typed for one run is not', () => {
	expect(optionsOf({profile: ':typed', region: 'eu-west-1', 'endpoint-url': 'http://127.0.0.1:1'})).toEqual([
		'--region',
		'eu-west-1',
		'--endpoint-url',
		'http://127.0.0.1:1',
	]);
	expect(optionsOf({profile: 'prod', region: '', 'endpoint-url': undefined})).toEqual(['--profile', 'prod']);
});
