import type {Value} from '../engine/call.js';
import {aboutAlarm, eventsOn, ruleInWords, topicPolicy, unconditional, unencrypted} from './alarm.js';
import {told} from './document.js';
import {type EndState, rootArn, type Tags} from './end-state.js';
import {type Block, type Hcl, hclFile, jsonencode, type Raw, raw} from './hcl.js';

/** Where it is to stand, as far as that is known. */
export type Whereabouts = {
	readonly account: string | undefined;
	readonly partition: string | undefined;
	readonly region: string | undefined;
};
/** What a finished set-up is called in AWS: what an engine takes over. */
export type Existing = {
	readonly userName: string;
	readonly policyArn: string;
	readonly keyId: string;
	/** With `alias/`. */
	readonly alias: string;
};

/** The resources, in the order in which they need each other. They work as a module too: nothing is left to fill in. */
export function mainTf(state: EndState, where: Whereabouts): string {
	const [first, ...more] = [
		...looks(where),
		userBlock(state),
		keyBlock(state, where),
		aliasBlock(state),
		policyBlock(state, where),
		attachmentBlock,
	];
	return hclFile([{...first, comment: about}, ...more]);
}

const about = [
	'What nps-kms setup makes for Netwrix Privilege Secure, without the access key: its secret would stand in the state.',
	'',
	'Without this KMS key the data that NPS protects is lost. prevent_destroy stops a destroy as long as it stands here;',
	'it no longer does once a block is gone from this file. To let Terraform forget a resource and leave it in AWS,',
	'replace its block (Terraform 1.7):',
	'',
	'  removed {',
	'    from = aws_kms_key.nps',
	'    lifecycle {',
	'      destroy = false',
	'    }',
	'  }',
];

/** Asked of AWS where nobody said for which account it is. */
const looks = ({account, partition}: Whereabouts): readonly Block[] => [
	...(account === undefined ? [{type: 'data', labels: ['aws_caller_identity', 'here']}] : []),
	...(partition === undefined ? [{type: 'data', labels: ['aws_partition', 'here']}] : []),
];
const accountOf = ({account}: Whereabouts): string => account ?? `\${data.aws_caller_identity.here.account_id}`;
const partitionOf = ({partition}: Whereabouts): string => partition ?? `\${data.aws_partition.here.partition}`;
const kept: Block = {type: 'lifecycle', attributes: {prevent_destroy: true}};
const tagged = (tags: Tags): {readonly tags?: Hcl} => (Object.keys(tags).length > 0 ? {tags} : {});
const resource = (type: string, it: Omit<Block, 'type' | 'labels'>): Block => ({
	type: 'resource',
	labels: [type, 'nps'],
	blocks: [kept],
	...it,
});

const userBlock = ({user: {name, path, boundary, tags}}: EndState): Block =>
	resource('aws_iam_user', {
		attributes: {name, path, ...(boundary && {permissions_boundary: boundary}), ...tagged(tags)},
	});
const keyBlock = ({key}: EndState, where: Whereabouts): Block =>
	resource('aws_kms_key', {
		comment: [
			"The console's key policy. It names the user: its own policy allows Decrypt alone, and NPS encrypts too.",
		],
		attributes: {
			description: key.description,
			key_usage: key.usage,
			customer_master_key_spec: key.spec,
			multi_region: key.multiRegion,
			enable_key_rotation: key.rotates,
			deletion_window_in_days: 30,
			policy: documentOf(key.policy, where),
			...tagged(key.tags),
		},
	});
const aliasBlock = ({alias}: EndState): Block =>
	resource('aws_kms_alias', {attributes: {name: alias, target_key_id: raw('aws_kms_key.nps.key_id')}});
const policyBlock = ({policy: {name, path, description, document, tags}}: EndState, where: Whereabouts): Block =>
	resource('aws_iam_policy', {
		comment: ['Decrypt with the one key, and nothing else.'],
		attributes: {
			name,
			path,
			...(description && {description}),
			policy: documentOf(document, where),
			...tagged(tags),
		},
	});
const attachmentBlock = resource('aws_iam_user_policy_attachment', {
	attributes: {user: raw('aws_iam_user.nps.name'), policy_arn: raw('aws_iam_policy.nps.arn')},
});

const facts: Readonly<Record<string, string>> = {
	userArn: 'aws_iam_user.nps.arn',
	keyArn: 'aws_kms_key.nps.arn',
};
function documentOf(document: Value, where: Whereabouts): Hcl {
	const root = rootArn(where.partition ?? '', where.account ?? '');
	const own = where.account !== undefined && where.partition !== undefined;
	return jsonencode(
		told<Raw>(
			document,
			it => (!own && it === root ? raw(`"${rootArn(partitionOf(where), accountOf(where))}"`) : undefined),
			name => raw(facts[name] ?? ''),
		) as Hcl,
	);
}

/** How Terraform reaches AWS; a configuration that has its own provider leaves it out. */
export const providerTf = ({account, region}: Whereabouts): string =>
	hclFile([
		{
			type: 'terraform',
			attributes: {required_version: '>= 1.5'},
			blocks: [{type: 'required_providers', attributes: {aws: {source: 'hashicorp/aws', version: '>= 5.0'}}}],
		},
		{
			type: 'provider',
			labels: ['aws'],
			attributes: {
				...(region !== undefined && {region}),
				...(account !== undefined && {allowed_account_ids: [account]}),
			},
			blocks: [
				{
					type: 'ignore_tags',
					comment: [
						"Without this the next apply takes away nps-kms's marks and the description of an access key, which AWS",
						"keeps as a tag of its user named by the key's id. Needed as well where this file is left out.",
					],
					attributes: {key_prefixes: ['nps-kms:', 'AKIA']},
				},
			],
		},
	]);

/** Takes a finished set-up over as it is; it may go once it was applied. */
export const importsTf = ({userName, policyArn, keyId, alias}: Existing): string =>
	hclFile(
		(
			[
				['aws_iam_user', userName],
				['aws_kms_key', keyId],
				['aws_kms_alias', alias],
				['aws_iam_policy', policyArn],
				['aws_iam_user_policy_attachment', `${userName}/${policyArn}`],
			] as const
		).map(([type, id], at) => ({
			type: 'import',
			...(at === 0 && {comment: ['What is there already. Once it is applied, this file may go.']}),
			attributes: {to: raw(`${type}.nps`), id},
		})),
	);

/** The alarm, beside the resources that it watches. */
export function alarmTf(mail: string): string {
	const [topic, rule] = [raw('aws_sns_topic.nps_alarm.arn'), raw('aws_cloudwatch_event_rule.nps_alarm.name')];
	const block = (type: string, attributes: Block['attributes'] = {}, comment: readonly string[] = []): Block => ({
		type: 'resource',
		labels: [type, 'nps_alarm'],
		attributes,
		comment,
	});
	return hclFile([
		block('aws_sns_topic', {name_prefix: 'nps-kms-alarm-'}, [...aboutAlarm, '', unencrypted]),
		block('aws_sns_topic_subscription', {topic_arn: topic, protocol: 'email', endpoint: mail}),
		block('aws_sns_topic_policy', {arn: topic, policy: jsonencode(topicPolicy<Hcl>(topic))}, [unconditional]),
		block('aws_cloudwatch_event_rule', {
			name_prefix: 'nps-kms-alarm-',
			description: ruleInWords,
			event_pattern: jsonencode(eventsOn<Hcl>(raw('aws_kms_key.nps.arn'), raw('aws_kms_alias.nps.arn'))),
		}),
		block('aws_cloudwatch_event_target', {rule, arn: topic}),
	]);
}
