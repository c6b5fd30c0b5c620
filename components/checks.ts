import {demandOf, inGroups, isDeed} from '../src/engine/check.js';
import {type CheckScene, newReason, type WaitScene} from '../src/engine/scene.js';
import {waitLines} from './changes.js';
import type {TextLine} from './text-lines.js';
import {spinner} from './theme.js';

const times = ({passed, of}: CheckScene): string => (passed > 0 ? `, ${passed} of ${of}` : '');

/** What will be tried, to be read before it is. */
export function checksToCome(checks: readonly CheckScene[]): readonly TextLine[] {
	const calls = [...new Set(checks.flatMap(it => it.check.probes.map(probe => probe.call.api)))];
	const denied = checks.some(it => isDeed(it.check) && it.check.probes.length > 0);
	return [
		{text: '   Nothing will change. With the new access key, three times in a row each:'},
		...inGroups(checks.map(it => it.check)).map(it => ({text: `   ${it.heading}: ${it.says.join('; ')}.`})),
		{text: `   The calls: ${calls.join(', ')}.`, tone: 'dim'},
		...(denied
			? [{text: '   What must be denied shows up as AccessDenied in CloudTrail, by nps-kms.', tone: 'warn' as const}]
			: []),
	];
}

/** How far the checks are: what passed in one line, what did not in one each, then what is under way and what comes. */
export function checkLines(
	checks: readonly CheckScene[],
	wait: WaitScene | undefined,
	frame: number,
): readonly TextLine[] {
	const passed = checks.filter(it => it.result?.ok === true).length;
	const others = checks
		.filter(it => it.result && it.result.ok !== true)
		.map((it): TextLine => {
			const says = demandOf(it.check);
			if (it.result?.ok !== null) return {text: `   ✖ ${says}: ${isDeed(it.check) ? 'it can' : 'no'}`, tone: 'bad'};
			const why = newReason(checks, it);
			return {text: `   ? ${says}: can't tell${why ? ` (${why})` : ''}`, tone: 'warn'};
		});
	const current = checks.find(it => it.now) ?? checks.find(it => !it.result);
	const now: readonly TextLine[] = current
		? [
				{
					text: `   ${spinner[frame % spinner.length] ?? ''} ${demandOf(current.check)}${times(current)}`,
					tone: 'accent',
				},
				...waitLines(wait),
			]
		: [];
	const rest = checks
		.filter(it => !it.result && it !== current)
		.map(({check}): TextLine => ({text: `   · ${demandOf(check)}`, tone: 'dim'}));
	return [
		...(passed > 0 ? [{text: `   ✔ ${passed} of ${checks.length} checks passed`, tone: 'good' as const}] : []),
		...others,
		...now,
		...rest,
	];
}
