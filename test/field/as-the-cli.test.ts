import {describe, expect, test} from 'vitest';
import {certificates, endpoints, proxies, regions} from './as-the-cli/ways.js';
import {files, readByUsAlone, roles, signIns} from './as-the-cli/whose.js';
import {cliVersion} from './aws-cli.js';
import {network, type Row} from './beside-the-cli.js';

/** Endpoints are read from the files and the environment from 2.13 on. */
const isBeside = cliVersion >= 2.13;
const tables: readonly (readonly [string, readonly Row[]])[] = [
	['proxies', proxies],
	['certificates', certificates],
	['endpoints', endpoints],
	['regions', regions],
	['config files', files],
	['roles', roles],
	['sign-ins', signIns],
];

/** What both programs chose with the same files, variables and words. */
async function both(make: Row[1]) {
	const [here, there] = [await network(), await network()];
	const [ours, theirs] = await Promise.all([here.ours(make), there.theirs(make)]);
	return {ours, theirs};
}

test('the aws CLI version 2.13 or later is beside us (test/field/aws-cli-2.sh gets it)', context => {
	if (!isBeside) context.skip('without it nothing is compared with what it chooses');
});

describe.each(isBeside ? tables : [])(`the same as the AWS CLI ${cliVersion} chooses: %s`, (_, rows) => {
	test.each(rows)('%s', async (_rule, make, choice) => {
		expect(await both(make)).toMatchObject({ours: {choice}, theirs: {choice}});
	});
});

describe.each(isBeside ? [[readByUsAlone]] : [])(`what stops the AWS CLI ${cliVersion} and not us`, rows => {
	test.each(rows)('%s', async (_rule, make, choice) => {
		const {ours, theirs} = await both(make);
		expect(ours).toMatchObject({choice});
		expect(theirs.choice).not.toBe(choice);
	});
});
