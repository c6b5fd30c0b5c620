import {call} from '../../aws/client/call.js';
import {isNarrowed} from '../../aws/policy/narrowings.js';
import {inWords, narrowDocument, narrowedTo, readDocument, sameMeaning} from '../../aws/policy/policy-documents.js';
import {sourcesInWords} from '../../aws/policy/sources.js';
import {allowsMore} from '../../aws/policy/statements.js';
import type {Difference, Known, Look, Value} from '../../engine/step.js';
import {numberOf} from '../../engine/step-numbers.js';
import {askedSources, narrowSources, toBeAsAnswered, wideSources} from './sources.js';
import {stricter} from './stricter.js';
import {wideUntilNarrowed} from './wide-until-narrowed.js';

/** Looks whether the policy's default version is limited to Decrypt with the one key. */
export async function defaultVersion(look: Look, known: Known): Promise<readonly Difference[]> {
	const {policyArn = ''} = known.facts;
	const version = (await look.at(call('iam:GetPolicy', {PolicyArn: policyArn})))?.Policy?.DefaultVersionId;
	if (!version) return [policyGone(known)];
	const text = (await look.at(call('iam:GetPolicyVersion', {PolicyArn: policyArn, VersionId: version})))?.PolicyVersion
		?.Document;
	return defaultDifferences(version, readDocument(text ?? ''), known);
}

/** The policy isn't there any more. */
export const policyGone = ({facts}: Known): Difference => ({
	code: 'policy-gone',
	subject: `policy ${facts.policyArn ?? ''}`,
	expected: 'there',
	found: 'not there',
	text: `Policy ${facts.policyArn ?? ''} isn't there`,
	covers: 'plan',
});

/**
 * How the default version differs from the one that least privilege makes; nothing where it means the same. Sources
 * that are `ours` to loosen are nobody's narrowing.
 */
export function defaultDifferences(
	version: string,
	document: Value | undefined,
	known: Known,
	ours = false,
): readonly Difference[] {
	const {policyArn = '', keyArn = ''} = known.facts;
	const narrow = narrowDocument(keyArn, askedSources(known));
	if (keyArn !== '' && sameMeaning(document, narrow)) return [];
	const allows = document === undefined ? 'nothing that can be read' : inWords({to: document}, {}).join('; ');
	if (keyArn !== '' && !ours && isNarrowed(document, narrow))
		return [
			stricter({
				code: 'policy-stricter',
				subject: `policy ${policyArn}`,
				found: allows,
				text:
					`Policy ${policyArn} is stricter than the set-up wrote it: its default version ${version} ` +
					`says: ${allows}`,
				covers: 'plan',
			}),
		];
	const tell = (code: string, what: string): readonly Difference[] => [
		{
			code,
			subject: `policy ${policyArn}`,
			expected: keyArn === '' ? 'Decrypt with one key' : inWords({to: narrow}, {}).join('; '),
			found: `default version ${version}: ${allows}`,
			text: what,
			covers: 'plan',
			...(code === 'not-narrowed' && {toCome: true}),
		},
	];
	const told = whatHappened(version, document, allows, known);
	// What can't be compared, as without a record, is no difference.
	return told ? tell(...told) : [];
}

function whatHappened(
	version: string,
	document: Value | undefined,
	allows: string,
	known: Known,
): readonly [string, string] | undefined {
	const {policyArn = '', keyArn = '', policyVersion, account = ''} = known.facts;
	const isWide = wideSources(document, known) !== undefined;
	if (known.completed === false && isWide)
		return [
			'not-narrowed',
			wideUntilNarrowed(known)?.replace(/\.$/, '') ??
				`Until step ${numberOf('least-privilege')} is done, ${policyArn} allows Decrypt with every key of this account`,
		];
	if (policyArn === '' || keyArn === '') return undefined;
	const from = narrowSources(document, keyArn);
	if (from)
		return [
			'policy-sources',
			`Policy ${policyArn} allows Decrypt with the key ${sourcesInWords(from)} (default version ${version}); ` +
				toBeAsAnswered(from, known),
		];
	const other = narrowedTo(document, account);
	if (other)
		return [
			'policy-other-key',
			`Policy ${policyArn} is limited to another key: its default version ${version} allows Decrypt with ` +
				`${other}, not with ${keyArn}`,
		];
	if (policyVersion !== undefined && number(version) < number(policyVersion))
		return [
			'policy-other-version',
			`Version ${version} of ${policyArn} is the default again, not ${policyVersion}, which is limited to the ` +
				`key: ${allows}`,
		];
	if (document !== undefined && allowsMore(document, narrowDocument(keyArn, askedSources(known))))
		return [
			'policy-widened',
			`Policy ${policyArn} is not limited to Decrypt with the key: its default version ${version} says: ${allows}`,
		];
	return [
		'policy-edited',
		`Policy ${policyArn} no longer allows just Decrypt with the key: its default version ${version} says: ${allows}`,
	];
}
const number = (id: string): number => Number(id.replace(/^v/, ''));
