import {visible} from '../../engine/control-characters.js';
import {type Level, levels, type Thresholds, weigh} from './levels.js';
import type {Stands} from './stands.js';

/**
 * One line for a monitoring system, with performance data, and how grave it is.
 * https://www.monitoring-plugins.org/doc/guidelines.html#AEN201
 */
export function monitorLine(
	all: readonly Stands[],
	thresholds: Thresholds,
	ofAll: boolean,
): {readonly level: Level; readonly line: string} {
	const weighed = all.map(it => ({it, found: weigh(it, thresholds)}));
	// Who looks in a place without setups looks in the wrong one.
	const level = all.length === 0 ? 'unknown' : worst(weighed.map(({found}) => found[0]?.level ?? 'ok'));
	const says = ofAll && all.length !== 1 ? together(weighed, level) : weighed.map(of => alone(of)).join('');
	const data = all.flatMap(it => performance(it, thresholds, ofAll ? `${it.setup}_` : ''));
	return {level, line: plain(level, says || 'there is no setup on this machine', data)};
}
/** The line of a call that isn't understood, or of what can't be told. */
export const unknownLine = (says: string): string => plain('unknown', says, []);

type Of = {readonly it: Stands; readonly found: ReturnType<typeof weigh>};
const worst = (all: readonly Level[]): Level => levels.findLast(it => all.includes(it)) ?? 'ok';

function alone({it, found: [first, ...more]}: Of): string {
	const key = 'whole' in it ? it.whole.accessKey : undefined;
	const age = key?.ageDays === undefined ? '' : `, access key ${key.ageDays} days old`;
	if (!first) return `${it.setup} is as the set-up left it${age}`;
	return `${it.setup}: ${first.says}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
}
function together(weighed: readonly Of[], level: Level): string {
	if (weighed.length === 0) return '';
	if (level === 'ok') return `${weighed.length} setups are as the set-up left them`;
	const wrong = weighed
		.filter(({found}) => found.length > 0)
		.sort((one, other) => rank(other) - rank(one))
		.map(alone);
	return `${wrong.length} of ${weighed.length} setups; ${wrong.join('; ')}`;
}
const rank = ({found: [first]}: Of): number => levels.indexOf(first?.level ?? 'ok');

/** What can be counted of a setup; U where it isn't known. A value above a threshold is out of its range. */
function performance(it: Stands, {warnDays, criticalDays}: Thresholds, prefix: string): readonly string[] {
	const whole = 'whole' in it ? it.whole : undefined;
	const age = whole?.accessKey?.ageDays ?? 'U';
	const count = whole?.told.filter(step => step.status === 'changed').flatMap(step => step.differences).length;
	return [
		`'${prefix}access_key_age_days'=${age};${warnDays - 1};${criticalDays - 1};0`,
		`'${prefix}differences'=${count ?? 'U'};;;0`,
	];
}

/** What stands behind a | is data, so there is none in the text. */
const plain = (level: Level, says: string, data: readonly string[]): string =>
	`${level.toUpperCase()}: ${visible(says).replaceAll('|', '/')}${data.length > 0 ? ` | ${data.join(' ')}` : ''}`;
