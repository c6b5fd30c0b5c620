import {spawnSync} from 'node:child_process';
import type {machine} from './program.js';

/** The aws CLI beside us: NPS_KMS_TEST_AWS, or the one of the PATH; undefined where there is none. */
export const awsCli = process.env['NPS_KMS_TEST_AWS'] ?? 'aws';
const version = spawnSync(awsCli, ['--version'], {encoding: 'utf8'});
const [, major, minor = ''] = /aws-cli\/(\d+)\.(\d+)/.exec(`${version.stdout}${version.stderr}`) ?? [];
/** Its version, as 2.09; 0 where there is none. */
export const cliVersion = major ? Number(`${major}.${minor.padStart(2, '0')}`) : 0;

/** Who the aws CLI would be with these words and variables: the ARN, or undefined where it fails. */
export async function whoByCli(at: ReturnType<typeof machine>, words: readonly string[], env: NodeJS.ProcessEnv) {
	const ran = await at.start(awsCli, ['sts', 'get-caller-identity', '--output', 'json', ...words], {
		...env,
		AWS_EC2_METADATA_DISABLED: 'true',
	});
	return ran.code === 0 ? (JSON.parse(ran.stdout) as {Arn: string}).Arn : undefined;
}
