import {call} from '../../aws/client/call.js';
import {onlyDenies} from '../../aws/policy/narrowings.js';
import {readDocument} from '../../aws/policy/policy-documents.js';
import {commandLine} from '../../engine/command-line.js';
import type {Difference, Known, Look} from '../../engine/step.js';
import {ifAllowed} from './denied-looks.js';
import {userNameOf} from './iam-user.js';
import {stricter} from './stricter.js';

/**
 * Policies that others gave the user, each told by what it says: AWS's quarantine as a sign that an access key leaked,
 * what else only denies as stricter. One that may not be read, or allows something, comes back as it is.
 */
export const toldByDocument = (
	look: Look,
	known: Known,
	differences: readonly Difference[],
): Promise<readonly Difference[]> =>
	Promise.all(
		differences.map(async it => {
			if (it.code !== 'policy-attached' && it.code !== 'inline-policy') return it;
			if (quarantine.test(it.found)) return quarantined(it, known);
			const document = await ifAllowed(documentOf(it, look, known));
			if (document === undefined || !onlyDenies(document)) return it;
			return stricter({
				code: 'policy-denies',
				subject: it.subject,
				found: it.found,
				text: `${it.text}; it only denies`,
			});
		}),
	);

async function documentOf({code, found}: Difference, look: Look, known: Known) {
	if (code === 'inline-policy') {
		const held = await look.at(call('iam:GetUserPolicy', {UserName: userNameOf(known), PolicyName: found}));
		return readDocument(held?.PolicyDocument ?? '');
	}
	const VersionId = (await look.at(call('iam:GetPolicy', {PolicyArn: found})))?.Policy?.DefaultVersionId;
	if (VersionId === undefined) return undefined;
	const version = await look.at(call('iam:GetPolicyVersion', {PolicyArn: found, VersionId}));
	return readDocument(version?.PolicyVersion?.Document ?? '');
}

/**
 * AWS puts it on a user of whose access keys it saw one in public.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
 */
const quarantine = /^arn:[\w-]+:iam::aws:policy\/AWSCompromisedKeyQuarantine/;
const quarantined = ({subject, expected, found}: Difference, {run}: Known): Difference => ({
	code: 'quarantined',
	subject,
	expected,
	found,
	text:
		`AWS thinks that an access key of the user leaked: it attached ${found.split('/').at(-1) ?? found}. Replace the ` +
		`access key (${commandLine(run, 'replace-access-key')}), and follow the support case that AWS opened`,
	givesNothing: true,
});
