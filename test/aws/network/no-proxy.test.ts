import {describe, expect, test} from 'vitest';
import {exemptBy, isLoopback} from '../../../src/aws/network/no-proxy.js';

const target = (url: string) => {
	const {protocol, hostname, port} = new URL(url);
	return {protocol, hostname, ...(port && {port: Number(port)})};
};
const iam = 'https://iam.amazonaws.com';

describe('NO_PROXY keeps a host from the proxy', () => {
	test.each([
		['by * alone', ' * ', iam],
		['by its name', 'iam.amazonaws.com', iam],
		['in any case', 'IAM.AmazonAWS.com', iam],
		['by a suffix', 'amazonaws.com', iam],
		['by a suffix with a dot', '.amazonaws.com', iam],
		['by a suffix with *.', '*.amazonaws.com', iam],
		['by one entry of many, with commas or blanks', 'a.example, b.example amazonaws.com', iam],
		['by name and port', 'iam.amazonaws.com:443', iam],
		['by suffix and another port', '.example:8443', 'https://aws.example:8443'],
		['by an address', '10.1.2.3', 'https://10.1.2.3'],
		['by a network', '10.0.0.0/8', 'https://10.1.2.3'],
		['by an address of IPv6', '2001:db8::1', 'https://[2001:db8:0::1]'],
		['by one in brackets with a port', '[2001:db8::1]:443', 'https://[2001:db8::1]'],
		['by a network of IPv6', '2001:db8::/32', 'https://[2001:db8::7]'],
	])('%s', (_how, list, url) => {
		expect(exemptBy(list, target(url))).toBeDefined();
	});
	test.each([
		['not by nothing', '', iam],
		['not by * among others', 'x.example,*', iam],
		['not by another name', 'sts.amazonaws.com', iam],
		['not by an end that is no suffix of labels', 'mazonaws.com', iam],
		['not by a part of it before', 'iam.amazonaws', iam],
		['not by another port', 'iam.amazonaws.com:8443', iam],
		['not by another network', '10.0.0.0/16', 'https://10.1.2.3'],
		['not by a network of the other kind', '::/0', 'https://10.1.2.3'],
		['not by a network where a name is called', '0.0.0.0/0', iam],
		['not by what isn’t one', '10.0.0.0/99', 'https://10.1.2.3'],
		['not by a dot', '.', iam],
	])('%s', (_how, list, url) => {
		expect(exemptBy(list, target(url))).toBeUndefined();
	});
	test('and the entry that does is told', () => {
		expect(exemptBy('a.example,.amazonaws.com', target(iam))).toBe('.amazonaws.com');
	});
});

test.each(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', 'LOCALHOST'])(
	'%s is this machine',
	host => {
		expect(isLoopback(host)).toBe(true);
	},
);
test.each(['127.example.com', 'localhost.example.com', '10.0.0.1', '::2', '0.0.0.0'])('%s is not', host => {
	expect(isLoopback(host)).toBe(false);
});
