import {readFileSync} from 'node:fs';
import {DecryptCommand, EncryptCommand, KMSClient} from '@aws-sdk/client-kms';
import type {Sandbox} from '../../src/sandbox/index.js';

/** A client that plays NPS: the access key of that file, from that address of a sandbox with `control`, and through that VPC endpoint. */
export class Nps {
	readonly #kms: KMSClient;
	readonly #sandbox: Sandbox;
	readonly accessKeyId: string;

	constructor(sandbox: Sandbox, file: string, address?: string, vpce?: string) {
		const row = readFileSync(file, 'utf8').split('\n')[1]?.trim() ?? '';
		const [accessKeyId = '', secretAccessKey = ''] = row.split(',');
		this.accessKeyId = accessKeyId;
		this.#sandbox = sandbox;
		this.#kms = new KMSClient({
			region: 'eu-west-1',
			endpoint: sandbox.url,
			credentials: {accessKeyId, secretAccessKey},
			maxAttempts: 1,
		});
		if (address !== undefined)
			this.#kms.middlewareStack.add(
				next => args => {
					const {headers} = args.request as {headers: Record<string, string>};
					headers['x-sandbox-source-ip'] = address;
					if (vpce !== undefined) headers['x-sandbox-source-vpce'] = vpce;
					return next(args);
				},
				{step: 'build'},
			);
	}

	/** It encrypts, and decrypts what it encrypted: as when it is rotated, or starts. */
	async works(): Promise<void> {
		const KeyId = Object.values(this.#sandbox.account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		const {CiphertextBlob} = await this.#kms.send(new EncryptCommand({KeyId, Plaintext: Buffer.from('x')}));
		await this.#kms.send(new DecryptCommand({KeyId, CiphertextBlob}));
	}
	/** It is refused, as with a context that the ciphertext doesn't bear. */
	async fails(): Promise<string> {
		const KeyId = Object.values(this.#sandbox.account.keys).find(it => it.manager === 'CUSTOMER')?.id ?? '';
		const asked = new DecryptCommand({KeyId, CiphertextBlob: Buffer.from('none of it')});
		return this.#kms.send(asked).then(
			() => 'allowed',
			(error: unknown) => (error as Error).name,
		);
	}
}
