import type {CheckScene, WaitScene} from '../src/engine/scene.js';
import {waitLines} from './changes.js';
import type {TextLine} from './lines.js';
import {spinner} from './theme.js';

const words = {allowed: 'works', denied: 'denied', 'cant-tell': "can't tell"} as const;
const times = ({passed, of}: CheckScene): string => (passed > 0 ? `, ${passed} of ${of}` : '');

/** What will be tried, to be read before it is. */
export function checksToCome(checks: readonly CheckScene[]): readonly TextLine[] {
	const tried = checks.filter(it => it.check.probes.length > 0);
	const looked = checks.filter(it => it.check.probes.length === 0);
	const calls = [...new Set(tried.flatMap(it => it.check.probes.map(probe => probe.call.api)))];
	const denials = tried.some(it => it.check.expect === 'denied');
	return [
		{text: '   Nothing will change. With the new access key, three times in a row each:'},
		...tried.map(({check}): TextLine => ({text: `   · ${check.says}`})),
		...(looked.length > 0 ? [{text: '   Looked at as you:'}, ...looked.map(({check}): TextLine => ({text: `   · ${check.says}`}))] : []),
		{text: `   The calls: ${calls.join(', ')}.`, tone: 'dim'},
		...(denials ? [{text: '   What must be denied shows up as AccessDenied in CloudTrail, by nps-kms.', tone: 'warn' as const}] : []),
	];
}

/** How far the checks are: what is wrong and what is under way comes first, for there may not be room for all. */
export function checkLines(checks: readonly CheckScene[], wait: WaitScene | undefined, frame: number): readonly TextLine[] {
	const lines = checks.map((it): TextLine => {
		const {check, result} = it;
		if (result)
			return result.ok === null
				? {text: `   ? ${check.says}: can't tell`, tone: 'warn'}
				: {
						text: `   ${result.ok ? '✔' : '✖'} ${check.says}: ${result.ok && check.probes.length === 0 ? 'yes' : words[result.got]}`,
						tone: result.ok ? 'good' : 'bad',
					};
		return it.now
			? {text: `   ${spinner[frame % spinner.length] ?? ''} ${check.says}${times(it)}`, tone: 'accent'}
			: {text: `   · ${check.says}`, tone: 'dim'};
	});
	const at = checks.findIndex(it => it.now);
	return at < 0 ? lines : [...lines.slice(0, at + 1), ...waitLines(wait), ...lines.slice(at + 1)];
}
