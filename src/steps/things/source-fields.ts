import {anywhere, rangeInFull, rangeRule, type Sources} from '../../aws/policy/sources.js';
import {vpcEndpoint} from '../../aws/rules/name-rules.js';
import {type Answer, type Field, type Known, type Look, listAnswer} from '../../engine/step.js';
import {findPolicy, policyOwner} from './iam-policy.js';
import {noticedInWords, seenInWords, sourceReasonField} from './seen-ways.js';
import {narrowSources, wideSources} from './sources.js';

const listed = (it: Answer): readonly string[] => listAnswer({it}, 'it');
const firstWrong =
	(rule: (one: string) => string | undefined) =>
	(it: Answer): string | undefined =>
		listed(it).map(rule).find(Boolean);
/** The questions for it: off unless asked for, and answered anew at any time. */
export const sourceFields = (known: Known): readonly Field[] => {
	let noticing: ReturnType<typeof noticedInWords> | undefined;
	// Both fields are told by one look.
	const noticed = (kind: 'ip' | 'vpce') => async (look: Look, now: Known) => {
		noticing ??= noticedInWords(look, now);
		return (await noticing)[kind];
	};
	return [
		{
			name: 'sourceIp',
			settles: 'never',
			onRequest: true,
			label: 'Source addresses',
			flagSays: 'address ranges that the access key works from',
			hint: `where NPS is${seenInWords(known).ip}`,
			takes: 'CIDR',
			kind: 'many',
			optional: true,
			initial: [],
			tidy: it => [...new Set(listed(it).map(rangeInFull))],
			noticed: noticed('ip'),
			suggest: async (look, now) => (await recovered(look, now)).ip,
			wrong: firstWrong(rangeRule),
		},
		{
			name: 'sourceVpce',
			settles: 'never',
			onRequest: true,
			label: 'Source VPC endpoints',
			flagSays: 'VPC endpoints that the access key works through',
			hint: `that NPS uses${seenInWords(known).vpce}`,
			takes: 'ID',
			kind: 'many',
			optional: true,
			initial: [],
			tidy: it => [...new Set(listed(it))],
			noticed: noticed('vpce'),
			suggest: async (look, now) => (await recovered(look, now)).vpce,
			wrong: firstWrong(vpcEndpoint),
		},
		sourceReasonField(known),
	];
};
/** Where the record was lost, the policy tells. */
async function recovered(look: Look, known: Known): Promise<Sources> {
	if (known.recovered !== true) return anywhere;
	const policy = await findPolicy(look, known).catch(() => undefined);
	if (!policy || policyOwner(policy, known).is !== 'ours') return anywhere;
	return wideSources(policy.document, known) ?? narrowSources(policy.document) ?? anywhere;
}
