import {call} from '../../aws/client/call.js';
import type {Difference, Known, Look} from '../../engine/step.js';
import {collect} from './all-pages.js';
import {isGivenByUs} from './given-by-us.js';

const givenBy = {apis: ['kms:CreateGrant'], names: 'GrantId'};

/** Grants on the key, to the user alone or to anyone, that no call of this record gave. */
export async function grants(look: Look, known: Known, to: 'user' | 'anyone'): Promise<readonly Difference[]> {
	const {keyId = '', keyArn = '', userArn = ''} = known.facts;
	const all = await collect(look, call('kms:ListGrants', {KeyId: keyId}), it => it.Grants);
	return all
		.filter(it => to === 'anyone' || it.GranteePrincipal === userArn)
		.filter(it => !isGivenByUs(givenBy, it.GrantId ?? '', known))
		.map(({GranteePrincipal: who = 'a principal', GrantId = '', Operations = []}) => {
			const found = `grant ${GrantId} allows ${who === userArn ? 'the user' : who} ${Operations.join(', ')}`;
			return {
				code: 'grant-added',
				subject: `KMS key ${keyArn}`,
				expected: 'no grant',
				found,
				text: found.replace(/^g/, 'G'),
			};
		});
}
