import {most} from '../../steps/things/access-key-age.js';
import type {Stands} from './stands.js';

/** What a monitoring plugin comes to, the mildest first. https://www.monitoring-plugins.org/doc/guidelines.html */
export const levels = ['ok', 'unknown', 'warning', 'critical'] as const;
export type Level = (typeof levels)[number];
/** From how many days on the access key's age is a warning, and critical. */
export type Thresholds = {readonly warnDays: number; readonly criticalDays: number};

/** What of a setup weighs how much, in words; nothing where it is as it should be. */
export type Weighed = {readonly level: Level; readonly says: string};

/**
 * The differences after which NPS can't use its KMS key, or others have what is NPS's; every other one is a warning.
 * docs/status.md marks them, and a test compares.
 */
export const grave: readonly string[] = [
	'user-gone',
	'user-replaced',
	'quarantined',
	'access-key-gone',
	'access-key-inactive',
	'key-gone',
	'key-disabled',
	'key-pending-deletion',
	'key-unusable',
	'key-policy-lacks',
	'root-statement-gone',
];
/** The age is weighed by the thresholds alone. */
const byAge = 'access-key-old';

/** All that isn't as it should be with a setup, the gravest first. */
export function weigh(it: Stands, thresholds: Thresholds): readonly Weighed[] {
	if ('problem' in it) return [{level: 'unknown', says: `can't be told: ${it.problem.what}: ${it.problem.why}`}];
	const {told, accessKey} = it.whole;
	const differences = told.filter(step => step.status === 'changed').flatMap(step => step.differences);
	const next = told.find(step => step.status === 'to-do');
	const untold = told.filter(step => step.status === 'unknown');
	const found: Weighed[] = [
		...differences
			.filter(({code}) => code !== byAge)
			.map(
				({code, text}): Weighed => ({level: grave.includes(code) ? 'critical' : 'warning', says: `${text} [${code}]`}),
			),
		...(next ? [{level: 'warning', says: `not finished, ${next.step.name} is to do`} as const] : []),
		...aged(accessKey, thresholds),
		...untold.map(({step, text}): Weighed => ({level: 'unknown', says: `${step.name} can't be told: ${text}`})),
	];
	return found.sort((one, other) => levels.indexOf(other.level) - levels.indexOf(one.level));
}

function aged(
	it: Extract<Stands, {readonly whole: object}>['whole']['accessKey'],
	{warnDays, criticalDays}: Thresholds,
): readonly Weighed[] {
	if (it?.ageDays === undefined || it.status === 'gone') return [];
	const level = it.ageDays >= criticalDays ? 'critical' : it.ageDays >= warnDays ? 'warning' : undefined;
	if (level === undefined) return [];
	const due = it.ageDays >= most ? 'was to be replaced' : 'is to be replaced';
	return [{level, says: `Access key ${it.id} is ${it.ageDays} days old; it ${due} by ${it.replaceBy ?? ''}`}];
}
