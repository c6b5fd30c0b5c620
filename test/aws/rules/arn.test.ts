import {expect, test} from 'vitest';
import {administratorArn, parseArn} from '../../../src/aws/rules/arn.js';

test.each([
	[
		'arn:aws:iam::111122223333:user/path/name',
		{partition: 'aws', service: 'iam', region: '', account: '111122223333', resource: 'user/path/name'},
	],
	[
		'arn:aws-cn:kms:cn-north-1:111122223333:key/ab-1',
		{partition: 'aws-cn', service: 'kms', region: 'cn-north-1', account: '111122223333', resource: 'key/ab-1'},
	],
	['arn:aws:s3:::bucket', {partition: 'aws', service: 's3', region: '', account: '', resource: 'bucket'}],
	[
		'arn:aws:logs:eu-west-1:1:log-group:a:*',
		{partition: 'aws', service: 'logs', region: 'eu-west-1', account: '1', resource: 'log-group:a:*'},
	],
])('%s is read into its parts', (text, parts) => {
	expect(parseArn(text)).toEqual(parts);
});
test.each(['', 'arn', 'arn:aws:iam::111122223333', 'urn:aws:iam::1:root', 'arn::iam::1:root', 'arn:aws:::1:root'])(
	'"%s" is no ARN',
	text => {
		expect(parseArn(text)).toBeUndefined();
	},
);

test.each([
	'arn:aws:iam::111122223333:role/Admin',
	'arn:aws:iam::111122223333:user/team/alice',
	'arn:aws-us-gov:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
])('%s may administer the key', arn => {
	expect(administratorArn(arn)).toBeUndefined();
});
test.each([
	['alice', /An ARN is needed/],
	['arn:aws:iam::111122223333:group/admins', /group can't be named/],
	['arn:aws:iam::111122223333:root', /root user has access/],
	['arn:aws:sts::111122223333:assumed-role/Admin/alice', /session; give the ARN of its role/],
	['arn:aws:sts::111122223333:federated-user/alice', /session/],
	['arn:aws:iam::1234:user/alice', /IAM user or role/],
	['arn:aws:iam::111122223333:policy/P', /IAM user or role/],
	['arn:aws:iam::111122223333:user/', /IAM user or role/],
	['arn:aws:iam::111122223333:role/*', /IAM user or role/],
	['arn:aws:iam::111122223333:role/Adm?n', /IAM user or role/],
	['arn:aws:iam::111122223333:role/a b', /IAM user or role/],
	['arn:aws:s3:::bucket', /IAM user or role/],
])('%s may not administer the key, and why is told', (arn, why) => {
	expect(administratorArn(arn)).toMatch(why);
});
