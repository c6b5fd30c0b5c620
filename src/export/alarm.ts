/** What anybody can do to the KMS key or its alias that keeps NPS from its data, or lets others at it. */
const touching = [
	'CreateGrant',
	'DeleteAlias',
	'DisableKey',
	'DisableKeyRotation',
	'PutKeyPolicy',
	'ScheduleKeyDeletion',
	'UpdateAlias',
] as const;

/**
 * The events that the alarm is about, of a key and an alias by their ARNs; an alias that is moved names the new key and
 * itself alone. https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
 */
export const eventsOn = <T>(keyArn: T, aliasArn: T) => ({
	source: ['aws.kms'],
	'detail-type': ['AWS API Call via CloudTrail'],
	detail: {eventSource: ['kms.amazonaws.com'], eventName: touching, resources: {ARN: [keyArn, aliasArn]}},
});

/**
 * What EventBridge may do with the topic. Unconditionally: EventBridge's guide says that a topic's policy can't have
 * Condition blocks for it, and with one nothing would be delivered.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export const topicPolicy = <T>(topic: T) => ({
	Version: '2012-10-17',
	Statement: [
		{
			Sid: 'EventBridge',
			Effect: 'Allow',
			Principal: {Service: 'events.amazonaws.com'},
			Action: 'sns:Publish',
			Resource: topic,
		},
	],
});

/** What to know about the alarm, in the lines of its file. */
export const aboutAlarm: readonly string[] = [
	'Mails when anybody disables, deletes or rewrites the KMS key that Netwrix Privilege Secure depends on.',
	'It needs a CloudTrail trail in this region, and the address has to confirm the mail that SNS sends first.',
	"Attempts that AWS denied mail too, where CloudTrail names the key. IAM's events aren't watched: they arrive in",
	'us-east-1 alone.',
];
/** Why the topic isn't encrypted. */
export const unencrypted =
	'Not encrypted with alias/aws/sns, a key that EventBridge may not use; the messages hold no secret.';
/** Why its policy isn't bound to the account. */
export const unconditional = "No condition: EventBridge's guide says that a topic's policy can't have one for it.";
/** The rule in words. */
export const ruleInWords =
	'Anybody disables, deletes or rewrites the KMS key of Netwrix Privilege Secure, or its alias';
