import type {ReactNode} from 'react';
import type {Scene} from '../src/engine/scene.js';
import {Text} from './text.js';
import {tones} from './theme.js';

/** Where the course stands: done, current and to come, and always in words. */
export function Rail({step, width}: {readonly step: Scene['step']; readonly width: number}): ReactNode {
	const dots = Array.from({length: step.last + 1}, (_, at) => (at < step.at ? '●' : at === step.at ? '◆' : '○')).join(
		'─',
	);
	const words = step.at === 0 ? step.title : `Step ${step.at} of ${step.last} · ${step.title}`;
	const drawn = dots.length + words.length + 3 <= width;
	return (
		<Text wrap="truncate">
			{drawn && (
				<Text {...tones.accent} aria-hidden>
					{` ${dots} `}
				</Text>
			)}
			<Text bold>{` ${words}`}</Text>
		</Text>
	);
}
