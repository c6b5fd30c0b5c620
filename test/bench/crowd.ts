import type {Account} from '../../src/sandbox/account/account.js';

/** Fills an account with that many users, each with an access key, and as many policies, KMS keys and aliases. */
export function crowd(account: Account, many: number, region: string): void {
	const {id, partition} = account;
	const created = Date.now() - 86_400_000;
	const document = JSON.stringify({
		Version: '2012-10-17',
		Statement: [
			{Effect: 'Allow', Principal: {AWS: `arn:${partition}:iam::${id}:root`}, Action: 'kms:*', Resource: '*'},
		],
	});
	for (let at = 0; at < many; at++) {
		const number = String(at).padStart(8, '0');
		const arn = `arn:${partition}:iam::${id}:policy/other-${number}`;
		const version = {id: 'v1', document, created};
		account.policies[arn] = {
			name: `other-${number}`,
			path: '/',
			id: `ANPAOTHER000${number}X`,
			arn,
			created,
			updated: created,
			defaultVersion: 'v1',
			versions: [version],
			next: 2,
			tags: [],
		};
		account.users[`other-${number}`] = {
			name: `other-${number}`,
			path: '/',
			id: `AIDAOTHER000${number}X`,
			arn: `arn:${partition}:iam::${id}:user/other-${number}`,
			created,
			attached: [{arn, since: created}],
			inline: {},
			tags: [],
			accessKeys: [{id: `AKIAOTHER000${number}`, secret: number.padEnd(40, 'x'), status: 'Active', created}],
			mfaDevices: [],
		};
		const key = `00000000-0000-4000-8000-0000${number}`;
		const keyArn = `arn:${partition}:kms:${region}:${id}:key/${key}`;
		account.keys[keyArn] = {
			id: key,
			arn: keyArn,
			region,
			created,
			description: '',
			state: 'Enabled',
			manager: 'CUSTOMER',
			spec: 'SYMMETRIC_DEFAULT',
			usage: 'ENCRYPT_DECRYPT',
			origin: 'AWS_KMS',
			multiRegion: false,
			policy: document,
			tags: [],
			material: Buffer.alloc(32).toString('base64'),
			grants: [],
		};
		account.aliases[`${region} alias/other-${number}`] = {
			name: `alias/other-${number}`,
			region,
			key: keyArn,
			created,
			updated: created,
		};
	}
}
