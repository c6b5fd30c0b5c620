import {policyName, userName} from '../../aws/rules/name-rules.js';
import {regionsOf} from '../../aws/rules/regions.js';
import {regionalName} from '../../export/cloudformation.js';
import type {EndState} from '../../export/end-state.js';
import {usage} from '../../run/usage-error.js';
import type {Row} from './accounts-file.js';

/**
 * Whether names have to bear the region: IAM's are of the whole account, and one of several regions would find them
 * taken. Where the accounts aren't known, they do.
 */
export const needsRegionInNames = (rows: readonly Row[]): boolean =>
	rows.length === 0 || new Set(rows.map(it => it.account)).size < rows.length;

/** Refuses names that are too long once they bear the region. */
export function checkNames({user, policy}: EndState, rows: readonly Row[]): void {
	if (!needsRegionInNames(rows)) return;
	const regions = rows.length > 0 ? rows.map(it => it.region) : regionsOf('aws');
	const longest = regions.reduce((one, other) => (other.length > one.length ? other : one), '');
	for (const [flag, name, rule] of [
		['user-name', user.name, userName],
		['policy-name', policy.name, policyName],
	] as const) {
		const whole = regionalName(name, longest);
		const wrong = rule(whole);
		if (wrong)
			throw usage(
				`--${flag} ${name} is too long for many regions`,
				`With the region it is ${whole}. ${wrong}`,
				'Give a shorter name',
			);
	}
}
