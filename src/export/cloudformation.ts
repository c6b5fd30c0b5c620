import {Document, isMap, isScalar, Scalar, visit} from 'yaml';
import type {Value} from '../engine/call.js';
import {aboutAlarm, eventsOn, ruleInWords, topicPolicy, unconditional, unencrypted} from './alarm.js';
import {told} from './document.js';
import {type EndState, rootArn, type Tags} from './end-state.js';
import type {Existing} from './terraform.js';

/** A function of CloudFormation's, in its short form. */
const short = (tag: string, text: string): Scalar => Object.assign(new Scalar(text), {tag: `!${tag}`});
const ref = (name: string): Scalar => short('Ref', name);
const part = (name: string): Scalar => short('GetAtt', name);
const sub = (text: string): Scalar => short('Sub', text);

/** What a template is for. */
export type Purpose = {
	/** The account and partition that the documents name; each stack puts its own in their place. */
	readonly account: string;
	readonly partition: string;
	/** What is there already is taken over. */
	readonly takesOver?: boolean;
	/** One template for many accounts: no ARN of this one stays in it. */
	readonly manyAccounts?: boolean;
	/** Names are of the whole account: those of several regions bear the region's. */
	readonly manyRegions?: boolean;
	/** Whom the alarm mails, where it is part of the same stack. */
	readonly alarmMail?: string | undefined;
};

/** The template: nothing in it is deleted with its stack, and nothing is left to fill in. */
export function template(state: EndState, purpose: Purpose): string {
	const {takesOver = false, alarmMail} = purpose;
	const resources = {
		User: stays('AWS::IAM::User', userOf(state, purpose), takesOver),
		Key: stays('AWS::KMS::Key', keyOf(state, purpose), takesOver),
		KeyAlias: stays('AWS::KMS::Alias', {AliasName: state.alias, TargetKeyId: ref('Key')}, takesOver),
		Policy: stays('AWS::IAM::ManagedPolicy', policyOf(state, purpose), takesOver),
		...(alarmMail !== undefined && alarmResources(alarmMail, part('Key.Arn'), state.alias)),
	};
	const outputs = {
		UserArn: {Value: part('User.Arn')},
		PolicyArn: {Value: ref('Policy')},
		KmsKeyArn: {Description: 'KMS key, as SbPAM.RotateAwsKey asks for it', Value: part('Key.Arn')},
		AwsRegion: {Description: 'AWS region, as SbPAM.RotateAwsKey asks for it', Value: ref('AWS::Region')},
	};
	return yamlOf(
		{
			AWSTemplateFormatVersion: '2010-09-09',
			Description: 'IAM policy, user, KMS key and alias for Netwrix Privilege Secure, as nps-kms setup makes them',
			Resources: resources,
			...(!takesOver && {Outputs: outputs}),
		},
		[...about, ...(takesOver ? noOutputs : [])],
		{
			Key: keyComment,
			Policy: policyComment,
			...(alarmMail !== undefined && {Topic: [...aboutAlarm, unencrypted], TopicPolicy: [unconditional]}),
		},
	);
}
const about = [
	'What nps-kms setup makes for Netwrix Privilege Secure, without the access key: its secret would stand in the stack.',
	'Without this KMS key the data that NPS protects is lost: nothing here goes with the stack.',
];
const noOutputs = ['It takes over what is there. Outputs are added by a later update: an import may not add any.'];
const keyComment = [
	"The console's key policy. It names the user: its own policy allows Decrypt alone, NPS encrypts too.",
];
const policyComment = ['Decrypt with the one key, and nothing else.'];

/** A first creation that fails leaves nothing behind; what once stood stays for good. */
const stays = (Type: string, Properties: object, takesOver: boolean): object => ({
	Type,
	DeletionPolicy: takesOver ? 'Retain' : 'RetainExceptOnCreate',
	UpdateReplacePolicy: 'Retain',
	Properties,
});

const userOf = ({user: {name, path, boundary, tags}}: EndState, purpose: Purpose): object => ({
	UserName: named(name, purpose),
	Path: path,
	...(boundary && {PermissionsBoundary: ofThisAccount(boundary, purpose) ?? boundary}),
	...tagged(tags),
});
const keyOf = ({key}: EndState, purpose: Purpose): object => ({
	...(key.description && {Description: key.description}),
	KeyUsage: key.usage,
	KeySpec: key.spec,
	...(key.multiRegion && {MultiRegion: true}),
	EnableKeyRotation: key.rotates,
	KeyPolicy: documentOf(key.policy, purpose),
	...tagged(key.tags),
});
const policyOf = ({policy: {name, path, description, document}}: EndState, purpose: Purpose): object => ({
	ManagedPolicyName: named(name, purpose),
	Path: path,
	...(description && {Description: description}),
	Users: [ref('User')],
	PolicyDocument: documentOf(document, purpose),
});

