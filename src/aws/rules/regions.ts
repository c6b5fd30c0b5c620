/**
 * AWS's partitions: how their regions are named, where their hosts are, and the regions known when this was written.
 * https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const partitions: readonly {
	readonly id: string;
	readonly suffix: string;
	readonly pattern: RegExp;
	readonly regions: readonly string[];
}[] = [
	{
		id: 'aws',
		suffix: 'amazonaws.com',
		pattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-(?!gov-|iso)\w+-\d+$/,
		regions: [
			'af-south-1',
			'ap-east-1',
			'ap-east-2',
			'ap-northeast-1',
			'ap-northeast-2',
			'ap-northeast-3',
			'ap-south-1',
			'ap-south-2',
			'ap-southeast-1',
			'ap-southeast-2',
			'ap-southeast-3',
			'ap-southeast-4',
			'ap-southeast-5',
			'ap-southeast-6',
			'ap-southeast-7',
			'ca-central-1',
			'ca-west-1',
			'eu-central-1',
			'eu-central-2',
			'eu-north-1',
			'eu-south-1',
			'eu-south-2',
			'eu-west-1',
			'eu-west-2',
			'eu-west-3',
			'il-central-1',
			'me-central-1',
			'me-south-1',
			'me-west-1',
			'mx-central-1',
			'sa-east-1',
			'sa-west-1',
			'us-east-1',
			'us-east-2',
			'us-west-1',
			'us-west-2',
		],
	},
	{id: 'aws-cn', suffix: 'amazonaws.com.cn', pattern: /^cn-\w+-\d+$/, regions: ['cn-north-1', 'cn-northwest-1']},
	{id: 'aws-us-gov', suffix: 'amazonaws.com', pattern: /^us-gov-\w+-\d+$/, regions: ['us-gov-east-1', 'us-gov-west-1']},
	{id: 'aws-eusc', suffix: 'amazonaws.eu', pattern: /^eusc-\w{2}-\w+-\d+$/, regions: ['eusc-de-east-1']},
	{id: 'aws-iso', suffix: 'c2s.ic.gov', pattern: /^us-iso-\w+-\d+$/, regions: ['us-iso-east-1', 'us-iso-west-1']},
	{
		id: 'aws-iso-b',
		suffix: 'sc2s.sgov.gov',
		pattern: /^us-isob-\w+-\d+$/,
		regions: ['us-isob-east-1', 'us-isob-west-1'],
	},
	{id: 'aws-iso-e', suffix: 'cloud.adc-e.uk', pattern: /^eu-isoe-\w+-\d+$/, regions: ['eu-isoe-west-1']},
	{
		id: 'aws-iso-f',
		suffix: 'csp.hci.ic.gov',
		pattern: /^us-isof-\w+-\d+$/,
		regions: ['us-isof-east-1', 'us-isof-south-1'],
	},
];

/** The partition that a region's name belongs to, or undefined. */
export const partitionOf = (region: string): string | undefined => partitions.find(it => it.pattern.test(region))?.id;
/** Whether the region was known when this was written; new ones appear. */
export const isKnownRegion = (region: string): boolean => partitions.some(it => it.regions.includes(region));
/** The regions of one partition. */
export const regionsOf = (partition: string): readonly string[] =>
	partitions.find(it => it.id === partition)?.regions ?? [];
/**
 * Regions that every account has; the others of the partition aws have to be enabled.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
const always =
	/^(us-(east|west)-[12]|ap-south-1|ap-northeast-[123]|ap-southeast-[12]|ca-central-1|eu-central-1|eu-west-[123]|eu-north-1|sa-east-1)$/;
/** Whether an account may not have the region. */
export const mayBeOff = (region: string): boolean => partitionOf(region) === 'aws' && !always.test(region);
/** The rule that a region breaks. */
export const regionRule = (value: string): string | undefined =>
	partitionOf(value) ? undefined : 'An AWS region is needed, such as eu-west-1';

const ownHosts =
	/\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws|amazonaws\.eu|api\.amazonwebservices\.(com\.cn|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov|api\.aws\.(ic\.gov|scloud|hci\.ic\.gov)|api\.cloud-aws\.adc-e\.uk)$/;
/** Whether a host is AWS's own. */
export const isAwsHost = (host: string): boolean => ownHosts.test(host);
/** The host of KMS that the NPS server must reach. */
export const kmsHost = (region: string): string =>
	`kms.${region}.${partitions.find(it => it.pattern.test(region))?.suffix ?? 'amazonaws.com'}`;
/** AWS's documentation as the partition has it: China has its own. */
export const docsPage = (url: string, partition: string | undefined): string =>
	partition === 'aws-cn' ? url.replace(/^https:\/\/docs\.aws\.amazon\.com\//, 'https://docs.amazonaws.cn/en_us/') : url;