/** A name as the account has room for it once, or once for each region. */
export const regionalName = (name: string, region: string): string => `${name}-${region}`;
const named = (name: string, {manyRegions}: Purpose): string | Scalar =>
	manyRegions ? sub(regionalName(name, `\${AWS::Region}`)) : name;
const tagged = (tags: Tags): object =>
	Object.keys(tags).length > 0 ? {Tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))} : {};

const facts: Readonly<Record<string, string>> = {userArn: 'User.Arn', keyArn: 'Key.Arn'};
const documentOf = (document: Value, purpose: Purpose): unknown =>
	told<Scalar>(
		document,
		it =>
			it === rootArn(purpose.partition, purpose.account)
				? sub(rootArn(`\${AWS::Partition}`, `\${AWS::AccountId}`))
				: ofThisAccount(it, purpose),
		name => part(facts[name] ?? ''),
	);
/** An ARN of the account, as each account of many has its own. */
function ofThisAccount(text: string, {manyAccounts, account}: Purpose): Scalar | undefined {
	const [, rest] = new RegExp(`^arn:[a-z-]+:iam::${account}:([^$]+)$`).exec(text) ?? [];
	return manyAccounts && rest !== undefined ? sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${rest}`) : undefined;
}

/** The alarm as a stack of its own, for a key by its ARN; where that isn't known yet, the stack asks for it. */
export const alarmTemplate = (mail: string, alias: string, keyArn: string | undefined): string =>
	yamlOf(
		{
			AWSTemplateFormatVersion: '2010-09-09',
			Description: 'Mails when anybody disables, deletes or rewrites the KMS key of Netwrix Privilege Secure',
			...(keyArn === undefined && {
				Parameters: {
					KeyArn: {Type: 'String', AllowedPattern: '^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$'},
				},
			}),
			Resources: alarmResources(mail, keyArn ?? ref('KeyArn'), alias),
		},
		aboutAlarm,
		{Topic: [unencrypted], TopicPolicy: [unconditional]},
	);

function alarmResources(mail: string, keyArn: string | Scalar, alias: string): object {
	const aliasArn = sub(`arn:\${AWS::Partition}:kms:\${AWS::Region}:\${AWS::AccountId}:${alias}`);
	const topic = ref('Topic');
	return {
		Topic: {Type: 'AWS::SNS::Topic'},
		Mail: {
			Type: 'AWS::SNS::Subscription',
			Properties: {TopicArn: topic, Protocol: 'email', Endpoint: mail},
		},
		TopicPolicy: {
			Type: 'AWS::SNS::TopicPolicy',
			Properties: {Topics: [topic], PolicyDocument: topicPolicy<unknown>(topic)},
		},
		KeyTouched: {
			Type: 'AWS::Events::Rule',
			Properties: {
				Description: ruleInWords,
				EventPattern: eventsOn<unknown>(keyArn, aliasArn),
				Targets: [{Id: 'mail', Arn: topic}],
			},
		},
	};
}

/** What CloudFormation is told to take over, by what AWS calls it. */
export const importsJson = ({userName, policyArn, keyId, alias}: Existing): string =>
	JSON.stringify(
		(
			[
				['AWS::IAM::User', 'User', {UserName: userName}],
				['AWS::KMS::Key', 'Key', {KeyId: keyId}],
				['AWS::KMS::Alias', 'KeyAlias', {AliasName: alias}],
				['AWS::IAM::ManagedPolicy', 'Policy', {PolicyArn: policyArn}],
			] as const
		).map(([ResourceType, LogicalResourceId, ResourceIdentifier]) => ({
			ResourceType,
			LogicalResourceId,
			ResourceIdentifier,
		})),
		undefined,
		2,
	);

/**
 * YAML as CloudFormation reads it, version 1.1: what that takes for something else than a text stands in quotes, what
 * isn't seen by its number.
 */
function yamlOf(
	content: object,
	above: readonly string[],
	comments: Readonly<Record<string, readonly string[]>>,
): string {
	const document = new Document(content, {version: '1.1', aliasDuplicateObjects: false});
	document.commentBefore = commentOf(above);
	visit(document, {
		Scalar(_key, it) {
			if (typeof it.value !== 'string') return;
			if (it.value.search(unseen) >= 0) it.type = Scalar.QUOTE_DOUBLE;
			// Texts of their own in version 1.1, though none that the library knows of.
			else if (/^(=|<<)$/.test(it.value)) it.type = Scalar.QUOTE_SINGLE;
		},
	});
	const resources = document.get('Resources');
	if (isMap(resources))
		for (const {key} of resources.items) {
			const comment = isScalar(key) ? comments[String(key.value)] : undefined;
			if (isScalar(key) && comment) key.commentBefore = commentOf(comment);
		}
	return document
		.toString({lineWidth: 0, singleQuote: true, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER})
		.replaceAll(unseenButBreaks, it => `\\U${(it.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`);
}
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const unseenButBreaks = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const commentOf = (lines: readonly string[]): string => lines.map(it => ` ${it}`).join('\n');
